"""Networks whose batch normalisation is estimated anew on pictures of another preprocessing, kept in the cache."""

from dataclasses import replace
from pathlib import Path

from robustfashion.bench.experiment.asking import ANSWERING, LIBRARIES
from robustfashion.bench.experiment.division import Part
from robustfashion.bench.experiment.network import Network, digest_in_cache, written_digest
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.workspace import Workspace
from robustfashion.data.preprocess import Preprocessing
from robustfashion.provenance import content_digest, library_versions, source_digest


def recalibrate(workspace: Workspace, network: Network, part: Part, preprocessing: Preprocessing, prior: float = 0.0) -> Network:
    """The network with statistics of the part's pictures; see :func:`~robustfashion.models.batch_norm.recalibrated`.

    It is found again by what decides it: the network, the pictures' bytes in whatever order, the preprocessing, code, versions.
    """
    versions = {name: library_versions().get(name) for name in LIBRARIES}
    key = content_digest(
        "batch normalisation", network.digest, network.classes, sorted(map(str, part.catalogue.column("sha256"))),
        preprocessing.digest(), float(prior), source_digest(*ANSWERING, "models/batch_norm.py"), versions, workspace.device_name,
    )  # fmt: skip
    path = workspace.cache / "networks" / f"{key}.ckpt"
    digest = digest_in_cache(path)
    if digest is None:
        _write(workspace, network, part, preprocessing, prior, path)
        digest = written_digest(path)
    return replace(network, path=path, digest=digest, row=_row(network.row, preprocessing), preprocessing=preprocessing)


def _row(row: Row, preprocessing: Preprocessing) -> Row:
    """The network's row under another name; no longer a head on a trunk, whose cached features are of the old statistics."""
    whole = replace(row, freeze="none", penalty=None) if row.on_trunk else row
    return replace(whole, label=f"{row.name} + statistics of {preprocessing.name}")


def _write(workspace: Workspace, network: Network, part: Part, preprocessing: Preprocessing, prior: float, path: Path) -> None:
    from robustfashion.models.batch_norm import check_has_batch_norm, recalibrated
    from robustfashion.models.checkpoint import load_classifier, save_checkpoint
    from robustfashion.models.trained_on import TrainedOn

    model = load_classifier(network.path, classes=network.classes)
    check_has_batch_norm(model)  # before pictures are rendered
    pixels = workspace.pixels(part, [preprocessing])[preprocessing.name]
    settings, said = workspace.settings, model.description.thresholds
    found = recalibrated(model, pixels, prior=prior, accelerator=settings.accelerator, progress=workspace.progress)
    # Its statistics are of these pictures, too: whoever asks it about them later is to know.
    found.trained_on = TrainedOn.of(part.catalogue.column("sha256"), part.groups).joined(model.trained_on)
    save_checkpoint(
        found, path, preprocessing, None if said is None else said.overall, network.seed, part.catalogue.fingerprint(),
        None if said is None else said.by_class,
    )  # fmt: skip
