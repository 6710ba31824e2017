"""``python -m robustfashion`` and the console script ``robustfashion``: training by LightningCLI, all else by sub-command.

robustfashion {fit,validate,test,predict} --config configs/...     train and ask a classifier
robustfashion {bench,resize,data,models,report} ...                the same as python -m robustfashion.<name>
"""

import difflib
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from robustfashion import commandline
from robustfashion.errors import InputError, printable

if TYPE_CHECKING:
    from robustfashion.models.training_cli import TrainingCLI
    from robustfashion.predictions import PredictionTable

COMMANDS: dict[str, str] = {
    "bench": "run a suite and write its report",
    "resize": "resize files by any library's method; identify the method of a resized file",
    "data": "render, import, check and show catalogues",
    "models": "what a checkpoint holds, whether it drifted; export",
    "report": "write result files as HTML",
}
"""Sub-commands that belong to a package: ``name`` is ``python -m robustfashion.name``. Imported only when named."""

TRAINING: dict[str, str] = {
    "fit": "train a classifier",
    "validate": "accuracy on the validation images",
    "test": "accuracy on the test images",
    "predict": "write a prediction table",
}
"""Sub-commands of LightningCLI."""

_SHOWN = 10
"""Refused pictures that are named."""


def main(argv: list[str] | None = None) -> None:
    """Entry point; ``argv`` without the program's name, None = the process's own."""
    arguments = sys.argv[1:] if argv is None else argv
    commandline.run(lambda: _main(arguments))


def _main(arguments: list[str]) -> None:
    name = arguments[0] if arguments else "--help"
    if name in ("-h", "--help"):
        sys.stdout.write(_usage())
        return
    if name in TRAINING:
        _train(arguments)
        return
    if name in COMMANDS:
        import_module(f"robustfashion.{name}.__main__").main(arguments[1:])
        return
    near = difflib.get_close_matches(name, [*TRAINING, *COMMANDS], n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join([*TRAINING, *COMMANDS])}"
    raise InputError(f"no such command: {name!r}; {hint}")


def _train(arguments: list[str]) -> None:
    from robustfashion.models.preliminary import told_at_once

    told_at_once(arguments)
    from robustfashion.models.training_cli import run
    from robustfashion.predictions import write_predictions
    from robustfashion.progress import silent

    try:
        command = run(arguments, _tell if sys.stderr.isatty() else silent)
    except KeyboardInterrupt:
        if arguments[0] == "fit":
            sys.stderr.write(_way_on())
        raise
    if command.trainer.is_global_zero:
        for note in (_untrained(command), command.given.note if command.given is not None else "", command.datamodule.note):
            sys.stderr.write(f"note: {note}\n" if note else "")
    if command.subcommand == "predict":
        table = _prediction_table(command)
        path = command.config["predict"]["predictions"]
        write_predictions(table, path)
        _tell_refused(command.datamodule.catalogue.refused())
        sys.stdout.write(f"{len(table.ids)} predictions: {path}\n")


def _untrained(command: "TrainingCLI") -> str:
    """Words on a training without a step; empty where there was one."""
    if command.subcommand != "fit" or command.trainer.global_step > command.steps_before:
        return ""
    behind = f"; the checkpoint has {command.steps_before} steps behind it" if command.steps_before else ""
    return f"Nothing was trained{behind}: raise trainer.max_steps or trainer.max_epochs."


def _way_on() -> str:
    """How a training that was stopped goes on; empty where it left no checkpoint in the usual place."""
    found = sorted(Path("runs").glob("*/checkpoints/*.ckpt"), key=lambda file: file.stat().st_mtime)
    return f"the training goes on from its last checkpoint with --ckpt_path {found[-1]}\n" if found else ""


def _tell_refused(refused: Sequence[tuple[str, str]]) -> None:
    """Pictures without an answer, the first by name: no one is lost in silence."""
    for name, reason in refused[:_SHOWN]:
        sys.stderr.write(f"refused: {printable(name)}: {reason}\n")
    if refused[_SHOWN:]:
        sys.stderr.write(f"refused: {len(refused) - _SHOWN} more\n")


def _tell(what: str, done: int, total: int) -> None:
    """One line on the terminal that counts; Lightning's own bar follows it."""
    sys.stderr.write(f"\r{what}: {done}/{total}" + ("\n" if done == total else ""))
    sys.stderr.flush()


def _prediction_table(command: "TrainingCLI") -> "PredictionTable":
    from robustfashion.models.prediction_file import gathered

    trainer = command.trainer
    if trainer.world_size > 1:
        raise InputError("predict runs on one device; add --trainer.devices 1")
    return gathered(command.model, command.datamodule, trainer.predict_loop.predictions, trainer.strategy.root_device)


def _usage() -> str:
    lines = [f"  {name:<10}{text}" for name, text in (TRAINING | COMMANDS).items()]
    return "\n".join(
        ["usage: robustfashion COMMAND [options]", "", *lines, "", "robustfashion COMMAND --help lists a command's options", ""]
    )


if __name__ == "__main__":
    main()
