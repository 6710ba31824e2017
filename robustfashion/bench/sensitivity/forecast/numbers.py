"""What a sample says of a whole catalogue: shares that change, how many pictures that is, and how many more would be enough."""

import math
from dataclasses import dataclass

import numpy as np

from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.stats import Estimate, FloatArray
from robustfashion.stats.unseen import (
    Sampled,
    pictures_needed,
    sampled,
    share_in_general,
    share_of_catalogue,
)


@dataclass(frozen=True)
class Foreseen:
    """What is foreseen of one kind of change under one method."""

    seen: Sampled
    """Among the pictures that were asked."""
    total: int
    """Pictures (or products) of the catalogue, those of the sample among them."""
    catalogue: Estimate
    """Share of the whole catalogue; exact where all of it was asked."""
    general: Estimate
    """Share of pictures like these, without end."""

    @property
    def complete(self) -> bool:
        """Whether all of the catalogue was asked."""
        return self.total == self.seen.n

    @property
    def promised(self) -> Estimate:
        """What the report gives first: the catalogue's share, or the general one where all of the catalogue was asked."""
        return self.general if self.complete else self.catalogue

    @property
    def count(self) -> Estimate:
        """How many of the catalogue: whole numbers, the bounds rounded outwards."""
        of = self.catalogue
        low, high = (of.low * self.total, of.high * self.total)
        return Estimate(round(of.value * self.total), math.floor(low + 1e-9), math.ceil(high - 1e-9), of.n)

    def needed(self, within: float, surely: bool) -> int | None:
        """Pictures that tell the share to ± ``within``; None: more than ten million.

        Args:
            within: half width of the interval, as a share.
            surely: enough for every share in the interval (for that nearest to one half), not only for the one that was seen.
        """
        of = self.promised
        share = min(max(0.5, of.low), of.high) if surely else of.value
        return pictures_needed(self.seen, share, within, None if self.complete else self.total)


def foreseen(changed: FloatArray, groups: tuple[str, ...], total: int) -> Foreseen:
    """Forecast from 0 and 1 of each picture that was asked [n], of a catalogue of ``total``."""
    seen = sampled(changed, groups)
    return Foreseen(seen, total, share_of_catalogue(seen, total), share_in_general(seen))


@dataclass(frozen=True)
class MethodForecast:
    """Everything that is foreseen of one serving method."""

    method: str
    tags: Foreseen
    """Pictures that lose, gain or change their tag."""
    classes: Foreseen
    """Pictures whose most probable class is another one."""
    products: Foreseen | None
    """Products with a picture whose tag changes; None: some products were asked in part."""


def forecasts(subject: Subject) -> list[MethodForecast]:
    """One for each serving method, in their order."""
    found = []
    for method in subject.others:
        tags, classes = subject.tags_change(method), subject.classes_change(method)
        found.append(
            MethodForecast(
                method,
                foreseen(tags, subject.groups, subject.total),
                foreseen(classes, subject.groups, subject.total),
                _products(subject, tags),
            )
        )
    return found


def _products(subject: Subject, changed: FloatArray) -> Foreseen | None:
    """Of changes of pictures [n]: products are drawn, and asked whole, so that each stands alone."""
    if subject.total_products is None:
        return None
    names, member = np.unique(np.asarray(subject.groups), return_inverse=True)
    any_of = np.zeros(len(names))
    np.maximum.at(any_of, member, changed)
    return foreseen(any_of, tuple(names.tolist()), subject.total_products)
