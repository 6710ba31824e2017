"""A small result with every kind of part, and names that try to break out."""

import io

import numpy as np
from PIL import Image

from robustfashion.result import (
    Axis,
    Claim,
    Column,
    Curve,
    Estimate,
    Figure,
    FrontPoint,
    GalleryItem,
    Group,
    MapPoints,
    Mark,
    Outcome,
    Pair,
    PairMember,
    Refused,
    SuiteResult,
    Table,
    Threshold,
    Thumbnails,
    by_category,
    by_number,
    curve_figure,
    front_figure,
    gallery,
    histogram,
    map_figure,
    map_layout,
    pairs,
)  # fmt: skip

SCRIPT = "<script>alert(1)</script>"
QUOTES = '"onmouseover="alert(2)" x="'
BIDI = "photo\u202egpj.exe"
DOLLARS = r"$\frac{1}{0}$"


def picture(height=24, width=32, seed=0, kind="PNG"):
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def tables():
    columns = [
        Column("Model", "text", "architecture and training recipe"),
        Column(SCRIPT, "text", QUOTES),
        Column("Accuracy", "share", "share of right images"),
        Column("Δ accuracy", "points", "difference"),
        Column("p", "p", "McNemar"),
        Column("PSNR", "decibel", "n/a where nothing differs"),
        Column("Images", "count", ""),
    ]
    rows = [
        ["resnet18", SCRIPT, Estimate(0.83, 0.791, 0.864, 180), Estimate(-0.12, -0.15, -0.0901, 180), 0.0004, None, 3409],
        ["alexnet", BIDI, Estimate(0.98, 0.95, 0.99, 180), Estimate(0.0, -0.01, 0.01, 180), 0.8, 41.25, 7],
        ["googlenet", QUOTES, None, None, 1.0, 9.5, 12],
        ["resnet50", "a & b", Estimate(0.4, 0.3, 0.5, 180), Estimate(0.2, 0.1, 0.3, 180), 0.03, None, 40],
    ]
    return [Table("table2", "Table 2: accuracy", columns, rows, f"Note {SCRIPT}.")]


PANELS = {"train": "train", "serve": "java_image.<b>", "difference": "difference"}
"""Panels of a triptych and their titles; a method's name may be broken, and is escaped when it is."""


def figures(lines=7):
    f = (1.25, 2.0, 3.0)
    series = [
        {"name": f"method {k}", "x": list(f), "y": [-0.01 * k * x for x in f], "low": [-0.02 * k * x for x in f],
         "high": [0.01 * x for x in f]} for k in range(lines - 1)
    ]  # fmt: skip
    series.append({"name": DOLLARS + SCRIPT, "x": list(f), "y": [0.0, None, 0.1]})
    heat = {
        "rows": ["resnet18", SCRIPT], "columns": ["a.b", DOLLARS, BIDI], "values": [[-0.2, None, 0.01], [-0.05, 0.0, 0.07]],
        "unit": "points", "label": f"Δ {SCRIPT}",
    }  # fmt: skip
    panels = [{"image": f"{part}.png", "title": title, "text": QUOTES} for part, title in PANELS.items()]
    triptych = {"product": SCRIPT, "true": QUOTES, "model": "resnet18", "difference_gain": 3, "panels": panels}
    card = {"product": BIDI, "true": SCRIPT, "image": "flip.png", "lines": [SCRIPT, "java2d.bilinear: dress 91.2 %"]}
    return [
        Figure("heat", "Where accuracy is lost", "heatmap", heat, SCRIPT),
        Figure("heat", "The sweep", "lines", {"x": "factor", "y": "Δ accuracy", "unit": "points", "series": series}, "doc"),
        Figure("triptychs", "Fig. 1", "triptychs", {"items": [triptych]}, "doc"),
        Figure("flips", "Flips", "gallery", {"items": [card, card]}, "doc"),
    ]


def charts():
    """Curves, a histogram and a front with names that try to break out, and a card with everything."""
    rng = np.random.default_rng(1)
    x = (np.arange(1, 1001) / 1000).tolist()
    walks = [np.clip(0.02 * k + np.abs(np.cumsum(rng.normal(0, 0.003, 1000))), 0, 1) for k in range(9)]
    curves = [Curve(f"score {k}", x, walk.tolist(), role="muted" if k > 3 else "highlighted") for k, walk in enumerate(walks)]
    curves[0] = Curve(SCRIPT, x, walks[0].tolist(), (walks[0] * 0.8).tolist(), (walks[0] * 1.2).tolist())
    curves.append(Curve("optimum", [0.0, 0.9, 1.0], [0.0, 0.0, 0.1], role="reference"))
    marks = [
        Mark(DOLLARS, 0.7, 0.05, "chosen", QUOTES, (0.65, 0.74), (0.03, 0.08)), Mark("the paper's rule", 0.72, 0.06, "paper"),
        Mark("quantile 5 %", 0.71, 0.055), Mark("perfect gate", 0.9, 0.0, "oracle"), Mark(SCRIPT, 0.5, 0.1),
    ]  # fmt: skip
    share, edges = Axis("coverage", "share", better="high"), np.linspace(0, 1, 71).tolist()
    groups = [
        Group(name, rng.multinomial(n, [1 / 70] * 70).tolist(), family, QUOTES, above=above)
        for name, n, family, above in (("right", 5000, "in", 0), (SCRIPT, 61, "out", 2), ("none", 0, "out", 0))
    ]
    thresholds = [Threshold(SCRIPT, 0.91), Threshold("quantile", 0.9), Threshold("target", 0.89), Threshold("beyond", 7.0)]
    points = [
        FrontPoint(float(a), float(a * a * 0.2 + b), float(b), f"t = {a:.3f}")
        for a, b in rng.random((900, 2)) * (0.9, 0.05) + (0.1, 0)
    ]
    item = GalleryItem(
        BIDI, "", "flip.png", [f"gate: {SCRIPT}", "b", "c"], f"far {SCRIPT}", Outcome("would be tagged", good=False)
    )
    kept = GalleryItem("b", "bag", "flip.png", [], "near", Outcome(SCRIPT, good=True))
    risk, score = Axis("risk", "share", better="low"), Axis(f"confidence {SCRIPT}", "number")
    return [
        curve_figure("rc", f"Risk and coverage {SCRIPT}", x=share, y=risk, curves=curves, marks=marks, doc=SCRIPT),
        histogram("hist", "Scores", x=score, edges=edges, groups=groups, thresholds=thresholds, doc=""),
        front_figure("front", "The price", x=share, y=risk, points=points, cost=Axis(SCRIPT, "seconds"), marks=marks, doc=""),
        gallery("surest", "Surest outliers", items=[item, kept], doc=""),
    ]  # fmt: skip


CELL, COLUMNS = 10, 7
SHADES = [(3 * k, 255 - 4 * k, 40 + 2 * k) for k in range(60)]
"""Colour of each product of the maps in their sprite."""


def sprite_of(shades, columns=COLUMNS, cell=CELL):
    """A PNG with a plain cell for each colour, row by row."""
    sheet = Image.new("RGB", (columns * cell, -(-len(shades) // columns) * cell), "white")
    for k, shade in enumerate(shades):
        sheet.paste(Image.new("RGB", (cell, cell), shade), (k % columns * cell, k // columns * cell))
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def maps():
    """Sixty products on a lattice of ten columns, and turned by 90 degrees, and half of them; names that try to break out."""
    n = len(SHADES)
    names = [f"product {k:02}" for k in range(n)]
    names[0], names[11], names[12] = SCRIPT, "<img src=x onerror=alert(3)>", BIDI
    lattice = np.array([(k % 10, k // 10) for k in range(n)], float)
    half = lattice.copy()
    half[30:] = np.nan
    layouts = [
        map_layout("lattice", lattice, caption=f"Trustworthiness 0.93; the original space says 71.3 %. {SCRIPT}", large=True),
        map_layout(f"turned {SCRIPT}", lattice[:, ::-1] * (-1, 1), caption="0.9"),
        map_layout("half", half, caption="", colouring="confidence"),
    ]
    colourings = [
        by_category("class", ["dress", SCRIPT, "bag"] * 20, doc="label"),
        by_number("confidence", [None if k == 5 else k / 60 for k in range(n)], unit="share", doc=QUOTES),
        by_category(f"kind {SCRIPT}", [f"kind {k % 57}" for k in range(n)], doc=""),
    ]
    points = MapPoints(names, [f"group {k // 2}" for k in range(n)], Thumbnails("sprite.png", COLUMNS, CELL))
    return map_figure("map", f"Maps {SCRIPT}", points=points, layouts=layouts, colourings=colourings, doc="look at all of them")


def pairs_figure():
    """Two pairs, one with names that try to break out."""
    hostile = Pair(PairMember(SCRIPT, QUOTES, "train.png"), PairMember(BIDI, SCRIPT, "serve.png"), f"distance {SCRIPT}", [QUOTES])
    plain = Pair(PairMember("a", "bag", "flip.png"), PairMember("b", "belt", "train.png"), "distance 0.031")
    return pairs("pairs", "Nearest of different classes", items=[hostile, plain], doc="")


def claims():
    return [
        Claim("a", f"figure of {SCRIPT}", 0.83, 0.81, (0.76, 0.85), 180, "share", "reproduced", "rule one"),
        Claim("b", "loses", -0.15, -0.02, (-0.05, -0.0004), 1200, "points", "contradicted", "rule two"),
        Claim("c", "remedy", None, 0.01, (-0.02, 0.04), 180, "points", "not shown", "rule two"),
        Claim("d", "elsewhere", 0.5, None, None, None, "share", "not comparable", "rule one"),
    ]


def result(**changes):
    values = {
        "suite": "resize",
        "title": f"The resize study {SCRIPT}",
        "question": "Which products change?",
        "scale": "smoke",
        "headline": ["From 96.4 % [92.6, 98.3] to 56.1 %.", SCRIPT],
        "provenance": {
            "commit": "abc123", "command": "python -m robustfashion.bench resize --data 'a b'", "versions": {"numpy": "2.0"},
            "seed": 0, "device": "CPU", "data_hash": "ab" * 32, "extra": {},
        },
        "settings": {"size": 96, "data": SCRIPT, "threshold": None, "seeds": [0, 1]},
        "tables": tables(),
        "figures": figures(),
        "claims": claims(),
        "glossary": [("Accuracy", "share of right images"), (SCRIPT, QUOTES)],
        "refused": [Refused(f"{SCRIPT}.jpg", "zero bytes"), Refused(BIDI, "a text file")],
        "images": {name: picture(seed=k) for k, name in enumerate(("train.png", "serve.png", "difference.png", "flip.png"))},
    }  # fmt: skip
    return SuiteResult(**{**values, **changes})
