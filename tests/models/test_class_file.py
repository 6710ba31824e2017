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
    "p.csv": "0;dress\n1;skirt\n2;top\n",
    "q.csv": "sep=|\nindex|name\n2|top\n0|dress\n1|skirt\n",
    "r.csv": "Nr.;Name;\n0;dress;\n1;skirt;\n2;top;\n\n",
    "s.txt": "0. dress\n2. top\n1. skirt\n",
    "t.csv": "dress\nskirt\ntop\n",
    "o.json": '{"id2label": {"0": "dress", "1": "skirt", "2": "top"}, "label2id": {"dress": 0}}',
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(tmp_path, name):
    (tmp_path / name).write_text(FORMS[name], encoding="utf-8", newline="")
    assert read_classes(tmp_path / name) == ("dress", "skirt", "top")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("name", FORMS)
def test_encodings_of_spreadsheets(tmp_path, name, encoding):
    (tmp_path / name).write_bytes(FORMS[name].lstrip("\ufeff").encode(encoding))
    assert read_classes(tmp_path / name) == ("dress", "skirt", "top")


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("a.csv", "0;T-shirt, blue, long\n1;bag, red\n", ("T-shirt, blue, long", "bag, red")),
        ("a.tsv", "0\tT-shirt, blue; long\n1\tbag\n", ("T-shirt, blue; long", "bag")),
        ("a.csv", '0,"a; b; c"\n1,"say ""hi"""\n', ("a; b; c", 'say "hi"')),
        ("a.csv", "0,dre\u2028ss\n1,b\x0bag\n", ("dre\u2028ss", "b\x0bag")),
        ("a.txt", "dre\u2028ss\nb\x0bag\n", ("dre\u2028ss", "b\x0bag")),
        ("a.csv", "0,10\n1,20\n", ("10", "20")),
        ("a.csv", "0,0\n1,1\n", ("0", "1")), ("a.csv", "dress\n7\n8\n", ("dress", "7", "8")),
        ("a.txt", "6 pack\n12 pack\n24 pack", ("6 pack", "12 pack", "24 pack")),
        ("a.txt", "level 0\nlevel 1", ("level 0", "level 1")),
    ],
)  # fmt: skip
def test_delimiters_line_ends_and_numbers_inside_names(tmp_path, name, text, names):
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    assert read_classes(tmp_path / name) == names


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
        ("a.csv", "0,n01,dress\n1,n02,bag\n", r"columns 2 \('n01'\) and 3 \('dress'\) may each be the names"),
        ("a.csv", "id,synset,name\n0,n01,dress\n1,n02,bag\n", r"columns 2 \('synset'\) and 3 \('name'\)"),
        ("a.csv", "1,0\n0,1\n", r"columns 1 \('1'\) and 2 \('0'\) may each be the numbers"),
        ("a.csv", "0,bag\n1,T-shirt, blue\n", "line 2 has 3 values, line 1 has 2; quote"),
        ("a.csv", "bag\nT-shirt, blue\n", "line 2 has 2 values"), ("a.csv", "dress;Kleid\nbag;Tasche\n", "a column of numbers"),
        ("a.csv", "1,a\n2,b\n", "numbers go from 0 .*; 0 has no name"), ("a.csv", "\n\n", "is empty"),
        ("a.csv", "sep=§\n0§a\n", r"line 1 is 'sep=§'; the delimiter is one of"), ("a.csv", '0,"a\n1,b', "may not be closed"),
        ("a.csv", f"0,{'x' * 200_000}\n1,b\n", "field larger than field limit"),
        ("a.csv", f"{'1' * 5000},a\n0,b\n", "a column of numbers"), ("a.txt", "1 dress\n2 bag\n", "numbered from 1 to 2.*from 0"),
        ("a.txt", "1) dress\n2) bag\n", "numbered from 1 to 2"), ("a.txt", "0 dress\n2 bag\n", "1 has no name"),
        ("a.txt", "bag 1\ndress 0\n", "do not stand in their order"),
        ("a.json", f'{{"{"1" * 5000}": "a"}}', r"entry '1+\.\.\.1+' is 'a'"), ("a.json", "[" * 100_000, "cannot be read"),
        ("a.json", f"[{'1' * 5000}]", "cannot be read"), ("a.json", '["a", "\\ud800"]', "half a character"),
        ("a.json", '[["n01", "a"], ["n02", "b"]]', "where a class name is expected"),
        ("a.json", '{"labels": ["a", "b"], "id2label": {"0": "b", "1": "a"}}', "'id2label' and 'labels' name the"),
        ("a.yaml", "names: &a\n  names: *a\n", "in more than 4 tables"), ("a.yaml", "- yes\n- no\n", "holds True .* in quotes"),
        ("a.yaml", "[" * 3000, "cannot be read"), ("a.txt", "dress\nb\0ag\n", "NUL"), ("a.txt", "\n1 a", "line 1 is empty"),
    ],
)  # fmt: skip
def test_what_is_wrong(tmp_path, name, text, message):
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    with pytest.raises(InputError, match=message):
        read_classes(tmp_path / name)


def test_no_file_no_text(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_classes(tmp_path / "a.txt")
    (tmp_path / "b.txt").write_bytes(b"dress\nR\xf6cke")
    with pytest.raises(InputError, match="not UTF-8"):
        read_classes(tmp_path / "b.txt")
