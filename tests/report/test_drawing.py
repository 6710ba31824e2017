"""Drawings: well-formed, themed, without styles; any label is text; no two share an id; colours can be read."""

import itertools
import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest

from robustfashion.report import palette
from robustfashion.report.drawing import LONGEST_NAME, named_axis, shorten, tick
from robustfashion.report.heatmap import draw_heat_map
from robustfashion.report.lines import TOGETHER, draw_lines
from robustfashion.result import HeatMap, Line, Lines
from tests.report.samples import BIDI, DOLLARS, SCRIPT


def _heat(
    rows=("resnet18", SCRIPT), columns=("a", DOLLARS, BIDI), values=((-0.2, None, 0.01), (-0.05, 0.0, 0.07)), unit="points"
):
    return HeatMap(rows, columns, values, unit, "Δ 裙")


def _curves(count, points=4, ends=None):
    x = [1 + 0.5 * k for k in range(points)]
    heights = [[0.01 * k * v for v in x] if ends is None else [ends] * points for k in range(count)]
    lines = [Line(f"m{k}", x, y, [0.0] * points, [0.1] * points) for k, y in enumerate(heights)]
    return Lines("factor", "accuracy", "share", lines)


def _texts(svg):
    return ["".join(e.itertext()) for e in ET.fromstring(svg).iter("text")]


def _ids(svg):
    return [e.get("id") for e in ET.fromstring(svg).iter() if e.get("id")]


def test_heat_map_holds_its_numbers_and_names_as_text():
    svg = draw_heat_map("h", f"t {SCRIPT}", _heat()).svg
    texts = _texts(svg)
    for expected in ("−20.0", "n/a", "+1.0", "−5.0", "0.0", "+7.0", SCRIPT, DOLLARS, r"photo\u202egpj.exe", "Δ 裙"):
        assert expected in texts
    assert ET.fromstring(svg).get("aria-label").startswith(f"Heat map: t {SCRIPT}. 2 rows, 3 columns")
    assert "<script" not in svg


@pytest.mark.parametrize(
    "drawing", [draw_heat_map("h", "t", _heat()), *draw_lines("l", "t", _curves(3)), *draw_lines("m", "t", _curves(7))]
)
def test_drawings_bring_no_style_and_no_colour_of_their_own(drawing):
    root = ET.fromstring(drawing.svg)
    assert root.get("role") == "img" and root.get("aria-label")
    for element in root.iter():
        assert element.tag not in ("style", "script", "metadata", "image")
        assert "style" not in element.attrib and "font-family" not in element.attrib
        for name in ("fill", "stroke"):
            assert re.fullmatch(r"none|var\(--[a-z]+(-[a-z]+)?(-\d+)?\)", element.get(name, "none")), ET.tostring(element)


def test_every_variable_of_a_drawing_is_declared():
    used = set(
        re.findall(
            r"var\(--([a-z0-9-]+)\)",
            draw_heat_map("h", "t", _heat()).svg + "".join(d.svg for d in draw_lines("l", "t", _curves(5))),
        )
    )
    assert used and used <= set(re.findall(r"--([a-z0-9-]+):light-dark", palette.css()))


def test_ids_are_different_and_references_meet_them():
    drawings = [draw_heat_map("a", "t", _heat()), draw_heat_map("b", "t", _heat()), *draw_lines("c", "t", _curves(TOGETHER + 2))]
    ids = [i for d in drawings for i in _ids(d.svg)]
    assert len(ids) == len(set(ids)) > 4
    for d in drawings:
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', d.svg)) == set(_ids(d.svg))


def test_two_sided_scale_is_even_and_one_sided_scale_is_not():
    def steps(svg):
        return re.findall(r"var\(--(diverging|rising)-(\d+)\)", svg)

    assert ("diverging", "10") in steps(draw_heat_map("h", "t", _heat(values=((0.0, 0.1, 0.2), (0.0, 0.0, 0.0)))).svg)
    share = draw_heat_map("h", "t", _heat(values=((0.5, 0.6, 0.7), (0.5, 0.9, 0.9)), unit="share")).svg
    assert {kind for kind, _ in steps(share)} == {"rising"}
    assert "90.0" in _texts(share)


@pytest.mark.parametrize(
    "values", [((None, None, None), (None, None, None)), ((0.3, 0.3, 0.3), (0.3, 0.3, 0.3)), ((0, 0, 0), (0, 0, 0))]
)
@pytest.mark.parametrize("unit", ["points", "share"])
def test_heat_map_without_contrast(values, unit):
    assert len(_texts(draw_heat_map("h", "t", _heat(values=values, unit=unit)).svg)) >= 6


def test_small_differences_keep_weak_colours():
    svg = draw_heat_map("h", "t", _heat(values=((0.005, 0.0, 0.0), (0.0, 0.0, 0.0)))).svg
    cells = set(re.findall(r'clip-path="[^"]+" fill="var\(--diverging-(\d+)\)', svg))
    texts = {int(step) for step in re.findall(r"var\(--on-diverging-(\d+)\)", svg)}
    assert cells and texts == {10, 11}
    assert {"−5.0", "+5.0"} <= set(_texts(svg))


def test_thirty_columns_keep_their_width():
    names = [f"twelvemonkeys.filter_{k}" for k in range(30)]
    svg = draw_heat_map("h", "t", _heat(rows=["r"], columns=names, values=[[0.01 * k for k in range(30)]])).svg
    assert float(ET.fromstring(svg).get("width")) > 30 * 55
    assert set(names) <= set(_texts(svg))


def test_few_lines_share_a_drawing_and_carry_their_names():
    (drawing,) = draw_lines("l", "t", _curves(TOGETHER))
    assert {f"m{k}" for k in range(TOGETHER)} <= set(_texts(drawing.svg))
    dashes = {e.get("stroke-dasharray") for e in ET.fromstring(drawing.svg).iter("path") if "series" in e.get("stroke", "")}
    assert len(dashes) == TOGETHER  # told apart without colour


def test_names_of_lines_that_end_together_do_not_overlap():
    (drawing,) = draw_lines("l", "t", _curves(TOGETHER, ends=0.5))
    heights = sorted(
        float(e.get("y")) for e in ET.fromstring(drawing.svg).iter("text") if re.fullmatch(r"m\d", "".join(e.itertext()))
    )
    assert len(heights) == TOGETHER and all(b - a > 9 for a, b in itertools.pairwise(heights))


def test_many_lines_get_a_panel_each():
    drawings = draw_lines("l", "t", _curves(TOGETHER + 1))
    assert [d.title for d in drawings] == [f"m{k}" for k in range(TOGETHER + 1)]
    assert all(d.svg.count("var(--context)") >= TOGETHER for d in drawings)


def test_named_positions_missing_values_and_nothing():
    series = [Line("a", ["small", "large"], [0.1, None]), Line("b", ["large"], [0.2])]
    (drawing,) = draw_lines("l", "t", Lines("size", "accuracy", "share", series))
    assert {"small", "large", "a", "b", "size", "accuracy"} <= set(_texts(drawing.svg))
    assert draw_lines("l", "t", Lines("", "", "share", [])) == []


def test_settings_of_the_user_change_nothing():
    plain = draw_heat_map("h", "t", _heat()).svg
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert draw_heat_map("h", "t", _heat()).svg == plain
        assert mpl.rcParams["font.size"] == 30


def test_words():
    assert shorten("x" * 99) == "x" * (LONGEST_NAME - 1) + "…"
    assert [tick(0.8, "share"), tick(-0.2, "points"), tick(1.5, "number"), tick(10.0, "number")] == ["80 %", "−20", "1.5", "10"]
    assert named_axis("Δ accuracy", "points") == "Δ accuracy, percentage points"
    assert named_axis("loss, percentage points", "points") == "loss, percentage points"


def test_contrast_is_that_of_wcag():
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert palette.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the grey that just fails


def test_text_can_be_read_on_every_step_of_every_scale_and_on_the_page():
    known = palette.variables()
    _, light, dark = known[palette.PAGE]
    for diverging in (True, False):
        for stand_in in palette.scale(diverging):
            for theme in (1, 2):
                assert palette.contrast(known[stand_in][theme], known[palette.on_scale(stand_in)][theme]) >= 4.5
    for stand_in in (palette.INK, palette.MUTED, *palette.MAP_SERIES):
        assert palette.contrast(known[stand_in][1], light) >= 4.5
        assert palette.contrast(known[stand_in][2], dark) >= 4.5


def test_colours_of_numbers_on_maps_are_seen_on_the_page_and_ordered_by_lightness():
    known = {name: pair for name, *pair in palette.variables().values()}
    for theme, sign in ((0, -1), (1, 1)):
        ramp = [known[f"ramp-{k}"][theme] for k in range(palette.RAMP)]
        assert min(palette.contrast(colour, known["page"][theme]) for colour in ramp) >= 3
        steps = [sign * (palette.luminance(b) - palette.luminance(a)) for a, b in itertools.pairwise(ramp)]
        assert min(steps) > 0.005


def test_stand_ins_do_not_collide():
    names = [name for name, _, _ in palette.variables().values()]
    assert len(names) == len(set(names))
    assert len(palette.variables()) == len({key.lower() for key in palette.variables()})


@pytest.mark.parametrize(
    ("positions", "marked"), [((250, 329, 2095), False), ((250, 1000, 2095), True), ((1.25, 500 / 224), True)]
)
def test_positions_are_marked_each_where_their_names_have_room(positions, marked):
    lines = [Line("a", list(positions), [0.1] * len(positions), [0.0] * len(positions), [0.2] * len(positions))]
    (drawing,) = draw_lines("l", "t", Lines("pictures", "accuracy", "share", lines))
    names = [f"{x:,.0f}" if x >= 1000 else f"{x:.4g}" for x in positions]
    assert (set(names) <= set(_texts(drawing.svg))) is marked
