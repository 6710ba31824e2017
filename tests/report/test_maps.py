"""Maps and pairs on the page: every point where it belongs, marks that tell apart, small, and every name a text."""

import base64
import itertools
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.pictures.encode import sprite
from robustfashion.report.embed import Care
from robustfashion.report.figures import figure_view
from robustfashion.report.map_marks import LAYERS, MARKS, SHAPES, SIDE, legend, outlines, paths, places
from robustfashion.report.render import MAX_BYTES_WITH_MAPS, render
from robustfashion.result import (
    MapPoints,
    ScatterMap,
    Thumbnails,
    by_category,
    by_number,
    map_figure,
    map_layout,
    read_figure,
)
from tests.report.samples import BIDI, CELL, COLUMNS, QUOTES, SCRIPT, SHADES, maps, pairs_figure, picture, result, sprite_of

IMAGES = {"sprite.png": sprite_of(SHADES)} | {name: picture(seed=1) for name in ("train.png", "serve.png", "flip.png")}


@pytest.fixture(scope="module")
def html():
    return render(result(figures=[maps(), pairs_figure(), maps()], images=IMAGES))


@pytest.fixture(scope="module")
def data(html):
    text = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)[0]
    return json.loads(text)


def _points(d):
    return [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)", d)]


def _unpacked(text):
    return np.frombuffer(base64.b64decode(text), "<u2").tolist()


def test_every_point_is_drawn_once_with_the_mark_of_its_category(html):
    content = read_figure(maps(), ScatterMap)
    shown = legend(content.colourings[0])
    at = places(content.layouts[0])
    drawing = ET.fromstring(re.search(r"<svg role=\"img\".*?</svg>", html)[0])
    drawn = {(p.get("class"), point) for p in drawing.iter("path") for point in _points(p.get("d"))}
    entries = [shown.entries[k] for k in shown.drawn]
    assert drawn == {(f"{entry.colour} s{entry.shape}", place) for entry, place in zip(entries, at, strict=True)}
    assert at[0] == (22, 1000 - 234) and at[9][0] == SIDE - 22 and at[50][1] < at[0][1], "rightwards and upwards"


def test_a_layout_is_drawn_in_its_own_colouring_without_the_points_that_it_has_not(html):
    drawing = ET.fromstring(re.findall(r"<svg role=\"img\".*?</svg>", html)[2])
    marks = Counter(p.get("class") for p in drawing.iter("path") for _ in _points(p.get("d")))
    assert sum(marks.values()) == 30 and marks["none s6"] == 1
    assert marks["r0 s0"] == 11 and marks["r2 s0"] == 12  # 12 in each fifth of the unit interval; one has no value
    assert "Map of 30 products" in drawing.get("aria-label")


def test_no_category_lies_on_top_of_all_others():
    n = 600
    rng = np.random.default_rng(0)
    kinds = legend(by_category("c", rng.choice(["a", "b", "c"], n).tolist(), doc=""))
    at = places(map_layout("t", rng.random((n, 2)), caption=""))
    drawn = paths(at, kinds, outlines(n, large=True))
    order = [entry.text for entry, _ in drawn]
    assert order == order[:3] * LAYERS and len(set(order)) == 3
    counts = [len(_points(d)) for _, d in drawn]
    assert sum(counts) == n and max(counts) < n / LAYERS / 2


def test_marks_differ_and_neighbours_share_neither_colour_nor_shape():
    found = legend(by_category("c", [f"{k:02}" for k in range(MARKS)], doc=""))
    marks = [(entry.colour, entry.shape) for entry in found.entries]
    assert len(set(marks)) == MARKS == 42 and not found.joined
    assert all(a[0] != b[0] and a[1] != b[1] for a, b in itertools.pairwise(marks))
    assert len(outlines(9, large=True)) == len(outlines(9999, large=False)) == len(SHAPES)


def test_the_rarest_of_too_many_categories_are_joined_and_keep_their_words():
    labels = [f"kind {k:02}" for k in range(50) for _ in range(100 - k)]
    found = legend(by_category("c", [*labels, None], categories=sorted(set(labels)), doc=""))
    assert [entry.text for entry in found.entries[-2:]] == ["others (8)", "none"]
    assert found.entries[-2].count == sum(100 - k for k in range(42, 50)) and found.entries[-1].count == 1
    assert "The 8 rarest of 50" in found.joined
    assert found.words[found.word[-2]] == "kind 49" and found.entries[found.drawn[-2]].text == "others (8)"
    assert sum(entry.count for entry in found.entries) == len(labels) + 1


def test_steps_of_numbers_hold_their_lower_edge():
    found = legend(by_number("n", [0.0, 0.5, 0.8, 0.9, 0.99, 1.0, None], unit="share", edges=[0, 0.5, 0.9, 1], doc=""))
    assert [entry.text for entry in found.entries] == ["0 % to 50 %", "50 % to 90 %", "90 % to 100 %", "no value"]
    assert found.drawn == [0, 1, 1, 2, 2, 2, 3] and [entry.count for entry in found.entries] == [1, 2, 3, 1]
    assert [found.words[k] for k in found.word] == ["0.0 %", "50.0 %", "80.0 %", "90.0 %", "99.0 %", "100.0 %", "n/a"]


def test_the_script_is_given_the_same_places_and_marks(html, data):
    content = read_figure(maps(), ScatterMap)
    for packed, layout in zip(data["places"], content.layouts, strict=True):
        flat = _unpacked(packed)
        found = [None if x == 65535 else (x, y) for x, y in zip(flat[::2], flat[1::2], strict=True)]
        assert found == places(layout)
    kinds = data["colourings"][2]
    assert [kinds["words"][k] for k in _unpacked(kinds["word"])] == [f"kind {k % 57}" for k in range(60)]
    assert data["thumbnails"] == {"columns": COLUMNS, "cell": CELL} and data["groups"][5] == "group 2"


def test_names_stay_text(html, data):
    assert data["names"][0] == SCRIPT and data["names"][12] == r"photo\u202egpj.exe" != BIDI
    assert html.count("<script") == 3 and "<img src=x" not in html and SCRIPT not in html and "\u202e" not in html
    for text in re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL):
        assert not set("<>&") & set(text)
    assert QUOTES not in html and " style=" not in html


def test_thumbnails_are_in_the_page_once(html):
    assert html.count(base64.b64encode(IMAGES["sprite.png"]).decode()) == 1
    assert html.count('data-sprite="sprite-1"') == 2 and html.count('id="sprite-1"') == 1
    bare = read_figure(maps(), ScatterMap)
    parts = {"layouts": bare.layouts, "colourings": bare.colourings}
    page = render(result(figures=[map_figure("m", "M", points=MapPoints(bare.points.names), **parts, doc="")], images={}))
    assert "data-sprite" not in page and '"thumbnails":null,' in page
    with pytest.raises(InputError, match=r"images/sprite\.png: a figure shows this picture"):
        render(result(figures=[maps()], images={}))


def test_maps_stand_before_the_tables_that_speak_of_them(html):
    ids = re.findall(r'<section aria-labelledby="([a-z0-9-]+)"', html)
    contents = re.findall(r'<li><a href="#((?:table|figure)-[^"]*)"', html)
    kinds = [name.split("-")[0] for name in ids if name in contents]
    assert contents == [name for name in ids if name in contents]
    assert kinds == ["figure", "figure", *["table"] * kinds.count("table"), "figure"] and kinds.count("table") > 0


def test_the_table_counts_what_the_legend_names():
    table = figure_view(maps(), "m").table
    rows = [[cell.text for cell in row] for row in table.rows]
    assert rows[0] == ["class", SCRIPT, "20", "33.3 %"] and rows[8] == ["confidence", "no value", "1", "1.7 %"]


def test_nothing_to_show():
    parts = {"layouts": [map_layout("t", np.zeros((0, 2)), caption="")], "colourings": [by_category("c", [], doc="")]}
    figure = map_figure("m", "M", points=MapPoints([]), **parts, doc="")
    assert "Nothing to show." in render(result(figures=[figure], images={}))


def test_pairs_are_cards_of_two_pictures(html):
    view = figure_view(pairs_figure(), "p")
    assert view.uses() == [(f"{name}.png", Care.SHOWN) for name in ("train", "serve", "flip", "train")]
    card = re.findall(r'<article class="card">.*?</article>', html, re.DOTALL)[1]
    assert card.count("<img") == 2 and "distance 0.031" in card and 'alt="b, labelled belt"' in card and "no label" not in card


def test_5000_products_with_pictures_in_twelve_layouts_fit_into_5_mb():
    n, rng = 5000, np.random.default_rng(0)
    centres = rng.normal(size=(10, 2)) * 10
    kinds = rng.integers(10, size=n)
    y, x = np.mgrid[:40, :40]
    base = 128 + 60 * np.stack([np.sin(x / a + y / b) for a, b in ((9, 14), (17, 7), (5, 30))], axis=-1)
    pixels = (base[None] + rng.normal(0, 14, (n // 10, 40, 40, 3))).clip(0, 255).astype(np.uint8)
    layouts = [map_layout(f"t-SNE, seed {k}", centres[kinds] + rng.normal(size=(n, 2)), caption=30 * "word ") for k in range(12)]
    labels = [f"class {k}" for k in kinds]
    colourings = [by_category(name, labels, doc="") for name in ("class", "error", "outlier kind", "split")]
    colourings.insert(1, by_number("confidence", rng.random(n), unit="share", doc=""))
    points = MapPoints([f"product-{k:06}-front-view.jpg" for k in range(n)], thumbnails=Thumbnails("s.webp", 64, 40))
    figure = map_figure("m", "M", points=points, layouts=layouts, colourings=colourings, doc="")
    sheet = sprite(np.tile(pixels, (10, 1, 1, 1)))
    page = render(result(figures=[figure], images={"s.webp": sheet}))
    assert len(sheet) > 1_400_000, "as large as photographs"
    assert len(page.encode()) <= MAX_BYTES_WITH_MAPS == 5_000_000
    assert len(json.dumps(figure.data)) < 2_000_000
