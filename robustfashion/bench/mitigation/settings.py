"""Parameters of the mitigation suite. Every default is the CPU smoke run: heads on the frozen network, drawn luggage."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.smoke import BASE, TRUNK
from robustfashion.bench.mitigation.remedy import SERVED, Remedy
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.data.truth import OWN_LABELS
from robustfashion.errors import InputError

FROZEN = Row(TRUNK, base=BASE, freeze="body", label="frozen EfficientNet-Lite0")
"""A pretrained trunk with a head by logistic regression: a network that has learned, in seconds."""
TASK = "number_of_wheels"
"""The smoke run's: hard enough to be hurt, and told well enough to have something to lose."""
LUGGAGE = SyntheticSettings(count=1500, seed=7, mix={"luggage": 1.0}, long_side_px=(500, 500))
"""The smoke run's catalogue: one product type, so that the task has many pictures of few that are drawn."""

AT_SERVING = (
    Remedy(serve="java_image.smooth"),
    Remedy(serve="thumbnailator.default"),
    Remedy(serve="halving.bilinear"),
    Remedy(ensemble=("java2d.bilinear", "java2d.nearest")),
    Remedy(recalibrate=True),
    Remedy(margin=0.1),
)
"""What can be done without training again."""
ON_FEATURES = tuple(remedy for remedy in AT_SERVING if not remedy.recalibrate)
"""The same for heads on a frozen network: with other statistics it gives other features than those that they were fitted on."""
TRAINED = (
    Remedy("train with mixed libraries", row={"train_methods": ["pillow.bilinear", "opencv.linear", "java2d.bilinear"]}),
    Remedy("train with mixed filters", row={"train_methods": ["pillow.bilinear", "pillow.box", "pillow.bicubic"]}),
    Remedy("train with mixed JPEG", row={"train_methods": ["pillow.bilinear", *(f"pillow.bilinear+jpeg{q}" for q in (50, 90))]}),
)
"""What heads on a frozen network can be taught: they see features, so that no recipe of pictures is among them."""


@dataclass(frozen=True)
class MitigationSettings(ExperimentSettings):
    """Parameters of ``python -m robustfashion.bench mitigation``."""

    synthetic: SyntheticSettings = field(default_factory=lambda: LUGGAGE)
    out: Path = Path("reports/mitigation")
    seeds: tuple[int, ...] = (0, 1, 2)
    """One network of every remedy for each of these; claims about a recipe need three."""
    network: Row | None = None
    """The network without a remedy; default: heads on a frozen EfficientNet-Lite0 with ImageNet's weights."""
    serve_methods: tuple[str, ...] = ("java2d.bilinear", "java2d.nearest")
    """Methods that do the damage: what resizes pictures in production. ``java2d.*`` is all of a library."""
    remedies: tuple[Remedy, ...] | None = None
    """Each a label and exactly one of ``row`` (train again with these fields), ``serve`` (another method), ``ensemble`` (mean
    over methods), ``recalibrate`` (BatchNorm on served pictures), ``margin`` (share left to people); default: those that need
    no training, and mixes of libraries, filters and JPEG in training where a network is trained."""
    control: bool = True
    """Train the network once more with other seeds, which is no remedy: what it seems to change is noise."""

    def __post_init__(self) -> None:
        if self.predictions:
            raise InputError(
                f"predictions is {self.predictions[0]}, but remedies are tried on a network and its pictures: give --checkpoint "
                "and --data; bench resize --predictions A B … counts the changes of answers that are given"
            )
        if self.checkpoint is not None:
            self.check_unused({"network": None}, f"checkpoint is {self.checkpoint}, which is the network")
        super().__post_init__()
        if self.tasks is not None and len(self.tasks) != 1:
            raise InputError(f"tasks are {list(self.tasks)}; this suite studies one classifier: name one task")
        named = self.serving(self.serve_methods)
        object.__setattr__(self, "serve_methods", tuple(name for name in named if name != self.reference))
        if not self.serve_methods:
            raise InputError(
                f"serve_methods is {list(named)}, and the training method is {self.train_method}; name a method that does damage"
            )
        self._check_remedies()

    def _check_remedies(self) -> None:
        remedies = self.remedies or ()
        if not remedies:
            raise InputError("remedies is empty; name at least one, or leave it out")
        names = [remedy.name for remedy in remedies]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"remedies: two are called {twice[0]!r}; give them labels")
        for remedy in remedies:
            methods = {self.short(method) for method in remedy.methods}
            if remedy.serve is not None and methods == set(self.serve_methods):
                raise InputError(f"remedy {remedy.name!r} is the serving method itself; name another one, or leave it out")
            if remedy.row is None:
                continue
            if self.checkpoint is not None:
                raise InputError(
                    f"remedy {remedy.name!r} trains a network, but a checkpoint is given; leave it out, or give network, data "
                    "and labels instead of the checkpoint"
                )
            self.reference_of(remedy.row_of(self.plain_row))
        if self.checkpoint is None and (own := self.reference_of(self.plain_row)) != self.train_method:
            raise InputError(
                f"the network learns from {own}, and train_method is {self.train_method}, which it would never see; give "
                f"--train_method {own}"
            )

    def reference_of(self, row: Row) -> str:
        """The method against which a row's networks are held: the training method, or their own first one where that is none."""
        learnt = [self.preprocessing(text).name for text in row.methods(self.train_method)]
        return self.train_method if self.train_method in learnt else learnt[0]

    def _defaults(self) -> dict[str, Any]:
        own: dict[str, Any] = {"max_steps": 200} if self.drawn and self.trains else {}
        if self.checkpoint is None:
            own["network"] = FROZEN
        own["remedies"] = AT_SERVING if self.checkpoint is not None else (*ON_FEATURES, *TRAINED)
        return super()._defaults() | own

    @property
    def plain_row(self) -> Row:
        """The network without a remedy."""
        return self.network or FROZEN

    def rows(self) -> Iterator[Row]:
        """Every row that is trained, the network's own first; none of a checkpoint."""
        if self.checkpoint is None:
            yield self.plain_row
            yield from (remedy.row_of(self.plain_row) for remedy in self.remedies or () if remedy.row is not None)

    @property
    def bases(self) -> tuple[str, ...]:
        """Those of the rows that are trained."""
        return tuple(row.base for row in self.rows())

    @property
    def trains(self) -> bool:
        """Whether any row is trained by optimiser steps."""
        return super().trains and not all(row.on_trunk for row in self.rows())

    @property
    def usual_tasks(self) -> tuple[str, ...]:
        """The task where nobody names any: wheels of drawn data, else the data's own labels."""
        return (TASK,) if self.drawn else (OWN_LABELS,)

    @property
    def asked_methods(self) -> tuple[str, ...]:
        """Every preprocessing that the network without retraining is asked under, the training method first."""
        named = (self.short(text) for remedy in self.remedies or () for text in remedy.methods if text != SERVED)
        return tuple(dict.fromkeys((self.train_method, *self.serve_methods, *named)))
