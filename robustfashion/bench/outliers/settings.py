"""Parameters of the outlier suite. Every default is the CPU smoke run on drawn watches."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robustfashion.bench.experiment.noisy import NOISY
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.smoke import BASE, CATALOGUE, TRUNK
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.data.truth import OWN_LABELS
from robustfashion.errors import InputError
from robustfashion.rejection import SCORES
from robustfashion.rejection.cascade import ChoiceRule, Costs
from robustfashion.rejection.thresholds import parse_rule

FROZEN = Row(TRUNK, base=BASE, freeze="body", label="frozen EfficientNet-Lite0")
PAPERS_TASK = "display_type"
"""Section 3.2 speaks of watches; display type is the attribute of watches in Table 1."""

POOL = SyntheticSettings(count=480, seed=45, long_side_px=(500, 500), outlier_share=0.75, mis_filed=0.25)
"""More outliers of every tier than a noisy set of natural size has, for the comparison of scores."""
CALIBRATION = SyntheticSettings(count=420, seed=37, long_side_px=(500, 500))
"""Ordinary products that no network has seen, on which thresholds are set."""

RULES = (
    "mean-confidence", "quantile@0.05", "quantile@0.2", "target-risk@0.1/0.05", "target-risk@0.2/0.05",
    "per-class:quantile@0.1", "cost@1/1/1/0.08", "conformal-bh@0.1",
)  # fmt: skip
METHODS = ("pillow.bicubic", "opencv.linear", "java2d.bilinear", "pillow.bilinear+jpeg75")

AS_TODAY = "as-today"
"""The choice whose limit is what the deployed threshold does today."""


@dataclass(frozen=True)
class OutliersSettings(ExperimentSettings):
    """Parameters of ``python -m robustfashion.bench outliers``."""

    synthetic: SyntheticSettings = field(default_factory=lambda: CATALOGUE)
    out: Path = Path("reports/outliers")
    seeds: tuple[int, ...] = (0,)
    """One network for each of these and each row; the first one's answers are studied in depth, Table 4 has all."""
    rows: tuple[Row, ...] = (FROZEN,)
    """Classifiers to train: architecture, recipe, base, freeze, …; the first one is studied in depth, Table 4 has all."""
    gate: Path | None = None
    """Checkpoint of the product-type validator. Default: one is trained where the task is an attribute whose product types the
    data knows."""
    gate_row: Row | None = None
    """How validators are trained: architecture, base, freeze, …, as in ``rows``. Default: a head on the frozen
    EfficientNet-Lite0."""
    gate_threshold: float | None = None
    """Least confidence that lets a picture pass; default: the gate checkpoint's, else 0.5 (the validator's own answer)."""
    noisy: SyntheticSettings = field(default_factory=lambda: NOISY)
    """The drawn noisy set, where ``data`` is ``synthetic``; what it is filed under follows from the task."""
    pool: SyntheticSettings = field(default_factory=lambda: POOL)
    """More drawn outliers, for the table of scores by tier and for choosing an operating point."""
    calibration: SyntheticSettings = field(default_factory=lambda: CALIBRATION)
    """More drawn ordinary products, on which thresholds are set together with the validation pictures."""
    scores: tuple[str, ...] = ()
    """Scores of rejection to compare; empty: all. Max softmax, the paper's, is always among them."""
    rules: tuple[str, ...] = RULES
    """Threshold rules to hold against their promises."""
    rule_scores: tuple[str, ...] = ("max_softmax", "knn")
    """Scores on which the rules set thresholds."""
    serve_methods: tuple[str, ...] = METHODS
    """Other resize methods under which the noisy set is asked about again."""
    choice: str = AS_TODAY
    """How the operating point is chosen: ``as-today`` (most tags with no larger a share of wrong ones than the deployed threshold
    gives alone), ``lowest-cost``, ``coverage-at-risk@0.05``, ``risk-at-coverage@0.8``."""
    costs: Costs = field(default_factory=Costs)
    """What a wrong tag, a tagged outlier, a good product that loses its tag, and a run of the second network cost."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.rows and self.checkpoint is None and not self.predictions:
            raise InputError("rows is empty and no checkpoint is given; name at least one architecture")
        for name in ("scores", "rule_scores"):
            unknown = [score for score in getattr(self, name) if score not in SCORES]
            if unknown:
                raise InputError(f"{name} names {unknown[0]!r}; use {', '.join(SCORES)}")
        for rule in self.rules:
            parse_rule(rule)
        if self.choice != AS_TODAY:
            ChoiceRule.parse(self.choice)
        if self.gate_threshold is not None and not 0 <= self.gate_threshold <= 1:
            raise InputError(f"gate_threshold is {self.gate_threshold}; a confidence lies in 0..1")
        if self.tasks is not None and len(self.tasks) != 1:
            raise InputError(f"tasks are {list(self.tasks)}; this suite studies one classifier and its gate: name one task")
        if self.drawn:
            self._check_seeds()
        for method in self.serve_methods:
            self.preprocessing(method)

    def _check_seeds(self) -> None:
        seeds = {"synthetic": self.synthetic.seed, "noisy": self.noisy.seed, "pool": self.pool.seed}
        seeds["calibration"] = self.calibration.seed
        for name, seed in seeds.items():
            same = [other for other, value in seeds.items() if value == seed and other != name]
            if same:
                raise InputError(
                    f"{name} and {same[0]} are drawn with seed {seed}, so that they share products; give each its own"
                )

    @property
    def task(self) -> str:
        """The task that is studied, by name."""
        if self.named_tasks:
            return self.named_tasks[0]
        return PAPERS_TASK if self.drawn else OWN_LABELS

    @property
    def score_names(self) -> tuple[str, ...]:
        """Scores to compare, in the order of ``SCORES``."""
        wanted = set(self.scores or SCORES) | {"max_softmax"}
        return tuple(name for name in SCORES if name in wanted)

    @property
    def validator_row(self) -> Row:
        """How validators are trained."""
        return self.gate_row or FROZEN

    @property
    def bases(self) -> tuple[str, ...]:
        """Those of the rows that are trained."""
        return tuple(row.base for row in self.rows) if self.checkpoint is None else ()

    @property
    def trains(self) -> bool:
        """Whether any row is trained by optimiser steps."""
        return super().trains and not all(row.on_trunk for row in (*self.rows, self.validator_row))

    def _defaults(self) -> dict[str, Any]:
        return super()._defaults() | ({"max_steps": 200} if self.drawn and self.trains else {})

    def _needs_data(self) -> dict[str, Any]:
        idle = {"rows": (FROZEN,), "gate": None, "gate_row": None, "serve_methods": METHODS}
        return super()._needs_data() | {"train_method": "pillow.bilinear"} | idle
