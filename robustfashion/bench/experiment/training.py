"""Train the networks of an experiment, or find them in the cache."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from robustfashion import atomic
from robustfashion.bench.experiment.division import FREE, Division, Part, joined
from robustfashion.bench.experiment.network import Network, digest_in_cache, write_seconds, written_digest
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.smoke import BASE, TRUNK
from robustfashion.bench.experiment.workspace import Workspace
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.bases import NAMED_BASES
from robustfashion.progress import Progress
from robustfashion.provenance import content_digest

if TYPE_CHECKING:
    from robustfashion.models.classifier import Classifier
    from robustfashion.models.trained_on import TrainedOn
    from robustfashion.models.training import TrainSettings


def train(
    workspace: Workspace, row: Row, seed: int, division: Division, preprocessings: Sequence[Preprocessing], name: str
) -> Network:
    """A network of this row, trained on one division under one preprocessing or a mix of several."""
    from robustfashion.models.checkpoint import save_checkpoint
    from robustfashion.models.training_key import TrainingData, training_key

    settings = row.training(workspace.settings, division.task.classes, seed)
    learnt = learnt_from(row, division)
    data = TrainingData(
        [p.digest() for p in preprocessings], learnt.digest(), division["validation"].digest(), base_digest(row.base)
    )
    watched = content_digest(data.validation, preprocessings[0].digest())
    path = workspace.cache / "networks" / f"{training_key(settings, data)}.ckpt"
    digest = digest_in_cache(path)
    if digest is None:
        model, seconds = _trained(workspace, settings, learnt, division, preprocessings, _named(workspace.progress, name))
        model.trained_on = trained_on(learnt, row.base)
        save_checkpoint(model, path, preprocessing=preprocessings[0], seed=seed, data_hash=division.catalogue.fingerprint())
        digest = written_digest(path)
        atomic.write_text(_watched(path), watched)
        write_seconds(path, seconds)
    note = _watched(path)
    same = note.is_file() and note.read_text() == watched
    return Network(path, digest, division.task.classes, row, seed, preprocessings[0], watched=same)


def learnt_from(row: Row, division: Division) -> Part:
    """The pictures that a network of this row learns from: the training part, and free outliers where its loss has a place.

    Raises:
        InputError: the row wants free outliers, and the division has none.
    """
    if row.exposure == 0:
        return division["train"]
    return joined(division["train"], free_outliers(row, division))


def free_outliers(row: Row, division: Division) -> Part:
    """Pictures of no class of the task that a row of outlier exposure learns from, labels -1.

    Raises:
        InputError: there are none.
    """
    free = division.parts.get(FREE)
    if free is None or not len(free):
        raise InputError(f"row {row.name}: learns from free outliers, and there are none; leave outlier_exposure out")
    return free


def _watched(path: Path) -> Path:
    """File beside a network that says which validation pictures, labels and pixels its history is of: they decide no weight."""
    return path.with_suffix(".watched")


def _trained(
    workspace: Workspace,
    settings: "TrainSettings",
    learnt: Part,
    division: Division,
    preprocessings: Sequence[Preprocessing],
    progress: Progress,
) -> "tuple[Classifier, float]":
    """The network, and the seconds of its training."""
    from robustfashion.models import training

    validation = division["validation"]
    pixels = workspace.pixels(learnt, preprocessings)
    watched = None
    if len(validation):
        watched = (workspace.pixels(validation, preprocessings[:1])[preprocessings[0].name], validation.labels)
    began = time.monotonic()
    model = training.train([pixels[p.name] for p in preprocessings], learnt.labels, settings, progress, watched)
    return model, time.monotonic() - began


def _named(progress: Progress, name: str) -> Progress:
    """A progress that says for whom it is."""
    return (lambda what, done, total: progress(f"{name}: {what}", done, total)) if name else progress


def trained_on(train: Part, base: str) -> "TrainedOn":
    """What a network's weights come from: the training part, and what its base was trained on."""
    from robustfashion.models.checkpoint import base_trained_on
    from robustfashion.models.trained_on import TrainedOn

    return TrainedOn.of(train.catalogue.column("sha256"), train.groups).joined(base_trained_on(base))


def base_digest(base: str) -> str:
    """What a base is by content: its name where that says which weights they are, else the digest of its file."""
    from robustfashion.models.checkpoint import checkpoint_digest

    return base if base in NAMED_BASES else checkpoint_digest(Path(base))


def check_architecture(row: Row) -> None:
    """Refuse an architecture that there is not, or that a named base is not of, before the networks of other rows are trained.

    Raises:
        InputError: there is none of this name, with names near it; or ``lite0`` as the base of another.
    """
    if (row.architecture, row.base) == (TRUNK, BASE):  # every suite's own: known without loading timm, which takes seconds
        return
    from robustfashion.models.backbones import check_is_lite0, check_name

    check_name(row.architecture)
    if row.base == BASE:
        check_is_lite0(row.architecture)
