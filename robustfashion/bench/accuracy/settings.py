"""Parameters of the accuracy suite. Every default is the CPU smoke run on the synthetic catalogue."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError

SMOKE_CATALOGUE = SyntheticSettings(
    count=5000,
    seed=8,
    mix={"dress": 0.16, "top": 0.12, "shoe": 0.44, "watch": 0.12, "luggage": 0.16},
    long_side_px=(180, 360),
)
"""Shoes are many, since three of their attributes are learnt from parts of them."""

SMOKE_TRANSFER = {"neck_style": "sleeve_type"}


@dataclass(frozen=True)
class AccuracySettings:
    """Parameters of ``python -m robustfashion.bench accuracy``."""

    data: str = "synthetic"
    """``synthetic``, a folder with one sub-folder per class, a CSV/Parquet manifest, or a catalogue."""
    tasks: tuple[str, ...] | None = None
    """Attributes and product types to be told; ``label``: every class of one's own. Default: all that the data can teach."""
    architecture: str = "resnet18"
    """Any timm name; ``googlenet`` and ``alexnet`` too."""
    architectures: dict[str, str] = field(default_factory=dict)
    """Other architectures for single tasks, by task."""
    recipe: str = "paper"
    """``paper`` (flip only) or ``robust`` (brightness, contrast, saturation, hue, PCA noise, grayscale)."""
    transfer: dict[str, str] | None = None
    """Tasks that are also trained from another network's body: task -> another task of this run, ``imagenet``, or a checkpoint.
    Default: ``{neck_style: sleeve_type}`` on synthetic data, none on own data."""
    freeze: Literal["none", "body", "gradual"] = "none"
    """What of a transferred body stays as it is: nothing (the paper), all of it, or what has not thawed yet."""
    train_method: str = "pillow.bilinear"
    """Preprocessing of all pictures; options are appended with +, as in ``java2d.bilinear+java_jpeg0.75``."""
    canvas: int = 128
    """Side of the white square that pictures are padded to, in px (the paper: 500)."""
    size: int = 64
    """Side of the network's input, in px (the paper: 224)."""
    seeds: tuple[int, ...] = (0, 1)
    """One network per task and seed."""
    max_epochs: int = 100
    """Passes over the training images, at most."""
    max_steps: int | None = None
    """Optimiser steps, at most; -1 = no limit; default: 100 on synthetic data, 600 on own data."""
    batch_size: int = 32
    """Images per optimiser step."""
    lr_schedule: Literal["constant", "cosine"] = "cosine"
    """Course of the learning rate; the paper's is constant as far as it says, which a short training cannot afford."""
    overfit_gap: float | None = None
    """Stop when training accuracy exceeds validation accuracy by this for three epochs (the paper's rule gives no number)."""
    max_images: int | None = None
    """Images per task, at most, as many of each class where there are; default: 1600 on synthetic data, no limit on own data."""
    split_seed: int = 0
    """Divides products into train, validation and test where the data brings no splits."""
    synthetic: SyntheticSettings = field(default_factory=lambda: SMOKE_CATALOGUE)
    """The synthetic catalogue, where ``data`` is ``synthetic``."""
    scale: Literal["smoke", "full", "own data"] | None = None
    """How the report labels itself; default: smoke on synthetic data, own data elsewhere."""
    accelerator: str = "auto"
    """Lightning's accelerator: auto, cpu, gpu."""
    precision: Literal["32-true", "bf16-mixed"] = "32-true"
    """Lightning's precision in training."""
    workers: int = 2
    """Threads that decode and resize."""
    cache: Path | None = None
    """Where pixels, networks and predictions are kept; default: the user's cache folder."""
    out: Path = Path("reports/accuracy")
    """Where ``result.json`` and ``index.html`` go."""

    def __post_init__(self) -> None:
        for name, value in self._defaults().items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise InputError(f"seeds is {list(self.seeds)}; give one or more different numbers")
        for name in ("max_epochs", "batch_size", "workers"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.max_images is not None and self.max_images < 20:
            raise InputError(f"max_images is {self.max_images}; a task needs at least 20")
        object.__setattr__(self, "train_method", self.preprocessing().name)

    def _defaults(self) -> dict[str, object]:
        """What stands for None, by the kind of data."""
        if self.data == "synthetic":
            chosen = {k: v for k, v in SMOKE_TRANSFER.items() if self.tasks is None or {k, v} <= set(self.tasks)}
            images = 1600 if self.scale in (None, "smoke") else None
            return {"max_steps": 100, "scale": "smoke", "max_images": images, "transfer": chosen}
        return {"max_steps": 600, "scale": "own data", "transfer": {}}

    def preprocessing(self) -> Preprocessing:
        """The paper's preprocessing with ``train_method`` in both stages."""
        return Preprocessing.parse(self.train_method, canvas=self.canvas, size=self.size)

    @property
    def paper_scale(self) -> bool:
        """Whether accuracies may be held against the paper's: its sizes, and training without a limit on steps and images."""
        return self.scale == "full" and (self.canvas, self.size, self.max_steps, self.max_images) == (500, 224, -1, None)
