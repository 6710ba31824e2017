"""Threshold rules: what each promises, and what it achieves on fresh pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from robustfashion.bench.outliers.scoring import Scored
from robustfashion.bench.outliers.study import Mask, Subject, label_told, outliers_of, tag_rows
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection import SCORES
from robustfashion.rejection.thresholds import AnyThreshold, Calibration, Promise, Rate, Threshold, parse_rule, rate
from robustfashion.rejection.thresholds.rates import drift_p_value, excess_p_value
from robustfashion.result import ColumnOf, Table, table_of
from robustfashion.stats import Estimate, FloatArray, holm

LEVEL = 0.05
"""Of the verdicts of a table together."""


@dataclass(frozen=True)
class Kept:
    """One rule on one score: its promise, and what came of it on the noisy set. Each product counts once."""

    rule: str
    score: str
    threshold: AnyThreshold | None
    reason: str = ""
    """Why there is no threshold."""
    refused: Rate | None = None
    """Share of the ordinary pictures that it refuses."""
    risk: Rate | None = None
    """Share wrong of the ordinary pictures that it accepts."""
    outliers: Rate | None = None
    """Share of outliers that it accepts."""
    achieved: Rate | None = None
    """What the promise is about; of a promise by class that of the class that speaks most against it."""
    of_class: str = ""
    """That class."""
    p_value: float | None = None
    """That the promise is kept, of a rule about single pictures; Holm-adjusted over the rules in :func:`kept`."""

    @property
    def promised(self) -> Promise | None:
        """None: nothing is promised."""
        return None if self.threshold is None else self.threshold.promise

    @property
    def verdict(self) -> str:
        """Whether the promise was kept, as far as so many pictures tell."""
        if self.threshold is None:
            return "n/a"
        if self.promised is None:
            return "promises nothing"
        if self.promised.what == "ordinary among refused":
            return "one batch: no verdict"
        if self.achieved is None or self.p_value is None:
            return "n/a"
        if self.p_value < LEVEL and self.achieved.value > self.promised.rate:
            return "broken"
        return "kept" if self.achieved.high <= self.promised.rate else "consistent with its promise"


def kept(subject: Subject, found: Scored, rules: Sequence[str], scores: Sequence[str]) -> list[Kept]:
    """Every rule on every score, set on the calibration pictures and judged on the noisy set."""
    lines = [_kept(subject, found, rule, score) for score in scores for rule in rules]
    tested = [k for k, line in enumerate(lines) if line.p_value is not None]
    for k, p_value in zip(tested, holm([line.p_value for line in lines if line.p_value is not None]), strict=True):
        lines[k] = replace(lines[k], p_value=p_value)
    return lines


def _kept(subject: Subject, found: Scored, rule: str, score: str) -> Kept:
    if score not in found.fitted:
        return Kept(rule, score, None, found.missing.get(score, "the score is not among those compared"))
    calibration = subject.calibration.take(tag_rows(subject.calibration))
    fresh = subject.noisy.take(tag_rows(subject.noisy))
    if not len(calibration.ids):
        return Kept(rule, score, None, "there are no pictures to set it on")
    fitted = found.fitted[score]
    known = Calibration.of(calibration, fitted(calibration), score)
    try:
        threshold = parse_rule(rule).calibrate(known)
    except InputError as error:
        return Kept(rule, score, None, str(error))
    return judged(rule, known.ordinary(), threshold, fresh, fitted(fresh))


def judged(rule: str, known: Calibration, threshold: AnyThreshold, fresh: PredictionTable, scores: FloatArray) -> Kept:
    """What a threshold does on fresh pictures.

    Args:
        rule: its text.
        known: the ordinary rows that it was set on.
        threshold: set on them.
        fresh: ordinary pictures and outliers whose class is a tag.
        scores: float64 [n], of the fresh ones.
    """
    accepted, outlier = threshold.accepts(scores, fresh.predicted), outliers_of(fresh)
    new = _Rows(accepted[~outlier], ~fresh.correct[~outlier], fresh.predicted[~outlier], _of(fresh.products, ~outlier))
    everything = np.ones(int(outlier.sum()), np.bool_)
    line = Kept(
        rule,
        threshold.score,
        threshold,
        "",
        new.refused,
        new.risk,
        rate(accepted[outlier], everything, _of(fresh.products, outlier)),
    )
    if threshold.promise is None or not len(new.accepted):
        return line
    if threshold.promise.what == "ordinary among refused":
        return replace(line, achieved=rate(~outlier & ~accepted, ~accepted, fresh.products))
    wrong = np.zeros(len(known), np.bool_) if known.wrong is None else known.wrong
    before = _Rows(threshold.accepts(known.scores, known.predicted), wrong, known.predicted, known.owners)
    return _held(line, threshold.promise, list(_parts(threshold, before, new)))


@dataclass(frozen=True)
class _Rows:
    """Ordinary rows at a threshold."""

    accepted: Mask
    wrong: Mask
    predicted: "np.ndarray"
    products: Sequence[str]

    @property
    def refused(self) -> Rate | None:
        """Share of them that is refused, each product counting once."""
        return rate(~self.accepted, np.ones(len(self.accepted), np.bool_), self.products)

    @property
    def risk(self) -> Rate | None:
        """Share of the accepted that is wrong, each product counting once."""
        return rate(self.wrong, self.accepted, self.products)

    def of_class(self, number: int) -> "_Rows":
        """Those of one predicted class."""
        rows = self.predicted == number
        return _Rows(self.accepted[rows], self.wrong[rows], self.predicted[rows], _of(self.products, rows))


def _parts(threshold: AnyThreshold, before: _Rows, new: _Rows) -> Iterator[tuple[str, _Rows, _Rows]]:
    """Rows within which the promise holds: all, or those of each class with a cut of its own."""
    if threshold.promise is None or not threshold.promise.by_class or not isinstance(threshold, Threshold):
        yield "", before, new
        return
    for number, name in enumerate(threshold.classes):
        if np.isfinite(threshold.by_class.get(name, -np.inf)):
            yield name, before.of_class(number), new.of_class(number)


def _held(line: Kept, promise: Promise, parts: Sequence[tuple[str, _Rows, _Rows]]) -> Kept:
    """The line with the part that speaks most against the promise.

    Refusals are tested by the law that they have over calibrations and new data together: the promise is of their average. A
    risk is tested against the promised one.
    """
    found: list[tuple[float, float, Rate, str]] = []
    for name, before, new in parts:
        if promise.what == "wrong among accepted":
            achieved = new.risk
            p_value = None if achieved is None else excess_p_value(achieved, promise.rate)
        else:
            achieved, then = new.refused, before.refused
            p_value = None if achieved is None or then is None else drift_p_value(then, achieved)
            if achieved is not None and achieved.value <= promise.rate:
                p_value = 1.0  # fewer are refused than was promised: no promise is broken by that
        if achieved is not None and p_value is not None:
            found.append((p_value, -achieved.value, achieved, name))
    if not found:
        return line
    p_value, _, achieved, name = min(found, key=lambda one: one[:2])
    return replace(line, achieved=achieved, of_class=name, p_value=min(1.0, p_value * len(found)))


def _of(products: Sequence[str], rows: Mask) -> list[str]:
    return [product for product, wanted in zip(products, rows.tolist(), strict=True) if wanted]


def _cell(found: Rate | None) -> Estimate | None:
    return None if found is None else Estimate(found.value, found.low, found.high, found.rows)


COLUMNS: list[ColumnOf[Kept]] = [
    ("Score", "text", "what refuses", lambda one: SCORES[one.score].title),
    ("Rule", "text", "as --rules and `models threshold --rule` take it", lambda one: one.rule),
    ("Promise", "text", "what the rule promises of new ordinary pictures",
     lambda one: str(one.promised) if one.promised else ("n/a" if one.reason else "nothing")),
    ("Promised", "share", "at most", lambda one: one.promised.rate if one.promised else None),
    ("Achieved", "share", "the promised share on the noisy set, which the threshold has not seen; of a promise by class that of "
     "the class that speaks most against it; each product counts once, exact interval", lambda one: _cell(one.achieved)),
    ("p (Holm)", "p", "of a promise on average: that as many are refused as of the pictures that set the threshold "
     "(beta-binomial, so that the chance of both draws is in it); of a promised risk: that it is no larger (binomial); by "
     "class times the number of classes; Holm-adjusted over the table", lambda one: one.p_value),
    ("Verdict", "text", f"broken: above the promise with p < {LEVEL:g}; kept: the whole interval is within the promise; of one "
     "batch the share of ordinary pictures among the refused proves nothing, for the promise is of an average over batches",
     lambda one: one.verdict),
    ("Refused", "share", "ordinary pictures of the noisy set that it refuses", lambda one: _cell(one.refused)),
    ("Wrong among accepted", "share", "ordinary pictures of the noisy set", lambda one: _cell(one.risk)),
    ("Outliers accepted", "share", "of the noisy set's outliers; no rule promises anything of them",
     lambda one: _cell(one.outliers)),
]  # fmt: skip
"""Of the table of rules."""


def rules_table(found: Sequence[Kept], subject: Subject) -> Table:
    """A line for each rule and score."""
    return table_of("rules", "Threshold rules: promised and achieved", found, COLUMNS, _note(found, subject))


def _note(found: Sequence[Kept], subject: Subject) -> str:
    """What the thresholds are set on, and why some lines are empty."""
    n = len(subject.calibration.ids)
    reasons = dict.fromkeys(f"{SCORES[one.score].title}, {one.reason}".rstrip(".") for one in found if one.reason)
    label = label_told(subject.noisy.classes)
    called = f"Set and judged on pictures called {label}; the deployed threshold heeds the others, too. " if label else ""
    classes = [f"{SCORES[one.score].title}, {one.rule}: {one.of_class}" for one in found if one.of_class]
    return (
        f"Thresholds are set on {n} ordinary pictures of {len(set(subject.calibration.products))} products that no network and "
        "no score has learned from. A promise with a confidence may be broken by as many calibrations as it says. "
        + called
        + (f"Classes that speak most against a promise: {'; '.join(classes)}. " if classes else "")
        + " ".join(f"n/a: {text}." for text in reasons)
    ).strip()
