"""One condition of the design: how its networks differ from the suite's own defaults, and which factor that is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.settings import OF_STEPS, ExperimentSettings
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError

if TYPE_CHECKING:
    from robustfashion.bench.sensitivity.settings import SensitivitySettings

LEAST_TRAINING = 20
"""Training pictures below which nothing is learnt that a study could be of."""


@dataclass(frozen=True)
class Condition:
    """A row of the design. What is None or empty is the suite's own."""

    label: str
    """Its name in tables, figures and the design."""
    row: Row | None = None
    """How the networks are made: architecture, recipe, base, freeze, …"""
    tasks: tuple[str, ...] | None = None
    """What is told, networks for each."""
    training_pictures: int | None = None
    """Pictures that are learnt from, at most: whole products in the order of a hash, so that the smaller choice is part of the
    larger one."""
    canvas: int | None = None
    """Side of the white square before the last resize, in px."""
    size: int | None = None
    """Side of the network's input, in px: canvas / size is the reduction of the last resize."""
    train_method: str | None = None
    """Preprocessing of the training pictures, its policy included."""
    max_steps: int | None = None
    """Optimiser steps, at most; -1: no limit."""
    max_epochs: int | None = None
    """Passes over the training pictures, at most; where it is given and ``max_steps`` is not, steps are not limited."""
    drawn: dict[str, Any] = field(default_factory=dict)
    """Dials of the drawn catalogue that differ, as ``{fine_pattern_share: 1.0}``."""
    serve: tuple[str, ...] = ()
    """Serving methods beyond the common ones."""
    seeds: tuple[int, ...] | None = None
    """One network for each of these and each task."""
    expected: bool = False
    """Stated before anything is trained: the mechanism under test predicts its loss here."""

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise InputError("conditions: a label is empty; name what differs")
        if self.training_pictures is not None and self.training_pictures < LEAST_TRAINING:
            raise InputError(
                f"condition {self.label}: training_pictures is {self.training_pictures}; it must be at least {LEAST_TRAINING}"
            )
        for name in ("tasks", "seeds"):
            if getattr(self, name) == ():
                raise InputError(f"condition {self.label}: {name} is empty; name at least one, or leave it out")

    def synthetic(self, usual: SyntheticSettings) -> SyntheticSettings:
        """The drawn catalogue of this condition.

        Args:
            usual: the suite's own, of which the fields of ``drawn`` are replaced.

        Raises:
            InputError: a field that there is not, or a value that it refuses.
        """
        known = [of.name for of in fields(SyntheticSettings)]
        unknown = sorted(set(self.drawn) - set(known))
        if unknown:
            raise InputError(f"condition {self.label}: drawn names {unknown[0]!r}; dials are {', '.join(known)}")
        try:
            return replace(usual, **self.drawn)
        except (InputError, TypeError) as error:
            raise InputError(f"condition {self.label}: {error}") from error

    def settings(self, suite: "SensitivitySettings") -> "SensitivitySettings":
        """The suite's settings with what differs here.

        Raises:
            InputError: a value that settings refuse.
        """
        changed: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("tasks", "canvas", "size", "train_method", "max_steps", "max_epochs", "seeds")
            if getattr(self, name) is not None
        }
        if self.train_method is not None and self.size is None:  # another policy has a size of its own
            changed["size"] = None
        if self.max_epochs is not None and self.max_steps is None and not (suite.row_of(self)).on_trunk:
            changed["max_steps"] = -1
        if self.tasks is not None:
            changed["positive"] = None
        row = suite.row_of(self)
        if row.on_trunk:  # whose heads know no steps; a number that the condition itself names is refused
            changed = {name: ExperimentSettings.__dataclass_fields__[name].default for name in OF_STEPS} | changed
        serve = tuple(dict.fromkeys((*suite.serve_methods, *self.serve)))
        try:
            found = replace(
                suite, conditions=(), row=row, serve_methods=serve, synthetic=self.synthetic(suite.synthetic), **changed
            )
            learnt = () if suite.forecasts else [found.preprocessing(text).name for text in row.methods(found.train_method)]
        except InputError as error:
            text = str(error)
            raise InputError(text if text.startswith("condition ") else f"condition {self.label}: {text}") from error
        if learnt and found.train_method not in learnt:  # every change would be one from pixels that it never saw
            raise InputError(
                f"condition {self.label}: its networks learn from {', '.join(learnt)}, and train_method is {found.train_method}, "
                f"which they would never see; name train_method: {learnt[0]}"
            )
        return found


def check_labels(conditions: Sequence[Condition]) -> None:
    """Refuse two conditions of one name.

    Raises:
        InputError: there are two.
    """
    labels = [condition.label for condition in conditions]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise InputError(f"conditions: two are called {twice[0]!r}; tables need different labels")
