"""Measures of scores: against other libraries, by definition on small inputs with ties, and in what must not matter."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from robustfashion.errors import InputError
from robustfashion.rejection import detection, selective
from robustfashion.rejection.measures import MEASURES, Levels, measure_all

LEVELS = Levels(coverage=0.6, risk=0.2, caught=0.9, outliers_accepted=0.25, outlier_share=0.3, beta=0.7, prior=0.4)


def rows(seed, ordinary=61, outliers=17, decimals=None):
    rng = np.random.default_rng(seed)
    outlier = rng.permutation(np.arange(ordinary + outliers) < outliers)
    wrong = ~outlier & (rng.random(len(outlier)) < 0.3)
    scores = rng.normal(size=len(outlier)) + outlier + 0.8 * wrong
    return scores if decimals is None else np.round(scores, decimals), outlier, wrong


def by_definition(scores, outlier, wrong, levels):
    """Every measure by looking at every threshold; areas at thresholds by fine steps within a run of equal scores."""
    thresholds = [-np.inf, *np.unique(scores)]
    accepted = [scores <= t if np.isfinite(t) else np.zeros(len(scores), bool) for t in thresholds]
    known, strange = int((~outlier).sum()), int(outlier.sum())
    own = np.array([int((a & ~outlier).sum()) for a in accepted])
    bad = np.array([int((a & wrong & ~outlier).sum()) for a in accepted])
    let_in = np.array([int((a & outlier).sum()) for a in accepted])
    pi, found = levels.outlier_share, {}
    x = (np.arange(100_000) + 0.5) / 100_000 * known
    line = np.interp(x, own, bad)
    found["augrc"], found["aurc"] = (line / known).mean(), (line / x).mean()
    rate = bad[-1] / known
    found["e_aurc"] = found["aurc"] - (rate + (1 - rate) * np.log(1 - rate))
    first = next(i for i in range(len(own)) if own[i] >= levels.coverage * known)
    found["risk@coverage"] = bad[first] / own[first]
    found["coverage@risk"] = max([0, *(o / known for o, b in zip(own, bad, strict=True) if o and b / o <= levels.risk)])
    mass = (1 - pi) * own / known + pi * let_in / strange
    first = next(i for i in range(len(own)) if mass[i] >= levels.coverage)
    cost = (1 - pi) * bad[first] / known + levels.beta * pi * let_in[first] / strange
    found["scod_risk"] = cost / mass[first]
    pairs = scores[outlier][:, None] - scores[~outlier][None]
    found["auroc"] = (pairs > 0).mean() + 0.5 * (pairs == 0).mean()
    found["id_rejected@ood95"] = min(
        1 - own[i] / known for i in range(len(own)) if strange - let_in[i] >= levels.caught * strange - 1e-9
    )
    found["ood_accepted@id95"] = min(let_in[i] / strange for i in range(len(own)) if own[i] >= levels.caught * known - 1e-9)
    found["detection_error"] = min(levels.prior * let_in / strange + (1 - levels.prior) * (1 - own / known))
    found["ccr@ood"] = max(
        (own[i] - bad[i]) / known for i in range(len(own)) if let_in[i] <= levels.outliers_accepted * strange + 1e-9
    )
    return found


@pytest.mark.parametrize("decimals", [None, 1, 0])
@pytest.mark.parametrize("seed", range(4))
def test_by_definition(seed, decimals):
    arrays = rows(seed, decimals=decimals)
    found, expected = measure_all(*arrays, LEVELS), by_definition(*arrays, LEVELS)
    assert set(expected) == set(MEASURES) - {"aupr_outlier", "aupr_ordinary"}
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-4 if name in ("aurc", "e_aurc", "augrc") else 1e-12), name


@pytest.mark.parametrize("decimals", [None, 1])
def test_against_scikit_learn(decimals):
    scores, outlier, _ = rows(9, 803, 97, decimals)
    assert detection.auroc(scores, outlier) == pytest.approx(roc_auc_score(outlier, scores), abs=1e-12)
    assert detection.aupr_outlier(scores, outlier) == pytest.approx(average_precision_score(outlier, scores), abs=1e-12)
    assert detection.aupr_ordinary(scores, outlier) == pytest.approx(average_precision_score(~outlier, -scores), abs=1e-12)
    false, true, _ = roc_curve(outlier, scores, drop_intermediate=False)
    assert detection.id_rejected_at_ood95(scores, outlier) == pytest.approx(false[np.argmax(true >= 0.95)])
    false, true, _ = roc_curve(~outlier, -scores, drop_intermediate=False)
    assert detection.ood_accepted_at_id95(scores, outlier) == pytest.approx(false[np.argmax(true >= 0.95)])


def test_against_pytorch_ood():
    """Its AUPR is a trapezoid, ours average precision: near each other, not alike."""
    torch = pytest.importorskip("torch")
    utils = pytest.importorskip("pytorch_ood.metrics")
    scores, outlier, _ = rows(3, 803, 97)
    metrics = utils.OODMetrics()
    metrics.update(torch.tensor(scores), torch.where(torch.tensor(outlier), -1, 1))
    theirs = metrics.compute()
    assert detection.auroc(scores, outlier) == pytest.approx(float(theirs["AUROC"]), abs=1e-6)
    assert detection.id_rejected_at_ood95(scores, outlier) == pytest.approx(float(theirs["FPR95TPR"]), abs=1e-6)
    assert detection.aupr_outlier(scores, outlier) == pytest.approx(float(theirs["AUPR-OUT"]), abs=0.01)
    assert detection.aupr_ordinary(scores, outlier) == pytest.approx(float(theirs["AUPR-IN"]), abs=0.01)


def test_against_torch_uncertainty():
    """It begins at the first row and divides by 1 - 1 / n; AURC it takes as a trapezoid. Float32 keeps six digits."""
    torch = pytest.importorskip("torch")
    theirs = pytest.importorskip("torch_uncertainty.metrics.classification")
    rng = np.random.default_rng(5)
    confidence = rng.permutation(np.linspace(0.51, 0.999, 701)).astype(np.float32)
    wrong = rng.random(701) < 1.2 - confidence
    scores, n = -confidence.astype(np.float64), len(wrong)

    def value(metric):
        metric.update(torch.tensor(np.stack([confidence, 1 - confidence], axis=1)), torch.tensor(wrong.astype(int)))
        return float(metric.compute())

    first = float(wrong[np.argmin(scores)]) / n
    assert selective.augrc(scores, wrong) == pytest.approx(value(theirs.AUGRC()) * (1 - 1 / n) + first / (2 * n), rel=1e-5)
    assert selective.aurc(scores, wrong) == pytest.approx(value(theirs.AURC()), abs=2 / n)
    for risk in (0.2, 0.3, 0.4):
        assert selective.coverage_at_risk(scores, wrong, risk) == pytest.approx(value(theirs.CovAtxRisk(risk)), abs=1e-6)
    for coverage in (0.3, 0.8):
        expected = value(theirs.RiskAtxCov(coverage))
        assert selective.risk_at_coverage(scores, wrong, coverage) == pytest.approx(expected, abs=1e-6)


def test_coverage_at_risk_where_only_the_surest_is_wrong():
    wrong = np.arange(100) == 0
    assert selective.coverage_at_risk(np.arange(100.0), wrong, 0.05) == 1.0
    assert selective.coverage_at_risk(np.arange(100.0), wrong, 0.0) == 0.0
    assert selective.coverage_at_risk(-np.arange(100.0), wrong, 0.0) == 0.99


def test_ties_are_the_mean_over_orders():
    """AUGRC of tied scores is the mean over all orders of the tied rows."""
    scores, _, wrong = rows(2, 40, 0, 0)
    rng = np.random.default_rng(0)
    orders = [selective.augrc(scores + rng.random(40) * 1e-3, wrong) for _ in range(4000)]
    spread = np.std(orders) / np.sqrt(len(orders))
    assert selective.augrc(scores, wrong) == pytest.approx(np.mean(orders), abs=4 * spread)


def test_all_tied_and_perfect():
    wrong = np.arange(50) < 7
    rate = 7 / 50
    tied = np.zeros(50)
    assert selective.aurc(tied, wrong) == pytest.approx(rate)
    assert selective.augrc(tied, wrong) == pytest.approx(rate / 2)
    for coverage in (0.1, 0.8, 1.0):
        assert selective.risk_at_coverage(tied, wrong, coverage) == pytest.approx(rate)
    perfect = wrong.astype(float)
    assert selective.aurc(perfect, wrong) == pytest.approx(rate + (1 - rate) * np.log(1 - rate))
    assert selective.e_aurc(perfect, wrong) == pytest.approx(0, abs=1e-12)
    assert selective.augrc(perfect, wrong) == pytest.approx(rate**2 / 2)
    assert selective.e_aurc(perfect, np.ones(50, bool)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("decimals", [None, 0])
def test_what_must_not_matter(decimals):
    scores, outlier, wrong = rows(4, decimals=decimals)
    found = measure_all(scores, outlier, wrong, LEVELS)
    order = np.random.default_rng(0).permutation(len(scores))
    assert measure_all(scores[order], outlier[order], wrong[order], LEVELS) == pytest.approx(found)
    assert measure_all(np.exp(scores) * 3 - 8, outlier, wrong, LEVELS) == pytest.approx(found)
    assert measure_all(scores, outlier, wrong | outlier, LEVELS) == pytest.approx(found), "an outlier is not wrong"
    twice = [np.tile(array, 2) for array in (scores, outlier, wrong)]
    if decimals is not None:
        assert measure_all(*twice, LEVELS) == pytest.approx(found)


def test_weights_are_repeated_rows():
    scores, outlier, wrong = rows(6)
    weights = np.random.default_rng(1).integers(0, 4, len(scores))
    repeated = [np.repeat(array, weights) for array in (scores, outlier, wrong)]
    assert measure_all(scores, outlier, wrong, LEVELS, weights) == pytest.approx(measure_all(*repeated, LEVELS))


def test_infinite_scores_are_the_surest():
    scores, outlier, wrong = rows(7)
    extreme = np.where(scores == scores.max(), np.inf, np.where(scores == scores.min(), -np.inf, scores))
    assert measure_all(extreme, outlier, wrong, LEVELS) == pytest.approx(measure_all(scores, outlier, wrong, LEVELS))


@pytest.mark.parametrize(("outlier", "wrong", "there"), [
    ([0, 0, 0, 0], [0, 1, 0, 0], {"augrc", "aurc", "e_aurc", "risk@coverage", "coverage@risk"}),
    ([1, 1, 1, 1], [0, 0, 0, 0], set()),
    ([1, 0, 0, 0], [1, 0, 0, 0], set(MEASURES) - {"augrc", "aurc", "e_aurc"}),
    ([1, 0, 0, 0], [0, 0, 0, 1], set(MEASURES)),
    ([], [], set()),
])  # fmt: skip
def test_no_number_where_there_are_no_rows(outlier, wrong, there):
    known, bad = np.array(outlier, bool), np.array(wrong, bool)
    found = measure_all(np.arange(float(len(known))), known, bad)
    assert {name for name, value in found.items() if np.isfinite(value)} == there
    assert {name for name, measure in MEASURES.items() if not measure.undefined(known, bad)} == there
    assert all(MEASURES[name].undefined(known, bad) for name in set(MEASURES) - there)


def test_one_outlier_and_limits_at_the_ends():
    scores, outlier = np.array([0.0, 1.0, 2.0, 3.0]), np.array([False, False, True, False])
    assert detection.auroc(scores, outlier) == pytest.approx(2 / 3)
    assert detection.id_rejected_at_ood95(scores, outlier) == pytest.approx(1 / 3)
    assert detection.ood_accepted_at_id95(scores, outlier) == 1
    for at in (0.0, 1.0):
        levels = Levels(coverage=at, risk=at, caught=at, outliers_accepted=at, outlier_share=at, prior=at)
        found = measure_all(scores, outlier, np.array([True, False, False, False]), levels)
        assert all(np.isfinite(value) for value in found.values()), found


def test_curves_hold_the_measures():
    scores, outlier, wrong = rows(8, decimals=1)
    curve = selective.risk_coverage_curve(scores[~outlier], wrong[~outlier])
    assert (np.diff(curve.coverage) > 0).all() and curve.coverage[-1] == 1
    for coverage in (0.2, 0.7):
        at = np.argmax(curve.coverage >= coverage)
        assert selective.risk_at_coverage(scores[~outlier], wrong[~outlier], coverage) == pytest.approx(curve.risk[at])
        mixed = selective.scod_curve(scores, outlier, wrong, 0.3, 0.7)
        at = np.argmax(mixed.coverage >= coverage)
        assert selective.scod_risk(scores, outlier, wrong, coverage, 0.3, 0.7) == pytest.approx(mixed.risk[at])
    accepted = scores[~outlier] <= curve.thresholds[5]
    assert (accepted.mean(), wrong[~outlier][accepted].mean()) == pytest.approx((curve.coverage[5], curve.risk[5]))
    assert not len(selective.scod_curve(scores[~outlier], outlier[~outlier], wrong[~outlier]).risk)


def test_the_papers_table():
    """Table 4, ResNet-50: 637 of 777 covered, 25 wrong and 22 outliers among them: 47 errors of 637 at beta 1."""
    scores = np.repeat([0.0, 1.0], [637, 140])
    outlier, wrong = np.zeros(777, bool), np.zeros(777, bool)
    outlier[:22], outlier[700:739], wrong[22:47] = True, True, True
    assert selective.scod_risk(scores, outlier, wrong, 637 / 777) == pytest.approx(47 / 637)
    assert selective.scod_risk(scores, outlier, wrong, 637 / 777, beta=0) == pytest.approx(25 / 637)


@pytest.mark.parametrize(("scores", "levels", "said"), [
    ([0.0, np.nan], {}, "row 1 is NaN"),
    ([0.0, 1.0, 2.0], {}, "one of each a row"),
    ([[0.0], [1.0]], {}, "one score a row"),
    ([0.0, 1.0], {"coverage": 1.2}, "coverage: 1.2"),
    ([0.0, 1.0], {"beta": -1}, "beta: -1"),
])  # fmt: skip
def test_bad_input(scores, levels, said):
    with pytest.raises(InputError, match=said):
        measure_all(np.array(scores), np.array([True, False]), np.array([False, True]), Levels(**levels))


def test_every_measure_is_described():
    from robustfashion.rejection.measures_kernel import COLUMNS

    assert next(iter(MEASURES)) == "augrc" and tuple(MEASURES) == COLUMNS
    assert all(measure.title and measure.doc and measure.needs and measure.unit for measure in MEASURES.values())
