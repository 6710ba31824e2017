"""What thresholds promise, held against a thousand made-up data sets each whose truth is known; seeds are fixed.

Shares of simulations may lie three standard errors beyond what is promised. docs/rejection.md quotes what is found.
"""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from robustfashion.rejection.thresholds import Calibration, NoThreshold, clopper_pearson, parse_rule, reapply
from tests.rejection.thresholds.worlds import flat, rising, rows
from tests.stats.worlds import noise

pytestmark = pytest.mark.slow

RUNS = 1000
COPIES = {"pictures": 6, "together": 0.8}
TARGET = parse_rule("target-risk@0.05/0.05")
WORLDS = {
    "rising": (rising, lambda cut: 0.1 * min(cut, 1) ** 2),
    "flat": (flat(0.0501), lambda _: 0.0501),
    "steep": (
        lambda scores, _: np.where(scores < 0.6, 0.01, 0.6),
        lambda cut: 0.01 if cut < 0.6 else (0.006 + 0.6 * (min(cut, 1) - 0.6)) / min(cut, 1),
    ),
}


def generators(key):
    return (np.random.default_rng([key, i]) for i in range(RUNS))


def cut_of(rule, calibration):
    """Minus infinity where the rule is not shown to be kept: everything is refused, and nothing promised is broken."""
    try:
        return rule.calibrate(calibration).overall
    except NoThreshold:
        return -math.inf


@pytest.mark.parametrize(
    ("world", "products", "copies"),
    [
        ("rising", 300, {}),
        ("rising", 1000, {}),
        ("flat", 300, {}),
        ("steep", 1000, {}),
        ("rising", 500, COPIES),
        ("flat", 300, COPIES),
    ],
)
def test_target_risk_is_exceeded_in_at_most_its_stated_share(world, products, copies):
    risk, true = WORLDS[world]
    cuts = [cut_of(TARGET, rows(rng, products, risk=risk, **copies)) for rng in generators(1)]
    exceeded = np.mean([math.isfinite(cut) and true(cut) > TARGET.risk for cut in cuts])
    said = f"{world} {products} {copies}: exceeded {exceeded:.3f}, coverage {np.clip(cuts, 0, 1).mean():.3f}"
    assert exceeded <= TARGET.error, said


def test_target_risk_without_products_is_exceeded_too_often():
    """Six copies of a picture say no more than one: who counts them as six is surer than he may be."""
    found = []
    for rng in generators(1):
        row = rows(rng, 300, risk=flat(0.0501), **COPIES)
        found.append(math.isfinite(cut_of(TARGET, Calibration(row.scores, row.predicted, row.classes, row.wrong))))
    said = f"by picture: exceeded {np.mean(found):.3f}"
    assert np.mean(found) > 0.15, said


def geifman_el_yaniv(scores, wrong, risk, error):
    """Binary search over coverages, each bound at error / log2(n)."""
    order, n = np.argsort(scores), len(scores)
    low, high, found = 1, n, 0.0
    steps = math.ceil(math.log2(n))
    for _ in range(steps):
        middle = math.ceil((low + high) / 2)
        bound = clopper_pearson(int(wrong[order[:middle]].sum()), middle, 1 - 2 * error / steps)[1]
        low, high, found = (middle, high, scores[order[middle - 1]]) if bound <= risk else (low, middle, found)
    return found


@pytest.mark.parametrize(("world", "products"), [("rising", 300), ("rising", 1000), ("steep", 300), ("steep", 1000)])
def test_fixed_sequences_accept_at_least_as_much_as_binary_search(world, products):
    ours, theirs = [], []
    for rng in generators(2):
        row = rows(rng, products, risk=WORLDS[world][0])
        ours.append(max(cut_of(TARGET, row), 0))
        theirs.append(geifman_el_yaniv(row.scores, row.wrong, TARGET.risk, TARGET.error))
    said = f"{world} {products}: coverage {np.mean(ours):.3f}, binary search {np.mean(theirs):.3f}"
    assert np.mean(ours) > np.mean(theirs) - 0.01, said


@pytest.mark.parametrize(
    ("text", "products", "copies"),
    [("quantile@0.05", 40, {}), ("quantile@0.05", 300, {}), ("quantile@0.1", 300, COPIES), ("quantile@0.05", 60, COPIES)],
)
def test_quantile_keeps_its_share_and_its_intervals_cover(text, products, copies):
    rule, true, exact, beta = parse_rule(text), [], [], []
    for rng in generators(3):
        found = rule.calibrate(rows(rng, products, **copies))
        true.append(1 - found.overall)
        exact.append(found.refused.low <= true[-1] <= found.refused.high)
        beta.append(found.on_new_data[0] <= true[-1] <= found.on_new_data[1])
    said = f"{text} {products} {copies}: {np.mean(true):.4f}, interval covers {np.mean(exact):.3f}, beta law {np.mean(beta):.3f}"
    assert np.mean(true) <= rule.share + 3 * np.std(true) / math.sqrt(RUNS), said
    least = 0.95 - noise(0.95, RUNS) if not copies else 0.92
    assert np.mean(exact) >= least and np.mean(beta) >= least, said


@pytest.mark.parametrize("copies", [{}, COPIES], ids=["pictures", "copies"])
@pytest.mark.parametrize("outliers", [0, 2, 10, 30])
def test_false_discovery_rate_of_a_batch(outliers, copies):
    """100 new products, and so many outliers that score higher; the share of ordinary ones among the refused, on average."""
    rule, shares, caught = parse_rule("conformal-bh@0.1"), [], []
    for rng in generators(4):
        threshold = rule.calibrate(rows(rng, 2000, **copies))
        new = rows(rng, 100 - outliers, **copies).scores
        scores = np.concatenate([new, scipy_stats.norm.cdf(rng.normal(3, 1, outliers))])
        refused = ~threshold.accepts(scores, np.zeros(len(scores), np.int64))
        shares.append(refused[: len(new)].sum() / max(refused.sum(), 1))
        caught.append(refused[len(new) :].mean() if outliers else 0.0)
    said = f"{outliers} outliers {copies}: false discoveries {np.mean(shares):.3f}, caught {np.mean(caught):.3f}"
    assert np.mean(shares) <= rule.level + 3 * np.std(shares) / math.sqrt(RUNS), said


def test_quantile_per_class():
    """Three classes of scores in other ranges: one cut for all refuses one of them often, cuts by class none."""
    rule, found, overall = parse_rule("per-class:quantile@0.1"), [], []
    for rng in generators(5):
        row = rows(rng, 200, pictures=3, together=0.5, classes=3)
        shifted = Calibration(row.scores + row.predicted, row.predicted, row.classes, None, row.products)
        threshold = rule.calibrate(shifted)
        found.append([1 - (threshold.by_class[name] - i) for i, name in enumerate("abc")])
        overall.append(3 - threshold.overall)
    said = f"refused by class {np.mean(found, axis=0)}; of the last class at the overall cut {np.mean(overall):.3f}"
    assert (np.mean(found, axis=0) <= 0.1 + 3 * np.std(found, axis=0) / math.sqrt(RUNS)).all(), said
    assert np.mean(overall) > 0.2, said


def test_target_risk_per_class():
    """The risk of the second class is above the target whatever the cut: within each class it may be exceeded in 5 % only."""
    rule, exceeded = parse_rule("per-class:target-risk@0.1/0.05"), []
    for rng in generators(6):
        row = rows(rng, 600, pictures=2, together=0.5, classes=2, risk=lambda s, c: np.where(c == 0, 0.03 + 0.12 * s, 0.101))
        try:
            cuts = rule.calibrate(row).by_class
        except NoThreshold:
            exceeded.append((False, False))
            continue
        exceeded.append((0.03 + 0.06 * min(cuts["a"], 1) > 0.1, cuts["b"] > 0))
    said = f"exceeded by class {np.mean(exceeded, axis=0)}"
    assert (np.mean(exceeded, axis=0) <= 0.05).all(), said


@pytest.mark.parametrize("copies", [{}, COPIES], ids=["pictures", "copies"])
@pytest.mark.parametrize("text", ["quantile@0.05", "mean-confidence", "target-risk@0.1/0.05"])
def test_warnings_of_data_that_has_not_changed_are_rare(text, copies):
    rule, moved, above = parse_rule(text), [], []
    for rng in generators(7):
        try:
            threshold = rule.calibrate(rows(rng, 400, risk=rising, **copies))
        except NoThreshold:
            continue
        new = rows(rng, 250, risk=rising, **copies)
        found = reapply(threshold, new.scores, new.predicted, new.wrong, new.products)
        moved.append(found.drift < found.level)
        above.append(found.excess is not None and found.excess < found.level)
    said = f"{text} {copies}: drift {np.mean(moved):.3f}, risk {np.mean(above):.3f}"
    assert len(moved) > RUNS / 2
    assert max(np.mean(moved), np.mean(above)) <= 0.02 + noise(0.01, RUNS), said


def test_warnings_of_data_that_has_changed():
    """Every tenth picture is an outlier beyond all ordinary scores; a twentieth is refused as it is."""
    rule, seen = parse_rule("quantile@0.05"), []
    for rng in generators(8):
        threshold = rule.calibrate(rows(rng, 400))
        scores = np.concatenate([rows(rng, 450).scores, np.full(50, 2.0)])
        seen.append(bool(reapply(threshold, scores, np.zeros(500, np.int64)).warnings))
    said = f"seen {np.mean(seen):.3f}"
    assert np.mean(seen) > 0.95, said
