"""What the figures with two numeric axes share: axes, and points that carry a name."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from robustfashion.result.table import Unit

MarkKind = Literal["chosen", "paper", "oracle", "rule"]
"""What a marked point stands for: what is recommended, the paper's way, what nobody can have, any other rule."""


@dataclass(frozen=True)
class Axis:
    """Name and unit of an axis; ``low`` and ``high`` bound what is drawn (None: as the numbers ask), never what is kept.

    ``better`` says which end is the good one, where there is one.

    Raises:
        ValueError: ``low`` is not below ``high``.
    """

    name: str
    unit: Unit
    low: float | None = None
    high: float | None = None
    better: Literal["low", "high"] | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"axis {self.name!r} runs from {self.low} to {self.high}")


@dataclass(frozen=True)
class Mark:
    """A point with a name, a text about it, and the bounds of its interval along either axis (None: not known).

    Raises:
        ValueError: a number is not finite, or an interval does not rise.
    """

    name: str
    x: float
    y: float
    kind: MarkKind = "rule"
    text: str = ""
    x_interval: tuple[float, float] | None = None
    y_interval: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        check_finite(f"mark {self.name!r}", (self.x, self.y, *(self.x_interval or ()), *(self.y_interval or ())))
        for side in (self.x_interval, self.y_interval):
            if side is not None and side[0] > side[1]:
                raise ValueError(f"mark {self.name!r} has the interval {side}, which falls")


def check_finite(where: str, values: Sequence[float | None]) -> None:
    """JSON knows neither NaN nor infinity; what is not known is None.

    Raises:
        ValueError: names the place and the value.
    """
    for k, value in enumerate(values):
        if value is not None and not math.isfinite(value):
            raise ValueError(f"{where} has {value} at position {k}; use None for what is not known")
