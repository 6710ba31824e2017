"""A look at what the recommended remedy does: pictures whose tag it saves, and pictures that it breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.mitigation.effects import Effects
from robustfashion.bench.mitigation.rule import advice
from robustfashion.bench.mitigation.study import Arm, Run
from robustfashion.decisions import NO_TAG
from robustfashion.pictures.encode import png
from robustfashion.result import Figure, GalleryItem, Outcome, gallery

MOST = 12
"""Of each sort."""


@dataclass(frozen=True, eq=False)
class Shown:
    """Pictures of the first seed under the serving method that does most damage among those with a recommendation."""

    arm: Arm
    method: str
    saved: Sequence[int]
    """Rows whose tag changes without the remedy and not with it, the surest before first."""
    broken: Sequence[int]
    """The other way round."""
    of: tuple[int, int]
    """How many there are of each, shown or not."""

    @property
    def rows(self) -> list[int]:
        """All that are shown."""
        return [*self.saved, *self.broken]


def shown_of(effects: Effects) -> Shown | None:
    """What is worth a look; None where nothing is recommended or nothing changes."""
    found = [advice(effects, method) for method in effects.study.methods]
    best = [a for a in sorted(found, key=lambda a: -a.damage.value) if a.best is not None]
    if not best or best[0].best is None:
        return None
    arm, method = best[0].best.arm, best[0].method
    without, with_it = effects.study.plain.runs[0].tag_changed(method), arm.runs[0].tag_changed(method)
    sure = -arm.runs[0].before.probabilities.max(axis=1)
    saved, broken = (_first(mask, sure) for mask in (without & ~with_it, with_it & ~without))
    return Shown(arm, method, saved[:MOST], broken[:MOST], (len(saved), len(broken))) if saved or broken else None


def _first(mask: NDArray[np.bool_], order: NDArray[np.float64]) -> list[int]:
    rows = np.flatnonzero(mask)
    return [int(row) for row in rows[np.argsort(order[rows], kind="stable")]]


def gallery_of(effects: Effects, shown: Shown, pixels: NDArray[np.uint8]) -> tuple[Figure, Mapping[str, bytes]]:
    """The figure and its pictures.

    Args:
        effects: of the study.
        shown: of :func:`shown_of`.
        pixels: the rows' pictures under the training method, uint8 [m, S, S, 3].
    """
    names = [f"remedy-{place}.png" for place in range(len(shown.rows))]
    images = {name: png(np.asarray(image)) for name, image in zip(names, pixels, strict=True)}
    plain, run, table = effects.study.plain.runs[0], shown.arm.runs[0], shown.arm.given
    items = []
    for row, name in zip(shown.rows, names, strict=True):
        good = row in shown.saved
        true = table.classes[table.labels[row]] if table.labels[row] >= 0 else "no label"
        lines = [
            f"{shown.arm.reference or effects.study.reference}: {_tag(run, run.tags_before[row])}",
            f"{shown.method}, no remedy: {_tag(plain, plain.tags(shown.method)[row])}",
            f"{shown.method}, {shown.arm.name}: {_tag(run, run.tags(shown.method)[row])}",
        ]
        items.append(GalleryItem(table.ids[row], true, name, lines, outcome=Outcome("saved" if good else "broken", good)))
    doc = (
        f"First seed, served by {shown.method}: {shown.of[0]} tags change without a remedy and not with {shown.arm.name}, "
        f"{shown.of[1]} the other way round. At most {MOST} of each are shown, the surest before first, as the training method "
        "renders them."
    )
    return gallery("saved", f"What {shown.arm.name} saves and breaks", items=items, doc=doc), images


def _tag(run: Run, tag: int) -> str:
    return "no tag" if tag == NO_TAG else str(run.before.classes[tag])
