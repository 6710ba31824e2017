"""Parameters of the resize suite. Every default is the CPU smoke run on the synthetic catalogue."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from robustfashion.bench.resize.study import Row
from robustfashion.data.preprocess import Preprocessing
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

SMOKE_CATALOGUE = SyntheticSettings(
    count=1000,
    seed=7,
    mix={"dress": 0.5, "top": 0.2, "shoe": 0.1, "watch": 0.1, "luggage": 0.1},
    long_side_px=(240, 640),
)


@dataclass(frozen=True)
class ResizeSettings:
    """Parameters of ``python -m robustfashion.bench resize``."""

    data: str = "synthetic"
    """``synthetic``, a folder with one sub-folder per class, or a CSV/Parquet manifest."""
    positive: str | None = None
    """Class to be told from all others; default: ``dress`` on synthetic data, else every class is a class."""
    checkpoint: Path | None = None
    """Evaluate this network instead of training the rows."""
    rows: tuple[Row, ...] = SMOKE_ROWS
    """Networks to train: architecture, recipe (paper, robust), base (none, imagenet, a path)."""
    train_method: str = "pillow.bilinear"
    """Resize method of the training pictures, and the reference of every comparison."""
    serve_methods: tuple[str, ...] = SMOKE_METHODS
    """Methods to compare; options are appended with +, as in ``java2d.bilinear+java_jpeg0.75``."""
    java_method: str = "java2d.bilinear"
    """Stands for the Java library that the paper does not name, in claims and triptychs."""
    matrix_methods: tuple[str, ...] = ()
    """Train the first row once per method and serve it with each: the N x N matrix. Empty: left out."""
    scale_factors: tuple[float, ...] = (1.25, 2.0, 3.0)
    """Reduction factors of the last resize at which every method is compared. Empty: left out."""
    canvas: int = 180
    """Side of the white square that pictures are padded to, in px (the paper: 500)."""
    size: int = 80
    """Side of the network's input, in px (the paper: 224)."""
    seeds: tuple[int, ...] = (0, 1)
    """One network per row and seed; two are needed for normalised churn."""
    max_epochs: int = 100
    """Passes over the training images, at most."""
    max_steps: int | None = None
    """Optimiser steps, at most; -1 = no limit; default: 120 on synthetic data, which is easy, 600 on own data."""
    batch_size: int = 32
    """Images per optimiser step."""
    threshold: float | None = None
    """Deployed threshold on the top-1 confidence; default: the checkpoint's, else the mean confidence on validation images."""
    lr_schedule: Literal["constant", "cosine"] = "cosine"
    """Course of the learning rate. The paper's is constant as far as it says; a short training needs a falling one to end near
    its mean accuracy instead of somewhere in the swing of the last steps."""
    split_seed: int = 0
    """Divides products into train, validation and test where the data brings no splits."""
    synthetic: SyntheticSettings = field(default_factory=lambda: SMOKE_CATALOGUE)
    """The synthetic catalogue, where ``data`` is ``synthetic``."""
    scale: Literal["smoke", "full", "own data"] | None = None
    """How the report labels itself; default: smoke on synthetic data, own data elsewhere."""
    accelerator: str = "auto"
    """Lightning's accelerator: auto, cpu, gpu."""
    workers: int = 2
    """Threads that decode and resize."""
    cache: Path | None = None
    """Where pixels, networks and predictions are kept; default: the user's cache folder."""
    out: Path = Path("reports/resize")
    """Where ``result.json`` and ``index.html`` go."""

    def __post_init__(self) -> None:
        for name, value in self._defaults().items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
        if not self.rows and self.checkpoint is None:
            raise InputError("rows is empty and no checkpoint is given; name at least one architecture")
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise InputError(f"seeds is {list(self.seeds)}; give one or more different numbers")
        if any(factor < 1 for factor in self.scale_factors):
            raise InputError(f"scale_factors is {list(self.scale_factors)}; factors are reductions and so at least 1")
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise InputError(f"threshold is {self.threshold}; a confidence lies in (0, 1]")
        for name in ("max_epochs", "batch_size", "workers"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.checkpoint is not None and self.matrix_methods:
            raise InputError("matrix_methods trains a network per method, but a checkpoint is given; leave one of them out")
        self._one_spelling()

    def _defaults(self) -> dict[str, object]:
        """What stands for None, by the kind of data."""
        if self.data == "synthetic":
            return {"positive": "dress", "max_steps": 120, "scale": "smoke"}
        return {"max_steps": 600, "scale": "own data"}

    def _one_spelling(self) -> None:
        """Check every method, and write it as :class:`Preprocessing` does, so that one method has one name."""
        for name in ("train_method", "java_method"):
            object.__setattr__(self, name, self.preprocessing(getattr(self, name)).name)
        for name in ("serve_methods", "matrix_methods"):
            object.__setattr__(self, name, tuple(dict.fromkeys(self.preprocessing(text).name for text in getattr(self, name))))

    def preprocessing(self, method: str) -> Preprocessing:
        """The paper's preprocessing with ``method`` in both stages."""
        return Preprocessing.parse(method, canvas=self.canvas, size=self.size)

    @property
    def paper_scale(self) -> bool:
        """Whether accuracies may be held against the paper's: its sizes, and training without a limit on the steps."""
        return self.scale == "full" and (self.canvas, self.size, self.max_steps) == (500, 224, -1)

    @property
    def methods(self) -> tuple[str, ...]:
        """Serving methods without repeats, the training method first."""
        return tuple(dict.fromkeys((self.train_method, *self.serve_methods)))
