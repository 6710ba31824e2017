"""The catalogue's file: its format number, columns that come and go, batches."""

import json
import random
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from robustfashion.data.catalogue import FORMAT, FORMAT_KEY, SCHEMA, catalogue_from_rows, make_task
from robustfashion.data.catalogue_file import is_catalogue, iter_batches, read_catalogue
from robustfashion.data.sources import open_catalogue
from robustfashion.errors import InputError


def made(count=9, root="shop"):
    rng = random.Random(0)
    rows = [
        {
            "id": f"Größe {k}", "path": f"{k}.jpg", "group": f"g{k // 2}", "label": rng.choice(["dress", "top", None]),
            "sleeve_type": rng.choice(["Sleeveless", "Long sleeve", None]),
        }
        for k in range(count)
    ]  # fmt: skip
    return catalogue_from_rows(rows, str(root))


def written(path, table, **metadata):
    pq.write_table(table.replace_schema_metadata(metadata or None), path)
    return path


def test_files_carry_their_format(tmp_path):
    path = tmp_path / "catalogue.parquet"
    made().write(path)
    assert pq.read_schema(path).metadata[FORMAT_KEY] == str(FORMAT).encode()
    assert is_catalogue(path)
    assert read_catalogue(path).table.equals(made().table)
    assert read_catalogue(path).root == str(tmp_path)


def test_a_file_without_an_attribute_that_came_later_is_read(tmp_path):
    catalogue = made().replace(sleeve_type=[None] * 9)
    lacking = catalogue.table.drop_columns(["sleeve_type", "neck_style"])
    for path in (
        written(tmp_path / "old.parquet", lacking),
        written(tmp_path / "numbered.parquet", lacking, **{FORMAT_KEY.decode(): "1"}),
    ):
        assert is_catalogue(path)
        found = read_catalogue(path)
        assert found.table.equals(catalogue.table)
        assert found.fingerprint() == catalogue.fingerprint()
        assert open_catalogue(path).table.equals(catalogue.table)


def test_unknown_columns_are_ignored_and_order_does_not_count(tmp_path):
    table = made().table.append_column("colour", pa.array(range(9)))
    path = written(tmp_path / "c.parquet", table.select(table.column_names[::-1]), **{FORMAT_KEY.decode(): "1"})
    assert read_catalogue(path).table.equals(made().table)


def test_other_ways_to_store_text(tmp_path):
    table = made().table
    for name in ("label", "group"):
        table = table.set_column(table.schema.get_field_index(name), name, table[name].dictionary_encode())
    assert read_catalogue(written(tmp_path / "c.parquet", table)).table.equals(made().table)


def test_a_manifest_is_no_catalogue(tmp_path):
    table = made().table.select(["id", "path", "label", "group", "split", "product_type"])
    path = written(tmp_path / "manifest.parquet", table)
    assert not is_catalogue(path)
    assert open_catalogue(path).column("id") == made().column("id")
    assert not is_catalogue(tmp_path / "gone.parquet")


def _twice(table):
    return table.append_column("label", table["label"])


@pytest.mark.parametrize(
    ("change", "number", "message"),
    [
        (lambda t: t, "2", r"c\.parquet: a catalogue of format 2, .* formats up to 1; use a newer version, or make"),
        (lambda t: t, "new", r"format is b'new', which is no number"),
        (lambda t: t.drop_columns(["group"]), None, r"c\.parquet: not a catalogue: it has no column group"),
        (lambda t: t.set_column(0, "id", pa.nulls(9, pa.string())), None, "9 rows have no 'id'"),
        (lambda t: t.set_column(2, "label", pa.array([["x"]] * 9)), None, "not a readable Parquet catalogue"),
        (_twice, None, "'label' is there more than once"),
    ],
)
def test_refused_files(tmp_path, change, number, message):
    path = written(tmp_path / "c.parquet", change(made().table), **({FORMAT_KEY.decode(): number} if number else {}))
    for read in (read_catalogue, lambda place: list(iter_batches(place))):
        with pytest.raises(InputError, match=message) as error:
            read(path)
        assert error.value.where == str(path)


def test_batches(tmp_path, monkeypatch):
    catalogue = made(100, tmp_path)
    monkeypatch.setattr("robustfashion.data.catalogue._ROW_GROUP", 30)
    catalogue.write(tmp_path / "c.parquet")
    parts = list(iter_batches(tmp_path / "c.parquet", rows=16))
    assert max(len(part) for part in parts) <= 16
    assert pa.concat_tables([part.table for part in parts]).equals(catalogue.table)
    assert all(part.root == str(tmp_path) and part.table.schema == SCHEMA for part in parts)
    assert [len(part) for part in catalogue.batches(40)] == [40, 40, 20]
    with pytest.raises(InputError, match="rows is 0"):
        next(iter_batches(tmp_path / "c.parquet", rows=0))
    (tmp_path / "d.parquet").write_bytes((tmp_path / "c.parquet").read_bytes()[:200])
    with pytest.raises(InputError, match=r"d\.parquet: not a readable"):
        next(iter_batches(tmp_path / "d.parquet"))


def test_fingerprint_is_that_of_the_lists():
    catalogue = made(500)
    digest = sha256()
    for name in catalogue.table.column_names:
        if name not in ("path", "source", "licence"):
            text = json.dumps([name, *catalogue.column(name)]).encode()
            digest.update(len(text).to_bytes(8, "little") + text)
    assert catalogue.fingerprint() == digest.hexdigest()


def test_targets_are_those_of_the_lists():
    catalogue = made(500)
    for column, positive in (("label", None), ("sleeve_type", None), ("label", "dress")):
        task = make_task(catalogue, positive, column)
        values = catalogue.column(column)
        if positive is None:
            want = [-1 if value is None else task.classes.index(value) for value in values]
        else:
            want = [-1 if value is None else int(value == positive) for value in values]
        found = catalogue.targets(task)
        assert found.dtype == np.int64
        assert found.flags.writeable
        np.testing.assert_array_equal(found, want)
