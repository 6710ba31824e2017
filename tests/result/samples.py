"""A result with every kind of part, each made by its builder."""

from robustfashion.result import (
    Claim,
    Column,
    Estimate,
    GalleryItem,
    Line,
    Panel,
    Refused,
    SuiteResult,
    Table,
    Triptych,
    gallery,
    heat_map,
    line_figure,
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
        figures=figures(),
        claims=[Claim("c", "S", 0.83, 0.9, (0.8, 0.95), 20, "share", "not shown", "rule")],
        glossary=[("term", "text")],
        refused=[Refused("a.jpg", "zero bytes")],
        images={"a.png": b"\x89PNG"},
    )
