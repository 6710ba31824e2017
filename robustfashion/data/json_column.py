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
    if _characters(values).translate(None, _PLAIN):
        return json.dumps(values.to_pylist())[1:-1].encode()
    texts = pc.fill_null(pc.binary_join_element_wise('"', values, '"', ""), "null")
    row = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    joined: bytes = pc.binary_join(row, ", ")[0].as_buffer().to_pybytes()
    return joined


def _characters(values: pa.Array) -> bytes:
    """UTF-8 of all values, one after the other, as Arrow keeps them."""
    _, offsets, data = values.buffers()
    ends = memoryview(offsets).cast("i")
    start, end = ends[values.offset], ends[values.offset + len(values)]
    return b"" if data is None else bytes(memoryview(data)[start:end])
