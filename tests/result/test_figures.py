"""Builders of figures: the JSON they write, its way back, and shapes that do not fit."""

import json

import pytest

from robustfashion.result import Gallery, GalleryItem, HeatMap, Line, Lines, Panel, Triptychs, heat_map, read_figure
from tests.result.samples import figures


def test_data_is_the_json_of_the_format():
    heat, lines, three, cards = figures()
    assert json.dumps(heat.data) == (
        '{"rows": ["r", "s"], "columns": ["a", "b", "c"], "values": [[1, 2.5, null], [0.0, -1, 3]], "unit": "points", '
        '"label": "\\u0394"}'
    )
    assert json.dumps(lines.data) == (
        '{"x": "factor", "y": "\\u0394 accuracy", "unit": "points", "series": [{"name": "a", "x": [1, 2.5], "y": [0.1, null], '
        '"low": [0.0, null], "high": [0.2, null]}, {"name": "b", "x": ["small"], "y": [0.3], "low": [], "high": []}]}'
    )
    panels = [{"image": f"{part}.png", "title": part, "text": "says"} for part in ("train", "serve", "difference")]
    item = {"product": "p", "true": "dress", "model": "resnet18", "difference_gain": 3, "panels": panels}
    assert json.dumps(three.data) == json.dumps({"items": [item]})
    assert json.dumps(cards.data) == (
        '{"items": [{"product": "p", "true": "dress", "image": "flip.png", "lines": ["a: b", "c: d"], "kind": "", '
        '"outcome": null}]}'
    )
    assert [figure.kind for figure in figures()] == ["heatmap", "lines", "triptychs", "gallery"]


def test_data_is_read_as_what_was_built():
    heat, lines, three, cards = figures()
    assert read_figure(heat, HeatMap) == HeatMap(["r", "s"], ["a", "b", "c"], [[1, 2.5, None], [0.0, -1, 3]], "points", "Δ")
    assert read_figure(lines, Lines).series[0] == Line("a", [1, 2.5], [0.1, None], [0.0, None], [0.2, None])
    assert read_figure(lines, Lines).series[1].x == ["small"]
    assert read_figure(three, Triptychs).items[0].panels[2] == Panel("difference.png", "difference", "says")
    assert read_figure(cards, Gallery).items == [GalleryItem("p", "dress", "flip.png", ["a: b", "c: d"])]


@pytest.mark.parametrize(
    ("values", "reason"),
    [([[1.0, 2.0]], "values of 1 rows for 2 names"), ([[1.0, 2.0], [3.0]], "row 's' has 1 values for 2 columns")],
)
def test_heat_maps_are_rows_by_columns(values, reason):
    with pytest.raises(ValueError, match=reason):
        heat_map("h", "H", rows=["r", "s"], columns=["a", "b"], values=values, unit="share", label="", doc="")


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        (([1], [1, 2]), "line 'a' has 2 values for 1 positions"),
        (([1, 2], [1, 2], [1]), r"line 'a' has 1 bounds \(low\) for 2 positions"),
        (([1, 2], [1, 2], [1, 2], [1, 2, 3]), r"line 'a' has 3 bounds \(high\) for 2 positions"),
    ],
)
def test_lines_are_equally_long(parts, reason):
    with pytest.raises(ValueError, match=reason):
        Line("a", *parts)


@pytest.mark.parametrize("image", ["", "images/a.png", "../a.png", "..\\a.png"])
def test_images_are_bare_names(image):
    for make in (lambda: GalleryItem("p", "t", image, []), lambda: Panel(image, "t", "x")):
        with pytest.raises(ValueError, match="not a bare file name"):
            make()
