"""What a score of rejection is: fitted on ordinary pictures once, then a number for each row of a prediction table."""

from typing import ClassVar, Literal, Protocol

from robustfashion.predictions import PredictionTable
from robustfashion.stats import FloatArray

Need = Literal["logits", "features", "last layer", "labels"]
"""What a score reads of the rows: labels of those that it is fitted on only."""

FitOn = Literal["nothing", "train", "validation"]
"""Which ordinary rows a score is fitted on: none, those that taught the network, or those that it has not seen."""


class FittedScore(Protocol):
    """Scores rows, each for itself: a row's score never depends on the others of its table."""

    def __call__(self, table: PredictionTable) -> FloatArray:
        """Scores float64 [n]; higher = more likely to be refused.

        Raises:
            InputError: the table has not what the score needs, or is of another network (classes, width of the features).
        """
        ...


class Score(Protocol):
    """A method with its hyper-parameters, which need no outlier to be chosen. ``SCORES`` has one class for each name."""

    name: ClassVar[str]
    """In ``SCORES``, results and files: ``max_softmax``."""
    title: ClassVar[str]
    """In reports: ``max softmax``."""
    source: ClassVar[str]
    """Paper: authors, title, venue and year, or what else defines it."""
    needs: ClassVar[frozenset[Need]]
    fit_on: ClassVar[FitOn]

    def fit(self, table: PredictionTable) -> FittedScore:
        """Fit on ordinary rows of the part that ``fit_on`` names; a score that learns nothing still checks what it needs.

        Raises:
            InputError: rows that are marked as outliers, too few rows, a class without any, or no features where some are needed.
        """
        ...
