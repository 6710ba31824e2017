"""A picture as data, whatever its kind."""

from dataclasses import dataclass
from typing import Any, Literal

FigureKind = Literal["heatmap", "lines", "curves", "histogram", "front", "points", "map", "triptychs", "gallery", "pairs"]


@dataclass(frozen=True)
class Figure:
    """A picture as data; the report draws it.

    ``data`` is the JSON value of what its kind shows (:data:`robustfashion.result.kinds.KINDS` names the dataclass of each
    kind); builders such as :func:`robustfashion.result.heat_map` make it, :func:`robustfashion.result.read_figure` reads it.
    All text in it is untrusted (labels, file names): escape it.
    """

    id: str
    title: str
    kind: FigureKind
    data: dict[str, Any]
    doc: str
