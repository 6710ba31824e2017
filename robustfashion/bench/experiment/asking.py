"""Ask a network about pictures; the cache is asked first, and only what it does not know is rendered."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from robustfashion.bench.experiment import trunks
from robustfashion.bench.experiment.division import Part
from robustfashion.bench.experiment.network import Network
from robustfashion.bench.experiment.workspace import Pixels, Workspace
from robustfashion.data.preprocess import Preprocessing
from robustfashion.models.trunk_code import TRUNK_CODE
from robustfashion.predictions import Origin, PredictionTable, cached_predictions
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest, library_versions, source_digest

if TYPE_CHECKING:
    from robustfashion.models.classifier import Classifier
    from robustfashion.models.network_engines import NetworkEngine

ANSWERING = (
    "models/backbones.py", "models/classifier.py", "models/graphs.py",
    "models/group_norm_backbones.py", "models/inference.py", "models/network_engines.py",
    "models/scaled.py", "models/torchvision_backbones.py",
)  # fmt: skip
"""Modules whose code decides what a given network answers to given pixels."""
ANSWERING_BY_TRUNK = tuple(dict.fromkeys([*ANSWERING, *TRUNK_CODE]))
"""The same for heads on a frozen trunk."""
LIBRARIES = ("torch", "torchvision", "timm", "onnxruntime")


def ask(
    workspace: Workspace, network: Network, part: Part, preprocessings: Mapping[str, Preprocessing], what: str = ""
) -> dict[str, PredictionTable]:
    """What a network says of a part under each preprocessing, by the same names.

    Args:
        workspace: with the cache.
        network: who is asked.
        part: about which pictures.
        preprocessings: by any name; what the cache does not know of them is rendered together, at the first question.
        what: told to the progress, with the number of pictures times preprocessings; empty: nothing.
    """
    exported = _exported(workspace, network, part, preprocessings)
    files = {name: _file(workspace, network, part, p, exported) for name, p in preprocessings.items()}
    missing = [preprocessings[name] for name, file in files.items() if not file.is_file()]
    answers = _Answers(workspace, network, part, missing, exported)
    found = {}
    each = max(1, len(part))
    progress = workspace.progress if what else silent
    for number, (name, preprocessing) in enumerate(preprocessings.items()):
        before, total = number * each, len(preprocessings) * each
        progress(what, before, total)
        answers.tell = partial(_tell, progress, what, before, total)
        table = cached_predictions(files[name], lambda p=preprocessing: answers.under(p))  # type: ignore[misc]  # its default
        found[name] = described(table, part)
    progress(what, len(preprocessings) * each, len(preprocessings) * each)
    return found


def _tell(progress: Progress, what: str, before: int, total: int, _: str, done: int, of: int) -> None:
    """How many pictures are asked about under one preprocessing; the end of them is told by whoever goes on to the next."""
    if done < of:
        progress(what, before + done, total)


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


def _exported(workspace: Workspace, network: Network, part: Part, preprocessings: Mapping[str, Preprocessing]) -> bool:
    """Whether the network is exported for these questions.

    By what is asked, not by what the cache lacks: a run gives the same last bits, whatever was asked before.
    """
    from robustfashion.models.network_engines import exporting_pays

    areas = len(part) * sum((p.size / 224) ** 2 for p in set(preprocessings.values()))
    return not network.row.on_trunk and exporting_pays(areas, workspace.settings.accelerator)


def _file(workspace: Workspace, network: Network, part: Part, preprocessing: Preprocessing, exported: bool) -> Path:
    """Where the answers lie; named by everything that they depend on."""
    from robustfashion.models.network_engines import engine_digest

    code = source_digest(*(ANSWERING_BY_TRUNK if network.row.on_trunk else ANSWERING))
    versions = {name: library_versions().get(name) for name in LIBRARIES}
    pictures = content_digest(part.catalogue.column("sha256"))
    key = content_digest(
        network.digest, network.classes, preprocessing.digest(), pictures, code, versions, workspace.device_name,
        engine_digest(exported),
    )  # fmt: skip
    return workspace.cache / "predictions" / f"{key}.parquet"


class _Answers:
    """Computes answers; the pictures of all preprocessings that are not known are rendered at the first question."""

    def __init__(self, workspace: Workspace, network: Network, part: Part, missing: list[Preprocessing], exported: bool) -> None:
        self.workspace, self.network, self.part, self.missing, self.exported = workspace, network, part, missing, exported
        self.engine = ""  # what answered; a trunk's is part of its features
        self.tell: Progress = silent
        self.rendered: dict[Preprocessing, Pixels] = {}
        self.by_trunk: dict[Preprocessing, PredictionTable] = {}

    def under(self, preprocessing: Preprocessing) -> PredictionTable:
        """Answers under one preprocessing."""
        table = self._of_trunk(preprocessing) if self.network.row.on_trunk else self._of_pixels(preprocessing)
        versions = library_versions()
        made_by = {name: versions[name] for name in ("robustfashion", *LIBRARIES) if name in versions}
        made_by["device"] = self.workspace.device_name
        if self.engine:
            made_by["engine"] = self.engine
        return replace(table, origin=Origin(self.network.digest, preprocessing.name, preprocessing.digest(), made_by))

    def _of_trunk(self, preprocessing: Preprocessing) -> PredictionTable:
        if preprocessing not in self.by_trunk:
            wanted = list(dict.fromkeys([preprocessing, *self.missing]))
            self.by_trunk = dict(zip(wanted, trunks.answer(self.workspace, self.network, self.part, wanted), strict=True))
        return self.by_trunk[preprocessing]

    def _of_pixels(self, preprocessing: Preprocessing) -> PredictionTable:
        from robustfashion.models.inference import last_layer, predict_arrays

        if preprocessing not in self.rendered:
            wanted = list(dict.fromkeys([preprocessing, *self.missing]))
            pixels = self.workspace.pixels(self.part, wanted)
            self.rendered = {p: pixels[p.name] for p in wanted}
        model, engine = self._opened(preprocessing.size)
        self.engine, accelerator = engine.name, self.workspace.settings.accelerator
        rendered = self.rendered[preprocessing]
        logits, features = predict_arrays(model, rendered, accelerator=accelerator, progress=self.tell, graph=engine.graph)
        part, layer = self.part, last_layer(model)
        return PredictionTable(part.ids, part.labels, logits, features, self.network.classes, last_layer=layer)

    def _opened(self, size: int) -> "tuple[Classifier, NetworkEngine]":
        from robustfashion.models.network_engines import TORCH

        which = (self.network.path, self.network.digest, self.network.classes)
        return _loaded(*which), _graph(*which, size, self.workspace.cache) if self.exported else TORCH


@lru_cache(maxsize=1)  # a run asks one network many times in a row
def _loaded(path: Path, digest: str, classes: tuple[str, ...]) -> "Classifier":  # noqa: ARG001 - the digest is part of the key
    from robustfashion.models.checkpoint import load_classifier

    return load_classifier(path, classes=classes)


@lru_cache(maxsize=1)
def _graph(path: Path, digest: str, classes: tuple[str, ...], size: int, cache: Path) -> "NetworkEngine":
    from robustfashion.models.network_engines import open_network

    return open_network(_loaded(path, digest, classes), size, cache)
