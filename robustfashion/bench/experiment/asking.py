"""Ask a network about pictures; the cache is asked first, and only what it does not know is rendered."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from robustfashion.bench.experiment.division import Part
from robustfashion.bench.experiment.network import Network
from robustfashion.bench.experiment.workspace import Pixels, Workspace
from robustfashion.data.preprocess import Preprocessing
from robustfashion.predictions import Origin, PredictionTable, cached_predictions
from robustfashion.provenance import content_digest, library_versions, source_digest

if TYPE_CHECKING:
    from robustfashion.models.classifier import Classifier

ANSWERING = ("models/backbones.py", "models/classifier.py", "models/inference.py", "models/torchvision_backbones.py")
"""Modules whose code decides what a given network answers to given pixels."""


def ask(
    workspace: Workspace, network: Network, part: Part, preprocessings: Mapping[str, Preprocessing], what: str = ""
) -> dict[str, PredictionTable]:
    """What a network says of a part under each preprocessing, by the same names."""
    files = {name: _file(workspace, network, part, p) for name, p in preprocessings.items()}
    missing = [preprocessings[name] for name, file in files.items() if not file.is_file()]
    compute = _Asking(workspace, network, part, missing)
    found = {}
    for done, (name, preprocessing) in enumerate(preprocessings.items()):
        if what:
            workspace.progress(what, done, len(preprocessings))
        table = cached_predictions(files[name], lambda p=preprocessing: compute(p))  # type: ignore[misc]  # its default
        found[name] = described(table, part)
    if what:
        workspace.progress(what, len(preprocessings), len(preprocessings))
    return found


def described(table: PredictionTable, part: Part) -> PredictionTable:
    """Answers with what the data says of the pictures today: a cached answer knows the pixels only."""
    return replace(
        table,
        ids=part.ids,
        labels=part.labels,
        groups=part.groups,
        splits=tuple(part.catalogue.column("split")),
        outlier_kinds=tuple(part.catalogue.column("outlier_kind")),
    )


def _file(workspace: Workspace, network: Network, part: Part, preprocessing: Preprocessing) -> Path:
    """Where the answers lie; named by everything that they depend on."""
    made_by = (source_digest(*ANSWERING), library_versions()["torch"], workspace.device_name)
    pictures = content_digest(part.catalogue.column("sha256"))
    key = content_digest(network.digest, network.classes, preprocessing.digest(), pictures, *made_by)
    return workspace.cache / "predictions" / f"{key}.parquet"


class _Asking:
    """Computes answers; the pictures of all preprocessings that are not known are rendered together, at the first question."""

    def __init__(self, workspace: Workspace, network: Network, part: Part, missing: list[Preprocessing]) -> None:
        self.workspace, self.network, self.part, self.missing = workspace, network, part, missing
        self.rendered: dict[Preprocessing, Pixels] = {}

    def __call__(self, preprocessing: Preprocessing) -> PredictionTable:
        """Answers under one preprocessing."""
        from robustfashion.models.inference import last_layer, predict_arrays

        accelerator = self.workspace.settings.accelerator
        model = _loaded(self.network.path, self.network.digest, self.network.classes)
        logits, features = predict_arrays(model, self._pixels(preprocessing), accelerator=accelerator)
        versions = {name: library_versions()[name] for name in ("robustfashion", "torch", "timm")}
        origin = Origin(
            self.network.digest, preprocessing.name, preprocessing.digest(), versions | {"device": self.workspace.device_name}
        )
        return PredictionTable(
            self.part.ids, self.part.labels, logits, features, self.network.classes, last_layer=last_layer(model), origin=origin
        )

    def _pixels(self, preprocessing: Preprocessing) -> Pixels:
        if preprocessing not in self.rendered:
            wanted = list(dict.fromkeys([preprocessing, *self.missing]))
            pixels = self.workspace.pixels(self.part, wanted)
            self.rendered = {p: pixels[p.name] for p in wanted}
        return self.rendered[preprocessing]


@lru_cache(maxsize=1)  # a run asks one network many times in a row
def _loaded(path: Path, digest: str, classes: tuple[str, ...]) -> "Classifier":  # noqa: ARG001 - the digest is part of the key
    from robustfashion.models.checkpoint import load_classifier

    return load_classifier(path, classes=classes)
