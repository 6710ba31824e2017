"""Names from files are no formulas in a spreadsheet."""

import pytest

from robustfashion.bench.spreadsheet import harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "\u00a0 =1", "  @x", "\uff1d1", "\nname"]
)
def test_what_would_run_is_quoted(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "dress", "p1/2.png", " dress", "1-2"])
def test_all_else_stays(text):
    assert harmless(text) == text
