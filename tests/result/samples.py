"""A result with every kind of part, each made by its builder."""

from robustfashion.result import (
    Axis,
    Claim,
    Column,
    Curve,
    Estimate,
    FrontPoint,
    GalleryItem,
    Group,
    Line,
    MapPoints,
    Mark,
    Outcome,
    Pair,
    PairMember,
    Panel,
    Refused,
    SuiteResult,
    Table,
    Threshold,
    Thumbnails,
    Triptych,
    by_category,
    by_number,
    curve_figure,
    front_figure,
    gallery,
    heat_map,
    histogram,
    line_figure,
    map_figure,
    map_layout,
    pairs,
    triptychs,
)  # fmt: skip


def figures():
    lines = [Line("a", [1, 2.5], [0.1, None], [0.0, None], [0.2, None]), Line("b", ["small"], [0.3])]
    panels = [Panel(f"{part}.png", part, "says") for part in ("train", "serve", "difference")]
    return [
        heat_map(
            "h", "H", rows=["r", "s"], columns=["a", "b", "c"], values=[[1, 2.5, None], [0.0, -1, 3]], unit="points", label="Δ",
            doc="how",
        ),
        line_figure("l", "L", x="factor", y="Δ accuracy", unit="points", lines=lines, doc="how"),
        triptychs("t", "T", items=[Triptych("p", "dress", "resnet18", 3, panels)], doc="how"),
        gallery("g", "G", items=[GalleryItem("p", "dress", "flip.png", ("a: b", "c: d"))], doc="how"),
    ]  # fmt: skip


COVERAGE, RISK = Axis("coverage", "share", better="high"), Axis("risk", "share", high=0.5, better="low")
MARKS = [Mark("chosen", 0.6, 0.1, "chosen", "says", (0.5, 0.7), (0.05, 0.2)), Mark("paper", 0.8, 0.3, "paper")]


def charts():
    """Curves, a histogram, a front, and a gallery whose card has everything."""
    curves = [
        Curve("a", [0.2, 0.6, 1.0], [0.0, None, 0.4], [0.0, None, 0.3], [0.1, None, 0.5]),
        Curve("b", [1], [0.1], role="muted"),
    ]
    score = Axis("score", "number")
    groups = [Group("ordinary", [3, 0, 40], "in", "2 lost"), Group("outliers", [5, 6, 7], "out", below=1, above=2)]
    points = [FrontPoint(0.5, 0.1, 1.5, "t = 1"), FrontPoint(0.4, 0.2), FrontPoint(0.9, 0.3, 2, "t = 2"), FrontPoint(0.5, 0.05)]
    item = GalleryItem("p", "", "flip.png", ["gate: bag"], "far outlier", Outcome("stopped", good=True))
    return [
        curve_figure("c", "C", x=COVERAGE, y=RISK, curves=curves, marks=MARKS, doc="how"),
        histogram(
            "hist", "Hist", x=score, edges=[0, 0.5, 1, 2], groups=groups, thresholds=[Threshold("t", 0.75)], doc=""
        ),
        front_figure("f", "F", x=COVERAGE, y=RISK, points=points, cost=Axis("seconds", "seconds"), marks=MARKS, doc="how"),
        gallery("g2", "G2", items=[item], doc=""),
    ]  # fmt: skip


POSITIONS = [[-1.0, 0.0], [3.0, 1.0], [0.0, 2.0]]
COLOURINGS = [by_category("class", ["b", None, "a"], doc="label"), by_number("conf", [0.25, None, 1.0], unit="share", doc="")]


def maps():
    """A map of three points in two layouts, and a pair."""
    points = MapPoints(["p", "q", "r"], ["1", "1", "2"], Thumbnails("sprite.webp", 2, 36))
    layouts = [map_layout("one", POSITIONS, caption="says"), map_layout("two", POSITIONS, caption="", colouring="conf")]
    members = PairMember("p", "dress", "p.png"), PairMember("q", "skirt", "q.png")
    return [
        map_figure("m", "M", points=points, layouts=layouts, colourings=COLOURINGS, doc="how"),
        pairs("near", "Near", items=[Pair(*members, "distance 0.1", ["says"])], doc="how"),
    ]


def result():
    columns = [Column("Model", "text", "which"), Column("Accuracy", "share", "how")]
    return SuiteResult(
        suite="resize",
        title="T",
        question="Q?",
        scale="smoke",
        headline=["one"],
        provenance={"commit": "abc", "versions": {"numpy": "2"}},
        settings={"size": 64},
        tables=[Table("t", "Title", columns, [["<script>", Estimate(0.5, 0.4, 0.6, 96)], ["b", None]], "note")],
        figures=figures() + charts() + maps(),
        claims=[Claim("c", "S", 0.83, 0.9, (0.8, 0.95), 20, "share", "not shown", "rule")],
        glossary=[("term", "text")],
        refused=[Refused("a.jpg", "zero bytes")],
        images={"a.png": b"\x89PNG"},
    )
