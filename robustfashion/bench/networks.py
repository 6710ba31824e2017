"""Networks of a suite: trained once and kept in the cache, asked once about each set of pictures."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from robustfashion.bench.material import Part, Pixels, Place
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable, cached_predictions
from robustfashion.provenance import content_digest, library_versions, source_digest

if TYPE_CHECKING:
    from robustfashion.models.classifier import Classifier
    from robustfashion.models.training import TrainSettings


def ask(
    place: Place, network: tuple[Path, str], part: Part, preprocessing: Preprocessing, pixels: Pixels, classes: tuple[str, ...]
) -> PredictionTable:
    """What a network, given as path and digest, says of one split under one preprocessing.

    It is loaded only where the cache does not know the answer.
    """
    from robustfashion.models.devices import device_name
    from robustfashion.models.inference import predict_arrays

    path, digest = network
    made_by = (source_digest("models"), library_versions()["torch"], device_name(place.accelerator))
    key = content_digest(digest, preprocessing.digest(), part.digest(), classes, *made_by)

    def compute() -> PredictionTable:
        """Ask the network."""
        model = _loaded(path, digest, classes)
        logits, features = predict_arrays(model, pixels, accelerator=place.accelerator)
        return PredictionTable(part.ids, part.labels, logits, features, classes)

    return cached_predictions(place.cache / "predictions" / f"{key}.parquet", compute)


@lru_cache(maxsize=1)  # a run asks one network many times in a row
def _loaded(path: Path, digest: str, classes: tuple[str, ...]) -> "Classifier":  # noqa: ARG001 - the digest is part of the key
    from robustfashion.models.checkpoint import load_classifier

    return load_classifier(path, classes=classes)


def trained(
    place: Place,
    part: Part,
    preprocessing: Preprocessing,
    settings: "TrainSettings",
    data_hash: str,
    validation: Part | None = None,
) -> tuple[Path, str]:
    """Path and digest of a network trained on one split: from the cache where it was trained before.

    Args:
        place: cache and workers.
        part: training images.
        preprocessing: how their pixels come about.
        settings: the training.
        data_hash: content hash of the catalogue, for the checkpoint's provenance.
        validation: images that are watched after every epoch, for the curves in the checkpoint's history.
    """
    from robustfashion.models.checkpoint import save_checkpoint
    from robustfashion.models.training import train

    watched = None if validation is None else validation.digest()
    data = (preprocessing.digest(), part.digest(), watched, _base_digest(settings.pretrained))
    # The base counts by its content, not by where it lies.
    shown = repr(replace(settings, pretrained="base" if data[3] != settings.pretrained else settings.pretrained))
    key = content_digest(shown, *data, source_digest("models", "data"), library_versions())
    path = place.cache / "networks" / f"{key}.ckpt"
    digest = digest_of(path)
    if digest is None:
        pixels = place.render(part, [preprocessing])[preprocessing.name]
        watching = None
        if validation is not None:
            watching = (place.render(validation, [preprocessing])[preprocessing.name], validation.labels)
        model = train(pixels, part.labels, settings, progress=place.progress, validation=watching)
        save_checkpoint(model, path, preprocessing=preprocessing, seed=settings.seed, data_hash=data_hash)
        digest = digest_of(path)
    if digest is None:
        raise InputError(f"{path}: the network that was written there a moment ago cannot be read; is the disk damaged?")
    return path, digest


def digest_of(path: Path) -> str | None:
    """Digest of a network in the cache; None where there is none, or none that can be read."""
    from robustfashion.models.checkpoint import checkpoint_digest

    try:
        return checkpoint_digest(path) if path.is_file() else None
    except InputError:
        path.unlink()  # a damaged cache entry is worth less than the minutes that it saves
        return None


def _base_digest(base: str) -> str:
    from robustfashion.models.backbones import NAMED_BASES
    from robustfashion.models.checkpoint import checkpoint_digest

    return base if base in NAMED_BASES else checkpoint_digest(Path(base))
