"""Examine a checkpoint on this machine: its weights, its classes, and every step from a golden image's file to the answer."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.checkpoint import load_classifier
from robustfashion.models.classifier import Classifier
from robustfashion.models.description import Description
from robustfashion.models.drift import Finding, causes, compare, in_words, version_changes
from robustfashion.models.golden import image_set, weights_digest
from robustfashion.models.golden_record import STEPS, GoldenRecord, NotRecorded
from robustfashion.models.stages import Stages, describe_stages
from robustfashion.models.task import describe_task

Verdict = Literal["healthy", "drifted", "not recorded"]

EXIT_STATUS: dict[Verdict, int] = {"healthy": 0, "drifted": 1, "not recorded": 3}
"""Exit status of the command line; 2 is an unusable checkpoint, as everywhere."""

_WAYS_OUT = {
    "decode": "install the decoders of then; or measure what today's cost with `python -m robustfashion.bench resize "
    "--checkpoint`, and accept them with `record`",
    "canvas": "install the library of then; or measure what today's costs with `python -m robustfashion.bench resize "
    "--checkpoint`, and accept it with `record`",
    "reencode": "install the Pillow of then, whose encoder wrote the JPEG; or accept today's with `record`",
    "normalise": "take the file as it was written: its mean or deviation is not what the description says; or torch computes "
    "otherwise, then install the torch of then",
    "weights": "take the file as it was written: its weights were changed since",
    "logits": "install torch and timm of then; or evaluate with today's and accept them with `record`",
    "taxonomy": "install the robustfashion of then, or train on today's labels",
}
_WAYS_OUT |= dict.fromkeys(("resize", "crop", "pad"), _WAYS_OUT["canvas"])


@dataclass(frozen=True)
class Diagnosis:
    """What was found; plain values, as ``--json`` prints them."""

    checkpoint: str
    verdict: Verdict
    drifted: list[str]
    """Causes: steps of :data:`~robustfashion.models.golden.STEPS`, ``weights``, ``taxonomy``; the first is the first of them."""
    reasons: list[str]
    """One sentence per cause, or why nothing can be compared."""
    ways_out: list[str]
    findings: list[Finding] = field(default_factory=list)
    versions: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    """By step, libraries whose version differs: (then, now)."""
    notes: list[str] = field(default_factory=list)
    """What is worth knowing and no fault."""
    task: dict[str, Any] = field(default_factory=dict)
    """What it tells apart, by :func:`~robustfashion.models.task.task_of`."""

    @property
    def exit_status(self) -> int:
        """0 healthy, 1 drifted, 3 nothing recorded to compare with."""
        return EXIT_STATUS[self.verdict]

    def to_dict(self) -> dict[str, Any]:
        """Plain dict for JSON."""
        return asdict(self)


def examine(path: Path) -> Diagnosis:
    """Load a checkpoint whole and compare all it records with what comes out here.

    Raises:
        InputError: unusable: not a checkpoint, damaged, weights that are no numbers, thresholds that are none, a preprocessing
            that is not known here.
    """
    model = load_classifier(path, verify=False)
    _check_finite(model, path)
    said = model.description
    record, preprocessing = said.golden, _preprocessing(said, path)
    task, notes = _notes(model, said)
    if not isinstance(record, GoldenRecord) or preprocessing is None:
        return _unrecorded(path, _why_unrecorded(said), task, notes)
    if record.image_set != image_set():
        return _unrecorded(path, "its golden images are others than this robustfashion's", task, notes)
    then, now = said.stages or {}, describe_stages(preprocessing, model)
    findings = compare(record, preprocessing, model)
    found = causes(findings, weights_digest(model) != record.weights) + (["taxonomy"] if _taxonomy_changed(said) else [])
    changes = {step: version_changes(step, then, now) for step in STEPS}
    return Diagnosis(
        checkpoint=str(path),
        verdict="drifted" if found else "healthy",
        drifted=found,
        reasons=[_reason(cause, findings, then, now) for cause in found],
        ways_out=[f"{cause}: {_WAYS_OUT[cause]}" for cause in found],
        findings=findings,
        versions={step: changed for step, changed in changes.items() if changed},
        notes=notes,
        task=task,
    )


def _check_finite(model: Classifier, path: Path) -> None:
    bad = [name for name, values in model.state_dict().items() if not bool(torch.isfinite(values).all())]
    if bad:
        raise InputError(
            f"{path}: weight {bad[0]!r} holds NaN or infinities ({len(bad)} of {len(model.state_dict())} weights do); "
            "its training diverged or the file is damaged; take an earlier checkpoint, or train with a smaller learning rate"
        )


def _preprocessing(said: Description, path: Path) -> Preprocessing | None:
    try:
        return said.recorded_preprocessing()
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _taxonomy_changed(said: Description) -> bool:
    then, now = said.task, describe_task(said.network.classes)
    return then is not None and (then.task, then.labels, then.product_types) != (now.task, now.labels, now.product_types)


def _reason(cause: str, findings: list[Finding], then: Stages, now: Stages) -> str:
    if cause == "taxonomy":
        return "taxonomy: the labels or gates of these classes are others than were written"
    return in_words(cause, findings, then, now)


def _notes(model: Classifier, said: Description) -> tuple[dict[str, Any], list[str]]:
    task = describe_task(model.classes)
    notes = []
    if task.kind == "own":
        notes.append(f"classes of one's own, none of the taxonomy's fourteen tasks: {', '.join(model.classes[:12])}")
    if task.missing:
        notes.append(f"{task.task} without {', '.join(task.missing)}: the training data had none")
    if said.thresholds is None or said.thresholds.overall is None:
        notes.append("no threshold: every picture gets a tag")
    elif said.thresholds.calibrated is not None:
        notes.append(f"threshold: {said.thresholds.calibrated}")
    return task.to_dict(), notes


def _why_unrecorded(said: Description) -> str:
    reason = said.golden.reason if isinstance(said.golden, NotRecorded) else None
    return reason or "written before golden images were recorded"


def _unrecorded(path: Path, why: str, task: dict[str, Any], notes: list[str]) -> Diagnosis:
    way = "write it anew with `python -m robustfashion.models record`, on the machine whose answers are right"
    return Diagnosis(str(path), "not recorded", [], [f"no golden images to compare with: {why}"], [way], notes=notes, task=task)
