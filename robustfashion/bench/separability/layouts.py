"""Maps of a subject's pictures, with outliers drawn into them, and how faithful each map is."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.separability.settings import SeparabilitySettings
from robustfashion.bench.separability.study import SeparabilityStudy, Strangers, Subject
from robustfashion.progress import Progress
from robustfashion.separability.embeddings import maps_of, project
from robustfashion.separability.faithfulness import Faithfulness, faithfulness_of
from robustfashion.separability.maps import Map
from robustfashion.stats import FloatArray

SHOWN_PERPLEXITY = 30.0
"""Of the large map, where it is drawn."""


@dataclass(frozen=True)
class Layouts:
    """Maps of the same pictures."""

    rows: NDArray[np.int64]
    """Rows of the subject that are on the maps."""
    maps: Sequence[Map]
    reasons: Sequence[str]
    """Why a perplexity or a method was left out."""
    faithful: Sequence[Faithfulness]
    """Of each map."""
    strangers: Strangers | None = None
    placed: Sequence[FloatArray] = ()
    """Outliers on each map [m, 2]."""

    @property
    def shown(self) -> int | None:
        """Number of the map that is drawn large, and measured."""
        if not self.maps:
            return None
        wanted = [k for k, one in enumerate(self.maps) if one.perplexity == SHOWN_PERPLEXITY]
        return wanted[0] if wanted else 0

    @property
    def main(self) -> Map | None:
        """The map that is drawn large, and measured."""
        return None if self.shown is None else self.maps[self.shown]


def layouts_of(subject: Subject, study: SeparabilityStudy, settings: SeparabilitySettings, progress: Progress) -> Layouts:
    """All maps of a subject.

    Raises:
        InputError: features of which no map can be made: constant ones.
    """
    rows = first_by_hash(subject.ids, settings.max_points)
    features = subject.points.features[rows]
    groups = [subject.points.groups[row] for row in rows]
    counted = _Counted(settings, subject.name, progress)
    maps, reasons = maps_of(
        features, methods=settings.methods, seeds=settings.map_seeds, perplexities=settings.perplexities,
        neighbourhood=settings.neighbours, progress=counted,
    )  # fmt: skip
    counted.end()
    positions = [one.positions for one in maps]
    told = partial(_told, progress)
    found = faithfulness_of(features, positions, groups=groups, progress=told) if maps else []
    strangers = study.strangers.get(subject.task)
    placed = [] if strangers is None else _placed(maps, features, strangers)
    return Layouts(rows, maps, reasons, found, strangers, placed)


def _told(progress: Progress, _what: str, done: int, total: int) -> None:
    progress("measuring how faithful maps are", done, total)


class _Counted:
    """Tells of maps as of one piece of work: each would be a stage of its own.

    Args:
        settings: say how many there are.
        name: of the pictures.
        progress: is told.
    """

    def __init__(self, settings: SeparabilitySettings, name: str, progress: Progress) -> None:
        seeds = len(settings.map_seeds)
        each = {"tsne": seeds * len(settings.perplexities), "umap": seeds, "pca": 1}
        self._total = 100 * sum(each[method] for method in settings.methods)
        self._what, self._progress = f"mapping {name}", progress
        self._done: set[str] = set()

    def __call__(self, what: str, done: int, total: int) -> None:
        """A part of one map is done."""
        part = 0 if what in self._done else 100 * done // max(total, 1)
        if done >= total:
            self._done.add(what)
            part = 0
        self._progress(self._what, min(100 * len(self._done) + part, self._total - 1), self._total)

    def end(self) -> None:
        """All maps are there."""
        self._progress(self._what, self._total, self._total)


def _placed(maps: Sequence[Map], features: NDArray[np.float32], strangers: Strangers) -> list[FloatArray]:
    return [project(one, features, strangers.features) for one in maps]


def first_by_hash(ids: Sequence[str], count: int) -> NDArray[np.int64]:
    """Rows of at most so many pictures, the first by the SHA-256 of their ids, in their order."""
    if len(ids) <= count:
        return np.arange(len(ids))
    order = sorted(range(len(ids)), key=lambda row: hashlib.sha256(ids[row].encode()).digest())
    return np.array(sorted(order[:count]), np.int64)


def words(faithful: Faithfulness, *, short: bool = False) -> str:
    """Faithfulness of one map in a few words."""
    kept, near = faithful.preservation.value, faithful.neighbours
    local = f"trustworthiness {faithful.trustworthiness.value:.2f}, continuity {faithful.continuity.value:.2f}"
    if short:
        return f"{local}, {100 * kept:.0f} % of neighbours kept"
    return (
        f"{local}; {100 * kept:.0f} % of the {near} nearest neighbours are kept; distances {faithful.distances.value:+.2f} "
        "(rank correlation)"
    )
