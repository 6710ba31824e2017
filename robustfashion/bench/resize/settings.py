"""Parameters of the resize suite. Every default is the CPU smoke run on the synthetic catalogue."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError

# Without AlexNet: from scratch, without batch normalisation, it gives one answer for longer than a smoke run lasts.
SMOKE_ROWS = (Row("resnet18"), Row("googlenet"), Row("googlenet", recipe="robust"))

SMOKE_METHODS = (
    "pillow.nearest",
    "pillow.bicubic",
    "opencv.linear",
    "opencv.area",
    "torch.bilinear",
    "java2d.nearest",
    "java2d.bilinear",
    "java2d.bicubic",
    "java_image.smooth",
    "pillow.bilinear+jpeg75",
)

SCALE_FACTORS = (1.25, 2.0, 3.0)

SMOKE_CATALOGUE = SyntheticSettings(
    count=1000,
    seed=7,
    mix={"dress": 0.5, "top": 0.2, "shoe": 0.1, "watch": 0.1, "luggage": 0.1},
    long_side_px=(240, 640),
)


@dataclass(frozen=True)
class ResizeSettings(ExperimentSettings):
    """Parameters of ``python -m robustfashion.bench resize``."""

    canvas: int = 180
    size: int = 80
    synthetic: SyntheticSettings = field(default_factory=lambda: SMOKE_CATALOGUE)
    out: Path = Path("reports/resize")
    rows: tuple[Row, ...] = SMOKE_ROWS
    """Networks to train: architecture, recipe (paper, robust, or one of them with the fields that differ), base, freeze, …"""
    serve_methods: tuple[str, ...] = SMOKE_METHODS
    """Methods to compare; options are appended with +, as in ``java2d.bilinear+java_jpeg0.75``."""
    java_method: str = "java2d.bilinear"
    """Stands for the Java library that the paper does not name, in claims and triptychs."""
    matrix_methods: tuple[str, ...] = ()
    """Train the first row once per method and serve it with each: the N x N matrix. Empty: left out."""
    scale_factors: tuple[float, ...] = SCALE_FACTORS
    """Reduction factors of the last resize at which every method is compared. Empty: left out."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.rows and self.checkpoint is None and not self.predictions:
            raise InputError("rows is empty and no checkpoint is given; name at least one architecture")
        names = [row.name for row in self.rows]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"rows: two are called {twice[0]!r} in tables and lists; give them labels")
        if any(factor < 1 for factor in self.scale_factors):
            raise InputError(f"scale_factors is {list(self.scale_factors)}; factors are reductions and so at least 1")
        if self.checkpoint is not None and self.matrix_methods:
            raise InputError("matrix_methods trains a network per method, but a checkpoint is given; leave one of them out")
        object.__setattr__(self, "java_method", self.preprocessing(self.java_method).name)
        for name in ("serve_methods", "matrix_methods"):
            object.__setattr__(self, name, tuple(dict.fromkeys(self.preprocessing(text).name for text in getattr(self, name))))

    def _defaults(self) -> dict[str, Any]:
        return super()._defaults() | ({"positive": "dress", "max_steps": 120} if self.drawn else {})

    def _needs_data(self) -> dict[str, Any]:
        idle = {"rows": SMOKE_ROWS, "serve_methods": SMOKE_METHODS, "scale_factors": SCALE_FACTORS, "matrix_methods": ()}
        return super()._needs_data() | {"train_method": "pillow.bilinear"} | idle

    @property
    def methods(self) -> tuple[str, ...]:
        """Serving methods without repeats, the training method first."""
        return tuple(dict.fromkeys((self.train_method, *self.serve_methods)))
