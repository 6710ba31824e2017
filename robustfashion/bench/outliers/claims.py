"""What section 3.2 says of thresholds and validators, against what was measured."""

import numpy as np

from robustfashion.bench.outliers.operating import Operating
from robustfashion.bench.outliers.study import OutlierStudy, Subject
from robustfashion.bench.verdicts import RULES, Measured, Standing, claim
from robustfashion.rejection.cascade import Point, decided
from robustfashion.result import Claim
from robustfashion.stats import Estimate, paired_change, share_bootstrap


def claims(study: OutlierStudy, operating: Operating, papers: bool) -> list[Claim]:
    """Every claim that the first classifier and its validator can speak to; ``papers``: the data is the paper's, at its scale."""
    subject = study.first
    if not subject.outlier.any():
        return []
    where: Standing = "paper" if papers else "elsewhere"
    standing: Standing = where if subject.learned else "none"
    found = [_threshold_alone(subject, standing)]
    gated = subject.gated
    if gated is None or subject.gate is None:
        return found
    standing = standing if subject.gate_learned else "none"
    outlier = subject.outlier
    found += [
        claim(
            "validator-cuts-outliers", f"The {subject.gate.name} cuts the outliers that get a tag",
            None, Measured(_change(subject, gated, outlier), standing), RULES["fewer outliers"],
        ),
        claim(
            "validator-costs-coverage", f"The {subject.gate.name} costs ordinary pictures their tag",
            None, Measured(_change(subject, gated, ~outlier), standing), RULES["price"],
        ),
    ]  # fmt: skip
    matched = None if operating.matched is None else operating.matched.changes["wrong_tags"]
    if matched is not None:
        text = f"At the same coverage, the {subject.gate.name} leaves fewer wrong tags than the threshold alone"
        found.append(
            claim("validator-at-equal-coverage", text, None, Measured(matched.estimate, standing), RULES["fewer wrong tags"])
        )
    return found


def _threshold_alone(subject: Subject, standing: Standing) -> Claim:
    outlier = subject.outlier
    tagged = decided(subject.alone, subject.case.answers).tags >= 0
    (found,) = share_bootstrap(
        (tagged & outlier).astype(np.float64)[:, None], outlier.astype(np.float64)[:, None], subject.noisy.products, 0
    )
    assert found is not None  # there are outliers
    of_outliers = Estimate(found.value, found.low, found.high, int(outlier.sum()))
    return claim(
        "threshold-alone", "A confidence threshold alone does not stop outliers: share of them that get a tag",
        None, Measured(of_outliers, standing, "share"), RULES["outliers pass"],
    )  # fmt: skip


def _change(subject: Subject, gated: Point, rows: "np.ndarray") -> Estimate:
    """Share of some pictures that get a tag, behind the gate minus alone."""
    alone, behind = (decided(point, subject.case.answers).tags[rows] >= 0 for point in (subject.alone, gated))
    difference = behind.astype(np.float64) - alone.astype(np.float64)
    return paired_change(difference[:, None], list(np.asarray(subject.noisy.products)[rows])).estimate
