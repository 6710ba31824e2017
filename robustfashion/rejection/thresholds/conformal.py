"""Conformal p-values with Benjamini–Hochberg over a batch: the one rule that is about a batch."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from robustfashion.rejection.thresholds.calibration import Calibration
from robustfashion.rejection.thresholds.rules import check_share, number
from robustfashion.rejection.thresholds.threshold import BatchThreshold, NoThreshold, Promise, TooFewRows


@dataclass(frozen=True)
class ConformalBH:
    """Of the pictures of a batch that are refused at most a share Q is ordinary, on average over calibrations and batches.

    One row of each product, drawn by a fixed seed, is compared with, since pictures of one product are not independent. A
    p-value is at least 1 / (products + 1): to refuse m of a batch of b, about b / (Q m) products are needed.
    """

    level: float
    form: ClassVar[str] = "conformal-bh@Q"
    title: ClassVar[str] = "conformal p-values, Benjamini–Hochberg"
    source: ClassVar[str] = (
        "Bates, Candès, Lei, Romano & Sesia, Testing for outliers with conformal p-values, Annals of Statistics 2023"
    )

    def __post_init__(self) -> None:
        check_share(self.form, "Q", self.level)

    def calibrate(self, calibration: Calibration) -> BatchThreshold:
        """As :class:`robustfashion.rejection.thresholds.Rule` says; needs 1 / Q - 1 products at least."""
        rows = calibration.ordinary()
        one = rows.one_per_product()
        if not np.isfinite(one.scores).all():
            raise NoThreshold(f"{self}: some scores are infinite; they cannot be compared with")
        if (len(one) + 1) * self.level < 1 - 1e-9:
            raise TooFewRows(
                f"{self}: there are {len(one)} ordinary products, so that no p-value is below {1 / (len(one) + 1):.3g} and "
                "nothing could ever be refused"
            )
        return BatchThreshold(
            rows.score, str(self), rows.classes, self.level, tuple(np.sort(one.scores).tolist()),
            Promise("ordinary among refused", self.level), len(rows), len(one),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"conformal-bh@{number(self.level)}"
