"""A network of an experiment: where it lies, and what is needed to ask it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from robustfashion import atomic
from robustfashion.bench.experiment.row import Row
from robustfashion.data.preprocess import Preprocessing
from robustfashion.decisions import Thresholds
from robustfashion.errors import InputError

if TYPE_CHECKING:
    from robustfashion.models.trained_on import TrainedOn


@dataclass(frozen=True)
class Network:
    """A checkpoint on disk."""

    path: Path
    digest: str
    """Of its weights, architecture, classes and normalisation."""
    classes: tuple[str, ...]
    row: Row
    seed: int
    preprocessing: Preprocessing | None = None
    """That it was trained with; None: its checkpoint does not say."""
    thresholds: Thresholds | None = None
    """That its checkpoint carries."""

    trained_on: "TrainedOn | None" = None
    """That its checkpoint says; None: it does not, or the network was trained in this run."""

    watched: bool = True
    """Whether what its history says of validation is of today's validation pictures and labels."""

    @property
    def seconds(self) -> float | None:
        """Of its training, without the preparation of pictures, on the machine and in the company of that day; None: not kept."""
        note = _seconds(self.path)
        return float(note.read_text(encoding="ascii")) if note.is_file() else None

    def history(self) -> list[Mapping[str, float]]:
        """What each epoch of its training ended with; empty: not kept."""
        from robustfashion.models.checkpoint import history_of

        return [
            {key: value for key, value in epoch.items() if self.watched or not key.startswith("val/")}
            for epoch in history_of(self.path)
        ]


def write_seconds(path: Path, seconds: float) -> None:
    """Keep beside a network how long its training took: whoever finds it in the cache cannot measure that."""
    atomic.write_text(_seconds(path), f"{seconds:.3f}")


def _seconds(path: Path) -> Path:
    return path.with_suffix(".seconds")


def load_network(path: Path) -> Network:
    """A user's checkpoint.

    Raises:
        InputError: not a checkpoint of this project, or one with code in it.
    """
    from robustfashion.models.checkpoint import (
        checkpoint_digest,
        checkpoint_preprocessing,
        checkpoint_thresholds,
        load_classifier,
    )

    model = load_classifier(path)
    row = Row(model.architecture, recipe=model.recipe.name, base=model.pretrained)
    return Network(
        path, checkpoint_digest(path), tuple(model.classes), row, model.description.seed or 0,
        checkpoint_preprocessing(model), checkpoint_thresholds(model), model.trained_on,
    )  # fmt: skip


def digest_in_cache(path: Path) -> str | None:
    """Digest of a network in the cache; None where there is none, or none that can be read.

    It is kept beside the network, with the size and time of the file that it was read from: thirty heads are thirty copies of a
    trunk.
    """
    if not path.is_file():
        return None
    note, stat = path.with_suffix(".digest"), path.stat()
    written = f"{stat.st_size} {stat.st_mtime_ns} "
    if note.is_file() and (known := note.read_text(encoding="ascii")).startswith(written):
        return known.removeprefix(written)
    from robustfashion.models.checkpoint import checkpoint_digest

    try:
        digest = checkpoint_digest(path)
    except InputError:
        path.unlink()  # a damaged cache entry is worth less than the minutes that it saves
        return None
    atomic.write_text(note, written + digest)
    return digest


def written_digest(path: Path) -> str:
    """Digest of a network that was just written.

    Raises:
        InputError: it cannot be read.
    """
    digest = digest_in_cache(path)
    if digest is None:
        raise InputError(f"{path}: the network that was written there a moment ago cannot be read; is the disk damaged?")
    return digest
