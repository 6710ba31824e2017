"""What a score is worth: every measure by name, what it needs, and all of them for one score.

Scores are higher where refusal is more likely. A row is *ordinary* (in-distribution), its answer right or wrong, or an
*outlier*. A threshold lies between two distinct scores, so that no number depends on the order of rows whose scores tie.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.stats import FloatArray

if TYPE_CHECKING:
    from robustfashion.rejection.measures_kernel import Limits

Rows = Literal["ordinary", "wrong", "outlier"]
"""What a measure needs at least one row of; ``wrong``: ordinary rows with a wrong answer."""

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Levels:
    """Operating points at which measures are taken, 0..1 unless said otherwise."""

    coverage: float = 0.8
    """Share accepted, for ``risk@coverage`` (of ordinary rows) and ``scod_risk`` (of the mixture)."""
    risk: float = 0.05
    """Share of wrong answers among those accepted, for ``coverage@risk``."""
    caught: float = 0.95
    """The 95 % of ``id_rejected@ood95`` (of outliers refused) and ``ood_accepted@id95`` (of ordinary rows accepted)."""
    outliers_accepted: float = 0.05
    """Outliers accepted at most, for ``ccr@ood``."""
    outlier_share: float | None = None
    """Outliers among all pictures (pi), for ``scod_risk``; None: as in the rows at hand."""
    beta: float = 1.0
    """Cost of an accepted outlier, that of an accepted wrong answer being 1; at least 0."""
    prior: float = 0.5
    """Weight of outliers in ``detection_error``."""

    def __post_init__(self) -> None:
        shares = {name: value for name, value in vars(self).items() if name != "beta" and value is not None}
        for name, value in shares.items():
            if not 0 <= value <= 1:
                raise InputError(f"{value}; give a share between 0 and 1", name)
        if not 0 <= self.beta < np.inf:
            raise InputError(f"{self.beta}; give a cost of at least 0", "beta")

    def limits(self, outliers_found: float) -> "Limits":
        """As the loops take them; ``outliers_found`` is the share of outliers where none is stated."""
        from robustfashion.rejection.measures_kernel import Limits

        share = outliers_found if self.outlier_share is None else self.outlier_share
        at = self.coverage, self.risk, self.caught, self.outliers_accepted, share, float(self.beta), self.prior
        return Limits(*at)


@dataclass(frozen=True)
class Measure:
    """One number for a score."""

    name: str
    title: str
    doc: str
    higher_is_better: bool
    needs: frozenset[Rows]
    unit: str = "share"
    share_of: Literal["ordinary", "outlier"] | None = None
    """The rows of which it counts a share at a threshold; None for areas under curves and for mixtures."""
    near_one: bool = False
    """Usual values are so near 1 that pseudo-products draw them down by as much as chance does."""

    def undefined(self, outlier: BoolArray, wrong: BoolArray) -> str:
        """Why these rows give no number; empty where they do.

        Args:
            outlier: bool [n].
            wrong: bool [n]; only ordinary rows count.
        """
        there = {"ordinary": bool((~outlier).any()), "outlier": bool(outlier.any()), "wrong": bool((wrong & ~outlier).any())}
        return next((why for kind, why in _WHY.items() if kind in self.needs and not there[kind]), "")


_WHY: Mapping[Rows, str] = {
    "ordinary": "no ordinary row",
    "outlier": "no outlier",
    "wrong": "no ordinary row is answered wrongly, so that every score does as well",
}
_ORDINARY: frozenset[Rows] = frozenset({"ordinary"})
_ERRORS: frozenset[Rows] = frozenset({"ordinary", "wrong"})
_BOTH: frozenset[Rows] = frozenset({"ordinary", "outlier"})


def measures_at(levels: Levels) -> dict[str, Measure]:
    """All measures by name with titles of these operating points, AUGRC first."""
    mixture = "as in the data" if levels.outlier_share is None else f"{levels.outlier_share:.3g}"
    ninety_five, coverage, risk = (f"{100 * share:.4g} %" for share in (levels.caught, levels.coverage, levels.risk))
    all_of_them = [
        Measure("augrc", "AUGRC", "Mean over all coverages of accepted wrong answers as a share of all ordinary rows "
                "(Traub et al. 2024): the mean risk of a failure that nobody sees.", False, _ERRORS),
        Measure("aurc", "AURC", "Mean over all coverages of the share of wrong answers among those accepted "
                "(Geifman & El-Yaniv 2017).", False, _ERRORS),
        Measure("e_aurc", "E-AURC", "AURC minus that of a score which puts every wrong answer last "
                "(Geifman et al. 2019).", False, _ERRORS),
        Measure("risk@coverage", f"risk at {coverage} coverage", "Wrong answers among those accepted at the "
                "first threshold that accepts so large a share of ordinary rows.", False, _ORDINARY, share_of="ordinary"),
        Measure("coverage@risk", f"coverage at {risk} risk", "Largest share of ordinary rows that a threshold accepts "
                "with no more wrong answers among them; 0 where none does.", True, _ORDINARY, share_of="ordinary"),
        Measure("scod_risk", f"SCOD risk at {coverage} coverage", f"Wrong answers, and outliers at a cost of "
                f"{levels.beta:.3g}, among all that is accepted of a mixture with outliers (share: {mixture}).",
                False, _BOTH, unit="cost"),
        Measure("auroc", "AUROC", "Probability that an outlier's score is above an ordinary row's, ties half.",
                True, _BOTH, near_one=True),
        Measure("aupr_outlier", "AUPR, outliers positive", "Average precision; depends on the share of outliers in the data.",
                True, _BOTH, near_one=True),
        Measure("aupr_ordinary", "AUPR, ordinary positive", "Average precision; depends on the share of outliers in the data.",
                True, _BOTH, near_one=True),
        Measure("id_rejected@ood95", f"ordinary rejected at {ninety_five} of outliers caught", "Share of ordinary rows refused "
                "at the highest threshold that refuses so many outliers (OpenOOD's and pytorch-ood's FPR@95).",
                False, _BOTH, share_of="outlier"),
        Measure("ood_accepted@id95", f"outliers accepted at {ninety_five} of ordinary kept", "Share of outliers accepted at the "
                "lowest threshold that accepts so many ordinary rows (Hendrycks', ODIN's FPR@95).",
                False, _BOTH, share_of="outlier"),
        Measure("detection_error", "detection error", f"Least share of mistakes that a threshold makes, outliers weighing "
                f"{levels.prior:.3g} in all (Liang et al. 2018).", False, _BOTH, share_of="outlier"),
        Measure("ccr@ood", f"right and accepted at {levels.outliers_accepted:.3g} of outliers accepted", "Share of ordinary rows "
                "answered rightly and accepted where no more outliers are accepted (Dhamija et al. 2018).",
                True, _BOTH, share_of="outlier"),
    ]  # fmt: skip
    return {measure.name: measure for measure in all_of_them}


MEASURES: Mapping[str, Measure] = measures_at(Levels())
"""At the default operating points; :func:`measures_at` for others."""


@dataclass(frozen=True)
class Curve:
    """What is accepted at each point between distinct scores, from nothing to everything: k + 1 points."""

    thresholds: FloatArray
    """Largest score accepted [k + 1]; that of the first point is -inf, though it accepts nothing."""
    ordinary: FloatArray
    """Ordinary rows accepted [k + 1], a count."""
    wrong: FloatArray
    """Wrong answers among them [k + 1]."""
    outliers: FloatArray
    """Outliers accepted [k + 1]."""


def accepted_curve(
    scores: FloatArray, outlier: BoolArray, wrong: BoolArray | None = None, weights: NDArray[np.int64] | None = None
) -> Curve:
    """Counts accepted at each threshold.

    Args:
        scores: float [n]; infinite ones are the surest.
        outlier: bool [n].
        wrong: bool [n]; those of outliers do not count. None: nothing is wrong.
        weights: int [n], at least 0: how often each row counts. None: once.

    Raises:
        InputError: arrays of unlike lengths, or scores that are NaN.
    """
    scores = checked_scores(scores)
    known = np.asarray(outlier, dtype=bool)
    mistaken = np.zeros(known.shape, dtype=bool) if wrong is None else np.asarray(wrong, dtype=bool)
    times = np.ones(scores.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    if not scores.shape == known.shape == mistaken.shape == times.shape:
        raise InputError(
            f"{scores.shape} scores, {known.shape} outlier, {mistaken.shape} wrong, {times.shape} weights; give one of each a row"
        )
    order = np.argsort(scores)  # where equal scores stand among each other does not matter
    ranked = scores[order]
    ends = np.flatnonzero(ranked[1:] != ranked[:-1])
    ends = np.append(ends, len(ranked) - 1) if len(ranked) else ends

    def counts(of: NDArray[np.float64]) -> FloatArray:
        """Weighted counts up to each distinct score."""
        return np.concatenate([[0.0], np.cumsum(of[order])[ends]])

    return Curve(
        np.concatenate([[-np.inf], ranked[ends]]),
        counts(times * ~known),
        counts(times * (mistaken & ~known)),
        counts(times * known),
    )


def checked_scores(scores: FloatArray, name: str = "scores") -> FloatArray:
    """The scores [n] as float64.

    Raises:
        InputError: they are not one number a row, or some are NaN.
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1:
        raise InputError(f"shape {values.shape}; give one score a row", name)
    missing = np.flatnonzero(np.isnan(values))
    if missing.size:
        raise InputError(f"row {missing[0]} is NaN ({missing.size} of {len(values)}); leave out such rows, or fit anew", name)
    return values


def measure_all(
    scores: FloatArray,
    outlier: BoolArray,
    wrong: BoolArray,
    levels: Levels | None = None,
    weights: NDArray[np.int64] | None = None,
) -> dict[str, float]:
    """Every measure of one score by name; NaN where :meth:`Measure.undefined` gives the reason.

    Args:
        scores: float [n].
        outlier: bool [n].
        wrong: bool [n]; those of outliers do not count.
        levels: operating points.
        weights: int [n], at least 0: how often each row counts; None: once.

    Raises:
        InputError: arrays of unlike lengths, or scores that are NaN.
    """
    # numba loads for most of a second: only where a number is asked for.
    from robustfashion.rejection import measures_kernel as kernel

    levels = levels or Levels()
    curve = accepted_curve(scores, outlier, wrong, weights)
    ordinary, outliers = curve.ordinary[-1], curve.outliers[-1]
    limits = levels.limits(float(outliers / max(ordinary + outliers, 1.0)))
    found = np.empty(len(kernel.COLUMNS))
    logs = kernel.logarithms(int(ordinary))
    kernel.all_measures(curve.ordinary, curve.wrong, curve.outliers, logs, limits, found)
    if curve.wrong[-1] == 0:
        found[[kernel.COLUMNS.index(name) for name, of in MEASURES.items() if "wrong" in of.needs]] = np.nan
    return dict(zip(kernel.COLUMNS, found.tolist(), strict=True))
