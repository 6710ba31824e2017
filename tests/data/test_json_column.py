"""Columns as JSON text: the bytes that json.dumps gives."""

import json
import random

import pyarrow as pa
import pytest

from robustfashion.data.json_column import json_column

VALUES = [None, "", "null", "dress", 'a "quote"', "back\\slash", "tab\t", "\x00z", "\x7f", "ü", "\u2028", "\U0001f600", "a, b"]


@pytest.mark.parametrize("first", [None, "näme"])
@pytest.mark.parametrize("count", [0, 1, 5, 70_000, 140_001])
def test_bytes_are_those_of_the_list(count, first):
    rng = random.Random(count)
    values = [rng.choice([*VALUES, f"id {rng.randrange(1000)}"]) for _ in range(count)]
    want = json.dumps(values if first is None else [first, *values]).encode()
    third = count // 3
    whole = pa.array(values, pa.string())
    for chunks in ([whole], [whole[:third], whole[third:]], [pa.array(["before", *values], pa.string())[1:]]):
        assert json_column(pa.chunked_array(chunks, pa.string()), first) == want


def test_nothing():
    assert json_column(pa.chunked_array([], pa.string()), "a") == b'["a"]'
    assert json_column(pa.chunked_array([pa.nulls(3, pa.string())])) == b"[null, null, null]"
