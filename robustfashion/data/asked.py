"""Which pictures of a catalogue a trained network is asked about, and what of them it has seen before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from robustfashion.data.catalogue import Catalogue, Task
from robustfashion.data.network_task import checkpoint_task, positive_of
from robustfashion.data.splits import EVERY_LABEL, Target, settle_splits
from robustfashion.errors import InputError

Known = Callable[[Sequence[str | None], Sequence[str | None]], NDArray[np.bool_]]
"""Which pictures a network was trained on: SHA-256 and group of every usable picture of a catalogue -> bool [n]."""

_UNKNOWN = (
    "What the checkpoint was trained on is not known, for its file does not say; on pictures of its training, "
    + "numbers are optimistic."
)


@dataclass(frozen=True)
class AskedNetwork:
    """A trained network, as far as the pictures that it is asked about depend on it."""

    source: str
    """Its checkpoint, for messages."""
    classes: tuple[str, ...]
    """In class order."""
    split: str | None
    """Which pictures it is asked about: labelled ones of ``validation`` or ``test``; None: every usable one, labelled or not."""
    seed: int = 0
    """That divided the products for its training."""
    data_hash: str = ""
    """Fingerprint of the catalogue of its training; empty: not known."""
    known: Known | None = None
    """None: its checkpoint does not say what it was trained on."""

    def task(self, catalogue: Catalogue, target: Target = EVERY_LABEL) -> Task:
        """The data's truth in the network's classes; to predict, data and network need not have a class in common.

        Args:
            catalogue: scanned.
            target: as the user says; must agree with the classes.

        Raises:
            InputError: to evaluate, no picture has any of the classes; ``target`` is not what the network tells.
        """
        told = positive_of(self.classes, target.positive)
        if target.column != EVERY_LABEL.column:
            return Task(target.column, self.classes, told)
        try:
            return checkpoint_task(catalogue.ordinary(), self.classes, target.positive)
        except InputError:
            if self.split is not None:
                raise
            return Task(target.column, self.classes)

    def divided(self, catalogue: Catalogue) -> tuple[Catalogue, str]:
        """The catalogue with its splits, and how they came about, in words.

        * The pictures of its training, all of them and no others: the splits of the training.
        * Else the data's own splits, where they bring a test split, or all of it as test split.

        Pictures that it was trained on, by themselves or by another picture of their product, are in ``train`` in any case but
        the first.

        Args:
            catalogue: scanned, with the splits that the data brings.
        """
        again = self._as_trained(catalogue)
        if again is not None:
            return again
        if "test" in catalogue.ordinary().usable().column("split"):
            notes = ["Splits are those of the data."]
        else:
            unused = catalogue.column("reason")
            catalogue = catalogue.replace(split=["test" if reason is None else None for reason in unused])
            notes = ["The data brings no test split: all usable pictures are test pictures."]
        if self.known is None:
            return catalogue, " ".join([*notes, _UNKNOWN])
        catalogue, moved = _without_known(catalogue, self.known)
        if moved:
            notes.append(f"{moved} pictures, which the checkpoint was trained on, count as training pictures.")
        return catalogue, " ".join(notes)

    def _as_trained(self, catalogue: Catalogue) -> tuple[Catalogue, str] | None:
        """As the training divided it; None where it is not the catalogue of the training."""
        if not self.data_hash:
            return None
        try:
            again, note = settle_splits(catalogue, self.seed)
        except InputError:  # splits without a train split: nothing was trained on these
            return None
        return (
            (again, f"The data is that of the checkpoint's training. {note}") if again.fingerprint() == self.data_hash else None
        )

    def rows(self, catalogue: Catalogue, task: Task) -> Catalogue:
        """The pictures that are asked about, in the catalogue's order.

        Raises:
            InputError: there are none.
        """
        usable = catalogue.usable()
        if self.split is None:
            return usable
        asked = usable.in_split(self.split)
        found = asked.take(np.flatnonzero(asked.targets(task) >= 0))
        if not len(found):
            raise InputError(f"{catalogue.root}: {self._why_none(catalogue, len(asked))}")
        return found

    def _why_none(self, catalogue: Catalogue, unlabelled: int) -> str:
        if unlabelled:
            return (
                f"no picture of its {self.split} split has a label among the checkpoint's classes "
                f"({', '.join(self.classes[:10])}); `predict` answers for pictures without labels"
            )
        counts = pc.value_counts(catalogue.usable().table["split"]).to_pylist()
        splits = ", ".join(f"{one['values']} {one['counts']}" for one in counts)
        way = "use `test`" if self.split == "validation" else "give pictures that it was not trained on"
        return f"no picture is in the {self.split} split for {self.source} (pictures by split: {splits}); {way}, or `predict`"


def _without_known(catalogue: Catalogue, known: Known) -> tuple[Catalogue, int]:
    """What a network was trained on is put into ``train``, and how many pictures that moved."""
    usable = catalogue.usable()
    seen = known(usable.column("sha256"), usable.column("group"))
    ids = {name for name, found in zip(usable.column("id"), seen.tolist(), strict=True) if found}
    before = catalogue.column("split")
    after = ["train" if name in ids else split for name, split in zip(catalogue.column("id"), before, strict=True)]
    moved = sum(a != b for a, b in zip(after, before, strict=True))
    return (catalogue.replace(split=after), moved) if moved else (catalogue, 0)
