"""``python -m robustfashion.models threshold``: thresholds into a checkpoint, by number or by rule; how they do on new data."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from robustfashion import commandline
from robustfashion.errors import InputError
from robustfashion.models.glance import check_checkpoint
from robustfashion.system_errors import check_file

if TYPE_CHECKING:
    from robustfashion.models.description import Description
    from robustfashion.models.recorded_thresholds import RecordedThresholds
    from robustfashion.predictions import PredictionTable

HELP = "write a checkpoint anew with the thresholds named here, in place of its own; or see how its own do on new data"

_MISSING = "no threshold is given; add --threshold X, --rule RULE, --mean-confidence PREDICTIONS or --class NAME=X"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments but for the checkpoint."""
    parser.add_argument(
        "out", nargs="?", type=commandline.path, metavar="OUT", help="file to write (default: CKPT, written anew)"
    )
    parser.add_argument("--threshold", type=float, metavar="X", help="top-1 confidence in (0, 1] from which a picture gets a tag")
    parser.add_argument(
        "--class",
        dest="by_class",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=X",
        help="thresholds of single classes, as dress=0.7; classes without one keep to the threshold of all, or always get a tag",
    )
    parser.add_argument(
        "--mean-confidence", type=commandline.path, metavar="PREDICTIONS",
        help="in place of --threshold: the mean confidence of a prediction table of validation images (the paper's rule)",
    )  # fmt: skip
    parser.add_argument(
        "--rule",
        metavar="RULE",
        help="in place of --threshold, with --predictions: mean-confidence, quantile@0.05 (share of ordinary pictures refused), "
        "target-risk@0.05/0.05 (share wrong of tags / how rarely it may be missed), cost@5/10/1/0.08, f1, per-class:RULE",
    )
    parser.add_argument(
        "--predictions", type=commandline.path, metavar="FILE",
        help="with --rule: prediction table of this network; its ordinary validation images are calibrated on",
    )  # fmt: skip
    parser.add_argument(
        "--check", type=commandline.path, metavar="FILE",
        help="write nothing: apply the checkpoint's thresholds to this prediction table; exit status 1 where they have drifted",
    )  # fmt: skip


def run(asked: argparse.Namespace) -> int:
    """Write the checkpoint, or check its thresholds.

    Raises:
        InputError: options that do not go together, files that cannot be used, a rule that cannot be kept on these rows.
    """
    check_checkpoint(asked.checkpoint)
    if asked.check is not None:
        return _check(asked)
    out = asked.checkpoint if asked.out is None else asked.out
    check_file(out)
    found = _asked_for(asked)
    from robustfashion.models.checkpoint import record_thresholds

    record_thresholds(asked.checkpoint, out, found)
    own = "".join(f", {name} from {value:.4g}" for name, value in (found.by_class or {}).items())
    if found.calibrated is not None:
        sys.stdout.write(f"{found.calibrated}\n{''.join(f'note: {text}{chr(10)}' for text in found.calibrated.notes)}")
    always = "always" if found.overall is None else f"from {found.overall:.4g}"
    sys.stdout.write(f"a picture gets a tag {always}{own}: {out}\n")
    return 0


def _asked_for(asked: argparse.Namespace) -> "RecordedThresholds":
    ways = {"--threshold": asked.threshold, "--mean-confidence": asked.mean_confidence, "--rule": asked.rule}
    given = [name for name, value in ways.items() if value is not None]
    if not given and not asked.by_class:
        raise InputError(_MISSING)
    if len(given) > 1:
        raise InputError(f"{' and '.join(given)} are {len(given)} ways to the same number; give one of them")
    if (asked.rule is None) != (asked.predictions is None):
        raise InputError("--rule and --predictions go together: the rule, and the prediction table that it is calibrated on")
    if asked.rule is not None and asked.by_class:
        raise InputError("--class beside --rule: the rule sets all thresholds; for one by class give --rule per-class:RULE")
    by_class = _class_thresholds(asked.by_class)
    from robustfashion.models.recorded_thresholds import RecordedThresholds

    if asked.rule is not None:
        return _by_rule(asked.rule, asked.predictions, asked.checkpoint)
    overall = asked.threshold
    if asked.mean_confidence is not None:
        overall = _mean_confidence(asked.mean_confidence, asked.checkpoint)
    return RecordedThresholds(overall, by_class)


def _class_thresholds(texts: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in texts:
        name, _, value = text.rpartition("=")
        if name in found:
            raise InputError(f"--class names {name!r} more than once; give one threshold for it")
        try:
            found[name] = float(value)
        except ValueError:
            raise InputError(f"--class {text!r}: write NAME=X, as dress=0.7") from None
    return found


def _description(checkpoint: Path) -> "Description":
    from robustfashion.models.description import read_description
    from robustfashion.models.weights import read_weights

    return read_description(read_weights(checkpoint).metadata, str(checkpoint))


def _ordinary(predictions: Path, checkpoint: Path) -> "PredictionTable":
    """Ordinary rows of a table of this checkpoint's network.

    Raises:
        InputError: other classes, or another network, where the table says which.
    """
    from robustfashion.models.checkpoint import checkpoint_digest
    from robustfashion.predictions import open_predictions

    table = open_predictions(predictions)
    _description(checkpoint).check_fits(str(checkpoint), table.classes, None)
    network = table.origin.network
    if network and network != checkpoint_digest(checkpoint):
        raise InputError(
            f"{predictions}: its answers are another network's ({network[:12]}…) than {checkpoint}; predict with this one"
        )
    return table.ordinary()


def _mean_confidence(predictions: Path, checkpoint: Path) -> float:
    from robustfashion.decisions import mean_confidence

    ordinary = _ordinary(predictions, checkpoint)
    validation = ordinary.in_split("validation")
    try:
        return mean_confidence((validation if validation.ids else ordinary).probabilities)
    except InputError as error:
        raise InputError(f"{predictions}: {error}") from error


def _by_rule(text: str, predictions: Path, checkpoint: Path) -> "RecordedThresholds":
    from robustfashion.models.recorded_thresholds import RecordedThresholds
    from robustfashion.rejection.thresholds import Calibration, Threshold, parse_rule, to_decisions

    rule, ordinary = parse_rule(text), _ordinary(predictions, checkpoint)
    rows = ordinary.in_split("validation") if ordinary.splits else ordinary
    try:
        if not rows.ids:
            raise InputError(
                f"none of its {len(ordinary.ids)} ordinary images is a validation image, which a rule is calibrated on"
            )
        found = rule.calibrate(Calibration.of(rows, -rows.probabilities.max(axis=1)))
        deployed = to_decisions(found)
    except InputError as error:
        raise InputError(f"{predictions}: {error}") from error
    return RecordedThresholds(deployed.overall, dict(deployed.by_class), found if isinstance(found, Threshold) else None)


def _check(asked: argparse.Namespace) -> int:
    others = (asked.out, asked.threshold, asked.mean_confidence, asked.rule, asked.predictions)
    if asked.by_class or any(value is not None for value in others):
        raise InputError("--check writes nothing: give it without OUT and without new thresholds")
    from robustfashion.decisions import Thresholds
    from robustfashion.models.recorded_thresholds import deployed_thresholds
    from robustfashion.rejection.thresholds import Calibration, from_decisions, reapply

    description = _description(asked.checkpoint)
    deployed: Thresholds | None = deployed_thresholds(description.thresholds, description.network.classes)
    if deployed is None:
        raise InputError(f"{asked.checkpoint}: has no threshold to check; write one with --rule or --threshold")
    table = _ordinary(asked.check, asked.checkpoint)
    recorded = description.thresholds.calibrated if description.thresholds is not None else None
    threshold = recorded or from_decisions(deployed, table.classes)
    try:
        rows = Calibration.of(table, -table.probabilities.max(axis=1))
        found = reapply(threshold, rows.scores, rows.predicted, rows.wrong, rows.products)
    except InputError as error:
        raise InputError(f"{asked.check}: {error}") from error
    unknown = "" if recorded else "it does not say what its thresholds were calibrated on, so that drift cannot be told\n"
    sys.stdout.write(f"{threshold}\n{found}\n{unknown}")
    return 1 if found.warnings else 0
