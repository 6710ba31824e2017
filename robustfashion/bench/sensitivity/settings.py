"""Parameters of the sensitivity suite. Every default is the CPU smoke run on the drawn catalogue."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.smoke import BASE, CATALOGUE, TRUNK
from robustfashion.bench.sensitivity.condition import Condition, check_labels
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.data.truth import OWN_LABELS
from robustfashion.errors import InputError

FROZEN = Row(TRUNK, base=BASE, freeze="body", label="frozen EfficientNet-Lite0")
"""A pretrained trunk with heads by logistic regression: networks that have learned, in seconds each."""

SERVE_METHODS = (
    "opencv.linear", "opencv.area", "java2d.bilinear", "java2d.nearest", "java_image.smooth", "thumbnailator.default",
)  # fmt: skip
BETWEEN = ("java2d.bilinear+java_jpeg0.75@canvas", "java2d.bilinear+java_jpeg0.75")
"""A JPEG of the padded canvas between the two resizes, and one behind the last of them."""

SMOKE_TASKS = ("dress", "shell_type", "number_of_wheels", "display_type", "sleeve_type")
"""From easy to hard: how sure a network is of its answers is the first factor."""

FEW = 250
"""Training pictures of the smoke run's small choice, the least of the issue's range."""

_PRETRAINED = (
    Condition("500 to 224 px", serve=BETWEEN),
    Condition("250 training pictures", training_pictures=FEW),
    Condition("280 to 224 px", canvas=280, tasks=("shell_type", "number_of_wheels", "display_type")),
)
_SCRATCH = Condition(
    "ResNet-18 from scratch, 160 to 64 px", row=Row("resnet18"), tasks=("dress",), canvas=160, size=64, max_steps=60, seeds=(0, 1)
)
SMOKE_CONDITIONS = (*_PRETRAINED, _SCRATCH)
"""On drawn data, where nobody names any."""
OWN_CONDITIONS = tuple(replace(condition, tasks=None) for condition in _PRETRAINED)
"""On one's own labelled data: heads on the frozen network."""


@dataclass(frozen=True)
class SensitivitySettings(ExperimentSettings):
    """Parameters of ``python -m robustfashion.bench sensitivity``."""

    seeds: tuple[int, ...] = (0, 1, 2)
    """One network for each of these; of heads on a frozen trunk 0 is all training products, others are bootstraps of them."""
    synthetic: SyntheticSettings = field(default_factory=lambda: CATALOGUE)
    out: Path = Path("reports/sensitivity")
    row: Row | None = None
    """The networks of conditions that name none: architecture, recipe, base, freeze, … Default: heads on a frozen
    EfficientNet-Lite0 with ImageNet's weights."""
    conditions: tuple[Condition, ...] | None = None
    """The design: what differs in each of its conditions (row, tasks, training_pictures, canvas, size, train_method, max_steps,
    max_epochs, drawn, serve, seeds), and whether the mechanism under test predicts its loss there (expected)."""
    serve_methods: tuple[str, ...] = SERVE_METHODS
    """Methods that every condition is served with; ``java2d.*`` is all of a library, ``*`` all there are."""
    java_method: str = "java2d.bilinear"
    """Stands for the Java library that the paper does not name, in headline and figures."""
    recalibrate: bool = False
    """Ask networks with BatchNorm a second time, their statistics re-estimated on unlabelled served validation pictures."""
    pictures: int = 200
    """Pictures, at most, that a given network is asked about under every method; chosen by product and seed."""
    assisted: bool = False
    """Ask a given network about all pictures under the training method, too: their margins make the forecast narrower."""
    within: float = 0.005
    """Half width, as a share, that the wanted number of pictures is for."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 10 <= self.pictures <= 100_000:
            raise InputError(f"pictures is {self.pictures}; it must lie in 10..100000")
        if not 0 < self.within < 0.5:
            raise InputError(f"within is {self.within}; a half width of a share lies in (0, 0.5)")
        for name in ("conditions", "serve_methods"):
            object.__setattr__(self, name, tuple(getattr(self, name) or ()))
        object.__setattr__(self, "java_method", self.short(self.java_method))
        object.__setattr__(self, "serve_methods", self.serving(self.serve_methods))
        self._check_conditions()

    def _check_conditions(self) -> None:
        """Refuse what one of them could not run, before anything is drawn or trained."""
        conditions = self.design
        if conditions and self.forecasts:
            raise InputError("conditions are given, and so is a network (checkpoint, predictions); leave one of them out")
        check_labels(conditions)
        for condition in conditions:
            if condition.drawn and not self.drawn:
                raise InputError(
                    f"condition {condition.label}: drawn is {condition.drawn}, but the pictures are your own; leave it out"
                )
            condition.settings(self)

    def _defaults(self) -> dict[str, Any]:
        found = super()._defaults() | ({"max_steps": 150} if self.drawn and self.trains else {})
        if self.forecasts:
            return found
        return found | {"conditions": SMOKE_CONDITIONS if self.drawn else OWN_CONDITIONS}

    def _needs_data(self) -> dict[str, Any]:
        return super()._needs_data() | {"train_method": "pillow.bilinear", "serve_methods": SERVE_METHODS, "row": None}

    @property
    def forecasts(self) -> bool:
        """Whether a network, or its answers, are given: the forecast is asked for, and nothing is trained."""
        return self.checkpoint is not None or bool(self.predictions)

    @property
    def design(self) -> tuple[Condition, ...]:
        """The conditions; none where a network is given."""
        return self.conditions or ()

    @property
    def usual_row(self) -> Row:
        """The networks of conditions that name none."""
        return self.row or FROZEN

    def row_of(self, condition: Condition) -> Row:
        """How the networks of a condition are made."""
        return condition.row or self.usual_row

    @property
    def bases(self) -> tuple[str, ...]:
        """Those of all conditions."""
        return () if self.forecasts else tuple(dict.fromkeys(self.row_of(condition).base for condition in self._asked))

    @property
    def trains(self) -> bool:
        """Whether any condition is trained by optimiser steps."""
        return super().trains and not all(self.row_of(condition).on_trunk for condition in self._asked)

    @property
    def _asked(self) -> tuple[Condition, ...]:
        """The conditions while defaults are not filled in yet, too."""
        if self.conditions is not None:
            return self.conditions or (Condition("alone"),)
        return SMOKE_CONDITIONS if self.drawn else OWN_CONDITIONS

    @property
    def usual_tasks(self) -> tuple[str, ...]:
        """Tasks of conditions that name none, where nobody names any."""
        return SMOKE_TASKS if self.drawn else (OWN_LABELS,)

    @property
    def methods(self) -> tuple[str, ...]:
        """Serving methods without repeats, the training method first."""
        return tuple(dict.fromkeys((self.reference, *self.serve_methods)))
