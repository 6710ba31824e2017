import gzip
import json

import pyarrow as pa
import pytest

from robustfashion.data.sources.public import tables
from robustfashion.data.sources.public.tables import (
    conform,
    find_file,
    json_documents,
    json_lines,
    json_object,
    raw_lines,
    read_csv,
    rows_of,
)
from robustfashion.errors import InputError

SCHEMA = pa.schema(
    [("a", pa.string()), ("b", pa.list_(pa.string())), ("c", pa.struct([("value", pa.string()), ("n", pa.int64())]))]
)


def test_csv_keeps_text_and_tells_bad_lines(tmp_path):
    (tmp_path / "t.csv").write_bytes('\ufeffid, name\n007,"a, ""b"""\n8,x,y\n9,\n10,"two\nlines"\n11\n'.encode())
    table, bad = read_csv(tmp_path / "t.csv", ("id", "name"))
    assert table.to_pylist() == [{"id": "007", "name": 'a, "b"'}, {"id": "9", "name": None}, {"id": "10", "name": "two\nlines"}]
    assert [why for _, why in bad] == ["3 fields where 2 belong", "1 fields where 2 belong"]
    assert bad[0][0] == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_encodings_of_spreadsheets(name, encoding, tmp_path):
    data = "id,größe\r\n7,ä\r\n".encode(encoding)
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert read_csv(tmp_path / name, ("größe",))[0].to_pylist() == [{"id": "7", "größe": "ä"}]
    assert list(raw_lines(tmp_path / name)) == ["id,größe", "7,ä"]


def test_other_encodings_name_their_line(tmp_path):
    (tmp_path / "t.csv").write_bytes("id\nä\n".encode("cp1252"))
    with pytest.raises(InputError, match=r"t\.csv: line 2 is not UTF-8 \(byte 0xe4\)"):
        read_csv(tmp_path / "t.csv", ("id",))
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"id\n" * 999)[:-9])
    with pytest.raises(InputError, match=r"t\.csv\.gz: cannot be read .*fetch it again"):
        list(raw_lines(tmp_path / "t.csv.gz"))


@pytest.mark.parametrize(("data", "message"), [(b"", "empty"), (b"x,y\n1,2\n", "no column 'id'"), (b"id\n\xff\xfe\n", "t.csv")])
def test_csv_faults(data, message, tmp_path):
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_csv(tmp_path / "t.csv", ("id",))


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz"])
def test_json_lines_in_blocks_equal_one_by_one(name, tmp_path, monkeypatch):
    rows = [{"a": f"é{k}", "b": ["x"] * (k % 3), "c": {"value": str(k), "n": k}, "more": {"z": k}} for k in range(57)]
    text = "\n".join(json.dumps(row) for row in rows)  # no line end behind the last
    data = text.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    monkeypatch.setattr(tables, "_BLOCK", 300)
    parts = [table for table, bad in json_lines(tmp_path / name, SCHEMA) if not bad]
    assert len(parts) > 5
    assert pa.concat_tables(parts).to_pylist() == [{key: row[key] for key in "abc"} for row in rows]


def test_json_lines_of_other_types_and_damage(tmp_path):
    text = '{"a": 1.5, "b": "bare", "c": "bare"}\n\n{"a": ["first", 2], "b": null, "c": {"n": "12"}}\n'
    text += 'nope\n[1]\n{"c": 3, "b": [1, {}]}\n'
    (tmp_path / "x.jsonl").write_text(text)
    ((table, bad),) = json_lines(tmp_path / "x.jsonl", SCHEMA)
    assert table.to_pylist() == [
        {"a": "1.5", "b": ["bare"], "c": {"value": "bare", "n": None}},
        {"a": "first", "b": None, "c": {"value": None, "n": 12}},
        {"a": None, "b": ["1", None], "c": {"value": "3", "n": None}},
    ]
    assert [number for number, _ in bad] == [4, 5]


def test_cut_gzip_is_told(tmp_path):
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(b'{"a": "b"}\n' * 999)[:-20])
    with pytest.raises(InputError, match="fetch it again"):
        list(json_lines(tmp_path / "x.jsonl.gz", SCHEMA))


def test_json_object_by_the_schema_that_fits_and_by_force(tmp_path):
    def schema(kind):
        return pa.schema([("rows", pa.list_(pa.struct([("id", kind), ("u", pa.list_(pa.string()))])))])

    (tmp_path / "x.json").write_text('{\n "rows": [{"id": 1, "u": ["x"]},\n {"id": 2}], "more": [1]}')
    table = rows_of(json_object(tmp_path / "x.json", schema(pa.string()), schema(pa.int64())), "rows")
    assert table.to_pylist() == [{"id": 1, "u": ["x"]}, {"id": 2, "u": None}]
    (tmp_path / "x.json").write_text('{"rows": [{"id": 1, "u": "x"}, {"id": "2"}]}')
    table = rows_of(json_object(tmp_path / "x.json", schema(pa.string()), schema(pa.int64())), "rows")
    assert table.to_pylist() == [{"id": "1", "u": ["x"]}, {"id": "2", "u": None}]
    for text, message in (("[1]", "JSON list"), ("{", "not a readable JSON")):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(InputError, match=message):
            json_object(tmp_path / "x.json", schema(pa.string()))


def test_documents_have_a_row_each():
    schema = pa.schema([("d", pa.struct([("k", pa.string())]))])
    good = [b'{"d":\r\n {"k": "v"}}', b"", b'{"d": null}']
    assert json_documents(good, schema).to_pylist() == [{"d": {"k": "v"}}, {"d": None}, {"d": None}]
    assert json_documents([*good, b"[1]", b'{"d": []}', b"{"], schema).column("d").to_pylist() == [{"k": "v"}] + [None] * 5


def test_find_file(tmp_path):
    (tmp_path / "a" / "a").mkdir(parents=True)
    (tmp_path / "a" / "a" / "x.csv").touch()
    assert find_file(tmp_path, "x.csv", "it") == tmp_path / "a" / "a" / "x.csv"
    with pytest.raises(InputError, match=r"no file y.csv; expected it"):
        find_file(tmp_path, "y.csv", "it")


def test_conform_object_in_text():
    kind = pa.struct([("k", pa.string())])
    assert conform('{"k": 3}', kind) == {"k": "3"}
    assert conform("{", kind) is None and conform("x", kind) is None and conform("x", pa.int64()) is None
