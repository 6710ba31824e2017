"""What every suite returns: plain data, written as ``result.json``; a report is a view of it.

Cells of a table are ``None`` (not applicable, shown as "n/a"), text, integers, floats or :class:`Estimate`.
Pictures are kept beside the JSON as ``images/<name>.png`` and named in figures.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from robustfashion import atomic
from robustfashion.errors import InputError
from robustfashion.stats import Estimate

Unit = Literal["text", "count", "share", "points", "p", "levels", "decibel", "ratio", "seconds", "number"]
"""How a column's numbers are shown: ``share`` 0..1 as percent; ``points`` 0..1 as percentage points with its sign;
``p`` a p-value; ``levels`` 0..255 pixel levels; ``ratio`` a factor."""

Verdict = Literal["reproduced", "not shown", "contradicted", "not comparable"]
FigureKind = Literal["heatmap", "lines", "triptychs", "gallery"]


Cell = None | str | int | float | Estimate


@dataclass(frozen=True)
class Column:
    """Name and meaning of one column; ``doc`` says how the number is computed."""

    name: str
    unit: Unit
    doc: str


@dataclass(frozen=True)
class Table:
    """Rows in the order of the columns; ``note`` is a paragraph of plain text under the table."""

    id: str
    title: str
    columns: list[Column]
    rows: list[list[Cell]]
    note: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table {self.id}: a row has {len(row)} cells for {len(self.columns)} columns: {row}")


@dataclass(frozen=True)
class Figure:
    """A picture as data; the report draws it.

    ``data`` by ``kind``:

    * ``heatmap``: ``rows`` [r] and ``columns`` [c] names, ``values`` [r][c] (None = n/a), ``unit``, ``label`` of the colour bar;
    * ``lines``: ``x`` label, ``y`` label, ``unit``, ``series`` [{``name``, ``x`` [], ``y`` [], ``low`` [], ``high`` []}];
    * ``triptychs``: ``items`` [{``product``, ``true``, ``model``, ``difference_gain``, ``panels``
      [{``image``, ``title``, ``text``}]}] (training method, other method, amplified difference);
    * ``gallery``: ``items`` [{``product``, ``true``, ``image``, ``lines`` [text]}].
    ``image`` is a file name in ``images/``. All text is untrusted (labels, file names): escape it.
    """

    id: str
    title: str
    kind: FigureKind
    data: dict[str, Any]
    doc: str


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
    scale: Literal["smoke", "full", "own data"]
    headline: list[str]
    """The answer: one to four sentences, each with its numbers and intervals."""
    provenance: dict[str, Any]
    settings: dict[str, Any]
    tables: list[Table]
    figures: list[Figure] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    methods: list[tuple[str, str]] = field(default_factory=list)
    """(term, how it is computed and its source): the "how each number was computed" section."""
    refused: list[Refused] = field(default_factory=list)
    images: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    """File name -> PNG or JPEG bytes; written to ``images/``, not into the JSON."""
    lists: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    """File name -> CSV text; written beside the JSON, not into it."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON value, without images and lists."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name not in ("images", "lists")}

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


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {key: _plain(item) for key, item in asdict(value).items()}
    return value


def _cell(value: Any) -> Cell:  # noqa: ANN401 - JSON value
    return Estimate(**value) if isinstance(value, dict) else value


def load_result(path: Path) -> SuiteResult:
    """Read a ``result.json`` back, images beside it included.

    Raises:
        InputError: the file is missing, not JSON, or not a suite's result.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        tables = [
            Table(
                t["id"],
                t["title"],
                [Column(**c) for c in t["columns"]],
                [[_cell(c) for c in r] for r in t["rows"]],
                t["note"],
            )
            for t in raw.pop("tables")
        ]
        figures = [Figure(**f) for f in raw.pop("figures")]
        claims = [Claim(**{**c, "interval": tuple(c["interval"]) if c["interval"] else None}) for c in raw.pop("claims")]
        refused = [Refused(**r) for r in raw.pop("refused")]
        methods = [(m[0], m[1]) for m in raw.pop("methods")]
        folder = path.parent / "images"
        images = {p.name: p.read_bytes() for p in sorted(folder.iterdir())} if folder.is_dir() else {}
        return SuiteResult(tables=tables, figures=figures, claims=claims, refused=refused, methods=methods, images=images, **raw)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a suite's result.json ({type(error).__name__}: {error}); run the suite again") from error
