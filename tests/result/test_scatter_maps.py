"""Maps and pairs as data: the way to JSON and back, positions on the grid, and what they refuse."""

import json

import numpy as np
import pytest

from robustfashion.result import (
    Colouring,
    MapLayout,
    MapPoints,
    PairMember,
    Pairs,
    ScatterMap,
    Thumbnails,
    by_category,
    by_number,
    load_result,
    map_figure,
    map_layout,
    read_figure,
)
from robustfashion.result.decode import Damaged
from robustfashion.result.plain import plain
from robustfashion.result.scatter_maps import GRID, MOST_POINTS
from tests.result.samples import COLOURINGS, maps, result


def test_data_is_read_as_what_was_built():
    figure, near = maps()
    assert (figure.kind, near.kind) == ("map", "pairs")
    read = read_figure(figure, ScatterMap)
    assert read.points == MapPoints(["p", "q", "r"], ["1", "1", "2"], Thumbnails("sprite.webp", 2, 36))
    assert read.layouts[0] == MapLayout("one", [0, 4095, 1024], [1024, 2048, 3071], "says")
    assert read.layouts[1].colouring == "conf" and plain(read.colourings) == plain(COLOURINGS)
    assert read_figure(near, Pairs).items[0].right == PairMember("q", "skirt", "q.png")


def test_they_are_saved_and_loaded(tmp_path):
    assert load_result(result().save(tmp_path)).figures[-2:] == maps()


def test_a_layout_keeps_proportions_and_leaves_out_what_is_not_there():
    positions = np.random.default_rng(3).normal(size=(300, 2)) * (5, 2) + (100, -7)
    positions[17] = np.nan, 1.0
    layout = map_layout("t", positions, caption="")
    assert layout.x[17] is None and layout.y[17] is None
    there = np.delete(np.arange(300), 17)
    placed = np.array([(layout.x[i], layout.y[i]) for i in there], float)
    known = positions[there]
    scale = (GRID - 1) / np.ptp(known[:, 0])
    assert (placed[:, 0].min(), placed[:, 0].max()) == (0, GRID - 1)
    assert abs(placed[:, 1].min() + placed[:, 1].max() - (GRID - 1)) <= 1, "the shorter side stands in the middle"
    distances = [np.hypot(*(a[:-1] - a[1:]).T) for a in (known * scale, placed)]
    assert np.abs(distances[0] - distances[1]).max() < 2  # of 4,096: rounding of either end


@pytest.mark.parametrize("positions", [np.zeros((3, 2)), np.full((3, 2), np.nan), np.zeros((0, 2))])
def test_layouts_without_extent(positions):
    layout = map_layout("t", positions, caption="")
    assert layout.x == [None if np.isnan(p[0]) else 2048 for p in positions]


def test_categories_are_ordered_by_frequency_or_as_told():
    labels = ["b", "c", "b", None, "a", "c", "b"]
    assert by_category("n", labels, doc="").categories == ["b", "c", "a"]
    told = by_category("n", labels, categories=["a", "b", "c", "d"], doc="")
    assert told.values == [1, 2, 1, None, 0, 2, 1] and told.categories == ["a", "b", "c", "d"]


def test_numbers_get_steps_that_hold_them():
    shares = by_number("n", np.array([0.123456, np.nan, 0.9]), unit="share", doc="")
    assert shares.values == [0.1235, None, 0.9] and shares.edges == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert by_number("n", [3.0, 13.0], unit="number", doc="").edges == [3, 5, 7, 9, 11, 13]
    assert by_number("n", [3.0, 3.0], unit="number", doc="").edges[::5] == [2.5, 3.5]
    assert by_number("n", [None, None], unit="number", doc="").edges[::5] == [0, 1]
    tiny = by_number("n", [1.23456789e-5, 9.87654321e-5], unit="number", doc="")
    assert tiny.edges[0] <= min(tiny.values) and max(tiny.values) <= tiny.edges[-1]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: map_layout("t", np.zeros((3, 3)), caption=""), r"positions \(3, 3\) are not"),
        (lambda: map_layout("t", [[0, np.inf]], caption=""), "are not finite numbers"),
        (lambda: MapLayout("t", [1, None], [1, 2], ""), "not known of the same points"),
        (lambda: MapLayout("t", [GRID], [0], ""), "has a point at 4096; places are 0 to 4095"),
        (lambda: by_category("n", ["a"], categories=["b"], doc=""), "label 'a' is none of its 1 categories"),
        (lambda: Colouring("n", "category", [1.5], "", ["a", "b"]), "none of its 2 categories"),
        (lambda: by_number("n", [0.5, np.inf], unit="share", doc=""), "inf at position 1"),
        (lambda: by_number("n", [0.5], unit="share", edges=[0, 0.4], doc=""), "beyond its edges"),
        (lambda: by_number("n", [0.5], unit="share", edges=[0, 1, 1], doc=""), "2 to 8 rising edges"),
        (lambda: by_number("n", [0.5], unit="share", edges=np.linspace(0, 1, 9), doc=""), "2 to 8 rising edges"),
        (lambda: MapPoints(["a"], ["b", "c"]), "2 groups for 1 points"),
        (lambda: MapPoints(["a"] * (MOST_POINTS + 1)), "at most 20,000 points, not 20,001: draw a sample"),
        (lambda: Thumbnails("a/b.webp", 2, 3), "not a bare file name"),
        (lambda: Thumbnails("b.webp", 0, 3), "both are at least 1"),
        (lambda: PairMember("a", "b", "../c.png"), "not a bare file name"),
    ],
)
def test_what_makes_no_sense_is_refused(make, reason):
    with pytest.raises(ValueError, match=reason):
        make()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"layouts": []}, "needs a layout and a colouring"),
        ({"colourings": []}, "needs a layout and a colouring"),
        ({"points": MapPoints(["a"])}, "layout 'one' is of 3 points, not 1"),
        ({"colourings": [by_category("class", ["a"], doc="")]}, "colouring 'class' is of 1 points, not 3"),
        ({"colourings": COLOURINGS[:1]}, "layout 'two': there is no colouring 'conf'"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(change, reason):
    read = read_figure(maps()[0], ScatterMap)
    parts = {"points": read.points, "layouts": read.layouts, "colourings": read.colourings}
    with pytest.raises(ValueError, match=reason):
        map_figure("m", "M", **{**parts, **change}, doc="")


def test_a_damaged_file_is_named_by_its_field():
    figure = maps()[0]
    data = json.loads(json.dumps(figure.data))
    data["layouts"][1]["x"][2] = 7.5
    with pytest.raises(Damaged, match=r"data.layouts\[1\].x\[2\] is 7.5"):
        read_figure(type(figure)("m", "M", "map", data, ""), ScatterMap)
