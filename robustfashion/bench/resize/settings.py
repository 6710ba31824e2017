"""Parameters of the resize suite. Every default is the CPU smoke run on the synthetic catalogue."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robustfashion import taxonomy
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.smoke import BASE, CATALOGUE, TRUNK
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.data.truth import OWN_LABELS
from robustfashion.errors import InputError

FROZEN = Row(TRUNK, base=BASE, freeze="body", label="frozen EfficientNet-Lite0")
"""A pretrained trunk with heads by logistic regression: networks that have learned, in seconds each."""

SMOKE_ROWS = (FROZEN,)

SMOKE_TASKS = ("dress", *taxonomy.attributes())
"""The paper's validator of section 3.1, and its nine attributes."""

SMOKE_METHODS = (
    "pillow.bicubic",
    "opencv.linear",
    "opencv.area",
    "torch.bilinear",
    "java2d.nearest",
    "java2d.bilinear",
    "java2d.bicubic",
    "java_image.smooth",
    "java2d.bilinear+java_jpeg0.75",
    "pillow.bilinear+jpeg75",
)


@dataclass(frozen=True)
class ResizeSettings(ExperimentSettings):
    """Parameters of ``python -m robustfashion.bench resize``."""

    seeds: tuple[int, ...] = (0, 1, 2)
    """One network for each of these; of heads on a frozen trunk 0 is all training products, others are bootstraps of them."""
    synthetic: SyntheticSettings = field(default_factory=lambda: CATALOGUE)
    out: Path = Path("reports/resize")
    rows: tuple[Row, ...] = SMOKE_ROWS
    """Networks to train for every task: architecture, recipe (paper, robust, or one of them with the fields that differ), base,
    freeze, … Default: heads on a frozen EfficientNet-Lite0 with ImageNet's weights."""
    serve_methods: tuple[str, ...] = SMOKE_METHODS
    """Methods to compare; options are appended with +, as in ``java2d.bilinear+java_jpeg0.75``; ``java2d.*`` is all of a library,
    ``*`` all there are. One that names no policy has that
    of the training method (of a checkpoint: its own), so that the resizer alone differs."""
    java_method: str = "java2d.bilinear"
    """Stands for the Java library that the paper does not name, in headline, triptychs and the figures of Table 2."""
    matrix_methods: tuple[str, ...] = ()
    """Train the first row once per method and serve it with each: the N x N matrix. Empty: left out."""
    scale_factors: tuple[float, ...] = ()
    """Reduction factors of the last resize at which every method is compared, on pictures that fill the largest canvas. Empty:
    left out."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.rows and self.checkpoint is None and not self.predictions:
            raise InputError("rows is empty and no checkpoint is given; name at least one architecture")
        names = [row.name for row in self.rows]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"rows: two are called {twice[0]!r} in tables and lists; give them labels")
        if any(not 1 <= factor < float("inf") for factor in self.scale_factors):
            raise InputError(f"scale_factors is {list(self.scale_factors)}; factors are reductions and so at least 1")
        if self.checkpoint is not None and self.matrix_methods:
            raise InputError("matrix_methods trains a network per method, but a checkpoint is given; leave one of them out")
        object.__setattr__(self, "java_method", self.short(self.java_method))
        for name in ("serve_methods", "matrix_methods"):
            object.__setattr__(self, name, self.serving(getattr(self, name)))

    def _defaults(self) -> dict[str, Any]:
        return super()._defaults() | ({"max_steps": 120} if self.drawn and self.trains else {})

    @property
    def bases(self) -> tuple[str, ...]:
        """Those of the rows that are trained."""
        return tuple(row.base for row in self.rows) if self.checkpoint is None else ()

    @property
    def trains(self) -> bool:
        """Whether any row is trained by optimiser steps."""
        return super().trains and not all(row.on_trunk for row in self.rows)

    @property
    def usual_tasks(self) -> tuple[str, ...]:
        """Tasks where nobody names any: on drawn data the paper's dress validator and attributes, else the data's own labels."""
        return SMOKE_TASKS if self.drawn else (OWN_LABELS,)

    def _needs_data(self) -> dict[str, Any]:
        idle = {"rows": SMOKE_ROWS, "serve_methods": SMOKE_METHODS, "scale_factors": (), "matrix_methods": ()}
        return super()._needs_data() | {"train_method": "pillow.bilinear"} | idle

    @property
    def methods(self) -> tuple[str, ...]:
        """Serving methods without repeats, the training method first."""
        return tuple(dict.fromkeys((self.reference, *self.serve_methods)))
