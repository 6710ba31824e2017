"""Checkpoints from the command line: ``python -m robustfashion.models {adopt,describe,doctor,record,threshold,export} ...``."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robustfashion import commandline
from robustfashion.commandline import Command, dispatch
from robustfashion.errors import InputError
from robustfashion.models import adopt_cli, threshold_cli
from robustfashion.models.glance import check_checkpoint
from robustfashion.system_errors import check_file

if TYPE_CHECKING:
    from robustfashion.models.doctor import Diagnosis
    from robustfashion.models.drift import Finding


def describe(path: Path) -> dict[str, Any]:
    """Description of a checkpoint after it was loaded whole, or of an exported file, with its digest.

    Of the golden images only the steps are told (`doctor` compares them), of training pictures and products only how many.

    Raises:
        InputError: not a usable robustfashion checkpoint or exported file, and why.
    """
    from robustfashion.models import checkpoint, exported

    if path.suffix in exported.SUFFIXES:
        return _without_golden(exported.read_metadata(path))
    model = checkpoint.load_classifier(path, verify=False)
    found = model.description.to_dict() | model.settings()  # a recipe of an older file in full
    del found["history"]
    counts = {"weights": sum(p.numel() for p in model.parameters()), "digest": checkpoint.checkpoint_digest(path)}
    if model.trained_on is not None:
        found["trained_on"] = model.trained_on.counts
    return _without_golden(found | counts)


def _without_golden(description: Mapping[str, Any]) -> dict[str, Any]:
    golden = description.get("golden")
    images = golden.get("images") if isinstance(golden, Mapping) else None
    if not isinstance(images, Mapping):
        return dict(description)
    return {**description, "golden": {str(name): list(steps) for name, steps in images.items()}}


_EXPORTED = (".onnx", ".torchscript")
"""Suffixes of exported files; :data:`robustfashion.models.exported.SUFFIXES` are the same."""


def _file_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "checkpoint", type=commandline.path, metavar="CKPT", help="file written by `robustfashion fit`, a suite or `adopt`"
    )


def _describe(arguments: argparse.Namespace) -> int:
    if arguments.checkpoint.suffix not in _EXPORTED:
        check_checkpoint(arguments.checkpoint)
    _print_json(describe(arguments.checkpoint))
    return 0


def _doctor_arguments(parser: argparse.ArgumentParser) -> None:
    _file_argument(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")


def _doctor(arguments: argparse.Namespace) -> int:
    check_checkpoint(arguments.checkpoint)
    from robustfashion.models.doctor import examine

    diagnosis = examine(arguments.checkpoint)
    if arguments.json:
        _print_json(diagnosis.to_dict())
    else:
        _show(diagnosis)
    return diagnosis.exit_status


def _record_arguments(parser: argparse.ArgumentParser) -> None:
    _file_argument(parser)
    parser.add_argument("out", type=commandline.path, metavar="OUT", help="file to write; may be CKPT")
    parser.add_argument(
        "--preprocessing",
        metavar="TEXT",
        help="what it is served with, as pillow.bilinear or pillow.bicubic+shorter=256+crop=224 (default: what it says)",
    )
    parser.add_argument("--canvas", type=int, default=500, metavar="PX", help="with --preprocessing (default: %(default)s)")
    parser.add_argument("--size", type=int, metavar="PX", help="with --preprocessing (default: what that says, else 224)")


def _record(arguments: argparse.Namespace) -> int:
    check_checkpoint(arguments.checkpoint)
    check_file(arguments.out)
    from robustfashion.data.preprocess import Preprocessing
    from robustfashion.models.checkpoint import record_again

    text = arguments.preprocessing
    preprocessing = None if text is None else Preprocessing.parse(text, arguments.canvas, arguments.size)
    record_again(arguments.checkpoint, arguments.out, preprocessing)
    sys.stdout.write(f"golden images recorded: {arguments.out}\n")
    return 0


def _threshold_arguments(parser: argparse.ArgumentParser) -> None:
    _file_argument(parser)
    threshold_cli.arguments(parser)


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    _file_argument(parser)
    parser.add_argument("out", type=commandline.path, metavar="OUT", help="file to write: NAME.onnx or NAME.torchscript")
    parser.add_argument("--format", choices=("onnx", "torchscript"), help="for other suffixes")
    parser.add_argument("--batch", default="dynamic", metavar="N", help="images per call, ONNX only (default: %(default)s)")


def _export(arguments: argparse.Namespace) -> int:
    check_checkpoint(arguments.checkpoint)
    check_file(arguments.out)
    from robustfashion.models.export import export

    batch = arguments.batch
    if batch != "dynamic" and not batch.isdecimal():
        raise InputError(f"--batch is {batch!r}; use dynamic, or a number of images per call")
    made = export(arguments.checkpoint, arguments.out, arguments.format, None if batch == "dynamic" else int(batch))
    sys.stdout.write(
        f"{arguments.out}: uint8 [n, 3, {made['size']}, {made['size']}] -> logits, probabilities; "
        f"logits up to {made['largest_logit']:.3g} within {made['max_difference']:.1e} of the checkpoint's "
        f"on {made['images']} images\n"
    )
    return 0


def _print_json(value: Any) -> None:  # noqa: ANN401 - any JSON value
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def _show(diagnosis: "Diagnosis") -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True, highlight=False)
    if diagnosis.findings:
        console.print(_table(diagnosis.findings), soft_wrap=False)
    gates = ", ".join(diagnosis.task["product_types"])
    console.print(Text(f"task     {diagnosis.task['task'] or 'own classes'}{f', gated by {gates}' if gates else ''}"))
    for step, changed in diagnosis.versions.items():
        for name, (then, now) in changed.items():
            console.print(Text(f"version  {step}: {name} {then} then, {now} now"))
    for note in diagnosis.notes:
        console.print(Text(f"note     {note}"))
    for reason in diagnosis.reasons:
        console.print(Text(f"reason   {reason}"))
    for way in diagnosis.ways_out:
        console.print(Text(f"way out  {way}"))
    console.print(Text(f"{diagnosis.checkpoint}: {diagnosis.verdict}"))


def _table(findings: "list[Finding]") -> Any:  # noqa: ANN401 - a rich table, loaded late
    from rich.table import Table

    from robustfashion.models.golden_record import STEPS

    steps = [step for step in STEPS if any(finding.step == step for finding in findings)]
    table = Table("golden image", *steps)
    for image in dict.fromkeys(finding.image for finding in findings):
        cells = {finding.step: _cell(finding) for finding in findings if finding.image == image}
        table.add_row(image, *[cells.get(step, "-") for step in steps])
    return table


def _cell(finding: "Finding") -> str:
    """``same``, or how far it moved; brackets around what follows from an earlier step."""
    if finding.status == "same":
        return "same"
    far = "other size" if finding.shift is None else f"{finding.shift:.3g}"
    return f"drifted {far}" if finding.status == "drifted" else f"({far})"


COMMANDS: dict[str, Command] = {
    "adopt": Command(adopt_cli.HELP, adopt_cli.arguments, adopt_cli.run),
    "describe": Command("print what a checkpoint or exported file says about itself, as JSON", _file_argument, _describe),
    "doctor": Command(
        "compare a checkpoint's golden images, step by step (exit status 0 healthy, 1 drifted, 2 unusable, 3 nothing recorded)",
        _doctor_arguments,
        _doctor,
    ),
    "record": Command("write a checkpoint anew with the golden images as they come out here", _record_arguments, _record),
    "threshold": Command(threshold_cli.HELP, _threshold_arguments, threshold_cli.run),
    "export": Command("write a checkpoint as ONNX model or TorchScript program", _export_arguments, _export),
}


def main(argv: list[str] | None = None) -> None:
    """Entry point; ``argv`` without the program's name, None = the process's own."""
    dispatch("python -m robustfashion.models", "Adopt networks, look at checkpoints and export them.", COMMANDS, argv)


if __name__ == "__main__":
    main()
