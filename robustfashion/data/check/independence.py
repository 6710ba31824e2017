"""Do labels go with anything that they should not go with? Cramér's V and tests for every pair of factors."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from robustfashion.data.check.factor import LABELS, Codes, Factor, table_of
from robustfashion.stats import holm

NEGLIGIBLE_V = 0.1
"""Below it an association is small by the usual reading (Cohen 1988: 0.1 is a small effect)."""
RESAMPLES = 9999

Finding = Literal["dependent", "negligible", "none shown", "expected", "by definition", "not testable"]
Expected = frozenset[frozenset[str]]
"""Pairs of factors that are meant to go together, since not every combination makes sense."""

OTHERS = ("split", "source", "outlier_kind", "size_class", "shape", "kind")
"""Factors that no label should go with."""

RULE = (
    f"dependent: p < 0.05 after Holm's correction and V of at least {NEGLIGIBLE_V}; negligible: significant, but V is below "
    f"{NEGLIGIBLE_V}; none shown: not significant; expected: named as meant to go together; by definition: of two label columns "
    "one follows from the other; not testable: fewer than two values remain on a side. Independence holds where no pair is "
    "dependent."
)


@dataclass(frozen=True)
class Pair:
    """Two factors."""

    first: str
    second: str
    n: int
    """Products that have a value of both."""
    v: float | None
    """Cramér's V with Bergsma's (2013) correction of its bias: 0 = independent, 1 = one follows from the other."""
    p: float | None
    p_holm: float | None
    finding: Finding


def independence(
    labels: Sequence[Factor], others: Sequence[Factor], products: Codes, seed: int, expected: Expected = frozenset()
) -> list[Pair]:
    """Every label with every label and every other factor, and the split with every other factor.

    On one image (the first) of each product, since images of one product are not independent.

    p is that of the chi-squared test; where an expected count is below 5, of 9,999 random tables with the same margins.
    """
    _, first_rows = np.unique(products, return_index=True)
    single = [factor.take(np.sort(first_rows)) for factor in (*labels, *others)]
    tables = [
        (a.name, b.name, table_of(a, b))
        for i, a in enumerate(single)
        for b in single[i + 1 :]
        if i < len(labels) or a.name == "split"
    ]
    raw = [_test(table, seed, k) for k, (_, _, table) in enumerate(tables)]
    exempt = [_exempt(a, b, table, expected) for a, b, table in tables]
    asked = {k: found[1] for k, found in enumerate(raw) if found is not None and exempt[k] is None}
    corrected = dict(zip(asked, holm(list(asked.values())), strict=True))
    pairs = []
    for k, (a, b, table) in enumerate(tables):
        v, p = raw[k] or (None, None)
        finding = _finding(v, corrected.get(k), exempt[k])
        pairs.append(Pair(a, b, int(table.sum()), v, p, corrected.get(k), finding))
    return pairs


def _exempt(first: str, second: str, table: NDArray[np.int64], expected: Expected) -> Finding | None:
    """Why two factors may go together; None where they may not."""
    if frozenset((first, second)) in expected:
        return "expected"
    return "by definition" if first in LABELS and second in LABELS and determined(table) else None


def _finding(v: float | None, p_holm: float | None, exempt: Finding | None) -> Finding:
    if v is not None and exempt is not None:
        return exempt
    if v is None or p_holm is None:
        return "not testable"
    if p_holm >= 0.05:
        return "none shown"
    return "dependent" if v >= NEGLIGIBLE_V else "negligible"


def determined(table: NDArray[np.int64]) -> bool:
    """Whether one factor follows from the other: each value of it goes with one value of the other only."""
    filled = table > 0
    return bool((filled.sum(axis=1) <= 1).all() or (filled.sum(axis=0) <= 1).all())


def _test(table: NDArray[np.int64], seed: int, number: int) -> tuple[float, float] | None:
    """(V, p); None where fewer than two values remain on a side."""
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return None
    expected = _expected(table)
    chi2 = float(((table - expected) ** 2 / expected).sum())
    rows, columns = table.shape
    if expected.min() >= 5:
        p = float(stats.chi2.sf(chi2, (rows - 1) * (columns - 1)))
    else:
        p = _random_p(table, expected, chi2, np.random.default_rng(np.random.SeedSequence([seed, number])))
    return cramers_v(table), p


def _expected(table: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum())


def _random_p(table: NDArray[np.int64], expected: NDArray[np.float64], chi2: float, rng: np.random.Generator) -> float:
    """Share of random tables with the same margins that are at least as far from independence, the table itself included."""
    model = stats.random_table(table.sum(axis=1), table.sum(axis=0), seed=rng)
    batch = max(1, 2_000_000 // table.size)
    above, left = 0, RESAMPLES
    while left:
        drawn = model.rvs(size=min(batch, left))
        values = ((drawn - expected) ** 2 / expected).sum(axis=(1, 2))
        above += int((values >= chi2 * (1 - 1e-12)).sum())
        left -= len(values)
    return (1 + above) / (1 + RESAMPLES)


def cramers_v(table: NDArray[np.int64]) -> float:
    """Bias-corrected Cramér's V (Bergsma 2013) of a table [k, m] without empty rows and columns."""
    n = int(table.sum())
    rows, columns = table.shape
    if n < 2:
        return 0.0
    expected = _expected(table)
    phi2 = float(((table - expected) ** 2 / expected).sum()) / n
    phi2 = max(0.0, phi2 - (rows - 1) * (columns - 1) / (n - 1))
    width = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return min(1.0, math.sqrt(phi2 / width)) if width > 0 else 0.0
