"""What every suite returns: plain data, written as ``result.json``; a report is a view of it.

Pictures are kept beside the JSON as ``images/<name>.png`` and named in figures.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from robustfashion import atomic
from robustfashion.result.figure import Figure
from robustfashion.result.plain import BESIDE, plain
from robustfashion.result.table import Table, Unit

FORMAT = 1
"""Number of the form of ``result.json``, its first key. Files from before it have none and are still read."""

Verdict = Literal["reproduced", "observed here", "not shown", "not observed here", "contradicted", "not comparable"]
"""``reproduced`` and ``contradicted`` are said on the paper's own data at its scale only; elsewhere a statement is observed
here, or not."""


@dataclass(frozen=True)
class Claim:
    """One statement of the paper against our measurement; ``rule`` states how the verdict follows from the interval."""

    id: str
    statement: str
    paper: float | None
    value: float | None
    interval: tuple[float, float] | None
    n: int | None
    unit: Unit
    verdict: Verdict
    rule: str


@dataclass(frozen=True)
class Refused:
    """One item that could not be used, and why."""

    item: str
    reason: str


@dataclass(frozen=True)
class SuiteResult:
    """Everything that a suite has to say."""

    suite: str
    title: str
    question: str
    """The question that the suite answers, in the user's words."""
    scale: Literal["smoke", "cpu", "full", "own data"]
    headline: list[str]
    """The answer: one to four sentences, each with its numbers and intervals."""
    provenance: dict[str, Any]
    """As :meth:`robustfashion.provenance.Provenance.to_dict` gives it; a suite run from the command line adds
    ``seconds_by_stage`` (kind of stage -> seconds, ``total`` among them). Older files have fewer entries."""
    settings: dict[str, Any]
    tables: list[Table]
    figures: list[Figure] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    glossary: list[tuple[str, str]] = field(default_factory=list)
    """(term, how it is computed and its source): the "how each number was computed" section."""
    refused: list[Refused] = field(default_factory=list)
    images: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False, metadata=BESIDE)
    """File name -> PNG, JPEG or WebP bytes; written to ``images/``, not into the JSON."""
    lists: dict[str, str] = field(default_factory=dict, repr=False, compare=False, metadata=BESIDE)
    """File name -> CSV text; written beside the JSON, not into it."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON value with its format number first, without images and lists."""
        return {"format": FORMAT, **plain(self)}

    def save(self, folder: Path) -> Path:
        """Write ``folder/images/*`` and the lists first and ``folder/result.json`` last; return the latter's path.

        Pictures of an earlier result in the same folder are removed.
        """
        for name, data in self.images.items():
            with atomic.atomic_path(folder / "images" / name) as temporary:
                temporary.write_bytes(data)
        for stale in set((folder / "images").glob("*")) - {folder / "images" / name for name in self.images}:
            stale.unlink()
        for name, text in self.lists.items():
            atomic.write_text(folder / name, text)
        path = folder / "result.json"
        atomic.write_json(path, self.to_dict())
        return path
