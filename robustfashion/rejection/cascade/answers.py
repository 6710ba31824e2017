"""What the networks of a cascade said of pictures, and the same with what the pictures truly are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.decisions import rest_of
from robustfashion.errors import InputError, printable
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.cascade.registry import Floats, type_confidence
from robustfashion.stats import FloatArray

MAX_SOFTMAX = "max_softmax"
"""The score whose confidence is a probability."""


@dataclass(frozen=True)
class Answers:
    """Answers of an attribute classifier and of the validators before it. Made by :meth:`of` or :meth:`scored`.

    Raises:
        InputError: NaN or infinite values, lengths that do not fit, class numbers that there are not, confidences of
            validators outside 0..1.
    """

    classes: tuple[str, ...]
    predicted: NDArray[np.int64]
    """Class numbers [n]."""
    confidence: Floats
    """[n]; higher = surer. The largest probability, or minus the score; compared in its own precision."""
    gates: Mapping[str, Floats]
    """By validator: P(the picture is of its type) [n] in 0..1."""
    score: str = MAX_SOFTMAX
    """What the confidence comes from."""
    probability: Floats | None = None
    """P(predicted class, given the type) [n] in 0..1, for the soft gate; None: not known."""

    def __post_init__(self) -> None:
        n = len(self.predicted)
        if n and not 0 <= self.predicted.min() <= self.predicted.max() < len(self.classes):
            raise InputError(
                f"predicted classes are {self.predicted.min()} to {self.predicted.max()} of {len(self.classes)} classes"
            )
        _checked("confidence of the attribute classifier", self.confidence, n, within=self.score == MAX_SOFTMAX)
        if self.probability is not None:
            _checked("probability of the attribute classifier", self.probability, n, within=True)
        for name, values in self.gates.items():
            _checked(f"confidence of the validator {printable(name)!r:.80}", values, n, within=True)

    @classmethod
    def of(cls, probabilities: Floats, classes: Sequence[str], gates: Mapping[str, Floats]) -> "Answers":
        """From probabilities [n, k]: the confidence is the largest; the lower class number wins a tie.

        Raises:
            InputError: probabilities that are not [n, k], and as the class.
        """
        _check_table(probabilities, classes)
        top = np.asarray(probabilities.max(axis=1, initial=0.0))
        predicted = np.asarray(probabilities.argmax(axis=1), np.int64)
        return cls(tuple(classes), predicted, top, dict(gates), probability=top)

    @classmethod
    def scored(
        cls, probabilities: Floats, classes: Sequence[str], gates: Mapping[str, Floats], score: FloatArray, name: str
    ) -> "Answers":
        """From probabilities [n, k] and a score of rejection [n] (higher = more likely to be refused), such as ``energy``.

        Raises:
            InputError: as :meth:`of`; a score called ``max_softmax``, whose confidence is the probability itself.
        """
        if name == MAX_SOFTMAX:
            raise InputError(f"score is {name}: its confidence is the largest probability itself; leave the score out")
        answers = cls.of(probabilities, classes, gates)
        return replace(answers, confidence=-np.asarray(score), score=name)

    @property
    def rest(self) -> int | None:
        """Number of the class that is no tag (``other`` of two), or None."""
        return rest_of(self.classes)

    def take(self, rows: NDArray[Any]) -> "Answers":
        """The given rows (numbers or a mask)."""
        probability = None if self.probability is None else self.probability[rows]
        gates = {name: values[rows] for name, values in self.gates.items()}
        return replace(
            self, predicted=self.predicted[rows], confidence=self.confidence[rows], gates=gates, probability=probability
        )


@dataclass(frozen=True)
class Case:
    """Pictures of which the truth is known, as they went through an attribute classifier and its validators.

    Raises:
        InputError: no pictures, lengths that do not fit, an id twice, an ordinary picture without label, an outlier with one.
    """

    ids: tuple[str, ...]
    products: tuple[str, ...]
    """Product of each picture [n]."""
    truth: NDArray[np.int64]
    """Class numbers [n]; -1 for outliers."""
    outlier: NDArray[np.bool_]
    kinds: tuple[str | None, ...]
    """Tier and kind of each outlier (``near/clock``), None for ordinary pictures."""
    answers: Answers

    def __post_init__(self) -> None:
        n = len(self.ids)
        lengths = [len(part) for part in (self.products, self.truth, self.outlier, self.kinds, self.answers.predicted)]
        if not n or any(length != n for length in lengths):
            raise InputError(
                f"{n} ids; products, truth, outlier, kinds and answers have {lengths} rows; give as many of each, one at least"
            )
        if len(set(self.ids)) < n:
            twice, _ = Counter(self.ids).most_common(1)[0]
            raise InputError(f"picture {printable(twice)!r:.120} is there twice")
        wrong = np.flatnonzero((self.truth == -1) != self.outlier)
        if len(wrong):
            row = int(wrong[0])
            why = "is an outlier with a label" if self.outlier[row] else "is ordinary and has no label"
            raise InputError(f"picture {printable(self.ids[row])!r:.120} {why}; truth is -1 for outliers and for them only")
        if not -1 <= self.truth.min() <= self.truth.max() < len(self.answers.classes):
            raise InputError(f"truth is {self.truth.min()} to {self.truth.max()} for {len(self.answers.classes)} classes")

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether the attribute classifier's class is the true one [n]; never for outliers."""
        return np.asarray(self.answers.predicted == self.truth)

    @property
    def is_rest(self) -> NDArray[np.bool_]:
        """Whether the attribute classifier says that the picture is none of the labels [n]: no tag, however sure it is."""
        rest = self.answers.rest
        return np.zeros(len(self.ids), np.bool_) if rest is None else np.asarray(self.answers.predicted == rest)

    def take(self, rows: NDArray[Any]) -> "Case":
        """The given rows (numbers or a mask)."""
        index = np.arange(len(self.ids))[rows]
        return Case(
            tuple(self.ids[i] for i in index), tuple(self.products[i] for i in index), self.truth[index], self.outlier[index],
            tuple(self.kinds[i] for i in index), self.answers.take(index),
        )  # fmt: skip


def case_of(
    table: PredictionTable, validators: Mapping[str, PredictionTable], score: FloatArray | None = None, name: str = MAX_SOFTMAX
) -> Case:
    """A case from the prediction tables of an attribute classifier and its validators, joined by id.

    Args:
        table: of the attribute classifier, with outlier kinds; what labels outliers carry is ignored.
        validators: by product type; each with the same pictures, in any order.
        score: of the attribute classifier's rows [n], higher = more likely to be refused; None: max softmax.
        name: of the score.

    Raises:
        InputError: other pictures in a validator's table, a validator without its type, and as :class:`Case`.
    """
    gates = {kind: _joined(table.ids, kind, validator) for kind, validator in validators.items()}
    if score is None:
        answers = Answers.of(table.probabilities, table.classes, gates)
    else:
        answers = Answers.scored(table.probabilities, table.classes, gates, score, name)
    kinds = table.outlier_kinds or (None,) * len(table.ids)
    outlier = np.array([kind is not None for kind in kinds], np.bool_)
    return Case(table.ids, table.products, np.where(outlier, -1, table.labels), outlier, kinds, answers)


def _joined(ids: tuple[str, ...], kind: str, validator: PredictionTable) -> Floats:
    """P(type) by a validator in the order of the ids."""
    confidence = type_confidence(validator.probabilities, validator.classes, kind)
    row = {one: i for i, one in enumerate(validator.ids)}
    if len(row) < len(validator.ids) or set(row) != set(ids):
        unlike = sorted(set(row) ^ set(ids))
        shown = f"{printable(unlike[0])!r:.120} is in one of them only" if unlike else "an id is there twice"
        raise InputError(
            f"the validator of {printable(kind)!r:.80} answered {len(validator.ids)} pictures, the attribute classifier "
            f"{len(ids)}: {shown}; ask both of the same pictures"
        )
    return np.asarray(confidence[[row[one] for one in ids]])


def _check_table(probabilities: Floats, classes: Sequence[str]) -> None:
    if probabilities.ndim != 2 or probabilities.shape[1] != len(classes):
        raise InputError(
            f"attribute probabilities have shape {list(probabilities.shape)} for {len(classes)} classes; give [n, k]"
        )
    if not np.isfinite(probabilities).all():
        row = int(np.flatnonzero(~np.isfinite(probabilities).all(axis=1))[0])
        raise InputError(f"attribute probabilities of row {row} hold NaN or infinity: the network diverged; train it again")


def _checked(what: str, values: Floats, n: int, *, within: bool) -> None:
    if np.shape(values) != (n,):
        raise InputError(f"{what} has shape {list(np.shape(values))} for {n} pictures; give [n]")
    bad = ~np.isfinite(values)
    if within:
        bad |= (values < 0) | (values > 1)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise InputError(f"{what} is {float(values[row])} in row {row}; it is {'in 0..1' if within else 'a finite number'}")
