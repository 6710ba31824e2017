"""Points with intervals as data: the way to JSON and back, and what they refuse."""

import pytest

from robustfashion.result import Axis, NamedPoint, Point, Points, PointSeries, point_figure, read_figure

X, Y = Axis("reduction", "ratio"), Axis("change", "points")


def figure(series, named=(), logarithmic=True):
    return point_figure("p", "Points", x=X, y=Y, series=series, named=named, logarithmic=logarithmic, doc="")


def test_data_is_read_as_what_was_built():
    series = [PointSeries("a", [Point("x", 2.0, -0.1, -0.2, 0.0), Point("y", None, 0.1)])]
    named = [NamedPoint(Point("paper", 2.2, -0.15), "paper", "why")]
    assert read_figure(figure(series, named), Points) == Points(X, Y, series, named, True)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((1.0, float("nan")), "nan at position 1"),
        ((1.0, 0.0, -0.1), "one bound without the other"),
        ((1.0, 0.5, 0.0, 0.4), r"outside of its interval \[0.0, 0.4\]"),
    ],
)
def test_points_that_cannot_be_are_refused(numbers, message):
    with pytest.raises(ValueError, match=message):
        Point("a", *numbers)


def test_places_of_a_logarithmic_axis_are_above_0():
    zero = [PointSeries("a", [Point("x", 0.0, 0.1)])]
    with pytest.raises(ValueError, match="must be above 0"):
        figure(zero)
    assert figure(zero, logarithmic=False).kind == "points"


def test_no_more_series_than_can_be_told_apart():
    with pytest.raises(ValueError, match="6 series; 5 can be told apart"):
        figure([PointSeries(str(k), []) for k in range(6)])
