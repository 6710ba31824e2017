"""Drawings of points with intervals: what they show, and that no name in them can break out."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from robustfashion.report.figures import figure_view
from robustfashion.report.points import _spread, draw_points
from robustfashion.report.render import render
from robustfashion.result import Axis, NamedPoint, Point, Points, PointSeries, point_figure
from tests.report.samples import BIDI, SCRIPT, result

X, Y = Axis(f"reduction {SCRIPT}", "ratio"), Axis("change", "points")
SERIES = [
    PointSeries(SCRIPT, [Point(SCRIPT, 2.23, -0.05, -0.1, 0.0), Point("b", 2.23, 0.01, -0.01, 0.03)]),
    PointSeries("smooth", [Point(BIDI, 7.8, 0.0, -0.02, 0.02), Point("c", 2.23, 0.02)]),
]
NAMED = [
    NamedPoint(Point("paper", 2.23, -0.15, -0.17, -0.13), "paper", SCRIPT),
    NamedPoint(Point(f"SysNoise {SCRIPT}", None, -0.01, -0.02, 0.0)),
]


def figure(**changed):
    fields = {"x": X, "y": Y, "series": SERIES, "named": NAMED, "logarithmic": True, "doc": ""}
    return point_figure("p", f"Points {SCRIPT}", **(fields | changed))


def texts(svg):
    return [element.text for element in ET.fromstring(str(svg)).iter("text")]


def test_both_forms_are_drawn_and_say_what_they_are():
    (drawing,) = figure_view(figure(), "a").drawings
    for svg in (drawing.svg, drawing.narrow):
        root = ET.fromstring(str(svg))
        assert root.get("role") == "img" and root.get("aria-label").startswith("Points: ")
        assert "not" in texts(svg) and "stated" in texts(svg) and "4" in texts(svg)
        assert any("paper" in (text or "") for text in texts(svg))
        assert not re.search(r"#[01][0-9a-f]000", str(svg)), "colours of the theme stand in the page"


def test_the_table_lists_every_point_with_its_interval():
    view = figure_view(figure(), "a")
    assert [row[2].text for row in view.table.rows] == ["2.23 ×", "2.23 ×", "7.80 ×", "2.23 ×", "2.23 ×", "not stated"]
    assert len(view.table.rows) == 6 and [mark.kind for mark in view.marks] == ["paper", "rule"]
    assert "not stated" in view.marks[1].place and "Left of the line" in view.axes and "side by side" in view.axes


def test_points_of_one_place_stand_side_by_side():
    places = _spread(Points(X, Y, SERIES, (), True), None, 0.1)
    at = sorted([*places[0], places[1][1]])
    assert np.allclose(np.diff(at), 0.1) and np.mean(at) == pytest.approx(np.log(2.23))
    assert places[1][0] == pytest.approx(np.log(7.8))


def test_many_points_of_one_place_stay_apart_from_the_next():
    crowd = [PointSeries("a", [Point(str(k), 2.0, 0.1) for k in range(60)]), PointSeries("b", [Point("x", 2.2, 0.1)])]
    places = _spread(Points(X, Y, crowd, ()), None, 0.1)
    assert max(places[0]) < 2.1 < places[1][0] == 2.2 and np.mean(places[0]) == pytest.approx(2.0)


def test_a_linear_axis_and_no_points_at_all():
    assert len(draw_points("a", "t", Points(X, Y, SERIES, ()))) == 1
    assert draw_points("a", "t", Points(X, Y, [], ())) == []
    assert figure_view(figure(series=[], named=[]), "a").axes == ""


def test_one_point_alone_can_be_drawn():
    alone = [PointSeries("a", [Point("x", 2.0, 0.1)])]
    assert len(figure_view(figure(series=alone, named=[]), "a").drawings) == 1
    beside = [PointSeries("a", [Point("x", None, 0.1)])]
    assert len(figure_view(figure(series=beside, named=[]), "a").drawings) == 1


def test_names_are_escaped_in_the_page():
    page = render(result(figures=[figure()]))
    assert SCRIPT not in page and "&lt;script" in page


def test_points_stand_before_the_tables_that_say_them_in_numbers():
    page = render(result(figures=[figure()]))
    assert page.index('<h2 id="figure-p"') < page.index('<h2 id="table-table2"')
