"""Class names in every form that people keep them in."""

import pytest

from robustfashion.errors import InputError
from robustfashion.models.class_file import read_classes

FORMS = {
    "a.txt": "dress\nskirt\ntop\n",
    "b.txt": "\ufeffdress\r\nskirt\r\ntop\r\n\r\n",
    "c.txt": "0 dress\n1 skirt\n2 top",
    "d.txt": "2: top\n0: dress\n1: skirt\n",
    "e.json": '["dress", "skirt", "top"]',
    "f.json": '{"0": "dress", "2": "top", "1": "skirt"}',
    "g.json": '{"top": 2, "dress": 0, "skirt": 1}',
    "h.json": '{"epoch": 3, "class_to_idx": {"top": 2, "dress": 0, "skirt": 1}}',
    "i.json": '{"0": ["dress", "x"], "1": ["skirt", "y"], "2": ["top", "z"]}',
    "j.yaml": "names:\n  0: dress\n  1: skirt\n  2: top\n",
    "k.yml": "- dress\n- skirt\n- top\n",
    "l.csv": "index,name\n2,top\n0,dress\n1,skirt\n",
    "m.csv": "dress,0\nskirt,1\ntop,2\n",
    "n.tsv": "id\tlabel\n0\tdress\n1\tskirt\n2\ttop\n",
    "o.json": '{"id2label": {"0": "dress", "1": "skirt", "2": "top"}, "label2id": {"dress": 0}}',
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(tmp_path, name):
    (tmp_path / name).write_text(FORMS[name], encoding="utf-8", newline="")
    assert read_classes(tmp_path / name) == ("dress", "skirt", "top")


def test_names_are_kept_as_they_are(tmp_path):
    """A number in front of some names is part of them; commas, quotes and other scripts too."""
    names = ["3 in 1", "tench, Tinca tinca", 'say "hi"', "Kleid & Rock", "платье", "0"]
    (tmp_path / "a.txt").write_text("\n".join(names), encoding="utf-8")
    assert read_classes(tmp_path / "a.txt") == tuple(names)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.txt", "dress\n\ntop\n", "line 2 is empty"), ("a.txt", "dress\n", "at least two"), ("a.txt", "", "line 1 is empty"),
        ("a.txt", "crane\nx\ncrane\n", r"classes 0 and 2 are both called 'crane'.*imagenet-1k"),
        ("a.json", '{"0": "a", "2": "b"}', "1 has no name"), ("a.json", '{"a": 0, "b": 0}', "number 0 has two names"),
        ("a.json", '{"a": "b", "c": "d"}', "a name by number"), ("a.json", "{", "cannot be read"), ("a.json", "3", "holds a int"),
        ("a.json", '[["a"], [], "b"]', "where a class name is expected"), ("a.json", '["a", ""]', "class 1 has no name"),
        ("a.yaml", "a: [b", "cannot be read"), ("a.csv", "x,y,z\na,b,c\n", "a column of numbers"),
        ("a.csv", "0,a\n0,b\n", "number 0 has two names"),
    ],
)  # fmt: skip
def test_what_is_wrong(tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message):
        read_classes(tmp_path / name)


def test_no_file_no_text(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_classes(tmp_path / "a.txt")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00d")
    with pytest.raises(InputError, match="not UTF-8"):
        read_classes(tmp_path / "b.txt")
