"""Pictures that are asked about and that a network's weights come from: refused, left out, or at least counted.

What a checkpoint was trained on it says itself (:class:`~robustfashion.models.trained_on.TrainedOn`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.experiment.division import OUTLIERS, Division, Part
from robustfashion.bench.experiment.network import Network
from robustfashion.bench.experiment.row import Row
from robustfashion.errors import InputError

if TYPE_CHECKING:
    from robustfashion.models.trained_on import TrainedOn

ASKED = ("test", OUTLIERS)
"""Parts that networks are asked about."""

_WAY_OUT = "or keep going with allow_overlap (--allow_overlap true), and the report's note says how many they are"


@dataclass(frozen=True)
class Overlap:
    """What of a division's asked parts a network was trained on."""

    known: dict[str, NDArray[np.bool_]]
    """By part: bool [n]."""
    images: int
    products: int
    of_images: int
    of_products: int

    def __str__(self) -> str:
        return f"{self.products} of {self.of_products} products that are asked about ({self.images} of {self.of_images} images)"


def overlap_of(trained_on: "TrainedOn", division: Division, apart_from: frozenset[str] = frozenset()) -> Overlap:
    """What of the asked parts was trained on.

    Args:
        trained_on: what a checkpoint says.
        division: all of its usable pictures tell whether names of products mean the same in both.
        apart_from: products that do not count, but for pictures with the very bytes of a training picture.
    """
    usable = division.catalogue.usable()
    ids, groups = usable.column("id"), usable.column("group")
    hashes = usable.column("sha256")
    found, same = trained_on.known(hashes, groups), trained_on.same_bytes(hashes)
    rows = {str(name) for name, seen in zip(ids, found.tolist(), strict=True) if seen}
    equal = {str(name) for name, seen in zip(ids, same.tolist(), strict=True) if seen}
    asked = {name: division.parts[name] for name in ASKED if name in division.parts}
    known = {
        name: np.array(
            [i in equal or (i in rows and g not in apart_from) for i, g in zip(part.ids, part.groups, strict=True)], bool
        )
        for name, part in asked.items()
    }
    products = {g for name, part in asked.items() for g, seen in zip(part.groups, known[name].tolist(), strict=True) if seen}
    every = {g for part in asked.values() for g in part.groups}
    images = sum(int(seen.sum()) for seen in known.values())
    return Overlap(known, images, len(products), sum(map(len, asked.values())), len(every))


def check_bases(rows: Sequence[Row], division: Division, allowed: bool) -> Division:
    """Refuse rows whose base was trained on pictures that their networks are going to be asked about.

    Products that stand in the division's own train part, too (splits of the data that share products), are no doing of the base.

    Args:
        rows: of a study.
        division: what they learn from and are asked about.
        allowed: let them pass; the note says how many.

    Returns:
        The division; its note tells of bases that overlap and of bases that do not say what they were trained on.

    Raises:
        InputError: an overlap that is not allowed, or a base that cannot be read.
    """
    from robustfashion.models.bases import NAMED_BASES
    from robustfashion.models.checkpoint import base_trained_on

    notes = []
    own = frozenset(division["train"].groups)
    for base in dict.fromkeys(row.base for row in rows if row.base not in NAMED_BASES):
        trained_on = base_trained_on(base)
        if trained_on is None or not trained_on.complete:
            notes.append(f"What the base {Path(base).name} was trained on is not {'fully ' * (trained_on is not None)}known.")
        found = None if trained_on is None else overlap_of(trained_on, division, own)
        if found is not None and found.images:
            what = f"base {base} was trained on {found}"
            if not allowed:
                raise InputError(
                    f"{what}, so that what comes out would be too good; use a base that was trained with the same splits "
                    f"(the same data and split_seed) or on other data, {_WAY_OUT}"
                )
            notes.append(f"The {what}: numbers on them are optimistic.")
    return _noted(division, notes)


def heed_checkpoint(division: Division, network: Network, given_test: bool, allowed: bool, role: str = "checkpoint") -> Division:
    """See that a given network is not asked about its own training pictures in silence.

    Args:
        division: for the network.
        network: a user's checkpoint.
        given_test: whether the test split is one that the data brings, or that is made as for a training: it is not changed.
            Else what the network was trained on leaves the asked parts for ``train``.
        allowed: ask about everything; the note says how many.
        role: what the network is called in notes and messages.

    Returns:
        The division to evaluate; its note says what was found.

    Raises:
        InputError: a test split with pictures that the network was trained on, or no pictures left.
    """
    trained_on = network.trained_on
    if trained_on is None:
        unknown = f"What the {role} was trained on is not known, for its file does not say; on pictures of its training, "
        return _noted(division, [f"{unknown}numbers are optimistic."])
    found = overlap_of(trained_on, division)
    what = f"{role} {network.path} was trained on {found}"
    notes = [] if trained_on.complete else ["What its base was trained on is not fully known."]
    if not found.images:
        return _noted(division, [f"The {role} was trained on none of the test pictures.", *notes])
    if allowed:
        return _noted(division, [f"The {what}: numbers on them are optimistic.", *notes])
    if given_test:
        raise InputError(
            f"{what}, so that what comes out would be too good; give pictures that it has not seen (of drawn data: the "
            f"split_seed of its training), {_WAY_OUT}"
        )
    left = _without(division, found)
    if not len(left["test"]):
        raise InputError(f"{what}: nothing is left to evaluate; give pictures that it has not seen, {_WAY_OUT}")
    return _noted(left, [f"The {what}, which are left out.", *notes])


def _without(division: Division, overlap: Overlap) -> Division:
    """What the network was trained on moves to ``train``, where it was."""
    parts, moved = dict(division.parts), [division["train"]]
    for name, known in overlap.known.items():
        part = parts.pop(name)
        kept = np.flatnonzero(~known)
        moved.append(part.take(np.flatnonzero(known)))
        if len(kept) or name == "test":
            parts[name] = part.take(kept)
    whole = Part(moved[0].catalogue.joined(*(part.catalogue for part in moved[1:])), np.concatenate([p.labels for p in moved]))
    return replace(division, parts={"train": whole, **{name: part for name, part in parts.items() if name != "train"}})


def _noted(division: Division, notes: Sequence[str]) -> Division:
    return replace(division, note=" ".join([division.note, *notes])) if notes else division
