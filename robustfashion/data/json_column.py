"""A column of text as JSON, byte for byte what ``json.dumps`` makes of the list of its values, without that list."""

import json

import pyarrow as pa
import pyarrow.compute as pc

_ROWS = 1 << 16
_PLAIN = bytes(code for code in range(0x20, 0x7F) if chr(code) not in '"\\')
"""What JSON in ASCII writes as it stands there."""


def json_column(values: pa.ChunkedArray, first: str | None = None) -> bytes:
    """``json.dumps([first, *values]).encode()``, without ``first`` where it is None.

    Hashes of columns are hashes of this text; for a million rows it takes a fraction of the time and memory of a list.

    Args:
        values: text (``pa.string()``), null for None.
        first: a value that goes before.
    """
    parts = [] if first is None else [json.dumps(first).encode()]
    for chunk in values.chunks:
        parts += [_joined(chunk.slice(start, _ROWS)) for start in range(0, len(chunk), _ROWS)]
    return b"[" + b", ".join(parts) + b"]"


def _joined(values: pa.Array) -> bytes:
    """The values of a part, as they stand between the brackets; there is at least one."""
    if values.null_count == len(values):
        return b", ".join([b"null"] * len(values))
    if _strung(pc.fill_null(values, ""), "").translate(None, _PLAIN):
        return json.dumps(values.to_pylist())[1:-1].encode()
    return _strung(pc.fill_null(pc.binary_join_element_wise('"', values, '"', ""), "null"), ", ")


def _strung(texts: pa.Array, separator: str) -> bytes:
    row = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    found: bytes = pc.binary_join(row, separator)[0].as_buffer().to_pybytes()
    return found
