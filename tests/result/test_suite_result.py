"""Suite results: round trip through JSON, refusals."""

import json

import pytest

from robustfashion.errors import InputError
from robustfashion.result import load_result
from tests.result.samples import result


def test_round_trip(tmp_path):
    path = result().save(tmp_path)
    assert load_result(path) == result()
    assert load_result(path).images == {"a.png": b"\x89PNG"}
    assert "images" not in json.loads(path.read_text())


@pytest.mark.parametrize("text", [None, "no json", "null", "{}", '{"tables": 3}'])
def test_bad_file(tmp_path, text):
    if text is not None:
        (tmp_path / "result.json").write_text(text)
    with pytest.raises(InputError, match=r"result\.json"):
        load_result(tmp_path / "result.json")


def test_nan_is_refused(tmp_path):
    found = result()
    found.settings["x"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        found.save(tmp_path)


def test_pictures_of_an_earlier_result_are_removed(tmp_path):
    result().save(tmp_path)
    (tmp_path / "images" / "old.png").write_bytes(b"old")
    assert set(load_result(result().save(tmp_path)).images) == {"a.png"}
