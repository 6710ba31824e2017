"""Files are whole or absent."""

import json

import pytest

from robustfashion.atomic import atomic_path, write_json, write_text


def test_failure_leaves_the_old_file(tmp_path):
    path = tmp_path / "sub" / "a.txt"
    write_text(path, "old")
    with pytest.raises(RuntimeError), atomic_path(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_suffix_is_kept(tmp_path):
    with atomic_path(tmp_path / "a.png") as temporary:
        assert temporary.suffix == ".png"


def test_json_refuses_nan(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", {"x": float("nan")})
    assert not (tmp_path / "a.json").exists()
    write_json(tmp_path / "a.json", {"é": [1, None]})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"é": [1, None]}


def test_json_of_a_file_name_that_is_not_utf8(tmp_path):
    write_json(tmp_path / "a.json", {"file": "caf\udce9.jpg"})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"file": "caf\udce9.jpg"}
