"""Parameters of the regularization suite. Every default is the CPU smoke run: heads on the frozen network, drawn watches."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from robustfashion import taxonomy
from robustfashion.bench.experiment.noisy import NOISY
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.smoke import BASE, CATALOGUE, TRUNK
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.data.truth import OWN_LABELS
from robustfashion.errors import InputError

Place = Literal["all", "head", "body"]

PAPERS_TASK = "display_type"
"""Section 3.2 speaks of watches; display type is the attribute of watches in Table 1."""
COVERAGES = (0.552, 0.719, 0.793, 0.82)
"""Table 4's."""
WITHOUT = 1e-3
"""Weight decay of a head that stands for none: a head on features that separate the classes has no finite optimum without any."""


_OF_NETWORKS = (
    "architectures", "base", "freeze", "weight_decays", "label_smoothing", "confidence_penalty", "drop_rate", "outlier_exposure",
    "exposure_share", "gate_threshold", "seeds", "split_seed", "canvas",
)  # fmt: skip
"""Settings that mean nothing where predictions are given."""


@dataclass(frozen=True)
class RegularizationSettings(ExperimentSettings):
    """Parameters of ``python -m robustfashion.bench regularization``."""

    synthetic: SyntheticSettings = field(default_factory=lambda: CATALOGUE)
    out: Path = Path("reports/regularization")
    seeds: tuple[int, ...] = (0, 1, 2)
    """One network of every row for each of these; claims about a recipe need three."""
    architectures: tuple[str, ...] = (TRUNK,)
    """Any timm names; each is trained with every weight decay. The first one carries the other remedies."""
    base: str = BASE
    """Initial weights: ``none``, ``lite0``, ``imagenet``, or the path of a checkpoint."""
    freeze: Literal["none", "body"] = "body"
    """``body``: heads are fitted on cached features, and weight decay is of the head alone."""
    weight_decays: tuple[float, ...] = (WITHOUT, 0.03, 0.1, 0.3, 0.5, 1.0)
    """The first stands for none and is what the others are compared with."""
    places: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    """Which weights decay, by architecture: ``all``, ``head``, ``body``; default: all of a trained network."""
    steps: dict[str, int] = field(default_factory=dict)
    """Optimiser steps, at most, by architecture, in place of ``max_steps``: deeper networks learn later."""
    label_smoothing: float = 0.1
    """Of the row with label smoothing; 0: no such row."""
    confidence_penalty: float = 0.3
    """Of the row with a confidence penalty; 0: no such row."""
    drop_rate: float = 0.5
    """Of the row with dropout before the last layer; 0: no such row."""
    outlier_exposure: float = 0.5
    """Of the row that learns from pictures of other product types as free outliers; 0: no such row."""
    exposure_share: float = 0.5
    """Free outliers, at most, per training picture; a network of that row gets as many more steps."""
    gate_threshold: float = 0.5
    """Least confidence of the product-type validator that lets a picture pass."""
    noisy: SyntheticSettings = field(default_factory=lambda: NOISY)
    """The drawn noisy set, where ``data`` is ``synthetic``; what it is filed under follows from the task."""
    coverages: tuple[float, ...] | None = None
    """Shares of the pictures that are answered, at which rows are compared; default: Table 4's. That of the validated row is
    added. Of one label against the rest these are as many as there are pictures of it, and as many as the plain classifier calls
    so; the default is no more."""
    resamples: int = 1000
    """Of the products, for intervals."""

    def __post_init__(self) -> None:
        if self.checkpoint is not None:
            raise InputError(
                f"checkpoint is {self.checkpoint}, but this suite compares networks with one another: bench outliers "
                "--checkpoint asks one network, and bench regularization --predictions A B … compares what several have answered"
            )
        if len(self.predictions) == 1:
            raise InputError(
                f"predictions is {self.predictions[0]}; give two files or more, first that of the network without a remedy"
            )
        super().__post_init__()
        self.check_unused({"threshold": None}, "each row answers from its own mean confidence on validation pictures")
        self._check_rows()
        self._check_steps()
        shares = [("gate_threshold", self.gate_threshold), *(("a coverage", value) for value in self.coverages or ())]
        for name, value in shares:
            if not 0 < value < 1:
                raise InputError(f"{name} is {value}; it must lie in (0, 1)")
        if self.tasks is not None and len(self.tasks) != 1:
            raise InputError(f"tasks are {list(self.tasks)}; this suite studies one classifier and its gate: name one task")
        if self.coverages == () and not self.one_label:
            raise InputError("coverages is empty; name at least one, or leave it out")
        if not 0 < self.exposure_share <= 10:
            raise InputError(f"exposure_share is {self.exposure_share}; it must lie in (0, 10]")
        if self.resamples < 100:
            raise InputError(f"resamples is {self.resamples}; an interval needs at least 100")

    def _check_rows(self) -> None:
        decays = self.weight_decays
        if not self.architectures or len(decays) < 2 or sorted(set(decays)) != list(decays) or decays[0] < 0:
            raise InputError(
                f"architectures {list(self.architectures)}, weight_decays {list(decays)}; name at least one architecture, and "
                "two different weight decays or more, the least first"
            )
        if self.freeze == "body":
            if self.base == "none":
                raise InputError("freeze is body and base is none; nothing is frozen without a base: name one (lite0, imagenet)")
            if decays[0] == 0:
                raise InputError(
                    f"weight_decays begin with 0: a head on a frozen network has no finite optimum then; use {WITHOUT:g}"
                )
            if any(set(of) != {"head"} for of in self.places.values()):
                raise InputError("places names weights of a frozen body, which do not change; leave it out")
        for architecture, places in self.places.items():
            if architecture not in self.architectures or not places or not set(places) <= {"all", "head", "body"}:
                raise InputError(
                    f"places of {architecture!r} are {list(places)}; name an architecture of this run, and all, head, body"
                )

    def _check_steps(self) -> None:
        if self.steps and not self.trains:
            raise InputError("steps says how long networks are trained, and heads on a frozen body are fitted; leave it out")
        for architecture, steps in self.steps.items():
            if architecture not in self.architectures or steps < 1:
                raise InputError(
                    f"steps of {architecture!r} is {steps}; name an architecture of this run ({', '.join(self.architectures)}), "
                    "and at least 1 step"
                )

    def _defaults(self) -> dict[str, Any]:
        found: dict[str, Any] = {"max_steps": 200} if self.drawn and self.trains else {}
        if not self.predictions:  # whose classes say it, when they are read
            found["coverages"] = () if self.one_label else COVERAGES
        return super()._defaults() | found

    def _needs_data(self) -> dict[str, Any]:
        fields = type(self).__dataclass_fields__
        idle = {name: fields[name].default for name in _OF_NETWORKS} | {"places": {}, "steps": {}}
        return super()._needs_data() | {"train_method": "pillow.bilinear", "noisy": NOISY, "synthetic": CATALOGUE} | idle

    @property
    def one_label(self) -> bool:
        """Whether one label is told from the rest."""
        return self.task != OWN_LABELS and self.task not in taxonomy.attributes()

    @property
    def trains(self) -> bool:
        """Whether networks are trained by optimiser steps; heads are fitted."""
        return super().trains and self.freeze != "body"

    def steps_of(self, architecture: str) -> int | None:
        """Optimiser steps of its networks, at most; -1: no limit."""
        return self.steps.get(architecture, self.max_steps)

    @property
    def paper_scale(self) -> bool:
        """Whether figures may be held against the paper's: every network is trained without a limit on the steps."""
        return super().paper_scale and not self.steps

    @property
    def bases(self) -> tuple[str, ...]:
        """The one of all networks."""
        return (self.base,)

    @property
    def task(self) -> str:
        """The task that is studied, by name."""
        if self.named_tasks:
            return self.named_tasks[0]
        return PAPERS_TASK if self.drawn else OWN_LABELS

    def row(self, architecture: str, decay: float, place: Place = "all", drop_rate: float | None = None, **loss: float) -> Row:
        """A network of the grid, with what is added to its loss.

        Args:
            architecture: timm's name.
            decay: weight decay.
            place: of which weights.
            drop_rate: before the last layer; None: the architecture's own.
            loss: fields of the recipe.
        """
        if self.freeze == "body":
            recipe: Any = {"name": "paper", **loss} if loss else "paper"
            return Row(architecture, recipe, self.base, "body", penalty=decay, drop_rate=drop_rate)
        recipe = {"name": "paper", **loss}
        if decay > 0:
            recipe |= {"weight_decay": decay} | ({} if place == "all" else {"decay_on": place})
        return Row(architecture, recipe if len(recipe) > 1 else "paper", self.base, drop_rate=drop_rate)

    def grid(self) -> Iterator[tuple[str, float, Place]]:
        """Architecture, weight decay and place of every network of the grid, the one without weight decay first of its kind."""
        usual: tuple[Place, ...] = ("head",) if self.freeze == "body" else ("all",)
        for architecture in self.architectures:
            places = self.places.get(architecture, usual)
            yield architecture, self.weight_decays[0], places[0]
            for place in places:
                for decay in self.weight_decays[1:]:
                    yield architecture, decay, place
