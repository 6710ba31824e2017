"""Findings as tables."""

from collections import Counter
from collections.abc import Callable

import numpy as np

from robustfashion.data.check import independence, probes, sizes, views
from robustfashion.data.check.balance import ClassCount
from robustfashion.data.check.findings import Findings
from robustfashion.result import Cell, Column, ColumnOf, Table, table_of

CLASSES_SHOWN = 200
ENCODINGS_SHOWN = 40
_QUANTILES = (("Smallest", 0), ("5 %", 5), ("Median", 50), ("95 %", 95), ("Largest", 100))
_ORDER = ("dependent", "expected", "negligible", "none shown", "by definition")


def accounting(found: Findings) -> Table:
    """Every row of the catalogue, by what became of it."""
    rows: list[list[Cell]] = [
        ["Rows in the catalogue", len(found.catalogue)],
        ["Refused", len(found.catalogue.refused())],
        ["Could not be read again", len(found.store.failed)],
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
    effective = "exp of the entropy of the shares; equal to the classes where all are equally frequent"
    return table_of("balance", "Class balance", found.balances, [
        ("Column", "text", "column of the catalogue", lambda b: b.column),
        ("Images", "count", "images that have a value in this column", lambda b: b.images),
        ("Without", "count", "measured images that have none", lambda b: b.unlabelled),
        ("Classes", "count", "distinct values", lambda b: b.classes),
        ("Effective classes", "number", effective, lambda b: b.effective),
        ("Smallest class", "text", "value with the fewest images", lambda b: b.smallest[0]),
        ("Its images", "count", "images of the smallest class", lambda b: b.smallest[1]),
        ("Largest class", "text", "value with the most images", lambda b: b.largest[0]),
        ("Its images ", "count", "images of the largest class", lambda b: b.largest[1]),
    ])  # fmt: skip


def classes(found: Findings) -> Table:
    """A row for each label."""
    columns: list[ColumnOf[ClassCount]] = [
        ("Column", "text", "column of the catalogue", lambda c: c.column),
        ("Label", "text", "value", lambda c: c.value),
        ("Images", "count", "images of this label", lambda c: c.images),
        ("Products", "count", "products of this label", lambda c: c.products),
        ("Share", "share", "of the images that have a value in this column", lambda c: c.share),
        *((name, "count", "images of this label in the split", _in_split(k)) for k, name in enumerate(found.split.values)),
    ]  # fmt: skip
    left = len(found.classes) - CLASSES_SHOWN
    note = f"{left} more labels are not listed." if left > 0 else ""
    return table_of("classes", "Every label", found.classes[:CLASSES_SHOWN], columns, note)


def _in_split(k: int) -> Callable[[ClassCount], int]:
    return lambda count: count.by_split[k]


def pairs(found: Findings) -> Table:
    """Pairs of factors that could be tested, strongest first."""
    tested = [pair for pair in found.pairs if pair.finding != "not testable"]
    tested.sort(key=lambda pair: (_ORDER.index(pair.finding), -(pair.v or 0.0)))
    left = len(found.pairs) - len(tested)
    note = f"Rule. {independence.RULE}" + (f" {left} pairs are not testable and not listed." if left else "")
    holm = "corrected for all pairs that were tested; n/a where they are expected to go together, or do by definition"
    return table_of("independence", "Do labels go with anything else?", tested, [
        ("Factor", "text", "label column, or the split", lambda p: p.first),
        ("Goes with", "text", "the other factor", lambda p: p.second),
        ("Finding", "text", independence.RULE, lambda p: p.finding),
        ("Cramér's V", "number", "bias-corrected; 0 = independent, 1 = one follows from the other", lambda p: p.v),
        ("p", "p", "chi-squared test, or random tables where counts are small", lambda p: p.p),
        ("p, Holm", "p", holm, lambda p: p.p_holm),
        ("Products", "count", "products that have a value of both", lambda p: p.n),
    ], note)  # fmt: skip


def probe_table(found: Findings) -> Table:
    """A row for each probe."""
    by_name = {view.name: view for view in views.VIEWS.values()}
    sees = "what it sees: " + "; ".join(f"{view.name}: {view.sees}" for view in views.VIEWS.values())
    shape = "whether the product's shape can be seen, so that the probe may know labels honestly"
    told = "class with the largest share of right answers, and that share"
    left = sorted({(p.column, p.left_out) for p in found.probes if p.left_out})
    note = f"Rule. {probes.RULE}"
    if left:
        note += " Classes with fewer than ten products are left out: " + ", ".join(f"{n} of {name}" for name, n in left) + "."
    return table_of("probes", "Shortcut probes", found.probes, [
        ("Column", "text", "what the probe tries to tell", lambda p: p.column),
        ("Probe", "text", sees, lambda p: p.view),
        ("Sees shape", "text", shape, lambda p: "yes" if by_name[p.view].shape else "no"),
        ("Balanced accuracy", "share", "mean of the classes' shares of right answers, products held out", lambda p: p.accuracy),
        ("Chance", "share", "1 / number of classes", lambda p: p.chance),
        ("Exchanged labels", "share", "mean of the same with labels exchanged between products", lambda p: p.null[0]),
        ("97.5 % of them", "share", "97.5th percentile of these", lambda p: p.null[1]),
        ("p", "p", "share of exchanges that do at least as well, the labels themselves included", lambda p: p.p),
        ("Finding", "text", probes.RULE, lambda p: p.finding),
        ("Told best", "text", told, lambda p: f"{p.best[0]} ({100 * p.best[1]:.0f} %)"),
        ("Classes", "count", "classes with at least ten products", lambda p: p.classes),
        ("Products", "count", "products that the probe saw", lambda p: p.products),
    ], note)  # fmt: skip


def duplicate_sets(found: Findings) -> Table:
    """Copies and what they disagree in."""
    split = len(found.split.values) > 1
    note = "" if split else "The catalogue brings no splits, so nothing can leak between them."
    labels = "sets whose images have different labels: one of them is wrong"
    products = "sets whose images belong to different products, so that they may part at a split"
    return table_of("duplicates", "Copies", found.sets, [
        ("Together by", "text", "what the images of a set share", lambda s: s.name),
        ("Sets", "count", "sets of at least two images", lambda s: s.clusters),
        ("Images", "count", "images in these sets", lambda s: s.images),
        ("Surplus", "count", "images that would go if one of each set were kept", lambda s: s.surplus),
        ("With several labels", "count", labels, lambda s: s.other_label),
        ("Of several products", "count", products, lambda s: s.other_product if s.name == "near or exact copies" else None),
        ("In several splits", "count", "sets with images in more than one split", lambda s: s.several_splits if split else None),
    ], note)  # fmt: skip


def leakage(found: Findings) -> Table:
    """How much of each split is known from another."""
    return table_of("leakage", "Leakage between splits", found.leaks, [
        ("Together by", "text", "what the images share", lambda leak: leak.name),
        ("Split", "text", "the split that should be new", lambda leak: leak.held),
        ("Known from", "text", "the other split", lambda leak: leak.other),
        ("Images", "count", "images of the split with a companion in the other", lambda leak: leak.images),
        ("Share", "share", "of the split's images, with Wilson's interval", lambda leak: leak.share),
    ])  # fmt: skip


def size_table(found: Findings) -> Table:
    """Quantiles of sizes."""
    columns = [Column("Measure", "text", "of the file as it is stored")]
    columns += [Column(name, "number", "quantile over all measured images") for name, _ in _QUANTILES]
    rows: list[list[Cell]] = []
    for name, values in sizes.measures(found.store).items():
        cells = [float(v) for v in np.percentile(values, [q for _, q in _QUANTILES])]
        rows.append([name, *(round(cell) if name.endswith("px") else cell for cell in cells)])
    return Table("sizes", "Sizes of the files", columns, rows)


def side_table(found: Findings) -> Table:
    """Lengths that many images share."""
    shared = sizes.side_clusters(found.store)
    note = f"Rule. {sizes.RESIZED_RULE}" + ("" if shared else " No length is shared by that many images.")
    return table_of("resized", "Resized before?", shared, [
        ("Side", "text", "which side of the image", lambda c: c.side),
        ("Length, px", "count", "the length they share", lambda c: c.px),
        ("Images", "count", "images whose side has this length", lambda c: c.images),
        ("Share", "share", "of all measured images", lambda c: c.share),
        ("Mostly written by", "text", "most frequent encoder among them, by the JPEG tables", lambda c: c.written_by),
        ("Share of that", "share", "images of that encoder among them", lambda c: c.written_share),
    ], note)  # fmt: skip


def encoding_table(found: Findings) -> Table:
    """How the files were written."""
    every = sizes.encodings(found.store)
    left = every[ENCODINGS_SHOWN:]
    note = f"{len(left)} more ways of writing, {sum(e.images for e in left)} images, are not listed. " if left else ""
    profiles = int(found.store.numbers["profile"].sum())
    note += f"{profiles} JPEGs hold an ICC colour profile, which Java's ImageIO applies and Pillow and OpenCV do not."
    family = (
        "family that writes such quantisation tables; libjpeg family: Pillow, OpenCV, ImageMagick, browsers and many more; "
        "other tables: cameras, phones, other encoders"
    )
    nearest = "on libjpeg's scale; about: the nearest, since the tables are others"
    return table_of("encoders", "Who wrote the files", every[:ENCODINGS_SHOWN], [
        ("Format", "text", "by the file's first bytes", lambda e: e.kind),
        ("Encoder", "text", family, lambda e: e.encoder or None),
        ("Quality", "text", nearest, lambda e: f"{'' if e.exact else 'about '}{e.quality}" if e.encoder else None),
        ("Chroma", "text", "subsampling of the chrominance", lambda e: e.subsampling if e.encoder else None),
        ("Progressive", "text", "", lambda e: ("yes" if e.progressive else "no") if e.encoder else None),
        ("Images", "count", "", lambda e: e.images),
        ("Share", "share", "of all measured images", lambda e: e.images / len(found.store)),
    ], note)  # fmt: skip
