"""Suite results: round trip through JSON, refusals."""

import json

import pytest

from robustfashion.errors import InputError
from robustfashion.result import Claim, Column, Estimate, GalleryItem, Refused, SuiteResult, Table, gallery, load_result


def _result():
    columns = [Column("Model", "text", "which"), Column("Accuracy", "share", "how")]
    return SuiteResult(
        suite="resize",
        title="T",
        question="Q?",
        scale="smoke",
        headline=["one"],
        provenance={"commit": "abc", "versions": {"numpy": "2"}},
        settings={"size": 64},
        tables=[Table("t", "Title", columns, [["<script>", Estimate(0.5, 0.4, 0.6, 96)], ["b", None]], "note")],
        figures=[gallery("f", "F", items=[GalleryItem("p", "dress", "a.png", ["said"])], doc="doc")],
        claims=[Claim("c", "S", 0.83, 0.9, (0.8, 0.95), 20, "share", "not shown", "rule")],
        methods=[("term", "text")],
        refused=[Refused("a.jpg", "zero bytes")],
        images={"a.png": b"\x89PNG"},
    )


def test_round_trip(tmp_path):
    path = _result().save(tmp_path)
    assert load_result(path) == _result()
    assert load_result(path).images == {"a.png": b"\x89PNG"}
    assert "images" not in json.loads(path.read_text())


def test_ragged_table_is_a_bug():
    with pytest.raises(ValueError, match="table t"):
        Table("t", "T", [Column("a", "text", "")], [["x", "y"]])


@pytest.mark.parametrize("text", [None, "no json", "null", "{}", '{"tables": 3}'])
def test_bad_file(tmp_path, text):
    if text is not None:
        (tmp_path / "result.json").write_text(text)
    with pytest.raises(InputError, match=r"result\.json"):
        load_result(tmp_path / "result.json")


def test_nan_is_refused(tmp_path):
    result = _result()
    result.settings["x"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        result.save(tmp_path)


def test_pictures_of_an_earlier_result_are_removed(tmp_path):
    _result().save(tmp_path)
    (tmp_path / "images" / "old.png").write_bytes(b"old")
    assert set(load_result(_result().save(tmp_path)).images) == {"a.png"}
