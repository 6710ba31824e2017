"""Findings as tables."""

from collections import Counter

import numpy as np

from robustfashion.data.check import independence, probes, sizes, views
from robustfashion.data.check.findings import Findings
from robustfashion.result import Cell, Column, Table

CLASSES_SHOWN = 200
ENCODINGS_SHOWN = 40
_QUANTILES = (("Smallest", 0), ("5 %", 5), ("Median", 50), ("95 %", 95), ("Largest", 100))


def accounting(found: Findings) -> Table:
    """Every row of the catalogue, by what became of it."""
    scanned, failed = len(found.catalogue.refused()), len(found.store.failed)
    rows: list[list[Cell]] = [
        ["Rows in the catalogue", len(found.catalogue)],
        ["Refused", scanned],
        ["Could not be read again", failed],
        ["Measured", len(found.store)],
        ["Products among them", len(np.unique(found.duplicates.product))],
        ["Without contrast", found.duplicates.flat],
    ]
    columns = [Column("Images", "text", ""), Column("Number", "count", "measured = rows - refused - not read again")]
    return Table("accounting", "Images accounted for", columns, rows, _reasons(found))


def _reasons(found: Findings) -> str:
    """Refusals by the beginning of their reason."""
    counts = Counter(reason.split(" (")[0].split(";")[0][:80] for _, reason in found.refused)
    return "Reasons: " + "; ".join(f"{reason}: {n}" for reason, n in counts.most_common(12)) + "." if counts else ""


def balance(found: Findings) -> Table:
    """A row for each label column."""
    columns = [
        Column("Column", "text", "column of the catalogue"),
        Column("Images", "count", "images that have a value in this column"),
        Column("Without", "count", "measured images that have none"),
        Column("Classes", "count", "distinct values"),
        Column(
            "Effective classes", "number", "exp of the entropy of the shares; equal to the classes where all are equally frequent"
        ),
        Column("Smallest class", "text", "value with the fewest images"),
        Column("Its images", "count", "images of the smallest class"),
        Column("Largest class", "text", "value with the most images"),
        Column("Its images ", "count", "images of the largest class"),
    ]
    rows: list[list[Cell]] = [
        [b.column, b.images, b.unlabelled, b.classes, b.effective, *b.smallest, *b.largest] for b in found.balances
    ]
    return Table("balance", "Class balance", columns, rows)


def classes(found: Findings) -> Table:
    """A row for each label."""
    columns = [
        Column("Column", "text", "column of the catalogue"),
        Column("Label", "text", "value"),
        Column("Images", "count", "images of this label"),
        Column("Products", "count", "products of this label"),
        Column("Share", "share", "of the images that have a value in this column"),
        *(Column(name, "count", "images of this label in the split") for name in found.split.values),
    ]
    shown = found.classes[:CLASSES_SHOWN]
    rows: list[list[Cell]] = [[c.column, c.value, c.images, c.products, c.share, *c.by_split] for c in shown]
    left = len(found.classes) - len(shown)
    return Table("classes", "Every label", columns, rows, f"{left} more labels are not listed." if left else "")


def pairs(found: Findings) -> Table:
    """Pairs of factors that could be tested, strongest first."""
    columns = [
        Column("Factor", "text", "label column, or the split"),
        Column("Goes with", "text", "the other factor"),
        Column("Finding", "text", independence.RULE),
        Column("Cramér's V", "number", "bias-corrected; 0 = independent, 1 = one follows from the other"),
        Column("p", "p", "chi-squared test, or random tables where counts are small"),
        Column(
            "p, Holm",
            "p",
            "corrected for all pairs that were tested; n/a where they are expected to go together, or do by definition",
        ),
        Column("Products", "count", "products that have a value of both"),
    ]
    tested = [pair for pair in found.pairs if pair.finding != "not testable"]
    order = {"dependent": 0, "expected": 1, "negligible": 2, "none shown": 3, "by definition": 4}
    tested.sort(key=lambda pair: (order[pair.finding], -(pair.v or 0.0)))
    rows: list[list[Cell]] = [[p.first, p.second, p.finding, p.v, p.p, p.p_holm, p.n] for p in tested]
    left = len(found.pairs) - len(tested)
    note = f"Rule. {independence.RULE}" + (f" {left} pairs are not testable and not listed." if left else "")
    return Table("independence", "Do labels go with anything else?", columns, rows, note)


def probe_table(found: Findings) -> Table:
    """A row for each probe."""
    columns = [
        Column("Column", "text", "what the probe tries to tell"),
        Column("Probe", "text", "what it sees: " + "; ".join(f"{view.name}: {view.sees}" for view in views.VIEWS.values())),
        Column("Sees shape", "text", "whether the product's shape can be seen, so that the probe may know labels honestly"),
        Column("Balanced accuracy", "share", "mean of the classes' shares of right answers, products held out"),
        Column("Chance", "share", "1 / number of classes"),
        Column("Exchanged labels", "share", "mean of the same with labels exchanged between products"),
        Column("97.5 % of them", "share", "97.5th percentile of these"),
        Column("p", "p", "share of exchanges that do at least as well, the labels themselves included"),
        Column("Finding", "text", probes.RULE),
        Column("Told best", "text", "class with the largest share of right answers, and that share"),
        Column("Classes", "count", "classes with at least ten products"),
        Column("Products", "count", "products that the probe saw"),
    ]
    by_name = {view.name: view for view in views.VIEWS.values()}
    rows: list[list[Cell]] = [
        [
            p.column, p.view, "yes" if by_name[p.view].shape else "no", p.accuracy, p.chance, p.null[0], p.null[1], p.p,
            p.finding, f"{p.best[0]} ({100 * p.best[1]:.0f} %)", p.classes, p.products,
        ]
        for p in found.probes
    ]  # fmt: skip
    left = sorted({(p.column, p.left_out) for p in found.probes if p.left_out})
    note = f"Rule. {probes.RULE}"
    if left:
        note += " Classes with fewer than ten products are left out: " + ", ".join(f"{n} of {name}" for name, n in left) + "."
    return Table("probes", "Shortcut probes", columns, rows, note)


def duplicate_sets(found: Findings) -> Table:
    """Copies and what they disagree in."""
    columns = [
        Column("Together by", "text", "what the images of a set share"),
        Column("Sets", "count", "sets of at least two images"),
        Column("Images", "count", "images in these sets"),
        Column("Surplus", "count", "images that would go if one of each set were kept"),
        Column("With several labels", "count", "sets whose images have different labels: one of them is wrong"),
        Column(
            "Of several products", "count", "sets whose images belong to different products, so that they may part at a split"
        ),
        Column("In several splits", "count", "sets with images in more than one split"),
    ]
    rows: list[list[Cell]] = [
        [
            s.name, s.clusters, s.images, s.surplus, s.other_label,
            s.other_product if s.name == "near or exact copies" else None,
            s.several_splits if len(found.split.values) > 1 else None,
        ]
        for s in found.sets
    ]  # fmt: skip
    note = "" if len(found.split.values) > 1 else "The catalogue brings no splits, so nothing can leak between them."
    return Table("duplicates", "Copies", columns, rows, note)


def leakage(found: Findings) -> Table:
    """How much of each split is known from another."""
    columns = [
        Column("Together by", "text", "what the images share"),
        Column("Split", "text", "the split that should be new"),
        Column("Known from", "text", "the other split"),
        Column("Images", "count", "images of the split with a companion in the other"),
        Column("Share", "share", "of the split's images, with Wilson's interval"),
    ]
    rows: list[list[Cell]] = [[leak.name, leak.held, leak.other, leak.images, leak.share] for leak in found.leaks]
    return Table("leakage", "Leakage between splits", columns, rows)


def size_table(found: Findings) -> Table:
    """Quantiles of sizes."""
    columns = [Column("Measure", "text", "of the file as it is stored")]
    columns += [Column(name, "number", "quantile over all measured images") for name, _ in _QUANTILES]
    rows: list[list[Cell]] = []
    for name, values in sizes.measures(found.store).items():
        whole = name.endswith("px")
        cells = [float(v) for v in np.percentile(values, [q for _, q in _QUANTILES])]
        rows.append([name, *(round(cell) if whole else cell for cell in cells)])
    return Table("sizes", "Sizes of the files", columns, rows)


def side_table(found: Findings) -> Table:
    """Lengths that many images share."""
    columns = [
        Column("Side", "text", "which side of the image"),
        Column("Length, px", "count", "the length they share"),
        Column("Images", "count", "images whose side has this length"),
        Column("Share", "share", "of all measured images"),
        Column("Mostly written by", "text", "most frequent encoder among them, by the JPEG tables"),
        Column("Share of that", "share", "images of that encoder among them"),
    ]
    rows: list[list[Cell]] = [
        [c.side, c.px, c.images, c.share, c.written_by, c.written_share] for c in sizes.side_clusters(found.store)
    ]
    note = f"Rule. {sizes.RESIZED_RULE}" + ("" if rows else " No length is shared by that many images.")
    return Table("resized", "Resized before?", columns, rows, note)


def encoding_table(found: Findings) -> Table:
    """How the files were written."""
    columns = [
        Column("Format", "text", "by the file's first bytes"),
        Column(
            "Encoder",
            "text",
            "family that writes such quantisation tables; libjpeg family: Pillow, OpenCV, ImageMagick, browsers and many more; "
            "other tables: cameras, phones, other encoders",
        ),
        Column("Quality", "text", "on libjpeg's scale; about: the nearest, since the tables are others"),
        Column("Chroma", "text", "subsampling of the chrominance"),
        Column("Progressive", "text", ""),
        Column("Images", "count", ""),
        Column("Share", "share", "of all measured images"),
    ]
    every = sizes.encodings(found.store)
    rows: list[list[Cell]] = []
    for e in every[:ENCODINGS_SHOWN]:
        quality = f"{e.quality}" if e.exact else f"about {e.quality}"
        jpeg: list[Cell] = [e.encoder, quality, e.subsampling, "yes" if e.progressive else "no"] if e.encoder else [None] * 4
        rows.append([e.kind, *jpeg, e.images, e.images / len(found.store)])
    left = every[ENCODINGS_SHOWN:]
    note = f"{len(left)} more ways of writing, {sum(e.images for e in left)} images, are not listed. " if left else ""
    profiles = int(found.store.numbers["profile"].sum())
    note += f"{profiles} JPEGs hold an ICC colour profile, which Java's ImageIO applies and Pillow and OpenCV do not."
    return Table("encoders", "Who wrote the files", columns, rows, note)
