"""Shares among pictures that were not asked, from products that were drawn at random and asked whole.

Bounds are exact for pictures that stand alone: the number of changes among m unseen ones, after k of n seen, is bounded by the
hypergeometric law that seen and unseen follow together (Thatcher 1964, *Journal of the Royal Statistical Society B* 26): a
quantile of a beta-binomial law and, as m grows, Clopper and Pearson's (1934) bound. Pictures of one product count as the number
of independent ones that is worth as much (Korn & Graubard 1998, *Survey Methodology* 24), so that none of 200 is never certainty.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special
from scipy import stats as scipy_stats

from robustfashion.stats.estimate import Estimate, FloatArray
from robustfashion.stats.grouping import Groups, checked, group_sums, members

_TAIL = 0.025
_MANY = 50_000
"""Unseen pictures beyond which more make no difference: chance among them is a two-hundredth of what is known of 200."""


@dataclass(frozen=True)
class Sampled:
    """What a sample says of one question that each picture answers with yes or no."""

    share: float
    """Of the pictures, 0..1."""
    n: int
    """Pictures."""
    products: int
    effective: float
    """So many independent pictures would know the share as well: at most n, unless something else helps."""

    @property
    def design_effect(self) -> float:
        """Pictures for one independent picture: at least 1, unless something else helps."""
        return self.n / self.effective


def sampled(values: FloatArray, groups: Groups) -> Sampled:
    """Count a sample of one question: 0 or 1 for each picture [n]; see :func:`sampled_columns`."""
    return sampled_columns(np.asarray(values)[:, None], groups)[0]


def sampled_columns(values: FloatArray, groups: Groups) -> list[Sampled]:
    """Count a sample, question by question.

    The design effect is that of a ratio of sums over products, with a pseudo-product each way: where nothing was seen, a product
    counts once, however many pictures it has. It never falls below 1. Where it is estimated from g products, Student's t with
    g - 1 degrees of freedom takes the normal law's place, as far as products that count once each.

    Args:
        values: 0 or 1 for each picture and question [n, m].
        groups: product of each picture [n].

    Raises:
        ValueError: no pictures, or not one group label for each.
    """
    table = np.asarray(values, dtype=np.float64)
    checked(table, groups)
    member, g = members(groups)
    n, shares = len(table), table.mean(axis=0)
    if g == n:
        return [Sampled(float(share), n, g, float(n)) for share in shares]
    sizes = np.bincount(member).astype(np.float64)
    sums, mean_size = group_sums(table, member), n / g
    whole = n + 2 * mean_size
    pseudo = (sums.sum(axis=0) + mean_size) / whole
    squares = ((sums - pseudo * sizes[:, None]) ** 2).sum(axis=0) + mean_size**2 * ((1 - pseudo) ** 2 + pseudo**2)
    effects = np.maximum(1.0, squares / (pseudo * (1 - pseudo) * whole))
    once = n**2 / float((sizes**2).sum())  # Kish: pictures of a product that all do the same
    shorter = float((scipy_stats.norm.isf(_TAIL) / scipy_stats.t.isf(_TAIL, max(g - 1, 1))) ** 2)
    found = n / effects
    effective = np.clip(np.where(found <= once, found, np.maximum(once, found * shorter)), 1.0, n)
    return [Sampled(float(share), n, g, float(size)) for share, size in zip(shares, effective, strict=True)]


def share_in_general(of: Sampled) -> Estimate:
    """The share among pictures like these, without end: Clopper and Pearson's interval at the effective number of pictures."""
    low, high = _beyond(of.share * of.effective, of.effective)
    return Estimate(of.share, min(of.share, low), max(of.share, high), of.n)


def share_unseen(of: Sampled, unseen: int) -> Estimate:
    """The share among ``unseen`` further pictures from where the sample was drawn: a prediction interval.

    Raises:
        ValueError: fewer than one.
    """
    if unseen < 1:
        raise ValueError(f"{unseen} unseen pictures; a forecast needs at least one")
    low, high = _ahead(of.share * of.effective, of.effective, max(1, int(unseen / of.design_effect)))
    return Estimate(of.share, min(of.share, low), max(of.share, high), of.n)


def share_of_catalogue(of: Sampled, total: int) -> Estimate:
    """The share among all ``total`` pictures from which the sample was drawn, those of the sample among them.

    Raises:
        ValueError: fewer than the sample has.
    """
    if total < of.n:
        raise ValueError(f"a catalogue of {total} pictures, of which {of.n} were drawn")
    if total == of.n:
        return Estimate(of.share, of.share, of.share, of.n)
    return whole_share(of, share_unseen(of, total - of.n), total)


def whole_share(of: Sampled, rest: Estimate, total: int) -> Estimate:
    """The share among ``total`` pictures: of those of a sample, which is known, and of the rest."""
    value, low, high = ((of.share * of.n + part * (total - of.n)) / total for part in (rest.value, rest.low, rest.high))
    return Estimate(value, min(value, low), max(value, high), of.n)


def pictures_needed(of: Sampled, share: float, within: float, total: int | None = None) -> int | None:
    """How many pictures, drawn as these were, an interval of half width ``within`` takes, if the true share is ``share``.

    Of a catalogue of ``total`` pictures it is the interval of the whole catalogue's share, and never more than ``total``; else
    that of pictures in general. The smallest number, but for the steps of whole pictures. None: more than
    ten million.

    Args:
        of: what was seen; its design effect is taken for that of more pictures.
        share: 0..1; the upper bound of what was seen for a number that is enough whatever was missed.
        within: above 0.
        total: pictures of the catalogue; None: without end.

    Raises:
        ValueError: ``within`` is not above 0.
    """
    if not within > 0:
        raise ValueError(f"within is {within}; a half width is above 0")
    low, high = 1, total if total is not None else 10_000_000
    if total is None and _half_width(of, share, high, None) > within:
        return None
    while low < high:
        middle = (low + high) // 2
        if _half_width(of, share, middle, total) <= within:
            high = middle
        else:
            low = middle + 1
    return low


def _half_width(of: Sampled, share: float, n: int, total: int | None) -> float:
    """Of the interval that n pictures give where their share is the true one."""
    effective = n / of.design_effect
    if total is None:
        low, high = _beyond(share * effective, effective)
        return (high - low) / 2
    if n >= total:
        return 0.0
    low, high = _ahead(share * effective, effective, max(1, int((total - n) / of.design_effect)))
    return (high - low) / 2 * (total - n) / total


def _beyond(count: float, n: float) -> tuple[float, float]:
    """Clopper and Pearson's bounds of a share after ``count`` of ``n``, which need not be whole."""
    low = 0.0 if count <= 0 else float(scipy_stats.beta.ppf(_TAIL, count, n - count + 1))
    high = 1.0 if count >= n else float(scipy_stats.beta.isf(_TAIL, count + 1, n - count))
    return low, high


@lru_cache(maxsize=100_000)
def _ahead(count: float, n: float, unseen: int) -> tuple[float, float]:
    """Thatcher's bounds of the share among ``unseen`` further ones after ``count`` of ``n``, which need not be whole."""
    unseen = min(unseen, _MANY)
    low = 0 if count <= 0 else _quantile(_TAIL, count, n - count + 1, unseen)
    high = unseen if count >= n else _quantile(1 - _TAIL, count + 1, n - count, unseen)
    return low / unseen, high / unseen


def _quantile(level: float, a: float, b: float, unseen: int) -> int:
    """Quantile of the beta-binomial law."""
    y = np.arange(unseen + 1)
    binomial = -math.log(unseen + 1) - special.betaln(y + 1, unseen - y + 1)  # logarithm of the coefficient
    log = binomial + special.betaln(y + a, unseen - y + b) - special.betaln(a, b)
    reached = np.cumsum(np.exp(log)) > level * (1 + 1e-12)
    return int(np.argmax(reached)) if reached.any() else unseen
