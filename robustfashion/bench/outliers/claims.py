"""What section 3.2 says of thresholds and validators, against what was measured."""

from collections.abc import Sequence

import numpy as np

from robustfashion.bench.outliers.operating import Operating, matched
from robustfashion.bench.outliers.study import Mask, OutlierStudy, Subject
from robustfashion.bench.verdicts import RULES, Measured, Standing, claim
from robustfashion.rejection.cascade import Point, decided
from robustfashion.result import Claim
from robustfashion.stats import SEEDS_NEEDED, Estimate, FloatArray, paired_change, share_bootstrap


def claims(study: OutlierStudy, operating: Operating, papers: bool) -> list[Claim]:
    """Every claim that the first classifier, those of its recipe and its validator can speak to.

    Args:
        study: with answers.
        operating: of the first classifier.
        papers: the data is the paper's, at its scale.
    """
    subject, alike = study.first, study.alike
    if not subject.outlier.any():
        return []
    where: Standing = "paper" if papers else "elsewhere"
    standing: Standing = where if all(one.learned for one in alike) else "none"
    whose = _whose(len(alike))
    found = [_threshold_alone(alike, standing, whose)]
    if subject.gated is None or subject.gate is None:
        return found
    standing = standing if subject.gate_learned else "none"
    outlier = subject.outlier
    found += [
        claim(
            "validator-cuts-outliers", f"The {subject.gate.name} cuts the outliers that get a tag{whose}",
            None, Measured(_change(alike, outlier), standing), RULES["fewer outliers"],
        ),
        claim(
            "validator-costs-coverage", f"The {subject.gate.name} costs ordinary pictures their tag{whose}",
            None, Measured(_change(alike, ~outlier), standing), RULES["price"],
        ),
    ]  # fmt: skip
    if operating.matched is not None:
        found += _at_equal_coverage(subject.gate.name, alike, standing, whose)
    return found


def _whose(networks: int) -> str:
    """What an interval is of, in words: from :data:`SEEDS_NEEDED` networks on it is of the recipe, and before of these alone."""
    if networks == 1:
        return ", of this one network"
    return f", of {networks} networks of one recipe" if networks >= SEEDS_NEEDED else f", of these {networks} networks"


def _threshold_alone(alike: Sequence[Subject], standing: Standing, whose: str) -> Claim:
    subject = alike[0]
    outlier = subject.outlier
    tagged = np.mean([_tagged(one, one.alone) for one in alike], axis=0)
    (found,) = share_bootstrap((tagged * outlier)[:, None], outlier.astype(np.float64)[:, None], subject.noisy.products, 0)
    assert found is not None  # there are outliers
    of_outliers = Estimate(found.value, found.low, found.high, int(outlier.sum()))
    return claim(
        "threshold-alone", f"A confidence threshold alone does not stop outliers: share of them that get a tag{whose}",
        None, Measured(of_outliers, standing, "share"), RULES["outliers pass"],
    )  # fmt: skip


def _at_equal_coverage(gate: str, alike: Sequence[Subject], standing: Standing, whose: str) -> list[Claim]:
    """Wrong tags behind the gate and without it, where the threshold alone can be moved to the coverage of the gate."""
    compared = [matched(one) for one in alike]
    known = [(one, of) for one, of in zip(alike, compared, strict=True) if of is not None]
    if len(known) < len(alike):
        return []
    same = all(of.matched for _, of in known)
    alone, behind = (100 * float(np.mean([of.coverages[i] for _, of in known])) for i in (0, 1))
    answered = f"{alone:.1f} and {behind:.1f} % of ordinary pictures answered"
    if not same:
        answered += ", so that it cannot be told: confidences are tied, and no threshold comes nearer"
    values = [_wrong(one, of.second) - _wrong(one, of.first) for one, of in known]
    change = paired_change(np.stack(values, axis=1), alike[0].noisy.products)
    text = f"At the same coverage, the {gate} leaves fewer wrong tags than the threshold alone{whose} ({answered})"
    measured = Measured(change.estimate, standing if same else "none")
    return [claim("validator-at-equal-coverage", text, None, measured, RULES["fewer wrong tags"])]


def _change(alike: Sequence[Subject], rows: Mask) -> Estimate:
    """Share of some pictures that get a tag, behind the gate minus alone."""
    values = [_tagged(one, one.gated)[rows] - _tagged(one, one.alone)[rows] for one in alike if one.gated is not None]
    return paired_change(np.stack(values, axis=1), list(np.asarray(alike[0].noisy.products)[rows])).estimate


def _tagged(subject: Subject, point: Point) -> FloatArray:
    return (decided(point, subject.case.answers).tags >= 0).astype(np.float64)


def _wrong(subject: Subject, point: Point) -> FloatArray:
    """Pictures with a wrong tag, outliers among them."""
    return _tagged(subject, point) * ~subject.case.right
