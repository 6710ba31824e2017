"""Heads under other losses than plain cross-entropy: the ways to keep a network from being too sure, on cached features.

Minimised by L-BFGS, not by steps of SGD, so that a head is the optimum of its loss and not of a schedule.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax

from robustfashion.errors import InputError

Matrix = NDArray[np.float64]

MASKS = 8
"""Dropout masks of each row: the expected loss over masks is taken as the mean over these, drawn once."""
_MASK_SEED = 2012


@dataclass(frozen=True)
class Regularisers:
    """What is added to the cross-entropy, as in :class:`~robustfashion.models.recipes.Recipe`; 0 = not."""

    label_smoothing: float = 0.0
    """Share of the target that is spread over all classes."""
    confidence_penalty: float = 0.0
    """Weight of the mean entropy, in nats, which is subtracted."""
    outlier_exposure: float = 0.0
    """Weight of the free outliers' mean cross-entropy with the uniform distribution."""
    drop_rate: float = 0.0
    """Share of the standardised features that is set to 0, their mean; the others grow by 1 / (1 − share)."""

    def __post_init__(self) -> None:
        for name in ("label_smoothing", "drop_rate"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(f"{name} of a head is {getattr(self, name)}; it must lie in [0, 1)")
        for name in ("confidence_penalty", "outlier_exposure"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise InputError(f"{name} of a head is {getattr(self, name)}; it must be 0 or greater")

    def __bool__(self) -> bool:
        """Whether anything is added."""
        return self != Regularisers()


def checked_free(free: NDArray[np.float32] | None, width: int, added: Regularisers) -> Matrix:
    """Features of free outliers [m, width], none where none are wanted.

    Raises:
        InputError: free outliers without their weight, or the other way round; another width; features that are not finite.
    """
    found = np.zeros((0, width)) if free is None else free.astype(np.float64)
    if (len(found) > 0) != (added.outlier_exposure > 0):
        raise InputError(f"outlier_exposure is {added.outlier_exposure:g} with {len(found)} free outliers; give both, or none")
    if found.shape[1:] != (width,) or not np.isfinite(found).all():
        raise InputError(f"free outliers are {list(found.shape)}; give finite features of {width} numbers each")
    return found


@dataclass(frozen=True)
class Rows:
    """Standardised features and what is wanted of them."""

    x: Matrix
    """[n, d]."""
    y: NDArray[np.int64]
    """[n]."""
    weights: Matrix
    """[n], of each row in the loss."""
    free: Matrix
    """[m, d], free outliers; may be empty."""
    classes: int


def fit(rows: Rows, penalty: float, added: Regularisers, tolerance: float, iterations: int) -> tuple[Matrix, Matrix, int]:
    """Weight [k, d], bias [k] and iterations of the head with the least loss.

    The loss is the weighted mean cross-entropy and what ``added`` adds, plus ``penalty`` · ½‖w‖². Two classes are penalised as
    scikit-learn does it, by the one row of a logistic regression, so that one penalty means the same with and without additions.

    Args:
        rows: standardised.
        penalty: of the weights.
        added: to the cross-entropy.
        tolerance: largest entry of the gradient at which the fit ends.
        iterations: at most.
    """
    objective = _Objective(rows, penalty, added)
    start = np.zeros(rows.classes * (rows.x.shape[1] + 1))
    options: Any = {"maxiter": iterations, "gtol": tolerance, "ftol": 64 * np.finfo(float).eps, "maxls": 50}
    found = minimize(objective, start, args=(), method="L-BFGS-B", jac=True, options=options)
    weight, bias = objective.unpacked(found.x)
    return weight, bias, int(found.nit)


class _Objective:
    """Loss and gradient."""

    def __init__(self, rows: Rows, penalty: float, added: Regularisers) -> None:
        self.k = rows.classes
        self.penalty = penalty * (2 if self.k == 2 else 1)  # ±w/2 has half the square of w
        smoothing, free = added.label_smoothing, rows.free if added.outlier_exposure > 0 else rows.free[:0]
        wanted = np.eye(self.k)[rows.y] * (1 - smoothing) + smoothing / self.k
        self.x = np.concatenate([rows.x, free])
        self.target = np.concatenate([wanted, np.full((len(free), self.k), 1 / self.k)])
        share = rows.weights / rows.weights.sum()
        self.weights = np.concatenate([share, np.full(len(free), added.outlier_exposure / max(1, len(free)))])
        self.entropy = np.concatenate([added.confidence_penalty * share, np.zeros(len(free))])
        self.masks = _masks(self.x.shape, added.drop_rate)

    def unpacked(self, flat: Matrix) -> tuple[Matrix, Matrix]:
        """Weight [k, d] and bias [k]."""
        table = flat.reshape(self.k, -1)
        return table[:, :-1], table[:, -1]

    def __call__(self, flat: Matrix) -> tuple[float, Matrix]:
        weight, bias = self.unpacked(flat)
        loss, of_weight, of_bias = 0.0, self.penalty * weight, np.zeros(self.k)
        for mask in self.masks:
            x = self.x if mask is None else self.x * mask
            value, of_logits = self._of_logits(x @ weight.T + bias)
            loss += value / len(self.masks)
            of_logits /= len(self.masks)
            of_weight = of_weight + of_logits.T @ x
            of_bias += of_logits.sum(axis=0)
        loss += 0.5 * self.penalty * float((weight**2).sum())
        return loss, np.concatenate([of_weight, of_bias[:, None]], axis=1).ravel()

    def _of_logits(self, logits: Matrix) -> tuple[float, Matrix]:
        logs = log_softmax(logits, axis=1)
        p = np.exp(logs)
        entropy = -(p * logs).sum(axis=1)
        loss = -(self.weights[:, None] * self.target * logs).sum() - (self.entropy * entropy).sum()
        gradient = self.weights[:, None] * (p - self.target) + self.entropy[:, None] * p * (logs + entropy[:, None])
        return float(loss), gradient


def _masks(shape: tuple[int, ...], drop_rate: float) -> list[NDArray[np.float32] | None]:
    if drop_rate == 0:
        return [None]
    rng = np.random.default_rng(_MASK_SEED)
    kept = np.float32(1 / (1 - drop_rate))
    return [(rng.random(shape, dtype=np.float32) >= drop_rate) * kept for _ in range(MASKS)]
