"""Threshold rules: what each promises, and what it achieves on fresh pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.outliers.scoring import Scored
from robustfashion.bench.outliers.study import Mask, Subject, outliers_of, tag_rows
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection import SCORES
from robustfashion.rejection.thresholds import AnyThreshold, Calibration, Promise, parse_rule
from robustfashion.result import Cell, Column, Table
from robustfashion.stats import Estimate, FloatArray, share_bootstrap


@dataclass(frozen=True)
class Kept:
    """One rule on one score: its promise, and what came of it on the noisy set."""

    rule: str
    score: str
    threshold: AnyThreshold | None
    reason: str = ""
    """Why there is no threshold."""
    refused: Estimate | None = None
    """Share of the ordinary pictures that it refuses."""
    risk: Estimate | None = None
    """Share wrong of the ordinary pictures that it accepts."""
    discoveries: Estimate | None = None
    """Share of ordinary pictures among all that it refuses."""
    outliers: Estimate | None = None
    """Share of outliers that it accepts."""

    @property
    def promised(self) -> Promise | None:
        """None: nothing is promised."""
        return None if self.threshold is None else self.threshold.promise

    @property
    def achieved(self) -> Estimate | None:
        """What the promise is about."""
        if self.promised is None:
            return None
        return {"ordinary refused": self.refused, "wrong among accepted": self.risk, "ordinary among refused": self.discoveries}[
            self.promised.what
        ]

    @property
    def verdict(self) -> str:
        """Whether the promise was kept, as far as the interval tells.

        The interval is of this threshold; what is promised on average over calibrations is not broken by one of them.
        """
        if self.threshold is None:
            return "n/a"
        if self.promised is None:
            return "promises nothing"
        if self.achieved is None:
            return "n/a"
        if self.achieved.high <= self.promised.rate:
            return "kept"
        if self.achieved.low <= self.promised.rate:
            return "consistent with its promise"
        return "above it this time" if self.promised.confidence is None else "broken"


def kept(subject: Subject, found: Scored, rules: Sequence[str], scores: Sequence[str]) -> list[Kept]:
    """Every rule on every score, set on the calibration pictures and judged on the noisy set."""
    return [_kept(subject, found, rule, score) for score in scores for rule in rules]


def _kept(subject: Subject, found: Scored, rule: str, score: str) -> Kept:
    if score not in found.fitted:
        return Kept(rule, score, None, found.missing.get(score, "the score is not among those compared"))
    calibration = subject.calibration.take(tag_rows(subject.calibration))
    fresh = subject.noisy.take(tag_rows(subject.noisy))
    if not len(calibration.ids):
        return Kept(rule, score, None, "there are no pictures to set it on")
    fitted = found.fitted[score]
    try:
        threshold = parse_rule(rule).calibrate(Calibration.of(calibration, fitted(calibration), score))
    except InputError as error:
        return Kept(rule, score, None, str(error))
    return _judged(rule, score, threshold, fresh, threshold.accepts(fitted(fresh), fresh.predicted))


def _judged(rule: str, score: str, threshold: AnyThreshold, fresh: PredictionTable, accepted: Mask) -> Kept:
    outlier = outliers_of(fresh)
    ordinary, wrong = ~outlier, ~outlier & ~fresh.correct
    pairs = [
        (ordinary & ~accepted, ordinary),
        (wrong & accepted, ordinary & accepted),
        (ordinary & ~accepted, ~accepted),
        (outlier & accepted, outlier),
    ]
    above, among = (np.stack([pair[i] for pair in pairs], axis=1).astype(np.float64) for i in (0, 1))
    return Kept(rule, score, threshold, "", *_shares(above, among, fresh.products))


def _shares(above: FloatArray, among: FloatArray, products: Sequence[str]) -> list[Estimate | None]:
    found = share_bootstrap(above, among, products, shared.BOOTSTRAP_SEED)
    sizes = among.sum(axis=0).astype(int)
    return [None if e is None else Estimate(e.value, e.low, e.high, int(n)) for e, n in zip(found, sizes, strict=True)]


def rules_table(found: Sequence[Kept], subject: Subject) -> Table:
    """A line for each rule and score."""
    columns = [
        Column("Score", "text", "what refuses"),
        Column("Rule", "text", "as --rules and `models threshold --rule` take it"),
        Column("Promise", "text", "what the rule promises of new ordinary pictures"),
        Column("Promised", "share", "at most"),
        Column("Achieved", "share", "the promised share on the noisy set, which the threshold has not seen; products resampled"),
        Column(
            "Verdict",
            "text",
            "kept: the whole interval is within the promise; broken: none of it is; above it this time: none of it "
            "is, of a promise that holds on average over calibrations, of which this is one",
        ),
        Column("Refused", "share", "ordinary pictures of the noisy set that it refuses"),
        Column("Wrong among accepted", "share", "ordinary pictures of the noisy set"),
        Column("Outliers accepted", "share", "of the noisy set's outliers; no rule promises anything of them"),
    ]
    rows: list[list[Cell]] = []
    for one in found:
        promise = one.promised
        told = str(promise) if promise else ("n/a" if one.reason else "nothing")
        rows.append([
            SCORES[one.score].title, one.rule, told, promise.rate if promise else None,
            one.achieved, one.verdict, one.refused, one.risk, one.outliers,
        ])  # fmt: skip
    n = len(subject.calibration.ids)
    reasons = dict.fromkeys(f"{SCORES[one.score].title}, {one.reason}".rstrip(".") for one in found if one.reason)
    note = (
        f"Thresholds are set on {n} ordinary pictures of {len(set(subject.calibration.products))} products that no "
        f"network and no score "
        "has learned from. A promise holds on average or with its confidence over many calibrations, and of one draw the "
        "achieved "
        "rate may miss it a little. " + " ".join(f"n/a: {text}." for text in reasons)
    )
    return Table("rules", "Threshold rules: promised and achieved", columns, rows, note)
