"""Thresholds as objects: which rows they accept, what is promised of them, what they were calibrated on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from robustfashion.errors import InputError
from robustfashion.rejection.thresholds.calibration import Calibration, Classes, check_rows
from robustfashion.rejection.thresholds.rates import Mask, Rate, rate, share
from robustfashion.stats import FloatArray

What = Literal["ordinary refused", "wrong among accepted", "ordinary among refused"]


FORMAT = 1
"""Of the plain form."""


class NoThreshold(InputError):
    """A rule cannot be kept on these rows, and why. Suites print n/a with this reason; nothing is deployed in its stead."""


class TooFewRows(NoThreshold):
    """With so few rows a rule could not be kept whatever they were."""


@dataclass(frozen=True)
class Promise:
    """An upper bound of a share on new pictures of the same kind, each product counting once."""

    what: What
    rate: float
    """At most this, in 0..1."""
    confidence: float | None = None
    """Share of calibrations that keep it, at least; None: it is kept on average over calibrations."""
    by_class: bool = False
    """Within each predicted class that has a cut of its own, each by itself."""

    def __str__(self) -> str:
        share = f"{100 * self.rate:.4g} %"
        text = {
            "ordinary refused": f"at most {share} of ordinary pictures are refused",
            "wrong among accepted": f"at most {share} of accepted ordinary pictures are wrong",
            "ordinary among refused": f"at most {share} of the refused of a batch are ordinary",
        }[self.what]
        how = "on average" if self.confidence is None else f"with confidence {100 * self.confidence:.4g} %"
        return f"{text}, {how}{', in each class with a cut of its own' if self.by_class else ''}"


@dataclass(frozen=True)
class Threshold:
    """A row is accepted when its score is at most the cut of its predicted class, whatever the other rows are."""

    score: str
    """Name of the score that the cuts are on."""
    rule: str
    """Text of the rule that set it, as :func:`robustfashion.rejection.thresholds.parse_rule` reads it; or where it comes from."""
    classes: tuple[str, ...]
    overall: float
    """Cut of classes without one of their own; finite."""
    by_class: Mapping[str, float] = field(default_factory=dict)
    """By class name; minus infinity: nothing of this class is accepted."""
    promise: Promise | None = None
    """None: the rule promises nothing."""
    rows: int = 0
    """Ordinary rows that it was calibrated on."""
    products: int = 0
    refused: Rate | None = None
    """Share of these that it refuses; None: not calibrated."""
    risk: Rate | None = None
    """Share wrong of those that it accepts; too good where the rule has chosen by it. None: not known, or none is accepted."""
    on_new_data: tuple[float, float] | None = None
    """95 % interval of the share of new ordinary pictures that it refuses, given the size of the calibration; None: not known."""
    notes: tuple[str, ...] = ()
    """In words: classes that fell back to the overall cut, assumptions."""

    def __post_init__(self) -> None:
        if not np.isfinite(self.overall):
            raise InputError(f"the cut of {self.score} is {self.overall}; give a number")
        for name, cut in self.by_class.items():
            if name not in self.classes:
                raise InputError(f"a cut is of class {name!r}; the classes are {', '.join(self.classes[:10])}")
            if np.isnan(cut) or cut == np.inf:
                raise InputError(f"the cut of class {name!r} is {cut}; give a number, or minus infinity to refuse the class")

    @property
    def cuts(self) -> FloatArray:
        """Cut of each class, float64 [k]."""
        return np.array([self.by_class.get(name, self.overall) for name in self.classes], np.float64)

    def accepts(self, scores: FloatArray, predicted: Classes) -> Mask:
        """Which rows are accepted: scores float64 [n], predicted class numbers int64 [n] -> bool [n].

        Raises:
            InputError: NaN scores, other lengths, a class that there is not.
        """
        check_rows(scores, predicted, self.classes)
        return np.asarray(scores <= self.cuts[predicted], dtype=np.bool_)

    def plain(self) -> dict[str, Any]:
        """Plain values for JSON and YAML, which ``read_threshold`` reads; a class that is refused wholly has the cut None."""
        cuts = {name: None if cut == -np.inf else float(cut) for name, cut in self.by_class.items()}
        new = None if self.on_new_data is None else list(self.on_new_data)
        return {"format": FORMAT, "kind": "rows"} | _listed(asdict(self)) | {"by_class": cuts, "on_new_data": new}

    def __str__(self) -> str:
        own = "".join(f", {name} {_cut(cut)}" for name, cut in self.by_class.items())
        return f"{self.score} {_cut(self.overall)}{own} ({self.rule}{_history(self)})"


@dataclass(frozen=True)
class BatchThreshold:
    """Conformal p-values against ordinary rows, Benjamini–Hochberg over a batch: which rows it refuses depends on the batch.

    Source: Bates, Candès, Lei, Romano & Sesia, *Testing for outliers with conformal p-values*, Annals of Statistics 2023.
    """

    score: str
    rule: str
    classes: tuple[str, ...]
    level: float
    """False discovery rate, in (0, 1): share of ordinary pictures among the refused of a batch, on average over batches."""
    reference: tuple[float, ...]
    """Scores of calibration rows, one a product, ascending."""
    promise: Promise
    rows: int
    products: int
    notes: tuple[str, ...] = ()

    def p_values(self, scores: FloatArray, seed: int | None = None) -> FloatArray:
        """How unusual each score is among ordinary ones: float64 [n] -> float64 [n] in (0, 1].

        Args:
            scores: of new rows.
            seed: of the draws that break ties; None: ties count against unusual, which is valid and more careful.

        Raises:
            InputError: NaN scores.
        """
        check_rows(scores, np.zeros(len(scores), np.int64), self.classes)
        known = np.asarray(self.reference)
        above = len(known) - np.searchsorted(known, scores, side="right")
        same = len(known) - above - np.searchsorted(known, scores, side="left")
        part = np.ones(len(scores)) if seed is None else 1 - np.random.default_rng(seed).random(len(scores))
        return np.asarray((above + part * (same + 1)) / (len(known) + 1), dtype=np.float64)

    def accepts(self, scores: FloatArray, predicted: Classes) -> Mask:
        """Which rows of this batch are accepted: scores float64 [n], predicted class numbers int64 [n] -> bool [n].

        Raises:
            InputError: NaN scores, other lengths, a class that there is not.
        """
        check_rows(scores, predicted, self.classes)
        return ~benjamini_hochberg(self.p_values(scores), self.level)

    def plain(self) -> dict[str, Any]:
        """Plain values for JSON and YAML, which ``read_threshold`` reads."""
        return {"format": FORMAT, "kind": "batch"} | _listed(asdict(self))

    def __str__(self) -> str:
        return f"{self.score} against {len(self.reference)} ordinary pictures, by batches ({self.rule}; promised: {self.promise})"


AnyThreshold = Threshold | BatchThreshold


def benjamini_hochberg(p_values: FloatArray, level: float) -> Mask:
    """Which hypotheses are rejected at a false discovery rate (Benjamini & Hochberg 1995): [n] -> bool [n]."""
    n = len(p_values)
    ordered = np.sort(p_values)
    # A p-value is a multiple of 1 / (rows + 1): it may meet its limit exactly, and rounding must not decide.
    below = np.flatnonzero(ordered <= level * np.arange(1, n + 1) / max(n, 1) * (1 + 1e-12))
    return np.asarray(p_values <= ordered[below[-1]]) if len(below) else np.zeros(n, np.bool_)


def calibrated(
    calibration: Calibration,
    rule: str,
    overall: float,
    promise: Promise | None = None,
    by_class: Mapping[str, float] | None = None,
    notes: Sequence[str] = (),
) -> Threshold:
    """A threshold with what it does on the ordinary rows of its calibration."""
    rows = calibration.ordinary()
    bare = Threshold(rows.score, rule, rows.classes, overall, by_class or {})
    accepted = bare.accepts(rows.scores, rows.predicted)
    owners = rows.owners
    return Threshold(
        rows.score, rule, rows.classes, overall, by_class or {}, promise, len(rows), len(set(owners)),
        share(~accepted, owners), None if rows.wrong is None else rate(rows.wrong, accepted, owners),
        notes=tuple(notes),
    )  # fmt: skip


def _listed(values: Mapping[str, Any]) -> dict[str, Any]:
    """With lists for tuples, as JSON would give them back."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _cut(value: float) -> str:
    return "never" if value == -np.inf else f"<= {value:.6g}"


def _history(threshold: Threshold) -> str:
    promised = "" if threshold.promise is None else f"; promised: {threshold.promise}"
    if threshold.refused is None:
        return promised
    return (
        f"{promised}; of {threshold.rows} calibration pictures of {threshold.products} products it refuses {threshold.refused}"
        f"{'' if threshold.risk is None else f', of the accepted {threshold.risk} are wrong'}"
    )
