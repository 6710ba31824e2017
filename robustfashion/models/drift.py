"""Does this machine still do what the training machine did? The golden images of a checkpoint, step by step, then and now."""

import math
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.description import Description
from robustfashion.models.golden import IMAGES, Observed, image_set, network_values, observe, weights_digest
from robustfashion.models.golden_record import PIXEL_STEPS, STEPS, GoldenRecord
from robustfashion.models.pixel_network import PixelNetwork
from robustfashion.models.stages import Stages, describe_stages

Status = Literal["same", "drifted", "follows"]
"""``follows``: differs, and so does an earlier step of the same image, of which it is a consequence."""

TOLERANCE = 1e-4
"""Most that normalised inputs and logits may differ, times the largest recorded logit where that is above 1.

Measured on ResNet-18 and -50, GoogLeNet and AlexNet: instruction sets, thread counts, memory layouts, batches, float64 and torch
2.11 beside 2.15 move logits by at most 2.1e-6 of the largest.
"""

_ASKED_ON_LOADING = IMAGES[:1]


class DriftWarning(UserWarning):
    """A checkpoint's golden images come out otherwise than on the machine that wrote it.

    ``warnings.simplefilter("error", DriftWarning)`` makes it an exception.
    """


@dataclass(frozen=True)
class Finding:
    """One golden image after one step, then and now."""

    image: str
    step: str
    status: Status
    shift: float | None
    """How far: for pixels the largest difference of an 8 x 8 block's mean in levels, for values the largest difference. None:
    another size, or decodable on one side only."""


def compare(
    record: GoldenRecord, preprocessing: Preprocessing, model: PixelNetwork, names: Iterable[str] = IMAGES
) -> list[Finding]:
    """Every golden image after every step, then and now.

    Args:
        record: of the checkpoint.
        preprocessing: of the checkpoint.
        model: loaded from the checkpoint, on the CPU, in eval mode.
        names: images for which the network is asked, too.
    """
    observed = observe(preprocessing)
    values = network_values(model, observed, names)
    largest = max((abs(x) for steps in record.values.values() for x in steps.get("logits", [])), default=0.0)
    findings: list[Finding] = []
    for name in IMAGES:
        moved = _pixel_findings(name, record, observed)
        if name in values:
            moved += _value_findings(name, record, values[name], TOLERANCE * max(1.0, largest))
        findings += _with_consequences(moved)
    return findings


def _pixel_findings(name: str, record: GoldenRecord, observed: Observed) -> list[Finding]:
    then, now = record.prints.get(name, {}), observed.prints[name]
    found = []
    for step in dict.fromkeys((*now, *then)):
        a, b = then.get(step), now.get(step)
        if a is None or b is None:
            found.append(Finding(name, step, "drifted", None))
        else:
            found.append(Finding(name, step, "same" if a.digest == b.digest else "drifted", a.shift(b)))
    return found


def _value_findings(name: str, record: GoldenRecord, now: Mapping[str, list[float]], logit_tolerance: float) -> list[Finding]:
    found = []
    for step, values in now.items():
        then = record.values.get(name, {}).get(step)
        if then is None:
            continue
        shift = max((abs(a - b) for a, b in zip(then, values, strict=True)), default=0.0) if len(then) == len(values) else None
        tolerance = logit_tolerance if step == "logits" else TOLERANCE
        same = shift is not None and math.isfinite(shift) and shift <= tolerance
        found.append(Finding(name, step, "same" if same else "drifted", shift))
    return found


def _with_consequences(findings: list[Finding]) -> list[Finding]:
    """What differs after the first difference of an image follows from it."""
    first = next((number for number, finding in enumerate(findings) if finding.status == "drifted"), len(findings))
    return findings[: first + 1] + [
        Finding(f.image, f.step, "follows", f.shift) if f.status == "drifted" else f for f in findings[first + 1 :]
    ]


def drifted_steps(findings: Iterable[Finding]) -> list[str]:
    """Steps that differ in an image of which all earlier steps are the same: the causes, in the steps' order."""
    steps = {finding.step for finding in findings if finding.status == "drifted"}
    return [step for step in STEPS if step in steps]


def causes(findings: Iterable[Finding], weights_changed: bool) -> list[str]:
    """What changed by itself: drifted steps in order, ``weights`` in place of the logits that follow from them."""
    steps = drifted_steps(findings)
    return [step for step in steps if step != "logits"] + ["weights"] if weights_changed else steps


def version_changes(step: str, then: Stages, now: Stages) -> dict[str, tuple[str, str]]:
    """Libraries of a step whose version differs: name -> (then, now)."""
    before, after = (dict(stages[step].versions) if step in stages else {} for stages in (then, now))
    return {
        name: (before.get(name, "unknown"), after.get(name, "not installed"))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    }


def in_words(step: str, findings: Iterable[Finding], then: Stages, now: Stages) -> str:
    """One cause: where, how far, by which libraries."""
    if step == "weights":
        moved = [finding.shift for finding in findings if finding.step == "logits" and finding.shift is not None]
        return f"weights: others than were written; logits differ by up to {max(moved, default=0.0):.3g}"
    hit = [finding for finding in findings if finding.step == step and finding.status == "drifted"]
    shifts = [finding.shift for finding in hit if finding.shift is not None]
    unit = "levels" if step in PIXEL_STEPS else "in value"
    far = f" by up to {max(shifts):.3g} {unit}{' (block means)' if step in PIXEL_STEPS else ''}" if shifts else ""
    method = now[step].settings.get("method") if step in now else None
    changed = version_changes(step, then, now)
    libraries = ", ".join(f"{name} {a} then, {b} now" for name, (a, b) in changed.items())
    kept = ", ".join(f"{name} {version}" for name, version in (now[step].versions if step in now else {}).items())
    why = libraries or f"the same versions ({kept}), so another build, processor or patched code"
    return f"{step}{f' ({method})' if method else ''} in {', '.join(finding.image for finding in hit)}{far}; {why}"


def warn_of_drift(model: PixelNetwork, description: Description, source: str) -> None:
    """Compare a loaded checkpoint's golden images and warn where they drifted; of the network one image is asked.

    Warns:
        DriftWarning: naming the first drifted step, its library and versions, and the way out.

    Raises:
        InputError: the record in the file is damaged.
    """
    record = description.golden
    if not isinstance(record, GoldenRecord) or record.image_set != image_set():
        return
    try:
        preprocessing = description.recorded_preprocessing()
    except InputError as error:
        warnings.warn(f"{source}: its preprocessing cannot be had here: {error}", DriftWarning, stacklevel=3)
        return
    if preprocessing is None:
        return
    findings = compare(record, preprocessing, model, _ASKED_ON_LOADING)
    steps = drifted_steps(findings)
    if not steps:
        return
    steps = causes(findings, "logits" in steps and weights_digest(model) != record.weights)
    text = in_words(steps[0], findings, description.stages or {}, describe_stages(preprocessing, model))
    more = f"; also {', '.join(steps[1:])}" if len(steps) > 1 else ""
    warnings.warn(
        f"{source}: answers may differ from those of the training machine: the golden images drifted at {text}{more}. "
        f"`python -m robustfashion.models doctor` shows all and the way out",
        DriftWarning,
        stacklevel=3,
    )
