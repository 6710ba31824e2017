"""How well the model of the surface foretells changes in conditions that it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from robustfashion.bench import measures as shared
from robustfashion.bench.sensitivity.model import FULL, MODELS, Event, Fitted, Lines, fit
from robustfashion.stats import Estimate, FloatArray, group_resamples, share_bootstrap

RESAMPLES = 400
BINS = 10


@dataclass(frozen=True)
class Foretold:
    """Lines that were foretold by models that were fitted on other conditions."""

    held_out: str
    """What each model had not seen: ``condition``, or ``kind of network``."""
    probability: FloatArray
    """By line [m]; NaN: no model could be fitted without it."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """Lines with a probability: [m]."""
        return np.isfinite(self.probability)


@dataclass(frozen=True)
class Judged:
    """Quality of foretold probabilities; intervals are over products, of these conditions and networks and of no others."""

    auc: Estimate
    log_loss: Estimate
    base: float
    """Log loss of a model that knows the share of changes in the lines it was fitted on, and nothing else."""
    slope: Estimate
    """Of a logistic regression of the changes on the foretold log odds: 1 where these are as spread as they should be."""
    intercept: Estimate
    """Of the log odds with slope 1: 0 where as many change as were foretold, above: more do."""


def foretell(lines: Lines, event: Event, model: str, labels: Sequence[str], what: str) -> Foretold:
    """Foretell each label's lines by models that have seen neither the label nor the products.

    Conditions may share pictures: each half of a label's products is foretold by a model of the other labels' other half.

    Args:
        lines: of all cells.
        event: what is foretold.
        model: of :data:`~robustfashion.bench.sensitivity.model.MODELS`.
        labels: of each cell: its condition, or its kind.
        what: the labels are, in words.
    """
    found = np.full(len(lines), np.nan)
    half = lines.products % 2
    for label in dict.fromkeys(labels):
        out = lines.of(labels, label)
        for fold in (0, 1):
            asked, rows = out & (half == fold), ~out & (half != fold)
            changed = lines.changed[event][rows]
            if changed.any() and not changed.all():
                found[asked] = _fitted(lines, rows, event, model).probability(lines.columns[asked])
    return Foretold(what, found)


def _fitted(lines: Lines, rows: NDArray[np.bool_], event: Event, model: str) -> Fitted:
    return fit(lines.columns[rows], lines.changed[event][rows], MODELS[model])


def whole(lines: Lines, event: Event) -> Fitted | None:
    """The model of all lines, which figures show; None where nothing or everything changes."""
    changed = lines.changed[event]
    return None if changed.all() or not changed.any() else fit(lines.columns, changed, MODELS[FULL[event]])


def base_rate(lines: Lines, event: Event, labels: Sequence[str]) -> FloatArray:
    """Share of changes among the lines of all other labels, by line [m]: what is known without looking."""
    found = np.full(len(lines), np.nan)
    for label in dict.fromkeys(labels):
        out = lines.of(labels, label)
        if (~out).any():
            found[out] = lines.changed[event][~out].mean()
    return found


def judge(lines: Lines, event: Event, foretold: Foretold, base: FloatArray) -> Judged | None:
    """AUC, log loss and calibration of what was foretold; None where nothing (or everything) of it changes."""
    known = foretold.known
    p, y = foretold.probability[known], lines.changed[event][known]
    if not y.any() or y.all():
        return None
    weights, member = group_resamples(lines.products[known].tolist(), shared.BOOTSTRAP_SEED, RESAMPLES)
    drawn = [weights[k][member] for k in range(RESAMPLES)]
    losses, ordered = _losses(p, y), _Ranked(p, y)
    return Judged(
        _estimate(ordered.auc(np.ones(len(p))), [ordered.auc(w) for w in drawn], len(p)),
        _estimate(float(losses.mean()), [float(w @ losses / w.sum()) for w in drawn], len(p)),
        float(_losses(base[known], y).mean()),
        *_calibration(p, y, weights, member),
    )


def _estimate(value: float, drawn: Sequence[float], n: int) -> Estimate:
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Estimate(value, min(value, float(low)), max(value, float(high)), n)


def _losses(p: FloatArray, y: NDArray[np.bool_]) -> FloatArray:
    sure = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(-np.where(y, np.log(sure), np.log1p(-sure)))


class _Ranked:
    """Weighted area under the ROC curve of one ranking under many weights; ties count half."""

    def __init__(self, p: FloatArray, y: NDArray[np.bool_]) -> None:
        self.order = np.argsort(p, kind="stable")
        ranked = p[self.order]
        self.starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
        self.changed = y[self.order]

    def auc(self, weights: FloatArray) -> float:
        """Probability that a line that changes ranks above one that does not; NaN where one sort is absent."""
        of = weights[self.order]
        up = np.add.reduceat(np.where(self.changed, of, 0.0), self.starts)
        down = np.add.reduceat(np.where(self.changed, 0.0, of), self.starts)
        below = np.cumsum(down) - down
        total = up.sum() * down.sum()
        return float(up @ (below + down / 2) / total) if total > 0 else float("nan")


def _calibration(
    p: FloatArray, y: NDArray[np.bool_], weights: FloatArray, member: NDArray[np.int64]
) -> tuple[Estimate, Estimate]:
    """Slope and intercept of the changes on the foretold log odds, by Newton's method; errors are robust to products."""
    odds = np.log(np.clip(p, 1e-6, 1 - 1e-6) / np.clip(1 - p, 1e-6, 1))
    groups = weights.shape[1]
    slope = _newton(np.column_stack([np.ones(len(p)), odds]), y, np.zeros(len(p)), member, groups)
    shift = _newton(np.ones((len(p), 1)), y, odds, member, groups)
    # Errors of few products are too small by about so much, and heavier in their tails (Cameron & Miller 2015).
    errors, n = float(scipy_stats.t.isf(0.025, max(groups - 1, 1))) * np.sqrt(groups / max(groups - 1, 1)), len(p)
    return _around(slope[0][1], errors * slope[1][1], n), _around(shift[0][0], errors * shift[1][0], n)


def _around(value: float, half: float, n: int) -> Estimate:
    return Estimate(float(value), float(value - half), float(value + half), n)


def _newton(
    x: FloatArray, y: NDArray[np.bool_], offset: FloatArray, member: NDArray[np.int64], groups: int
) -> tuple[FloatArray, FloatArray]:
    """Logistic regression without a penalty: coefficients [c], and standard errors [c] that are robust to products."""
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        mu = 1 / (1 + np.exp(-np.clip(offset + x @ beta, -30, 30)))
        information = (x * (mu * (1 - mu))[:, None]).T @ x + 1e-9 * np.eye(len(beta))
        step = np.linalg.solve(information, x.T @ (y - mu))
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    scores = np.zeros((groups, len(beta)))
    np.add.at(scores, member, x * (y - mu)[:, None])
    bread = np.linalg.inv(information)
    return beta, np.sqrt(np.diag(bread @ (scores.T @ scores) @ bread))


@dataclass(frozen=True)
class Bin:
    """Lines of like probability."""

    expected: float
    """Mean foretold probability."""
    observed: Estimate
    """Share that changed."""


def calibration_curve(lines: Lines, event: Event, foretold: Foretold) -> list[Bin]:
    """Expected against observed shares in bins of equally many lines; bins of one probability are joined."""
    rows = np.flatnonzero(foretold.known)
    order = rows[np.argsort(foretold.probability[rows], kind="stable")]
    found = []
    for part in np.array_split(order, BINS):
        if len(part):
            found.append(Bin(float(foretold.probability[part].mean()), observed(lines, event, part)))
    return found


def observed(lines: Lines, event: Event, rows: NDArray[np.int64]) -> Estimate:
    """Share of some lines that change; products resampled."""
    changed = lines.changed[event][rows].astype(np.float64)[:, None]
    (share,) = share_bootstrap(changed, np.ones_like(changed), lines.products[rows].tolist(), shared.BOOTSTRAP_SEED)
    if share is None:
        raise ValueError("no lines")
    return share
