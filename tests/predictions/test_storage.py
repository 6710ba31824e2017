"""Prediction tables in files: every field comes back; older files are read, newer and damaged ones refused; the cache heals."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from robustfashion.errors import InputError
from robustfashion.predictions import LastLayer, cached_predictions, read_predictions, storage, write_predictions
from robustfashion.predictions.storage import is_prediction_file
from tests.predictions.samples import assert_equal, plain, whole

CASES = {
    "plain": plain(),
    "whole": whole(),
    "one row": plain(n=1),
    "no row": plain(n=0),
    "no features": plain(d=0),
    "neither row nor feature": plain(n=0, d=0),
    "splits unknown of all": replace(plain(), splits=(None,) * 7),
    "groups alone": replace(plain(), groups=tuple("aabbccd")),
    "non-contiguous": replace(plain(), logits=np.asfortranarray(plain().logits), features=plain(d=8).features[:, ::2]),
    "last layer without origin": replace(plain(), last_layer=LastLayer(np.ones((3, 4), np.float32), np.zeros(3, np.float32))),
}


@pytest.mark.parametrize("name", CASES)
def test_round_trip(name, tmp_path):
    path = tmp_path / "split=train" / "p.parquet"  # a folder that Arrow would read a column out of
    path.parent.mkdir()
    write_predictions(CASES[name], path)
    assert is_prediction_file(path)
    assert_equal(read_predictions(path), CASES[name])


def test_several_row_groups_are_one_table(tmp_path):
    table = plain(n=50)
    write_predictions(table, tmp_path / "p.parquet")
    pq.write_table(pq.ParquetFile(tmp_path / "p.parquet").read(), tmp_path / "parts.parquet", row_group_size=7)
    assert_equal(read_predictions(tmp_path / "parts.parquet"), table)


def test_room_for_the_last_layer_of_many_classes(tmp_path, monkeypatch):
    """The layer stands in the metadata twice (Parquet's and Arrow's); Arrow by itself reads 100 MB of them."""
    as_text = 4 / 3 * 4 * 21_841 * 2048  # ImageNet-21k on a ResNet-50
    assert 100e6 < 2.4 * as_text < storage._METADATA_LIMIT
    write_predictions(whole(), tmp_path / "p.parquet")
    monkeypatch.setattr(storage, "_METADATA_LIMIT", 100)
    with pytest.raises(InputError, match="size limit"):
        read_predictions(tmp_path / "p.parquet")


def _write_format_1(table, path):
    """The writer of commit 2f291e2."""

    def matrix(values):
        flat = pa.array(np.ascontiguousarray(values, dtype=np.float32).reshape(-1))
        return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])

    columns = pa.table(
        {
            "id": pa.array(table.ids, pa.string()),
            "label": pa.array(table.labels, pa.int64()),
            "logits": matrix(table.logits),
            "features": matrix(table.features),
        }
    )
    names = "\n".join(c.replace("\n", " ") for c in table.classes).encode()
    metadata = {b"format": b"robustfashion.predictions.1", b"classes": names}
    pq.write_table(columns.replace_schema_metadata(metadata), path)


def test_format_1_is_read(tmp_path):
    _write_format_1(plain(), tmp_path / "old.parquet")
    assert is_prediction_file(tmp_path / "old.parquet")
    assert_equal(read_predictions(tmp_path / "old.parquet"), plain())


def _with_metadata(path, **changed):
    table = pq.ParquetFile(path).read()
    metadata = {k.decode(): v.decode() for k, v in table.schema.metadata.items()} | changed
    pq.write_table(table.replace_schema_metadata({k: v for k, v in metadata.items() if v is not None}), path)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"format": "robustfashion.predictions.3"}, "of format 3, written by a newer robustfashion; this one reads up to 2"),
        ({"format": "robustfashion.predictions.x"}, "not a prediction table"),
        ({"format": "2"}, "not a prediction table"),
        ({"format": None}, "not a prediction table"),
        ({"classes": None}, "damaged.*has no 'classes'"),
        ({"classes": '"abc"'}, "damaged.*classes are not all texts"),
        ({"classes": '["a"]'}, "damaged.*cannot reshape|damaged.*belong together"),
        ({"classes": "[1, 2, 3]"}, "damaged.*classes"),
        ({"classes": "{"}, "damaged"),
        ({"weight": "!!"}, "damaged"),
        ({"bias": None}, "damaged.*has no 'bias'"),
        ({"origin": "[]"}, "damaged"),
        ({"origin": '{"person": "x"}'}, "damaged.*person"),
        ({"origin": '{"network": {"a": 1}}'}, "damaged.*origin"),
        ({"origin": '{"made_by": 3}'}, "damaged"),
    ],
)
def test_other_metadata_is_refused(changed, message, tmp_path):
    path = tmp_path / "p.parquet"
    write_predictions(whole(), path)
    _with_metadata(path, **changed)
    with pytest.raises(InputError, match=message) as caught:
        read_predictions(path)
    assert str(caught.value).count(str(path)) == 1


@pytest.mark.parametrize(
    "column",
    [
        {"id": pa.array([None, *"bcdefg"], pa.string())},
        {"label": pa.array([None, 1, 1, 1, 1, 1, 1], pa.int64())},
        {"label": pa.array([3] * 7, pa.int64())},
        {"label": pa.array([-2] * 7, pa.int64())},
        {"logits": pa.array([[0.0, 1.0, 2.0]] * 7, pa.list_(pa.float32()))},
        {"logits": pa.array([[0.0, 1.0, float("nan")]] * 7, pa.list_(pa.float32(), 3))},
        {"logits": pa.array([None, *[[0.0, 1.0, 2.0]] * 6], pa.list_(pa.float32(), 3))},
        {"features": pa.array(["x"] * 7)},
    ],
)
def test_damaged_columns_are_refused(column, tmp_path):
    path = tmp_path / "p.parquet"
    write_predictions(whole(), path)
    table = pq.ParquetFile(path).read()
    [(name, values)] = column.items()
    pq.write_table(table.set_column(table.schema.names.index(name), name, values), path)
    with pytest.raises(InputError, match=r"p\.parquet: a damaged prediction table"):
        read_predictions(path)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.parquet: no such"):
        read_predictions(tmp_path / "nothing.parquet")
    (tmp_path / "text.parquet").write_text("no table")
    with pytest.raises(InputError, match=r"text\.parquet: not a prediction table, or a damaged one"):
        read_predictions(tmp_path / "text.parquet")
    assert not is_prediction_file(tmp_path / "text.parquet")
    pq.write_table(pa.table({"x": [1]}), tmp_path / "other.parquet")
    assert not is_prediction_file(tmp_path / "other.parquet")


def test_nothing_is_left_where_writing_fails(tmp_path):
    bad = replace(plain(), ids=(*plain().ids[:-1], "\ud800"))  # half of a pair cannot be encoded
    with pytest.raises((UnicodeEncodeError, pa.ArrowException)):
        write_predictions(bad, tmp_path / "p.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [lambda data: data[:100], lambda _: b"", lambda data: data[:-30] + bytes(30)])
def test_cache_computes_once_and_heals(damage, tmp_path):
    calls = []

    def compute():
        calls.append(1)
        return whole()

    path = tmp_path / "key.parquet"
    cached_predictions(path, compute)
    assert_equal(cached_predictions(path, compute), whole())
    assert len(calls) == 1
    path.write_bytes(damage(path.read_bytes()))
    assert_equal(cached_predictions(path, compute), whole())
    assert len(calls) == 2
    assert_equal(read_predictions(path), whole())
