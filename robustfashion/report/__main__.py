"""Write reports again from their results: ``python -m robustfashion.report RESULT.json [--out DIR]``."""

import argparse
import sys
from pathlib import Path

from robustfashion import commandline
from robustfashion.errors import InputError
from robustfashion.system_errors import check_place


def main(argv: list[str] | None = None) -> None:
    """Entry point of ``python -m robustfashion.report``."""

    def parsed() -> int:
        """Parse and run."""
        arguments = _parser().parse_args(argv)
        return _main(arguments.path, arguments.out, arguments.against)

    commandline.run(parsed)


def _parser() -> argparse.ArgumentParser:
    parser = commandline.Parser(prog="python -m robustfashion.report", description="Write HTML reports from suite results.")
    parser.add_argument(
        "path", type=commandline.path, metavar="PATH",
        help="a result.json, a folder that holds one, or a folder of such folders (reports/), which gets an index page too",
    )  # fmt: skip
    parser.add_argument(
        "--against", type=commandline.path, metavar="OTHER",
        help="compare PATH cell by cell with this older result.json or its folder, write nothing; exit status 1: they differ",
    )  # fmt: skip
    parser.add_argument("--out", type=commandline.path, metavar="DIR", help="where index.html goes (default: beside the result)")
    return parser


def _main(path: Path, out: Path | None, against: Path | None) -> int:
    for given in (path, *([] if against is None else [against])):
        if not given.exists():
            raise InputError(f"{given}: no such file or folder; give a result.json or the folder of the reports")
    if against is None:
        check_place(out or (path if path.is_dir() else path.parent))
    from robustfashion.report.index import write_index
    from robustfashion.report.render import write_report
    from robustfashion.result import differences, load_result

    if path.is_dir() and not (path / "result.json").exists():
        sys.stdout.write(f"index: {write_index(path, out or path)}\n")
        return 0
    file = _result_file(path)
    if against is not None:
        other = _result_file(against)
        found = differences(load_result(other), load_result(file)) + _different_lists(other.parent, file.parent)
        sys.stdout.write("".join(f"{line}\n" for line in found) + f"{len(found)} differences\n")
        return 1 if found else 0
    sys.stdout.write(f"report: {write_report(load_result(file), out or file.parent)}\n")
    return 0


def _different_lists(before: Path, after: Path) -> list[str]:
    """CSV files beside two results that are not the same, to the byte."""
    names = sorted({path.name for folder in (before, after) for path in folder.glob("*.csv")})
    contents = [{name: (folder / name).read_bytes() for name in names if (folder / name).is_file()} for folder in (before, after)]
    return [f"list {name} differs" for name in names if contents[0].get(name) != contents[1].get(name)]


def _result_file(path: Path) -> Path:
    return path / "result.json" if path.is_dir() else path


if __name__ == "__main__":
    main()
