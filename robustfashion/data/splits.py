"""Train, validation and test by product, never by image.

A product's place depends on a hash of its group and the seed, so neither the order of rows nor other products' images move it.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.catalogue import SPLITS, Catalogue
from robustfashion.errors import InputError

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


def assign_splits(catalogue: Catalogue, seed: int, shares: Sequence[float] = SHARES, column: str = "label") -> Catalogue:
    """Fill the empty splits of usable rows; what is there stays.

    Products (groups) are divided by the shares within each label, every split getting at least one product of a label that has
    three or more. A product of which some images have a split already takes its other images there too.

    Args:
        catalogue: rows of which some or all have no split.
        seed: another seed divides the products differently.
        shares: of train, validation and test; their sum is 1.
        column: labels that are divided evenly.

    Raises:
        InputError: shares that are negative or do not sum to 1.
    """
    if len(shares) != 3 or min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise InputError(f"shares is {tuple(shares)}; give train, validation and test, none negative, with sum 1")
    splits = catalogue.column("split")
    groups = _groups(catalogue)
    place = _given_places(groups, splits)
    free = [group for group in dict.fromkeys(groups) if group is not None and group not in place]
    for members in _by_label(catalogue, free, column).values():
        order = _shuffled(members, seed)
        test, validation = _counts(len(order), shares)
        place |= dict.fromkeys(order[:test], "test")
        place |= dict.fromkeys(order[test : test + validation], "validation")
        place |= dict.fromkeys(order[test + validation :], "train")
    filled = [split or (None if group is None else place[group]) for group, split in zip(groups, splits, strict=True)]
    return catalogue.replace(split=filled)


def prepare_splits(catalogue: Catalogue, seed: int, target: Target = EVERY_LABEL) -> tuple[Catalogue, str]:
    """Train, validation and test for a study, and how they came about, in words.

    * No split given, or train only: all products are divided by :data:`SHARES`.
    * Train and test given: kept; without a validation set, one is carved out of train.
    * Train and validation given, but no test: the given validation set becomes the test set, so that nothing is chosen on the
      images that are reported on, and a new validation set is carved out of train.
    * Rows without a split among others with one are divided by :data:`SHARES`.

    Args:
        catalogue: scanned; refused rows are left alone.
        seed: divides products.
        target: its classes have to occur in every split, and are divided evenly.

    Raises:
        InputError: no train split among given ones, or a class that is absent from a split.
    """
    given = {split for split in _splits_of(catalogue) if split is not None}
    catalogue, start = _given_splits(catalogue, given)
    notes = [start]
    straddling = _straddling(catalogue)
    if given - {"train"} and "validation" not in _splits_of(catalogue):
        catalogue = _carve_validation(catalogue, seed, target.column)
        share = f"{VALIDATION_SHARE:.0%}"
        notes.append(f"A validation set of {share} of the products of each class was taken out of train (seed {seed}).")
    if None in _splits_of(catalogue):
        catalogue = assign_splits(catalogue, seed, column=target.column)
        notes.append(_assigned_note(bool(given - {"train"}), seed))
    if straddling:
        notes.append(
            f"{straddling} products (the same group, or files with the same bytes) stand in more than one of the given splits, "
            "where they were left: numbers on them are optimistic."
        )
    _check(catalogue, target)
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
    return f"{what} divided by product within each class: {shares} (seed {seed})."


def _groups(catalogue: Catalogue) -> list[str | None]:
    """Group of each usable row; None for refused ones."""
    return [
        None if reason is not None else group
        for group, reason in zip(catalogue.column("group"), catalogue.column("reason"), strict=True)
    ]


def _given_places(groups: Iterable[str | None], splits: Iterable[str | None]) -> dict[str, str]:
    """The split in which most images of a group already are; ties in favour of train, then validation."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for group, split in zip(groups, splits, strict=True):
        if group is not None and split is not None:
            counts[group][split] += 1
    return {group: min(found, key=lambda split: (-found[split], SPLITS.index(split))) for group, found in counts.items()}


def _by_label(catalogue: Catalogue, wanted: Iterable[str], column: str) -> dict[str | None, list[str]]:
    """Groups by the label that most of their usable images have; ties in favour of the first in sorted order."""
    counts: dict[str, Counter[str | None]] = {group: Counter() for group in wanted}
    for group, label in zip(_groups(catalogue), catalogue.column(column), strict=True):
        if group is not None and group in counts:
            counts[group][label] += 1
    strata: dict[str | None, list[str]] = defaultdict(list)
    for group, found in counts.items():
        strata[min(found, key=lambda label: (-found[label], label is None, label or ""))].append(group)
    return strata


def _shuffled(groups: Iterable[str], seed: int) -> list[str]:
    return sorted(groups, key=lambda group: hashlib.sha256(f"{seed}\0{group}".encode()).digest())


def _counts(products: int, shares: Sequence[float]) -> tuple[int, int]:
    """Products for test and for validation; the rest is for train."""
    counts = [int(products * share + 0.5) for share in (shares[2], shares[1])]
    if products >= 3:
        counts = [max(count, 1) if share > 0 else 0 for count, share in zip(counts, (shares[2], shares[1]), strict=True)]
    return counts[0], counts[1]


def _carve_validation(catalogue: Catalogue, seed: int, column: str) -> Catalogue:
    """Move a share of the products that stand in train alone to validation."""
    splits, groups = catalogue.column("split"), _groups(catalogue)
    elsewhere = {group for group, split in zip(groups, splits, strict=True) if split != "train"}
    inside = [group for group in dict.fromkeys(groups) if group is not None and group not in elsewhere]
    moved: set[str] = set()
    for members in _by_label(catalogue, inside, column).values():
        count = min(max(1, int(len(members) * VALIDATION_SHARE + 0.5)), len(members) - 1)
        moved |= set(_shuffled(members, seed)[:count])
    return catalogue.replace(split=["validation" if g in moved else s for g, s in zip(groups, splits, strict=True)])


def _straddling(catalogue: Catalogue) -> int:
    """Number of products with usable images in more than one split."""
    found = catalogue.usable().table.group_by("group").aggregate([("split", "count_distinct")])  # nulls do not count
    return int(pc.sum(pc.greater(found["split_count_distinct"], 1), min_count=0).as_py())


def _check(catalogue: Catalogue, target: Target) -> None:
    """Refuse a class that is absent from a split; outliers do not make up for it."""
    kept = catalogue.usable().ordinary()
    table = pa.table({"truth": kept.truth(target.column, target.positive), "split": kept.table["split"]}).drop_null()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in table.group_by(["truth", "split"]).aggregate([([], "count_all")]).to_pylist():
        label = row["truth"]
        name = label if target.positive in (None, label) else f"other than {target.positive}"
        counts[name][row["split"]] += row["count_all"]
    lacking = {name: found for name, found in sorted(counts.items()) if any(found[split] == 0 for split in SPLITS)}
    if lacking:
        raise InputError(_lacking_message(catalogue.root, lacking))


def _lacking_message(root: str, lacking: Mapping[str, Counter[str]]) -> str:
    shown = "; ".join(
        f"{name!r}: " + ", ".join(f"{split} {found[split]}" for split in SPLITS) for name, found in list(lacking.items())[:5]
    )
    return (
        f"{root}: {len(lacking)} classes lack images in a split ({shown}); each class needs products in train, validation and "
        "test: add images of other products, remove or join these classes, or use one class against the rest"
    )
