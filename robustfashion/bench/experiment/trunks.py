"""Networks on a frozen trunk: a head is fitted on cached features, and answers from cached features."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from robustfashion.bench.experiment.division import Division, Part, joined
from robustfashion.bench.experiment.network import Network, digest_in_cache, write_seconds, written_digest
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.training import free_outliers, trained_on
from robustfashion.bench.experiment.workspace import Workspace
from robustfashion.data.preprocess import Preprocessing
from robustfashion.models.trunk_code import TRUNK_CODE
from robustfashion.predictions import LastLayer, PredictionTable
from robustfashion.provenance import content_digest, library_versions, source_digest

if TYPE_CHECKING:
    from robustfashion.models.feature_store import Features
    from robustfashion.models.trunk import Trunk

FITTING = ("models/heads.py", "models/head_objective.py", "models/head_classifier.py", *TRUNK_CODE)
"""Modules whose code decides a head."""
LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch", "timm", "onnxruntime")


def fit(workspace: Workspace, row: Row, seed: int, division: Division, preprocessings: Sequence[Preprocessing]) -> Network:
    """A head on the row's trunk; of several preprocessings it learns from the pictures under each of them."""
    from robustfashion.models.checkpoint import save_checkpoint
    from robustfashion.models.head_classifier import head_classifier
    from robustfashion.models.heads import fit_head

    trunk, train, settings = trunk_of(row, preprocessings[0].size), division["train"], row.head_settings()
    versions = {name: library_versions().get(name) for name in LIBRARIES}
    key = content_digest(
        "head", trunk.digest, [p.digest() for p in preprocessings], train.digest(), train.groups, division.task.classes,
        asdict(settings), seed, source_digest(*FITTING), versions, workspace.device_name,
    )  # fmt: skip
    free = free_outliers(row, division) if row.exposure > 0 else None
    key = key if free is None else content_digest(key, free.digest())
    path = workspace.cache / "networks" / f"{key}.ckpt"
    digest = digest_in_cache(path)
    if digest is None:
        found = features(workspace, trunk, train, preprocessings)
        many = len(preprocessings)
        workspace.progress(what := f"fitting a head of {len(division.task.classes)} classes, seed {seed}", 0, 1)
        exposed = None if free is None else _free_features(workspace, trunk, free, preprocessings)
        began = time.monotonic()
        head = fit_head(
            np.concatenate([found[p.name] for p in preprocessings]), np.tile(train.labels, many), train.groups * many,
            division.task.classes, seed, settings, exposed,
        )  # fmt: skip
        seconds = time.monotonic() - began
        workspace.progress(what, 1, 1)
        model = head_classifier(trunk, head)
        model.trained_on = trained_on(train if free is None else joined(train, free), row.base)
        save_checkpoint(model, path, preprocessing=preprocessings[0], seed=seed, data_hash=division.catalogue.fingerprint())
        digest = written_digest(path)
        write_seconds(path, seconds)
    return Network(path, digest, division.task.classes, row, seed, preprocessings[0])


def _free_features(workspace: Workspace, trunk: "Trunk", free: Part, preprocessings: Sequence[Preprocessing]) -> "Features":
    found = features(workspace, trunk, free, preprocessings)
    return np.concatenate([found[p.name] for p in preprocessings])


def answer(workspace: Workspace, network: Network, part: Part, preprocessings: Sequence[Preprocessing]) -> list[PredictionTable]:
    """What a network on a trunk says of a part under each preprocessing; pictures are seen once for all of them."""
    trunk = trunk_of(network.row, preprocessings[0].size)
    found = features(workspace, trunk, part, preprocessings)
    layer = _last_layer(network.path, trunk)
    tables = []
    for preprocessing in preprocessings:
        values = found[preprocessing.name]
        logits = np.asarray(values @ layer.weight.T + layer.bias, np.float32)
        tables.append(PredictionTable(part.ids, part.labels, logits, values, network.classes, last_layer=layer))
    return tables


def features(workspace: Workspace, trunk: "Trunk", part: Part, preprocessings: Sequence[Preprocessing]) -> "dict[str, Features]":
    """Input of the last layer, float32 [n, d], by the preprocessings' names; from cache where it is known."""
    from robustfashion.models.features import features_of

    settings = workspace.settings
    return features_of(
        part.catalogue, preprocessings, trunk, workspace.cache, settings.workers, workspace.progress, settings.accelerator
    )


def trunk_of(row: Row, size: int) -> "Trunk":
    """The row's pretrained body, for pictures of this side in px."""
    return _trunk(row.architecture, row.base, row.scaling(), size)


@lru_cache(maxsize=2)  # a suite asks one trunk many times
def _trunk(architecture: str, base: str, normalisation: str, size: int) -> "Trunk":
    from robustfashion.models.trunk import Trunk

    return Trunk(architecture, base, normalisation, size)


def _last_layer(path: Path, trunk: "Trunk") -> LastLayer:
    """The head in a checkpoint on this trunk."""
    from robustfashion.models.matching import head_names
    from robustfashion.models.weights import read_weights

    tensors = read_weights(path).tensors
    weight, bias = sorted((tensors[f"backbone.{name}"] for name in head_names(trunk.body.backbone)), key=lambda t: -t.ndim)
    return LastLayer(weight.numpy(), bias.numpy())
