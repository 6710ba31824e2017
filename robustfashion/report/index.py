"""All suites of a folder on one page, and each suite's page written again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from robustfashion import atomic
from robustfashion.errors import InputError
from robustfashion.report.page import SCALES, date_of
from robustfashion.report.render import environment, write_report
from robustfashion.result import load_result


@dataclass(frozen=True)
class Entry:
    """One line of the index: a suite's answer, or why there is none."""

    folder: str
    title: str
    scale: tuple[str, str] = ("", "")
    question: str = ""
    headline: str = ""
    date: str = ""
    error: str = ""


def write_index(folder: Path, out: Path) -> Path:
    """Write the page of every ``folder/*/result.json`` and ``out/index.html`` that lists them; returns the latter's path.

    A result that cannot be read is named on the page with its reason; the others are written all the same.

    Raises:
        InputError: no result at all, or (after everything else is written) results that cannot be shown.
    """
    files = sorted(folder.glob("*/result.json"))
    if not files:
        raise InputError(f"{folder}: holds no */result.json; run a suite first (python -m robustfashion.bench resize)")
    entries = [_entry(file, out) for file in files]
    path = out / "index.html"
    atomic.write_text(path, environment().get_template("index.html.j2").render(entries=entries))
    failed = [entry.error for entry in entries if entry.error]
    if failed:
        raise InputError(f"{len(failed)} of {len(entries)} results could not be shown: {'; '.join(failed)}")
    return path


def _entry(file: Path, out: Path) -> Entry:
    name = file.parent.name
    try:
        result = load_result(file)
        write_report(result, out / name)
    except InputError as error:
        return Entry(name, name, error=str(error))
    day = datetime.fromtimestamp(file.stat().st_mtime, UTC).date().isoformat()
    scale = SCALES.get(result.scale, (result.scale, ""))
    headline = result.headline[0] if result.headline else ""
    return Entry(name, result.title, scale, result.question, headline, date_of(result) or day)
