"""Curves, histograms and fronts on the page: shapes kept, sizes small, labels apart, every name a text."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from robustfashion.report import palette
from robustfashion.report.axes import NARROW, number_ticks
from robustfashion.report.charts import ROWS
from robustfashion.report.curves import POINTS, draw_curves
from robustfashion.report.figures import figure_view
from robustfashion.report.fronts import DOTS, STEPS, draw_front, evenly
from robustfashion.report.histograms import BINS, draw_histogram, merged
from robustfashion.report.render import render
from robustfashion.report.simplify import simplified
from robustfashion.result import (
    Axis,
    Curve,
    Curves,
    Front,
    FrontPoint,
    Group,
    Histogram,
    Mark,
    Threshold,
    curve_figure,
    front_figure,
    histogram,
    pareto_front,
    read_figure,
)
from tests.report.samples import BIDI, DOLLARS, SCRIPT, charts, result

SHARE, RISK = Axis("coverage", "share", better="high"), Axis("risk", "share", better="low")


@pytest.fixture(scope="module")
def drawings():
    curves, histograms, front, _ = charts()
    return [
        *draw_curves("c", "t", read_figure(curves, Curves)),
        *draw_histogram("h", "t", read_figure(histograms, Histogram)),
        *draw_front("f", f"t {SCRIPT}", read_figure(front, Front)),
    ]


def _texts(svg):
    return ["".join(e.itertext()) for e in ET.fromstring(svg).iter("text")]


def test_drawings_bring_no_style_and_no_colour_of_their_own(drawings):
    declared = set(re.findall(r"--([a-z0-9-]+):light-dark", palette.css()))
    svgs = [svg for drawing in drawings for svg in (drawing.svg, drawing.narrow)]
    assert len(svgs) == 6
    for svg in svgs:
        assert "<script" not in svg
        assert set(re.findall(r"var\(--([a-z0-9-]+)\)", svg)) <= declared
        for element in ET.fromstring(svg).iter():
            assert element.tag not in ("style", "script", "metadata", "image") and "style" not in element.attrib
            for name in ("fill", "stroke"):
                assert re.fullmatch(r"none|var\(--[a-z]+(-[a-z]+)?(-\d+)?\)", element.get(name, "none")), ET.tostring(element)
    ids = [e.get("id") for svg in svgs for e in ET.fromstring(svg).iter() if e.get("id")]
    assert len(ids) == len(set(ids)) > 6


def test_narrow_drawings_fit_the_narrowest_screen(drawings):
    for drawing in drawings:
        assert float(ET.fromstring(drawing.narrow).get("width")) <= 360 and float(ET.fromstring(drawing.svg).get("width")) > 600


def test_drawings_weigh_little(drawings):
    assert all(len(svg) < 120_000 for d in drawings for svg in (d.svg, d.narrow))


def test_names_are_text(drawings):
    curves, histograms, front = (_texts(drawing.svg) for drawing in drawings)
    assert {SCRIPT, "score 1", "optimum", "5 more (grey)", DOLLARS, "the paper's rule", "perfect gate"} <= set(curves)
    assert "score 7" not in curves and "coverage (higher is better)" in curves
    joined = " ".join(histograms).replace("\N{NO-BREAK SPACE}", " ")
    assert "n = 5,000" in joined and f"{SCRIPT} 0.91" in joined and "2 above the axis" in joined and "beyond" not in joined
    assert {DOLLARS, "the paper's rule"} <= set(front)


def test_names_of_marks_do_not_meet():
    marks = [Mark(f"rule number {k}", 0.7 + 0.004 * k, 0.05 + 0.001 * k) for k in range(6)]
    curve = Curve("a", [0.0, 1.0], [0.0, 0.1])
    (drawing,) = draw_curves("c", "t", Curves(SHARE, RISK, [curve], marks))
    for svg in (drawing.svg, drawing.narrow):
        places = [
            (float(e.get("x")), float(e.get("y")))
            for e in ET.fromstring(svg).iter("text")
            if "".join(e.itertext()).startswith("rule number")
        ]
        assert len(places) == 6
        for (xa, ya), (xb, yb) in itertools.combinations(places, 2):
            assert abs(ya - yb) > 8 or abs(xa - xb) > 50


def test_a_mark_beyond_the_axis_is_listed_and_not_drawn():
    axis = Axis("risk", "share", high=0.2)
    curve = Curve("a", [0.1, 0.5, 1.0], [1.0, 0.05, 0.1])
    figure = curve_figure("c", "C", x=SHARE, y=axis, curves=[curve], marks=[Mark("far", 0.5, 0.9, text="says")], doc="")
    view = figure_view(figure, "a")
    assert "far" not in _texts(view.drawings[0].svg) and "Parts of the curves above 20.0 % are cut off." in view.axes
    (mark,) = view.marks
    assert (mark.name, mark.place, mark.text) == ("far", "coverage 50.0 %; risk 90.0 %", "says")


def test_thresholds_close_together_are_named_in_lanes():
    thresholds = [Threshold(f"threshold {k}", 0.5 + 0.001 * k) for k in range(4)]
    (drawing,) = draw_histogram("h", "t", Histogram(SHARE, [0, 0.5, 1], [Group("g", [1, 2])], thresholds))
    heights = sorted(
        float(e.get("y")) for e in ET.fromstring(drawing.narrow).iter("text") if "threshold" in "".join(e.itertext())
    )
    assert len(heights) == 4 and all(b - a > 9 for a, b in itertools.pairwise(heights))


def test_simplified_keeps_the_shape():
    x = np.linspace(0, 1, 5000)
    y = 0.5 + 0.4 * np.sin(9 * x)
    y[2500] = 0.99  # one needle
    kept = simplified(x, [y], 200)
    assert len(kept) <= 200 and {0, 2500, 4999} <= set(kept.tolist())
    assert np.abs(np.interp(x, x[kept], y[kept]) - y).max() < 0.004  # upwards; across the slope it is less


def test_simplified_keeps_gaps_and_bounds_and_short_curves():
    x = np.linspace(0, 1, 1000)
    y, band = np.full(1000, 0.5), np.full(1000, 0.6)
    y[400:600] = band[400:600] = np.nan
    band[100] = 0.9
    kept = set(simplified(x, [y, band], 50).tolist())
    assert {0, 100, 399, 400, 600, 999} <= kept and len(kept) < 15
    assert simplified(x[:30], [y[:30]], 50).tolist() == list(range(30))
    vertical = simplified(np.repeat([0.0, 1.0], 500), [np.tile(np.linspace(0, 1, 500), 2)], 20)
    assert {0, 499, 500, 999} <= set(vertical.tolist())
    assert len(simplified(x, [np.full(1000, np.nan)], 50)) == 1


def test_curves_of_thousands_are_drawn_through_few_points():
    rng = np.random.default_rng(0)
    x = np.linspace(0, 1, 8000).tolist()
    (drawing,) = draw_curves("c", "t", Curves(SHARE, RISK, [Curve("a", x, rng.random(8000).tolist())]))
    longest = max((e.get("d", "") for e in ET.fromstring(drawing.svg).iter("path")), key=len)
    assert 100 < longest.count("L") <= POINTS


def test_bins_are_merged_without_losing_any():
    counts = np.arange(130)
    edges, (found,) = merged(Histogram(SHARE, np.linspace(0, 1, 131).tolist(), [Group("g", counts.tolist())]), BINS)
    assert len(found) <= BINS and found.sum() == counts.sum() and (edges[0], edges[-1]) == (0, 1)
    assert found.tolist() == np.histogram(np.repeat((counts + 0.5) / 130, counts), edges)[0].tolist()


def test_tables_hold_the_numbers_and_say_what_they_leave_out():
    curves, histograms, front, cards = (figure_view(figure, f"a{k}") for k, figure in enumerate(charts()))
    assert "Grey: score 4, score 5" in curves.axes and len(curves.table.rows) == 9 * 10 + 3
    assert "Up to 10 points of each curve" in curves.table.note
    assert len(histograms.table.rows) == 18 + 1 and "In all: right 5,000" in histograms.table.note
    assert "Beyond the axis: beyond (7.00)." in histograms.axes
    assert sum(row[2].key for row in histograms.table.rows) == 5000 and histograms.table.rows[-1][3].text == "2"
    assert histograms.table.rows[-1][3].interval == "3.2 %"
    assert f"Up to {DOTS} of the" in front.axes and len(front.table.rows) == min(ROWS, len(read_figure(charts()[2], Front).front))
    assert [card.outcome.good for card in cards.cards] == [False, True] and cards.cards[0].panels[
        0
    ].alt == f"{BIDI}, without a label"


def test_curves_of_common_positions_stand_side_by_side():
    x = [0.25, 0.5, 1.0]
    curves = [Curve("a", x, [0.0, None, 0.1], [0.0, None, 0.05], [0.02, None, 0.2]), Curve("b", x, [0.1, 0.2, 0.3])]
    table = figure_view(curve_figure("c", "C", x=SHARE, y=RISK, curves=curves, doc=""), "a").table
    assert [column.name for column in table.columns] == ["coverage", "a", "b"] and table.note == "Values: risk."
    assert [cell.text for cell in table.rows[1]] == ["50.0 %", "n/a", "20.0 %"]
    assert (table.rows[2][1].text, table.rows[2][1].interval) == ("10.0 %", "[5.0, 20.0]")


def test_evenly():
    assert evenly(range(1000), 5) == [0, 250, 500, 749, 999] and evenly(range(3), 5) == [0, 1, 2]
    assert evenly([], 5) == [] and evenly([7], 5) == [7]


@pytest.mark.parametrize("better", ["low", "high"])
def test_steps_show_what_is_attained(better):
    x = Axis("x", "number", better=better)
    points = [FrontPoint(1.0, 3.0), FrontPoint(2.0, 1.0)] if better == "low" else [FrontPoint(1.0, 1.0), FrontPoint(2.0, 3.0)]
    front = pareto_front(points, x, RISK)
    (drawing,) = draw_front("f", "t", Front(x, RISK, None, points, front))
    (steps,) = (e.get("d") for e in ET.fromstring(drawing.svg).iter("path") if e.get("stroke") == "var(--series-0)")
    places = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", steps), dtype=float)
    corner = places[1]  # down is up in SVG; between the two the worse risk holds
    assert corner[1] == places[:, 1].min() and len(places) == 3 and len(front) < STEPS


def test_ticks_have_the_decimals_that_they_need():
    assert number_ticks(-0.0001, 0.0101, "share", 5)[1] == ["0.00 %", "0.25 %", "0.50 %", "0.75 %", "1.00 %"]
    assert number_ticks(-0.04, 1.04, "share", 4)[1] == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    assert number_ticks(-0.11, 0.11, "points", 4)[1] == ["−10", "0", "+10"]
    assert number_ticks(0, 4000, "count", 4)[1] == ["0", "1,000", "2,000", "3,000", "4,000"]


@pytest.mark.parametrize("value", [0.0, 0.3])
def test_without_extent_and_without_content(value):
    point = Curve("a", [value], [value])
    (drawing,) = draw_curves("c", "t", Curves(SHARE, RISK, [point], [Mark("m", value, value)]))
    assert "m" in _texts(drawing.svg)
    single = [FrontPoint(value, value, value)]
    (drawing,) = draw_front("f", "t", Front(SHARE, RISK, Axis("s", "seconds"), single, [0]))
    assert "seconds" in " ".join(_texts(drawing.svg))
    empty = [
        curve_figure("c", "C", x=SHARE, y=RISK, curves=[], doc=""), histogram("h", "H", x=SHARE, edges=[0, 1], groups=[], doc=""),
        front_figure("f", "F", x=SHARE, y=RISK, points=[], doc=""),
    ]  # fmt: skip
    page = render(result(figures=empty, images={}))
    assert page.count("Nothing to show.") == 3


def test_page_of_charts_is_text_the_same_twice_and_has_its_marks():
    whole = result(figures=charts())
    page = render(whole)
    assert page == render(whole) and page.count("<script") == 1 and "\u202e" not in page
    assert 'class="outcome bad"' in page and 'class="outcome good"' in page and "no label</p>" in page
    assert page.count('href="#icon-mark-chosen"') == 2 and NARROW.inches[0] * 96 < 328
