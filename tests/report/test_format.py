"""Numbers as text: units, signs, bounds, order; invisible characters."""

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robustfashion.report.format import estimate, glued, interval, number, pieces, show, visible
from robustfashion.result import Estimate


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.83, "share", "83.0 %"),
        (1.0, "share", "100.0 %"),
        (0.0, "share", "0.0 %"),
        (1 / 3971, "share", "0.03 %"),
        (3970 / 3971, "share", "99.97 %"),
        (1e-7, "share", "< 0.001 %"),
        (1 - 1e-7, "share", "> 99.999 %"),
        (1 - 1e-16, "share", "100.0 %"),
        (-0.12, "points", "−12.0 pp"),
        (0.104, "points", "+10.4 pp"),
        (0.0, "points", "0.0 pp"),
        (-0.0, "points", "0.0 pp"),
        (-0.0004, "points", "−0.04 pp"),
        (-1e-7, "points", "> −0.001 pp"),
        (0.0, "p", "< 0.001"),
        (0.00099, "p", "< 0.001"),
        (0.001, "p", "0.001"),
        (0.0432, "p", "0.043"),
        (0.04996, "p", "0.0499"),
        (0.05, "p", "0.050"),
        (0.9996, "p", "> 0.999"),
        (1.0, "p", "1"),
        (3409, "count", "3,409"),
        (3409.0, "count", "3,409"),
        (12.5, "count", "12.5"),
        (1.234, "levels", "1.23"),
        (255, "levels", "255"),
        (0.004, "levels", "0.004"),
        (34.12, "decibel", "34.1 dB"),
        (1.734, "ratio", "1.73 ×"),
        (0.123, "seconds", "0.12 s"),
        (-1234.5, "number", "−1,234.50"),
        (math.nan, "share", "n/a"),
        (math.nan, "p", "n/a"),
        (math.inf, "decibel", "∞"),
        (-math.inf, "points", "−∞"),
    ],
)
def test_number(value, unit, text):
    assert number(value, unit) == text


def test_interval_has_the_decimals_of_its_value():
    shown = show(Estimate(0.83, 0.7912, 0.8638, 180), "share")
    assert (shown.text, shown.interval, shown.n, shown.key) == ("83.0 %", "[79.1, 86.4]", 180, 0.83)
    tiny = show(Estimate(0.0003, 0.0, 0.0021, 180), "share")
    assert (tiny.text, tiny.interval) == ("0.03 %", "[0.00, 0.21]")


def test_a_bound_on_one_side_of_zero_is_not_rounded_to_zero():
    assert (estimate(-0.017, -0.033, -0.0004, "points"), interval(-0.033, -0.0004, "points", -0.017)) == (
        "−1.70 pp",
        "[−3.30, −0.04]",
    )
    assert interval(-0.033, 0.0, "points", -0.017) == "[−3.3, 0.0]"


def test_cells():
    assert show(None, "share").missing and show(None, "share").text == "n/a"
    assert show(math.nan, "share") == show(None, "share")
    assert (show("text", "share").text, show("text", "share").key) == ("text", None)
    assert show(7, "text").text == "7"
    assert show(-0.5, "points").key == -0.5


@pytest.mark.parametrize("text", ["a\u202eb", "a\x00b", "a\x1b[31mb", "a\u2066b", "a\ufeffb", "a\ud800b", "a\rb", "a\u200bb"])
def test_invisible_characters_are_shown_by_their_codes(text):
    assert visible(text) == rf"a\u{ord(text[1]):04x}{text[2:]}"


@given(st.text())
def test_visible_leaves_nothing_that_turns_or_hides_text(text):
    found = visible(text)
    assert visible(found) == found
    assert not any(unicodedata.category(c) == "Cc" and c not in "\t\n" for c in found)
    assert not any(unicodedata.bidirectional(c) in ("LRO", "RLO", "LRE", "RLE", "PDF", "LRI", "RLI", "FSI", "PDI") for c in found)
    found.encode()


def test_ordinary_text_stays():
    text = "Röcke & Kleider, 裙子, שמלה, 👗\tnext\nline"
    assert visible(text) == text


@given(st.text())
def test_glue_and_pieces_lose_nothing(text):
    assert "".join(pieces(text)) == text
    assert len(glued(text)) == len(text)


def test_glue():
    text = "from 96.4 % [92.6, 98.3] by −1.7 points [−3.3, +0.0] on n = 180, p < 0.05"
    found = glued(text).replace("\xa0", "~")
    assert found == "from 96.4~% [92.6,~98.3] by −1.7~points [−3.3,~+0.0] on n~=~180, p~<~0.05"


def test_pieces():
    assert pieces("pillow.bilinear+jpeg75") == ["pillow.", "bilinear", "+jpeg75"]


def test_a_name_is_not_broken_within_a_number():
    assert pieces("java2d.bilinear+java_jpeg0.75: 52.4 %") == ["java2d.", "bilinear", "+java_", "jpeg0.75: 52.4 %"]
