"""What a checkpoint holds: ``python -m robustfashion.models describe CKPT``."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from robustfashion import cli


def describe(path: Path) -> dict[str, Any]:
    """Description of a checkpoint after it was loaded whole, with its digest and its number of weights.

    Raises:
        InputError: not a usable robustfashion checkpoint, and why.
    """
    from robustfashion.models import checkpoint

    model = checkpoint.load_classifier(path)
    found = checkpoint.describe(model)
    return found | {"weights": sum(p.numel() for p in model.parameters()), "digest": checkpoint.checkpoint_digest(path)}


def main(argv: list[str] | None = None) -> None:
    """Entry point; ``argv`` without the program's name, None = the process's own."""
    parser = argparse.ArgumentParser(prog="python -m robustfashion.models", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("describe", help="print architecture, classes, recipe, preprocessing, provenance as JSON")
    command.add_argument("checkpoint", type=Path, help="file written by `robustfashion fit` or by a suite")
    arguments = parser.parse_args(argv)
    cli.run(lambda: sys.stdout.write(json.dumps(describe(arguments.checkpoint), indent=1, ensure_ascii=False) + "\n"))


if __name__ == "__main__":
    main()
