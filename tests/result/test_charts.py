"""Curves, histograms and fronts as data: the way to JSON and back, and what they refuse."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.result import (
    Axis,
    Curve,
    Curves,
    Front,
    FrontPoint,
    Gallery,
    Group,
    Histogram,
    Mark,
    Outcome,
    Threshold,
    curve_figure,
    differences,
    front_figure,
    histogram,
    load_result,
    pareto_front,
    read_figure,
)
from robustfashion.result.decode import Damaged
from tests.result.samples import COVERAGE, MARKS, RISK, charts, result


def test_data_is_read_as_what_was_built():
    curves, histograms, front, gallery = charts()
    read = read_figure(curves, Curves)
    assert (read.x, read.y) == (COVERAGE, RISK) and [c.role for c in read.curves] == ["highlighted", "muted"]
    assert read.curves[0] == Curve("a", [0.2, 0.6, 1.0], [0.0, None, 0.4], [0.0, None, 0.3], [0.1, None, 0.5])
    assert read.marks == MARKS
    groups = read_figure(histograms, Histogram).groups
    assert [group.n for group in groups] == [43, 21] and groups[1] == Group("outliers", [5, 6, 7], "out", "", 1, 2)
    assert read_figure(front, Front).front == [3, 2]
    assert read_figure(gallery, Gallery).items[0].outcome == Outcome("stopped", good=True)
    assert [figure.kind for figure in charts()] == ["curves", "histogram", "front", "gallery"]


def test_they_are_saved_and_loaded(tmp_path):
    whole = result()
    assert differences(whole, load_result(whole.save(tmp_path))) == []


def test_one_changed_number_is_found():
    whole = result()
    figures = [*whole.figures]
    place = next(k for k, figure in enumerate(figures) if figure.kind == "curves")
    data = json.loads(json.dumps(figures[place].data))
    data["curves"][0]["y"][2] = 0.41
    figures[place] = replace(figures[place], data=data)
    (found,) = differences(whole, replace(whole, figures=figures))
    assert found.endswith("0.4 -> 0.41") and "figures / c" in found


@pytest.mark.parametrize("better", list(itertools.product(("low", "high"), repeat=2)))
def test_the_front_is_that_of_all_comparisons(better):
    rng = np.random.default_rng(3)
    x, y = Axis("x", "number", better=better[0]), Axis("y", "number", better=better[1])
    points = [FrontPoint(float(a), float(b)) for a, b in rng.integers(0, 9, (70, 2))]
    signs = [1 if side == "low" else -1 for side in better]

    def beats(p, q):
        a, b = ([s * v for s, v in zip(signs, (r.x, r.y), strict=True)] for r in (p, q))
        return a != b and all(v <= w for v, w in zip(a, b, strict=True))

    expected = {(q.x, q.y) for q in points if not any(beats(p, q) for p in points)}
    found = [points[k] for k in pareto_front(points, x, y)]
    assert {(p.x, p.y) for p in found} == expected and len(found) == len(expected)
    assert [p.x for p in found] == sorted(p.x for p in found)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Curve("a", [1], [1, 2]), "curve 'a' has 2 values for 1 positions"),
        (lambda: Curve("a", [1, 2], [1, 2], [1], [1, 2]), r"curve 'a' has 1 bounds \(low\) for 2 positions"),
        (lambda: Curve("a", [1, 2], [1, 2], [1, 2]), "curve 'a' has one bound without the other"),
        (lambda: Curve("a", [1, 3, 2], [0, 0, 0]), "curve 'a': x falls from 3 to 2 at position 2"),
        (lambda: Curve("a", [1], [float("nan")]), "curve 'a', y, has nan at position 0"),
        (lambda: Curves(COVERAGE, RISK, [Curve(str(k), [], []) for k in range(6)]), "6 curves are highlighted; 5 can"),
        (lambda: Axis("x", "share", 1.0, 1.0), "axis 'x' runs from 1.0 to 1.0"),
        (lambda: Mark("m", float("inf"), 0), "mark 'm' has inf"),
        (lambda: Mark("m", 0, 0, y_interval=(2, 1)), "which falls"),
        (lambda: Group("g", [1, -1]), "group 'g' has a negative count"),
        (lambda: Threshold("t", float("nan")), "threshold 't' has nan"),
        (lambda: Histogram(COVERAGE, [0, 1, 1], []), "edges must be two or more numbers that rise"),
        (lambda: Histogram(COVERAGE, [0], []), "edges must be two or more"),
        (lambda: Histogram(COVERAGE, [0, 1], [Group("g", [1, 2])]), "group 'g' has 2 counts for 1 bins"),
        (lambda: Front(Axis("x", "share"), RISK, None, [], []), "axis 'x' does not say which end is better"),
        (lambda: Front(COVERAGE, RISK, None, [FrontPoint(1, 0), FrontPoint(0, 1)], [1]), "front does not name"),
        (lambda: FrontPoint(0, 0, float("nan"), "t = 1"), "point 't = 1' has nan"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(make, reason):
    with pytest.raises(ValueError, match=reason):
        make()


def test_builders_refuse_what_their_content_refuses():
    with pytest.raises(ValueError, match="6 curves are highlighted"):
        curve_figure("c", "C", x=COVERAGE, y=RISK, curves=[Curve(str(k), [], []) for k in range(6)], doc="")
    with pytest.raises(ValueError, match="edges"):
        histogram("h", "H", x=COVERAGE, edges=[2, 1], groups=[], doc="")
    with pytest.raises(ValueError, match="which end is better"):
        front_figure("f", "F", x=Axis("x", "share"), y=RISK, points=[], doc="")


def test_a_damaged_field_is_named(tmp_path):
    curves, histograms, front, _ = charts()
    with pytest.raises(Damaged, match=r"data\.curves\[1\]\.role is 'loud'"):
        read_figure(replace(curves, data=curves.data | {"curves": [curves.data["curves"][0], curves.data["curves"][1] | {"role": "loud"}]}), Curves)  # fmt: skip # noqa: E501
    with pytest.raises(Damaged, match=r"data\.groups\[0\]: group 'g' has a negative count"):
        read_figure(replace(histograms, data=histograms.data | {"groups": [{"name": "g", "counts": [-1, 0, 0]}]}), Histogram)
    with pytest.raises(Damaged, match="front does not name"):
        read_figure(replace(front, data=front.data | {"front": [0, 99]}), Front)
    path = replace(result(), figures=[replace(front, data=front.data | {"points": 3})]).save(tmp_path)
    with pytest.raises(InputError, match=r"figures\[0\]\.data\.points is 3, not a list"):
        load_result(path)
