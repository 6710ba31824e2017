"""Tables as spreadsheets write them, against Python's own codecs."""

import codecs

import pytest

from robustfashion.delimited import decode_text, read_delimited
from robustfashion.errors import InputError

TEXT = "path;label\r\nröcke\\a.jpg;Rock\r\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.encode("utf-16"), codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"), TEXT.encode("utf-16-be"), TEXT.encode("utf-32"),
    ],
)  # fmt: skip
def test_encodings(data):
    assert decode_text(data, "t.csv") == TEXT


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (TEXT.encode("cp1252"), r"t\.csv: line 2 is not UTF-8 \(byte 0xf6\); save it as CSV UTF-8"),
        (codecs.BOM_UTF8 + b"a\n\n\xff", r"line 3 is not UTF-8 \(byte 0xff\)"),
        (b"path,label\na\0.jpg,x\n", "line 2 holds a NUL character"),
        (codecs.BOM_UTF16_LE + b"abc", "not readable as UTF-16-LE"),
        (b"PK\x03\x04...", r"t\.csv: a workbook \(\.xlsx or \.ods\), not text; save it as CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0...", r"a workbook \(\.xls\)"),
    ],
)
def test_what_is_no_text(data, message):
    with pytest.raises(InputError, match=message):
        decode_text(data, "t.csv")


@pytest.mark.parametrize("first", ["sep=;\n", "SEP=;\r\n", '"sep=;"\r', "sep=;;;\n"])
def test_sep_line(first):
    found = read_delimited((first + "a,b;c,d\n1;2\n").encode(), "t.csv")
    assert (found.text, found.delimiter, found.skipped) == ("a,b;c,d\n1;2\n", ";", 1)


def test_delimiters():
    for text, want in (("a,b\n1;2;3\n", ","), ("a;b,c;d\n", ";"), ("a\tb\r1,2,3,4\r", "\t"), ("", ","), ("sep=\ta\tb", "\t")):
        assert read_delimited(text.encode(), "t").delimiter == want
    assert read_delimited(b"sep=\\t\na\tb\n", "t").delimiter == "\t"
    assert read_delimited(b"sep=|\na|b\n", "t").delimiter == "|"
    assert read_delimited(b"separate,b\n", "t").skipped == 0


@pytest.mark.parametrize("mark", ["§", "x", " ", '"', "", "ü"])
def test_sep_line_of_another_mark(mark):
    with pytest.raises(InputError, match=r"t: line 1 is .*sep=.*; the delimiter is one of , ; \| and tab"):
        read_delimited(f"sep={mark}\r\na{mark}b\r\n".encode(), "t")
