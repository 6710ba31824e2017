"""The map's rules, and the columnar work against a plain loop over rows."""

import re

import numpy as np
import pyarrow as pa
import pytest

from robustfashion.data.sources.public.label_map import read_label_map
from robustfashion.data.sources.public.mapping import Mapper
from robustfashion.data.sources.public.records import Records, constant, text


def mapper(tmp_path, text_):
    (tmp_path / "map.yaml").write_text(text_)
    return Mapper(read_label_map(tmp_path / "map.yaml"), "map.yaml")


def records(**raw):
    n = len(next(iter(raw.values())))
    arrays = {
        k: pa.array(v, pa.list_(pa.string()) if any(isinstance(x, list) for x in v) else pa.string()) for k, v in raw.items()
    }
    return Records(text([str(k) for k in range(n)]), constant("x.jpg", n), arrays)


def one(tmp_path, options, steps, **raw):
    body = "".join(f"      - {step}\n" for step in steps)
    found = mapper(tmp_path, f"unmapped: keep\nlabel: []\ncolumns:\n  sleeve_type:\n{options}    read:\n{body}")
    return found.apply(records(**raw))["sleeve_type"].to_pylist(), found.counts["sleeve_type"]


VALUES = "{field: a, values: {Long sleeve: [long, L], Short sleeve: [short]}, drop: [cap]}"


def test_values_conflicts_drops_and_unmapped(tmp_path):
    rows = [["LONG "], ["short", "long"], ["cap"], ["bell", "short"], [], None, ["l", "long"]]
    found, counts = one(tmp_path, "", [VALUES], a=rows)
    assert found == ["Long sleeve", None, None, "Short sleeve", None, None, "Long sleeve"]
    assert counts.hits == {"Long sleeve": 3, "Short sleeve": 2} and counts.conflicts == {"Long sleeve | Short sleeve": 1}
    assert counts.dropped == {"cap": 1} and counts.unmapped == {"bell": 1}


def test_first_and_preferred(tmp_path):
    rows = [["short", "long"], ["short"]]
    found, counts = one(tmp_path, "    conflict: first\n", [VALUES], a=rows)
    assert found == ["Long sleeve", "Short sleeve"] and sum(counts.conflicts.values()) == 1
    found, counts = one(tmp_path, "    prefer: {Short sleeve: [Long sleeve]}\n", [VALUES], a=rows)
    assert found == ["Short sleeve", "Short sleeve"] and not counts.conflicts


def test_later_steps_speak_where_earlier_ones_are_silent(tmp_path):
    steps = [VALUES, "{field: t, phrases: {Sleeveless: [sleeveless], Short sleeve: ['short sleeves?']}}"]
    said = ["sleeveless", "sleeveless", "sleeveless", "Short-sleeved? No: short_sleeves", None]
    found, _ = one(tmp_path, "", steps, a=["long", "cap", None, "bell", None], t=said)
    assert found == ["Long sleeve", None, "Sleeveless", "Short sleeve", None]


def test_phrases_words_unless_and_order(tmp_path):
    step = (
        "{field: t, unless: [long island], "
        "phrases: {Sleeveless: [no sleeves, sleeveless], Long sleeve: [sleeves, long], Short sleeve: [short]}}"
    )
    said = ["No sleeves", "LONG Island iced tea", "longer shortest", "long, short", "long island, long", "no-sleeves and long"]
    found, counts = one(tmp_path, "", [step], t=said)
    assert found == ["Sleeveless", None, None, None, "Long sleeve", None]
    assert counts.conflicts == {"Long sleeve | Short sleeve": 1, "Sleeveless | Long sleeve": 1}


def test_veto(tmp_path):
    step = "{field: t, phrases: {Long sleeve: [long]}, veto: [sock]}"
    assert one(tmp_path, "", [step], t=[["long"], ["long", "a sock"], ["long socks"], None])[0] == [
        "Long sleeve",
        None,
        "Long sleeve",
        None,
    ]


def test_where_and_alone(tmp_path):
    step = "{field: a, values: {Long sleeve: [long]}, where: {field: b, values: [Top]}}"
    assert one(tmp_path, "", [step], a=["long"] * 3, b=[["x", "TOP"], ["hat"], None])[0] == ["Long sleeve", None, None]
    step = "{field: a, values: {Long sleeve: [long]}, drop: [cap], alone: true}"
    assert one(tmp_path, "", [step], a=[["long", "cap"], ["long", "x"]])[0] == [None, "Long sleeve"]


def test_columns_for_product_types(tmp_path):
    found = mapper(
        tmp_path,
        "label: k\ncolumns:\n  heel_type:\n    for: [shoe]\n    read: [{field: t, phrases: {Flat: [flat]}}]\n"
        "  product_type:\n    read: [{field: k, values: {shoe: [shoe], top: [top]}, drop: [hat]}]\n",
    ).apply(records(k=["shoe", "top", "hat", "cap", None], t=["flat"] * 5))
    assert found["heel_type"].to_pylist() == ["Flat", None, None, None, None]
    assert found["reason"].to_pylist() == [None, None, None, "label cap is not in the map", "no k"]


@pytest.mark.parametrize("seed", range(3))
def test_equal_to_a_loop_over_rows(tmp_path, seed):
    rng = np.random.default_rng(seed)
    words = ["long", "short", "sleeve", "sleeves", "sleeveless", "cap", "3/4", "block", "island", "-", "LONG"]
    rows = [[" ".join(rng.choice(words, rng.integers(0, 7))) for _ in range(rng.integers(0, 4))] for _ in range(311)]
    step = (
        "{field: t, unless: ['cap sleeves?'], phrases: {3/4 sleeve: ['3/4 sleeves?'], Long sleeve: ['long sleeves?'], "
        "Sleeveless: [sleeveless], Short sleeve: ['short sleeves?']}}"
    )
    found, _ = one(tmp_path, "", [step], t=rows)

    def loop(texts):
        hits = set()
        for said in texts:
            said = re.sub(r"(?i)\bcap[\s_-]*sleeves?\b", "\n", said)
            for label, pattern in (
                ("3/4 sleeve", "3/4"),
                ("Long sleeve", "long"),
                ("Sleeveless", None),
                ("Short sleeve", "short"),
            ):
                whole = rf"(?i)\b(?:{pattern}[\s_-]*sleeves?)\b" if pattern else r"(?i)\bsleeveless\b"
                said, count = re.subn(whole, "\n", said)
                if count:
                    hits.add(label)
        return hits.pop() if len(hits) == 1 else None

    assert found == [loop(texts) for texts in rows]
    assert len(set(found)) == 5
