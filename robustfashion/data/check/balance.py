"""How many images and products each label has."""

from dataclasses import dataclass

import numpy as np

from robustfashion.data.check.factor import Codes, Factor, table_of


@dataclass(frozen=True)
class Balance:
    """One label column."""

    column: str
    images: int
    unlabelled: int
    """Images without a value in this column."""
    classes: int
    smallest: tuple[str, int]
    """Value with the fewest images, and how many."""
    largest: tuple[str, int]
    effective: float
    """exp of the entropy of the shares: as many equally frequent classes would be as uneven (Hill number of order 1)."""


@dataclass(frozen=True)
class ClassCount:
    """One value of one label column."""

    column: str
    value: str
    images: int
    products: int
    share: float
    """Of the images that have a value in this column."""
    by_split: tuple[int, ...]
    """Images in each split, in the order of the split factor's values."""


def balance(factor: Factor) -> Balance:
    """Counts of one label column with at least one value."""
    counts = factor.counts()
    shares = counts[counts > 0] / counts.sum()
    low, high = int(counts.argmin()), int(counts.argmax())
    return Balance(
        column=factor.name,
        images=int(counts.sum()),
        unlabelled=int((factor.codes < 0).sum()),
        classes=len(counts),
        smallest=(factor.values[low], int(counts[low])),
        largest=(factor.values[high], int(counts[high])),
        effective=float(np.exp(-(shares * np.log(shares)).sum())),
    )


def class_counts(factor: Factor, products: Codes, split: Factor) -> list[ClassCount]:
    """Every value of a label column, most frequent first."""
    counts = factor.counts()
    known = factor.codes >= 0
    pairs = np.unique(np.stack([factor.codes[known], products[known]], axis=1), axis=0)
    in_products = np.bincount(pairs[:, 0], minlength=len(counts))
    by_split = table_of(factor, split)
    return [
        ClassCount(
            factor.name, factor.values[k], int(counts[k]), int(in_products[k]), float(counts[k] / counts.sum()),
            tuple(int(c) for c in by_split[k]),
        )
        for k in np.argsort(-counts, kind="stable")
    ]  # fmt: skip
