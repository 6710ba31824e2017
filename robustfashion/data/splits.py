"""Train, validation and test by product, never by image, and once for a catalogue: no task has a division of its own.

What a network was trained on for one task is never in another task's test set. A product's place depends on the seed, its group
and the labels of all products, so neither the order of rows nor further images of a product with the same labels move anything.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from robustfashion import taxonomy
from robustfashion.data.catalogue import SPLITS, Catalogue
from robustfashion.data.stratify import stratify
from robustfashion.errors import InputError

LABELS = ("label", "product_type", *taxonomy.attributes())
"""Columns whose labels are divided evenly."""

SHARES = (0.7, 0.1, 0.2)
"""Shares of the products in train, validation and test; the paper trains on 70 to 80 %."""

VALIDATION_SHARE = 0.1
"""Share of the training products that become the validation set where the data brings none of its own."""


@dataclass(frozen=True)
class Target:
    """What a study tells apart, as the user names it."""

    positive: str | None = None
    """This value against the rest; None: every value is a class."""
    column: str = "label"
    """Column of the catalogue."""


EVERY_LABEL = Target()


def assign_splits(catalogue: Catalogue, seed: int, shares: Sequence[float] = SHARES) -> Catalogue:
    """Fill the empty splits of usable rows; what is there stays.

    Products (groups) are divided once for all tasks: the labels of every column in :data:`LABELS` as evenly as they can be
    (:func:`~robustfashion.data.stratify.stratify`), every split getting at least one product of a label that has three or more,
    wherever that is possible. Labels are those of a product's ordinary pictures: outliers move no other product, and products
    of outliers alone are divided apart. A product of which some images have a split already takes its other images there too.

    Args:
        catalogue: rows of which some or all have no split.
        seed: another seed divides the products differently.
        shares: of train, validation and test; their sum is 1.

    Raises:
        InputError: shares that are negative or do not sum to 1.
    """
    if len(shares) != 3 or min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise InputError(f"shares is {tuple(shares)}; give train, validation and test, none negative, with sum 1")
    place: dict[str, str] = {}
    for rows in (catalogue.ordinary().usable(), catalogue.outliers().usable()):
        place = _given_places(rows) | place
        free = {group: own for group, own in _labels_of(rows).items() if group not in place}
        place |= {group: SPLITS[part] for group, part in stratify(free, shares, seed).items()}
    splits, groups = catalogue.column("split"), _groups(catalogue)
    filled = [split or (None if group is None else place[group]) for group, split in zip(groups, splits, strict=True)]
    return catalogue.replace(split=filled)


def prepare_splits(catalogue: Catalogue, seed: int, target: Target = EVERY_LABEL) -> tuple[Catalogue, str]:
    """Train, validation and test of a catalogue, by :func:`settle_splits`, checked for one study by :func:`check_splits`.

    Raises:
        InputError: no train split among given ones, or a class that is absent from a split.
    """
    catalogue, note = settle_splits(catalogue, seed)
    check_splits(catalogue, target)
    return catalogue, note


def settle_splits(catalogue: Catalogue, seed: int) -> tuple[Catalogue, str]:
    """Train, validation and test of a catalogue, the same for every task, and how they came about, in words.

    * No split given, or train only: all products are divided by :data:`SHARES`.
    * Train and test given: kept; without a validation set, one is carved out of train.
    * Train and validation given, but no test: the given validation set becomes the test set, so that nothing is chosen on the
      images that are reported on, and a new validation set is carved out of train.
    * Rows without a split among others with one are divided by :data:`SHARES`.

    Ordinary rows decide which of these it is; outliers follow.

    Args:
        catalogue: scanned; refused rows are left alone.
        seed: divides products.

    Raises:
        InputError: no train split among given ones.
    """
    given = {split for split in _splits_of(catalogue.ordinary()) if split is not None}
    catalogue, start = _given_splits(catalogue, given)
    notes = [start]
    straddling = _straddling(catalogue)
    if given - {"train"} and "validation" not in _splits_of(catalogue.ordinary()):
        catalogue = _carve_validation(catalogue, seed)
        share = f"{VALIDATION_SHARE:.0%}"
        notes.append(
            f"A validation set of {share} of the products was taken out of train, once for the whole catalogue, every label as "
            f"evenly as possible (seed {seed})."
        )
    if None in _splits_of(catalogue.ordinary()):
        notes.append(_assigned_note(bool(given - {"train"}), seed))
    catalogue = assign_splits(catalogue, seed)
    if straddling:
        notes.append(
            f"{straddling} products (the same group, or files with the same bytes) stand in more than one of the given splits, "
            "where they were left: numbers on them are optimistic."
        )
    return catalogue, " ".join(notes)


def _splits_of(catalogue: Catalogue) -> set[str | None]:
    """The different splits of usable rows; None where one has none."""
    return set(pc.unique(catalogue.table["split"].filter(pc.is_null(catalogue.table["reason"]))).to_pylist())


def _given_splits(catalogue: Catalogue, given: set[str]) -> tuple[Catalogue, str]:
    """The catalogue with what its own splits are used as, and that in words."""
    if given in (set(), {"train"}):
        catalogue = catalogue.replace(split=[None] * len(catalogue))
        return catalogue, "The data brings a train set only." if given else "The data brings no splits."
    if "train" not in given:
        raise InputError(
            f"{catalogue.root}: splits are given ({', '.join(sorted(given))}), but no train; "
            "add one, or leave splits out so that they are made here"
        )
    if "test" in given:
        return catalogue, "Splits are those of the data."
    count = len(catalogue.usable().in_split("validation"))
    catalogue = catalogue.replace(split=["test" if split == "validation" else split for split in catalogue.column("split")])
    return catalogue, f"The data brings no test set: its validation set ({count} images) is the test set here."


def _assigned_note(rest: bool, seed: int) -> str:
    shares = ", ".join(f"{share:.0%} {split}" for split, share in zip(SPLITS, SHARES, strict=True))
    what = "Images without a split were" if rest else "All were"
    return f"{what} divided by product, once for the whole catalogue, every label as evenly as possible: {shares} (seed {seed})."


def _groups(catalogue: Catalogue) -> list[str | None]:
    """Group of each usable row; None for refused ones."""
    return [
        None if reason is not None else group
        for group, reason in zip(catalogue.column("group"), catalogue.column("reason"), strict=True)
    ]


def _given_places(rows: Catalogue) -> dict[str, str]:
    """The split in which most images of a group already are; ties in favour of train, then validation."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for group, split in zip(rows.column("group"), rows.column("split"), strict=True):
        if group is not None and split is not None:
            counts[group][split] += 1
    return {group: min(found, key=lambda split: (-found[split], SPLITS.index(split))) for group, found in counts.items()}


def _labels_of(rows: Catalogue) -> dict[str, set[str]]:
    """Every label that any image of a group has, with the name of its column; groups without labels have none."""
    found: dict[str, set[str]] = {group: set() for group in pc.unique(rows.table["group"]).to_pylist()}
    for column in LABELS:
        labelled = rows.table.filter(pc.is_valid(rows.table[column]))
        pairs = labelled.group_by(["group", column]).aggregate([])
        for group, label in zip(pairs["group"].to_pylist(), pairs[column].to_pylist(), strict=True):
            found[group].add(f"{column}\0{label}")
    return found


def _carve_validation(catalogue: Catalogue, seed: int) -> Catalogue:
    """Move a share of the products whose ordinary images stand in train alone to validation."""
    rows = catalogue.ordinary().usable()
    elsewhere = {group for group, split in zip(rows.column("group"), rows.column("split"), strict=True) if split != "train"}
    inside = {group: own for group, own in _labels_of(rows).items() if group not in elsewhere}
    parts = stratify(inside, (1 - VALIDATION_SHARE, VALIDATION_SHARE), seed)
    moved = {group for group, part in parts.items() if part == 1}
    splits, groups = catalogue.column("split"), _groups(catalogue)
    return catalogue.replace(
        split=["validation" if g in moved and s == "train" else s for g, s in zip(groups, splits, strict=True)]
    )


def _straddling(catalogue: Catalogue) -> int:
    """Number of products with usable images in more than one split."""
    found = catalogue.usable().table.group_by("group").aggregate([("split", "count_distinct")])  # nulls do not count
    return int(pc.sum(pc.greater(found["split_count_distinct"], 1), min_count=0).as_py())


def check_splits(catalogue: Catalogue, target: Target) -> None:
    """Refuse a class of a study that is absent from a split; outliers do not make up for it.

    Args:
        catalogue: every usable row has a split.
        target: its classes have to occur in every split.

    Raises:
        InputError: one is absent.
    """
    kept = catalogue.usable().ordinary()
    table = pa.table({"truth": kept.truth(target.column, target.positive), "split": kept.table["split"]}).drop_null()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in table.group_by(["truth", "split"]).aggregate([([], "count_all")]).to_pylist():
        label = row["truth"]
        name = label if target.positive in (None, label) else f"other than {target.positive}"
        counts[name][row["split"]] += row["count_all"]
    lacking = {name: found for name, found in sorted(counts.items()) if any(found[split] == 0 for split in SPLITS)}
    if lacking:
        raise InputError(_lacking_message(catalogue.root, lacking, _shared_products(kept)))


def _shared_products(kept: Catalogue) -> str:
    """That the products of train are in the test set, too, so that none is left for validation, in words; empty: most are not."""
    train, test = (set(kept.in_split(split).column("group")) for split in ("train", "test"))
    shared = train & test
    if not shared or 2 * len(shared) < len(train):
        return ""
    all_or_some = "all" if shared == train else f"{len(shared)} of"
    return (
        f"{all_or_some} {len(train)} products of train (files with the same bytes, or the same group) are in the test set, too, "
        f"the first {min(map(str, shared))!r}: was a folder copied? Leave the copies out of one of them, or leave the splits out "
        "altogether, so that they are made here"
    )


def _lacking_message(root: str, lacking: Mapping[str, Counter[str]], cause: str) -> str:
    shown = "; ".join(
        f"{name!r}: " + ", ".join(f"{split} {found[split]}" for split in SPLITS) for name, found in list(lacking.items())[:5]
    )
    others = any(found["train"] == 0 or found["test"] == 0 for found in lacking.values())  # which the cause does not explain
    way_out = "add images of other products, remove or join these classes, or use one class against the rest"
    return (
        f"{root}: {len(lacking)} classes lack images in a split ({shown}); each class needs products in train, validation and "
        f"test: {'; else '.join(filter(None, [cause, '' if cause and not others else way_out]))}"
    )
