"""Parameters of the accuracy suite. Every default is the CPU smoke run on the synthetic catalogue."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.smoke import BASE, CATALOGUE, TRUNK
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError

_OF_TRAINING: dict[str, Any] = {
    "architecture": TRUNK, "architectures": {}, "recipe": "paper", "base": None, "transfer": None, "freeze": None,
    "head": "logistic",
}  # fmt: skip
"""Options that mean nothing where networks or their answers are given, and their values where nobody gives them."""


@dataclass(frozen=True)
class AccuracySettings(ExperimentSettings):
    """Parameters of ``python -m robustfashion.bench accuracy``."""

    synthetic: SyntheticSettings = field(default_factory=lambda: CATALOGUE)
    out: Path = Path("reports/accuracy")
    seeds: tuple[int, ...] = (0, 1, 2)
    """One network for each of these; of heads on a frozen trunk 0 is all training products, others are bootstraps of them."""
    architecture: str = TRUNK
    """Any timm name; ``googlenet`` and ``alexnet`` too."""
    architectures: dict[str, str] = field(default_factory=dict)
    """Other architectures for single tasks, by task."""
    recipe: str | dict[str, Any] = "paper"
    """``paper`` (flip only), ``robust`` (brightness, contrast, saturation, hue, PCA noise, grayscale), or ``name: paper`` (or
    ``robust``) and the fields that differ."""
    base: str | None = None
    """Initial weights of all networks: ``none``, ``imagenet``, ``lite0``, or the path of a checkpoint. Default: ``lite0`` for the
    default architecture (without a transfer), else ``none``."""
    transfer: dict[str, str] | None = None
    """Tasks that are also trained from another network's body: task -> another task of this run, ``imagenet``, ``lite0``, or a
    checkpoint. Default: none."""
    freeze: Literal["none", "body", "gradual"] | None = None
    """What of a base or of a transferred body stays as it is: nothing (the paper), all of it, or what has not thawed yet.
    Default: all of it where the base is the default one, else nothing."""
    head: Literal["logistic", "sgd"] = "logistic"
    """How heads of frozen bodies are fitted: logistic regression on cached features, or the recipe's own SGD."""
    balanced_validators: bool | None = None
    """Of one label against the rest, learn and test as many images of the rest as of the label: validators of rare and common
    types are then alike, at every scale. Accuracy and precision are of that mix. Default: on drawn data."""
    max_images: int | None = None
    """Images per task, at most, as many of each class where there are; default: no limit."""

    def __post_init__(self) -> None:
        if self.checkpoint is not None:
            self.check_unused(_OF_TRAINING, "a checkpoint is given, which is not trained again")
            self.check_unused({"balanced_validators": None}, "a checkpoint is given, which is asked about all test pictures")
            if not self.drawn:
                self.check_unused({"max_images": None}, "a checkpoint is given, which is asked about all pictures of one's own")
        super().__post_init__()
        if self.max_images is not None and self.max_images < 20:
            raise InputError(f"max_images is {self.max_images}; a task needs at least 20")
        if self.base == "none" and not self.transfer and (self.freeze not in (None, "none") or self.head != "logistic"):
            raise InputError(
                f"freeze is {self.freeze}, head {self.head}, and nothing is frozen without a base or transfer; name one"
            )
        if self.transfer and self.base != "none":
            raise InputError(f"base is {self.base!r} and transfer {self.transfer}, whose gain is against scratch; leave one out")

    def _defaults(self) -> dict[str, Any]:
        if self.predictions or self.checkpoint is not None:
            return super()._defaults()
        base, freeze = (BASE, "body") if self._pretrained else ("none", "none")
        found: dict[str, Any] = {"base": base, "freeze": freeze, "transfer": {}}
        found["balanced_validators"] = self.drawn
        return super()._defaults() | found | ({"max_steps": 100} if self.drawn and self.trains else {})

    @property
    def bases(self) -> tuple[str, ...]:
        """The one of all networks."""
        return () if self.base is None else (self.base,)

    @property
    def trains(self) -> bool:
        """Whether any network is trained by optimiser steps."""
        frozen = self._pretrained or (self.base not in (None, "none") and self.freeze == "body" and self.head == "logistic")
        return super().trains and not frozen

    @property
    def _pretrained(self) -> bool:
        """Whether nothing else is asked for than the default network."""
        default = self.base is None and self.architecture == TRUNK and not self.architectures and not self.transfer
        return default and self.freeze in (None, "body") and self.head == "logistic"

    def _needs_data(self) -> dict[str, Any]:
        return super()._needs_data() | _OF_TRAINING | {"max_images": None, "balanced_validators": None}

    def row(self, task: str) -> Row:
        """How the networks of a task are made, where no transfer is asked for."""
        return self.transferred(task, str(self.base))

    def transferred(self, task: str, base: str) -> Row:
        """How the networks of a task are made that start from another network's body."""
        freeze = "none" if base == "none" or self.freeze is None else self.freeze
        head = self.head if freeze == "body" else "logistic"
        return Row(self.architectures.get(task, self.architecture), self.recipe, base, freeze, head)

    @property
    def paper_scale(self) -> bool:
        """Whether accuracies may be held against the paper's: its data, sizes and recipe, from scratch, without any limit."""
        own = self.checkpoint is None and not self.predictions and self.base == "none" and self.recipe == "paper"
        return super().paper_scale and own and self.max_images is None
