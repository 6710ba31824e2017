"""Resize a file or a folder to lossless PNG: ``python -m robustfashion.resize SRC DST --size H W --method NAME``."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from robustfashion import commandline, machine
from robustfashion.atomic import write_text
from robustfashion.data.resizing.conversion import Conversion
from robustfashion.data.resizing.folder import (
    REFUSED_FILE,
    Job,
    begin,
    find_jobs,
    folds_names,
    target_name,
    without_collisions,
    without_source,
    write_refused,
)  # fmt: skip
from robustfashion.data.resizing.records import Records, Stamp, stamp
from robustfashion.errors import InputError, printable
from robustfashion.pictures.bulk import ordered_map
from robustfashion.pictures.decode import SUFFIXES, Pixels
from robustfashion.pictures.folders import find_pictures
from robustfashion.pictures.reading import decode_file
from robustfashion.resize import METHODS, check_method, check_size
from robustfashion.resize.reencode import JpegEncoding

if TYPE_CHECKING:
    from robustfashion.data.identify import Match

PROGRAM = "python -m robustfashion.resize"


@dataclass
class _Outcome:
    written: list[Job] = field(default_factory=list)
    kept: list[Job] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


class _List(argparse.Action):
    """``--list``: print the methods and leave."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        rows = [(method.name, method.version(), method.origin) for method in METHODS.values()]
        widths = [max(len(row[i]) for row in rows) for i in range(2)]
        for name, version, origin in rows:
            sys.stdout.write(f"{name:{widths[0]}}  {version:{widths[1]}}  {origin}\n")
        parser.exit()


def main(argv: list[str] | None = None) -> None:
    """Entry point of ``python -m robustfashion.resize``; exit status 1 when files were refused."""
    commandline.run(partial(_main, sys.argv[1:] if argv is None else argv))


def _main(arguments: list[str]) -> None:
    if arguments and arguments[0] in COMMANDS:
        COMMANDS[arguments[0]](arguments[1:])
    else:
        _resize(_parser().parse_args(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = commandline.Parser(
        prog=PROGRAM,
        description="Resize a file or a folder (with its sub-folders) to lossless PNG, as another library would do it.",
        epilog="a.png keeps its name, others get a suffix: a.jpg becomes a.jpg.png. Pictures that cannot be read or named are "
        f"refused with a reason, on stderr and in DST/{REFUSED_FILE}, and the exit status is 1. The same command again goes on "
        f"where it stopped. `{PROGRAM} exactness --help`: the proof against the real JDK. "
        f"`{PROGRAM} identify --help`: which method made a thumbnail?",
    )
    parser.add_argument("src", metavar="SRC", type=commandline.path, help="a picture, or a folder of pictures")
    parser.add_argument(
        "dst", metavar="DST", type=commandline.path, help="a folder; for a single picture also a file ending in .png"
    )
    parser.add_argument("--size", nargs=2, type=int, required=True, metavar=("H", "W"), help="height and width in px")
    parser.add_argument("--method", default="java2d.bilinear", metavar="NAME", help="see --list (default: %(default)s)")
    parser.add_argument("--reencode", metavar="JPEG", help="send the result through a JPEG: jpeg75, jpeg90-444, java_jpeg0.75")
    parser.add_argument("--exif", action="store_true", help="turn pictures upright by their EXIF tag (Java's ImageIO does not)")
    parser.add_argument("--workers", type=int, default=ceil(machine.usable_cpus()), help="threads (default: %(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace what is in DST")
    parser.add_argument("--list", action=_List, nargs=0, help="list the methods with version and origin, and exit")
    return parser


def _resize(arguments: argparse.Namespace) -> None:
    encoding = None if arguments.reencode is None else JpegEncoding.parse(arguments.reencode)
    if arguments.workers < 1:
        raise InputError(f"--workers is {arguments.workers}; it must be at least 1")
    conversion = Conversion(check_size(arguments.size), check_method(arguments.method).name, encoding, arguments.exif)
    if arguments.src.is_dir():
        _resize_folder(arguments, conversion)
    elif arguments.src.exists():
        _resize_file(arguments, conversion)
    else:
        raise InputError(f"{arguments.src}: no such file or folder")


def _resize_file(arguments: argparse.Namespace, conversion: Conversion) -> None:
    source, target = arguments.src, arguments.dst
    if target.suffix.lower() != ".png" or target.is_dir():
        target = target / target_name(source)
    if target.exists() and target.samefile(source):
        raise InputError(f"{printable(target)} is the original; choose another folder or name")
    if target.exists() and not arguments.overwrite:
        raise InputError(f"{target} is there already; choose another name, or --overwrite")
    reason = conversion.write(Job(printable(source), source, target))
    if reason is not None:
        raise InputError(f"{printable(source)}: {reason}")
    sys.stdout.write(f"{printable(target)}\n")


def _resize_folder(arguments: argparse.Namespace, conversion: Conversion) -> None:
    plan = find_jobs(arguments.src, arguments.dst)
    records = begin(arguments.src, arguments.dst, conversion.settings(), arguments.overwrite)
    folds = folds_names(arguments.dst)
    jobs, refused = without_collisions(plan.jobs, folds)
    outcome = _run(jobs, conversion, records, arguments.workers)
    outcome.refused[:0] = [*plan.refused, *refused]
    write_refused(arguments.dst, outcome.refused)
    for name, reason in outcome.refused:
        sys.stderr.write(f"refused: {name}: {reason}\n")
    beside = f"; {plan.others} files of other kinds" if plan.others else ""
    if left := without_source(plan, arguments.src, arguments.dst, [*outcome.written, *outcome.kept], folds):
        beside += f"; {left} PNG files in {printable(arguments.dst)} are of no picture read here"
    written, kept = len(outcome.written), len(outcome.kept)
    counts = f"{written} written, {kept} already there, {len(outcome.refused)} refused"
    sys.stdout.write(f"{written + kept + len(outcome.refused)} pictures: {counts}{beside}\n")
    if skipped := plan.skipped.in_words():
        sys.stdout.write(f"skipped: {skipped}\n")
    if outcome.refused:
        raise SystemExit(1)


def _run(jobs: Sequence[Job], conversion: Conversion, records: Records, workers: int) -> _Outcome:
    outcome, open_jobs = _Outcome(), list[Job]()
    for job in jobs:
        (outcome.kept if records.fits(job.source, job.target) else open_jobs).append(job)

    def make(job: Job) -> tuple[Stamp | None, str | None]:
        """Stamp of the source from before it is read, and why it was refused."""
        before = stamp(job.source)
        return before, conversion.write(job)

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(
        TextColumn(conversion.method), *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bars:
        task = bars.add_task("", total=len(jobs), completed=len(outcome.kept))
        try:
            for job, (before, reason) in zip(open_jobs, ordered_map(make, open_jobs, workers), strict=True):
                if reason is None:
                    records.add(job.source, job.target, before)
                    outcome.written.append(job)
                else:
                    outcome.refused.append((job.name, reason))
                bars.advance(task)
        finally:  # an interrupted run goes on where it stopped
            if open_jobs:
                records.save()
    return outcome


def _exactness(arguments: list[str]) -> None:
    from robustfashion.resize.exactness import as_table, choose_methods, compare, generated_pictures

    parser = commandline.Parser(
        prog=f"{PROGRAM} exactness",
        description="Compare the emulated Java resizers with the real JDK and libraries: every picture in eight sizes with every "
        "method. Prints a table of differing pixels. Needs java, javac and the libraries' jars.",
    )
    parser.add_argument("--images", metavar="DIR", type=commandline.path, help="a folder of pictures (default: generated ones)")
    parser.add_argument("--count", metavar="N", type=int, default=100, help="pictures, spread over the folder (default: 100)")
    parser.add_argument("--methods", metavar="NAME", nargs="+", default=[], help="methods or families (default: all of Java's)")
    parser.add_argument("--out", metavar="FILE", type=commandline.path, help="write the table here, too: Markdown")
    settings = parser.parse_args(arguments)
    if settings.count < 1:
        raise InputError(f"--count is {settings.count}; it must be at least 1")
    methods = choose_methods(settings.methods)
    files = None if settings.images is None else _spread(settings.images, settings.count)
    pictures = generated_pictures(settings.count) if files is None else _decoded(files)
    console = Console(stderr=True)
    columns = (TextColumn("pictures"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("", total=settings.count if files is None else len(files))
        rows, versions = compare(pictures, methods, lambda: bars.advance(task))
    table = f"{as_table(rows)}\n{'; '.join(versions)}\n"
    if settings.out is not None:
        write_text(settings.out, table)
    sys.stdout.write(table)


def _spread(folder: Path, count: int) -> list[Path]:
    """At most ``count`` pictures, evenly spread over the folder in the order of their names."""
    if not folder.is_dir():
        raise InputError(f"--images {folder}: no such folder")
    found = find_pictures(folder)
    if not found.pictures:
        raise InputError(f"--images {folder}: no pictures; known are {', '.join(SUFFIXES)}")
    if skipped := found.skipped.in_words():
        sys.stderr.write(f"skipped: {skipped}\n")
    for path, why in found.refused:
        sys.stderr.write(f"left out: {printable(path)}: {why}\n")
    return found.pictures[:: max(1, len(found.pictures) // count)][:count]


def _decoded(files: Sequence[Path]) -> Iterator[Pixels]:
    """The pictures that can be read; the others are named on stderr."""
    for file in files:
        try:
            yield decode_file(file)
        except InputError as error:
            sys.stderr.write(f"left out: {error}\n")


def _identify_parser() -> argparse.ArgumentParser:
    parser = commandline.Parser(
        prog=f"{PROGRAM} identify",
        description="Which method (library, filter, stages, re-encoding) turned one file into the other? Several pairs give one "
        "joint verdict.",
        epilog="Two folders are paired by the files' relative paths without suffixes. JSON: a list, best first, of "
        "{method, stages, differing_pixels, max_difference, ...}.",
    )
    parser.add_argument(
        "files", metavar="ORIGINAL RESIZED", type=commandline.path, nargs="+", help="pairs of files, or two folders"
    )
    parser.add_argument("--json", action="store_true", help="print all ways as JSON")
    parser.add_argument("--top", type=int, default=10, metavar="N", help="lines to print (default: %(default)s)")
    parser.add_argument(
        "--canvas", type=int, nargs="+", default=[500], metavar="PX",
        help="sides of the squares that pictures may be fitted and padded to (default: 500)",
    )  # fmt: skip
    parser.add_argument(
        "--all", action="store_true", dest="every",
        help="also try what comes nowhere near by a quick look, whose bounds are measured, not proved; some ten times as long",
    )  # fmt: skip
    return parser


def _identify(arguments: list[str]) -> None:
    from robustfashion.data.identify import joint
    from robustfashion.data.pairs import find_pairs, identify_pairs

    settings = _identify_parser().parse_args(arguments)
    pairs = find_pairs(settings.files)
    for line in pairs.told():
        sys.stderr.write(f"{line}\n")
    console = Console(stderr=True)
    columns = (TextColumn("pairs"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("", total=len(pairs))
        found, refused = identify_pairs(pairs.pairs, settings.canvas, lambda: bars.advance(task), settings.every)
    for reason in refused:
        sys.stderr.write(f"left out: {reason}\n")
    matches = joint(found)
    if settings.json:
        sys.stdout.write(json.dumps([match.to_dict() for match in matches], indent=1) + "\n")
        return
    left_out = len(refused) + pairs.left_out
    beside = f" ({len(found)} pairs, {left_out} left out)" if len(found) + left_out > 1 else ""
    _write_ways(matches, settings, beside)


def _write_ways(matches: "Sequence[Match]", settings: argparse.Namespace, beside: str) -> None:
    """The best ways, and the verdict with the counts behind it."""
    from robustfashion.data.identify import verdict

    for match in matches[: settings.top]:
        stages = ", ".join(match.way.stages)
        sys.stdout.write(
            f"{match.way.method:32} {stages:28} {match.differing_pixels:>9} px differ, at most {match.max_difference:>3}, "
            f"mean {match.mean_difference:.4f}\n"
        )
    explained = any(match.exact or match.near for match in matches)
    passed_over = "" if settings.every or explained else "; --all also tries what came nowhere near"
    sys.stdout.write(f"{verdict(matches)}{passed_over}{beside}\n")


COMMANDS: dict[str, Callable[[list[str]], None]] = {"exactness": _exactness, "identify": _identify}
"""Sub-commands, named in the place of SRC; a file of such a name is given as ``./NAME``."""


if __name__ == "__main__":
    main()
