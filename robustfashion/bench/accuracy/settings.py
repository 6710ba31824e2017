"""Parameters of the accuracy suite. Every default is the CPU smoke run on the synthetic catalogue."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.settings import ExperimentSettings
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


_OF_TRAINING: dict[str, Any] = {
    "tasks": None, "architecture": "resnet18", "architectures": {}, "recipe": "paper", "base": "none", "transfer": {},
    "freeze": "none", "head": "logistic",
}  # fmt: skip
"""Options that mean nothing where networks or their answers are given, and their values where nobody gives them."""


@dataclass(frozen=True)
class AccuracySettings(ExperimentSettings):
    """Parameters of ``python -m robustfashion.bench accuracy``."""

    canvas: int = 128
    size: int = 64
    synthetic: SyntheticSettings = field(default_factory=lambda: SMOKE_CATALOGUE)
    out: Path = Path("reports/accuracy")
    tasks: tuple[str, ...] | None = None
    """Attributes and product types to be told; ``label``: every class of one's own. Default: all that the data can teach."""
    architecture: str = "resnet18"
    """Any timm name; ``googlenet`` and ``alexnet`` too."""
    architectures: dict[str, str] = field(default_factory=dict)
    """Other architectures for single tasks, by task."""
    recipe: str | dict[str, Any] = "paper"
    """``paper`` (flip only), ``robust`` (brightness, contrast, saturation, hue, PCA noise, grayscale), or ``name: paper`` (or
    ``robust``) and the fields that differ."""
    base: str = "none"
    """Initial weights of all networks: ``none``, ``imagenet``, ``lite0``, or the path of a checkpoint."""
    transfer: dict[str, str] | None = None
    """Tasks that are also trained from another network's body: task -> another task of this run, ``imagenet``, or a checkpoint.
    Default: ``{neck_style: sleeve_type}`` on synthetic data without a base, else none."""
    freeze: Literal["none", "body", "gradual"] = "none"
    """What of a base or of a transferred body stays as it is: nothing (the paper), all of it, or what has not thawed yet."""
    head: Literal["logistic", "sgd"] = "logistic"
    """How heads of frozen bodies are fitted: logistic regression on cached features, or the recipe's own SGD."""
    max_images: int | None = None
    """Images per task, at most, as many of each class where there are; default: 1600 on synthetic data, no limit on own data."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.max_images is not None and self.max_images < 20:
            raise InputError(f"max_images is {self.max_images}; a task needs at least 20")
        if self.checkpoint is not None:
            self.check_unused(_OF_TRAINING, "a checkpoint is given, which is not trained again")
        if self.transfer and self.base != "none":
            raise InputError(f"base is {self.base!r} and transfer {self.transfer}, whose gain is against scratch; leave one out")
        if self.positive is not None and self.tasks is not None:
            raise InputError(f"positive is {self.positive!r} and tasks are {list(self.tasks)}; leave one of them out")

    def _defaults(self) -> dict[str, Any]:
        if not self.drawn:
            return super()._defaults() | {"transfer": {}}
        tasks = self.tasks if self.positive is None else (self.positive,)
        chosen = {k: v for k, v in SMOKE_TRANSFER.items() if tasks is None or {k, v} <= set(tasks)}
        images = 1600 if self.scale in (None, "smoke") else None
        return super()._defaults() | {
            "max_steps": 100,
            "max_images": images,
            "transfer": chosen if self.checkpoint is None and self.base == "none" else {},
        }

    def _needs_data(self) -> dict[str, Any]:
        return super()._needs_data() | _OF_TRAINING | {"max_images": None}

    def row(self, task: str) -> Row:
        """How the networks of a task are made, where no transfer is asked for."""
        return self._row(task, self.base)

    def transferred(self, task: str, base: str) -> Row:
        """How the networks of a task are made that start from another network's body."""
        return self._row(task, base)

    def _row(self, task: str, base: str) -> Row:
        freeze = "none" if base == "none" else self.freeze
        head = self.head if freeze == "body" else "logistic"
        return Row(self.architectures.get(task, self.architecture), self.recipe, base, freeze, head)

    @property
    def paper_scale(self) -> bool:
        """Whether accuracies may be held against the paper's: its sizes, and training without a limit on steps and images."""
        return super().paper_scale and self.max_images is None
