"""Run a suite and write its report: ``python -m robustfashion.bench resize [--config F] [--data D] [--positive CLASS] …``."""

import difflib
import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonargparse
from rich.console import Console

from robustfashion import commandline
from robustfashion.bench.times import by_kind, in_lines
from robustfashion.errors import InputError
from robustfashion.progress import StageTimes
from robustfashion.progress_bar import ProgressBar
from robustfashion.settings_parser import OneLine, check_configs

if TYPE_CHECKING:
    from robustfashion.result import SuiteResult


@dataclass(frozen=True)
class Suite:
    """Where a suite's settings class and function live; imported only when the suite is named."""

    package: str
    settings: str
    function: str

    def settings_class(self) -> type[Any]:
        """The dataclass whose fields are the suite's options."""
        found: type[Any] = getattr(import_module(f"{self.package}.settings"), self.settings)
        return found

    def run(self) -> "Callable[..., SuiteResult]":
        """The suite: ``(settings, progress) -> SuiteResult``."""
        found: Callable[..., SuiteResult] = getattr(import_module(f"{self.package}.suite"), self.function)
        return found


SUITES: dict[str, Suite] = {
    "resize": Suite("robustfashion.bench.resize", "ResizeSettings", "resize"),
    "accuracy": Suite("robustfashion.bench.accuracy", "AccuracySettings", "accuracy"),
    "outliers": Suite("robustfashion.bench.outliers", "OutliersSettings", "outliers"),
    "regularization": Suite("robustfashion.bench.regularization", "RegularizationSettings", "regularization"),
    "separability": Suite("robustfashion.bench.separability", "SeparabilitySettings", "separability"),
    "sensitivity": Suite("robustfashion.bench.sensitivity", "SensitivitySettings", "sensitivity"),
    "mitigation": Suite("robustfashion.bench.mitigation", "MitigationSettings", "mitigation"),
}

FILES = "--predictions"
"""The option that takes files."""


class _Parser(OneLine, jsonargparse.ArgumentParser):
    """jsonargparse with our manners."""


def suite_parser(name: str) -> jsonargparse.ArgumentParser:
    """Parser of one suite's options; every option has a default, and ``--config`` reads them from YAML."""
    jsonargparse.set_parsing_settings(docstring_parse_attribute_docstrings=True)
    settings = SUITES[name].settings_class()
    parser = _Parser(prog=f"python -m robustfashion.bench {name}", description=settings.__doc__)
    parser.add_argument("--config", action="config", help="YAML file with any of the options below")
    parser.add_class_arguments(settings, None, as_group=False)
    return parser


def parse(name: str, argv: list[str]) -> Any:  # noqa: ANN401 - the suite's own settings class
    """Settings of one suite from command-line arguments."""
    check_configs(argv)
    parser = suite_parser(name)
    values = vars(parser.instantiate(parser.parse_args(_files_as_list(argv))))
    values.pop("config", None)
    return SUITES[name].settings_class()(**values)


def _files_as_list(argv: list[str]) -> list[str]:
    """``--predictions A B`` (a shell's ``*.npz``, say) in brackets, as the parser wants it; what stands in brackets stays."""
    parts = [part for text in argv for part in (text.split("=", 1) if text.startswith(f"{FILES}=") else [text])]
    rest: list[str] = []
    files: list[str] = []
    taking = False
    for text, following in zip(parts, [*parts, "--"][1:], strict=True):
        if text == FILES and not following.startswith(("--", "[")):
            taking = True
        elif taking and not text.startswith("--"):
            files.append(text)
        else:
            taking = False
            rest.append(text)
    return rest + ([f"{FILES}={json.dumps(files, ensure_ascii=False)}"] if files else [])


def _usage() -> str:
    return f"usage: python -m robustfashion.bench {{{','.join(SUITES)}}} [options]; --help behind a suite lists its options"


def _suite_of(arguments: list[str]) -> str:
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(_usage() + "\n")
        raise SystemExit(0 if arguments else 2)
    if arguments[0] not in SUITES:
        near = difflib.get_close_matches(arguments[0], SUITES, n=1)
        raise InputError(f"no such suite: {arguments[0]!r}; " + (f"did you mean {near[0]!r}?" if near else _usage()))
    return arguments[0]


def quiet() -> None:
    """Silence what the libraries say about themselves; our own messages and every error stay."""
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
    for name in ("pytorch_lightning", "lightning.pytorch", "lightning.fabric", "timm"):
        logging.getLogger(name).setLevel(logging.ERROR)


def main(argv: list[str] | None = None) -> None:
    """Entry point of ``python -m robustfashion.bench``."""
    arguments = sys.argv[1:] if argv is None else argv
    commandline.run(lambda: _main(arguments))


def _main(arguments: list[str]) -> None:
    name = _suite_of(arguments)
    from robustfashion.bench.experiment.preliminary import check_places

    quiet()
    settings = parse(name, arguments[1:])
    check_places(settings)
    with ProgressBar() as bar:
        times = StageTimes(bar)
        result = SUITES[name].run()(settings, times)
        seconds = by_kind(times)
    result = replace(result, provenance=result.provenance | {"seconds_by_stage": seconds})
    out = Path(settings.out)
    result.save(out)
    from robustfashion.report.render import write_report

    page = write_report(result, out)
    _say(result, page)


def _say(result: "SuiteResult", page: Path) -> None:
    console = Console()
    console.print(f"[bold]{result.title}[/bold] ({result.scale})")
    for line in result.headline:
        console.print("  " + line, markup=False, highlight=False)
    for claim in result.claims:
        console.print(f"  {claim.verdict}: {claim.statement}", markup=False, highlight=False)
    if result.refused:
        from robustfashion.bench.wording import counted

        console.print(f"  {counted(len(result.refused), 'item')} refused; reasons in the report", markup=False)
    for line in in_lines(result.provenance["seconds_by_stage"]):
        console.print(line, markup=False, highlight=False)
    console.print(f"report: {page}", markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
