"""Rules: their text, their cuts against brute force and other libraries, and what they refuse to promise."""

import json
import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.thresholds import (
    RULES,
    BatchThreshold,
    Calibration,
    NoThreshold,
    Threshold,
    TooFewRows,
    benjamini_hochberg,
    clopper_pearson,
    parse_rule,
    rate,
    read_threshold,
)
from robustfashion.rejection.thresholds.target_risk import plan
from tests.rejection.thresholds.worlds import flat, rising, rows

TEXTS = [
    "mean-confidence", "quantile@0.05", "target-risk@0.08/0.1", "conformal-bh@0.1", "cost@5/10/1/0.08", "f1",
    "per-class:quantile@0.2", "per-class:cost@1/0/2.5/0.3333333333333333", "per-class:target-risk@0.12/0.05",
]  # fmt: skip


def made(text="quantile@0.05", seed=0, n=900, **options):
    row = rows(np.random.default_rng(seed), n, **{"risk": rising, "classes": 2} | options)
    return parse_rule(text).calibrate(row), row


@pytest.mark.parametrize("text", TEXTS)
def test_text_and_plain_form_read_back(text):
    rule = parse_rule(text)
    assert str(rule) == text and parse_rule(str(rule)) == rule and rule.title and rule.source
    threshold, row = made(text)
    read = read_threshold(json.loads(json.dumps(threshold.plain(), allow_nan=False)), "a.json")
    assert read == threshold and str(read) == str(threshold) and text in str(threshold)
    np.testing.assert_array_equal(read.accepts(row.scores, row.predicted), threshold.accepts(row.scores, row.predicted))


def test_numbers_that_may_be_left_out():
    assert str(parse_rule("target-risk@0.05")) == "target-risk@0.05/0.05"
    assert str(parse_rule("cost@1/5/2")) == "cost@1/5/2/0.05"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("quantil@0.05", "there are mean-confidence, quantile@A, target-risk@R/D, conformal-bh@Q, cost@E/O/L/P, f1"),
        ("", "there is none of this name"), ("quantile", "0 numbers are given"), ("quantile@", "'' are no numbers"),
        ("quantile@five", "'five' are no numbers"), ("quantile@0", "A is 0.0; give a share strictly between 0 and 1"),
        ("quantile@nan", "A is nan"), ("quantile@0.1/0.2", "2 numbers are given"), ("target-risk@0.05/1", "D is 1.0"),
        ("cost@-1/2/3", "E is -1.0; a cost is a number from 0 on"), ("cost@1/2/0", "there is nothing to weigh"),
        ("cost@1/inf/1", "O is inf"), ("per-class:conformal-bh@0.1", "per-class takes a rule about single rows"),
        ("per-class:per-class:f1", "per-class takes a rule about single rows"), ("f1@2", "1 numbers are given"),
    ],
)  # fmt: skip
def test_other_texts(text, message):
    with pytest.raises(InputError) as caught:
        parse_rule(text)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_every_rule_has_a_form_and_a_test():
    assert {text.removeprefix("per-class:").partition("@")[0] for text in TEXTS} == set(RULES)
    assert all(rule.form.startswith(name) for name, rule in RULES.items())


@pytest.mark.parametrize(("n", "share"), [(19, 0.05), (20, 0.05), (99, 0.05), (150, 0.1), (7, 0.3)])
def test_quantile_is_the_rank_of_split_conformal_prediction(n, share):
    threshold, row = made(f"quantile@{share}", n=n)
    rank = math.ceil((1 - share) * (n + 1) - 1e-9)
    assert threshold.overall == np.sort(row.scores)[rank - 1]
    refused = n - rank
    exact = scipy_stats.binomtest(refused, n).proportion_ci(0.95, "exact")
    assert (threshold.refused.value, threshold.refused.low, threshold.refused.high) == pytest.approx((refused / n, *exact))
    assert threshold.on_new_data == pytest.approx(scipy_stats.beta(refused + 1, n - refused).interval(0.95))


def test_quantile_counts_products_once():
    """A product with a hundred copies of a high score is one product of twenty."""
    scores = np.concatenate([np.arange(19) / 19, np.full(100, 5.0)])
    row = Calibration(scores, np.zeros(119, np.int64), ("a",), products=(*map(str, range(19)), *["copies"] * 100))
    threshold = parse_rule("quantile@0.1").calibrate(row)
    assert threshold.overall == 18 / 19 and threshold.products == 20 and threshold.refused.value == pytest.approx(0.05)


def test_copies_of_pictures_move_no_cut():
    _, row = made()
    names = tuple(map(str, range(len(row))))
    twice = Calibration(*(np.tile(x, 2) for x in (row.scores, row.predicted)), row.classes, np.tile(row.wrong, 2), names * 2)
    for text in TEXTS:
        once, copied = parse_rule(text).calibrate(row), parse_rule(text).calibrate(twice)
        if isinstance(once, BatchThreshold):
            assert once.reference == copied.reference
        else:
            np.testing.assert_allclose(once.cuts, copied.cuts, rtol=1e-12)


def test_order_of_rows_does_not_matter():
    _, row = made(pictures=4, together=0.3)
    shuffled = row.take(np.random.default_rng(5).permutation(len(row)))
    for text in TEXTS:
        one, other = (parse_rule(text).calibrate(x) for x in (row, shuffled))
        assert one.reference == other.reference if isinstance(one, BatchThreshold) else (one.cuts == pytest.approx(other.cuts))


def test_ties_at_the_cut():
    row = Calibration(np.repeat([0.1, 0.2, 0.3], 30), np.zeros(90, np.int64), ("a",), np.repeat([False, False, True], 30))
    quantile = parse_rule("quantile@0.5").calibrate(row)
    assert quantile.overall == 0.2 and quantile.refused.value == pytest.approx(1 / 3)
    threshold = parse_rule("target-risk@0.1").calibrate(row)
    assert 0.2 <= threshold.overall < 0.3 and threshold.risk.value == 0 and threshold.risk.rows == 60
    row = Calibration(np.zeros(500), np.zeros(500, np.int64), ("a",), np.zeros(500, np.bool_))
    with pytest.raises(NoThreshold, match="all scores are the same"):
        parse_rule("target-risk@0.1").calibrate(row)


@pytest.mark.parametrize("seed", range(5))
def test_target_risk_passes_its_own_exact_test(seed):
    rule = parse_rule("target-risk@0.08/0.1")
    threshold, row = made(str(rule), seed)
    below = row.scores <= threshold.overall
    _, starts = plan(len(row), rule.risk, rule.error)
    test = scipy_stats.binomtest(int(row.wrong[below].sum()), int(below.sum()), rule.risk, alternative="less")
    assert test.pvalue <= rule.error / len(starts) and len(starts) > 1
    assert clopper_pearson(row.wrong[below].sum(), below.sum(), 1 - 2 * rule.error / len(starts))[1] <= rule.risk
    assert (threshold.promise.rate, threshold.promise.confidence) == (0.08, 0.9)


def test_plan_knows_only_the_number_of_rows():
    for n, risk, error in ((60, 0.05, 0.05), (61, 0.05, 0.05), (300, 0.05, 0.05), (5000, 0.01, 0.1)):
        ranks, starts = plan(n, risk, error)
        assert ranks[-1] == n - 1 and (1 - risk) ** ranks[starts[0]] <= error / len(starts)
    assert not len(plan(59, 0.05, 0.05)[1]) and not len(plan(0, 0.05, 0.05)[1]) and not len(plan(1, 0.5, 0.5)[1])


def test_no_threshold():
    row = rows(np.random.default_rng(0), 18, risk=rising)
    with pytest.raises(TooFewRows, match=r"quantile@0\.05: there are 18 ordinary products; a share of 0\.05 needs 19"):
        parse_rule("quantile@0.05").calibrate(row)
    with pytest.raises(TooFewRows, match=r"with fewer than 60 a risk of 0\.05 cannot be shown"):
        parse_rule("target-risk@0.05").calibrate(row)
    with pytest.raises(TooFewRows, match="nothing could ever be refused"):
        parse_rule("conformal-bh@0.01").calibrate(row)
    row = rows(np.random.default_rng(0), 400, risk=flat(0.3))
    with pytest.raises(
        NoThreshold, match=r"no threshold is shown to keep it at any coverage; the lowest bound is 0\.404, with 139 wrong of 399"
    ):
        parse_rule("target-risk@0.05").calibrate(row)
    blind = Calibration(row.scores, row.predicted, row.classes)
    for text in ("target-risk@0.05", "cost@1/2/3", "f1"):
        with pytest.raises(NoThreshold, match="it is not known which answers are wrong"):
            parse_rule(text).calibrate(blind)
    with pytest.raises(NoThreshold, match="to refuse everything is cheapest"):
        parse_rule("cost@100/100/0.1").calibrate(row)
    with pytest.raises(NoThreshold, match="none of 400 answers is right"):
        parse_rule("f1").calibrate(Calibration(row.scores, row.predicted, row.classes, np.ones(400, np.bool_)))
    assert issubclass(NoThreshold, InputError)


def test_mean_confidence_is_the_papers():
    threshold, row = made("mean-confidence")
    assert threshold.overall == row.scores.mean() and threshold.promise is None


def with_outliers(seed=3, n=300, outliers=40):
    rng = np.random.default_rng(seed)
    row = rows(rng, n, risk=rising)
    scores = np.concatenate([row.scores, rng.uniform(0.5, 1.5, outliers)])
    marks, predicted = np.arange(n + outliers) >= n, np.zeros(n + outliers, np.int64)
    return Calibration(scores, predicted, ("a",), np.concatenate([row.wrong, np.zeros(outliers, np.bool_)]), (), marks)


def brute_cost(row, cut, weights):
    wrong_tag, outlier_tag, lost, share = weights
    tagged, ordinary = row.scores <= cut, ~row.outlier
    shares = [np.mean(x[ordinary]) for x in (tagged & row.wrong, ~tagged & ~row.wrong)]
    accepted = tagged[row.outlier].mean() if row.outlier.any() else tagged.mean()
    return (1 - share) * (wrong_tag * shares[0] + lost * shares[1]) + share * outlier_tag * accepted


@pytest.mark.parametrize("outliers", [0, 40])
@pytest.mark.parametrize("weights", [(5, 10, 1, 0.08), (1, 3, 2, 0.2), (3, 0, 1, 0.5)])
def test_cost_is_the_lowest(weights, outliers):
    row = with_outliers(outliers=outliers)
    threshold = parse_rule("cost@{}/{}/{}/{}".format(*weights)).calibrate(row)
    costs = [brute_cost(row, cut, weights) for cut in row.scores[~row.outlier]]
    assert brute_cost(row, threshold.overall, weights) == pytest.approx(min(costs))
    assert f"expected cost {min(costs):.4g} a picture" in threshold.notes[0]
    assert any("assumed" in note for note in threshold.notes) == (outliers == 0)


def test_f1_is_the_best():
    row = with_outliers()
    found = []
    for cut in row.scores[~row.outlier]:
        tagged = row.scores <= cut
        right = (tagged & ~row.wrong & ~row.outlier).sum()
        found.append(2 * right / (tagged.sum() + (~row.wrong & ~row.outlier).sum()))
    assert parse_rule("f1").calibrate(row).overall == row.scores[~row.outlier][np.argmax(found)]


def test_outliers_set_no_promise():
    row = with_outliers()
    for text in ("mean-confidence", "quantile@0.05", "target-risk@0.1", "conformal-bh@0.1"):
        assert parse_rule(text).calibrate(row) == parse_rule(text).calibrate(row.ordinary())
    with pytest.raises(InputError, match="all 340 rows are outliers"):
        parse_rule("quantile@0.05").calibrate(Calibration(row.scores, row.predicted, ("a",), None, (), np.ones(340, np.bool_)))


def test_per_class_falls_back_and_says_so():
    rng = np.random.default_rng(0)
    predicted = np.repeat([0, 1, 2], [300, 200, 9])
    scores, wrong = rng.random(509) + predicted, (rng.random(509) < 0.5) & (predicted == 1)
    row = Calibration(scores, predicted, ("dress", "top", "hat", "never"), wrong)
    threshold = parse_rule("per-class:quantile@0.1").calibrate(row)
    assert set(threshold.by_class) == {"dress", "top"} and len(threshold.notes) == 2
    assert (
        threshold.notes[0].startswith("'hat' keeps to the overall cut, without a promise of its own: ")
        and "9 ord" in threshold.notes[0]
    )
    for number, name in enumerate(("dress", "top")):
        alone = parse_rule("quantile@0.1").calibrate(row.take(predicted == number))
        assert threshold.by_class[name] == alone.overall
    assert threshold.promise.by_class and "in each class with a cut of its own" in str(threshold)
    risky = parse_rule("per-class:target-risk@0.1").calibrate(row)
    assert risky.by_class["top"] == -math.inf and "'top' is refused wholly: target-risk@0.1/0.05: no threshold" in risky.notes[0]
    assert not risky.accepts(scores, predicted)[predicted == 1].any() and risky.plain()["by_class"]["top"] is None
    assert read_threshold(risky.plain(), "x") == risky
    with pytest.raises(NoThreshold, match="no class has a cut of its own"):
        parse_rule("per-class:quantile@0.1").calibrate(row.take(np.arange(296, 304)[np.arange(8) % 8 >= 0].repeat(2)))


def test_conformal_p_values_by_counting():
    rng = np.random.default_rng(1)
    known, new = rng.integers(0, 30, 57) / 10, rng.integers(-2, 35, 40) / 10
    threshold = parse_rule("conformal-bh@0.2").calibrate(Calibration(known, np.zeros(57, np.int64), ("a",)))
    counted = [(1 + (known >= score).sum()) / 58 for score in new]
    np.testing.assert_allclose(threshold.p_values(new), counted, rtol=1e-15)
    strict = np.array([(known > score).sum() / 58 for score in new])
    drawn = threshold.p_values(new, seed=7)
    assert ((strict < drawn) & (drawn <= counted)).all() and (drawn != threshold.p_values(new, seed=8)).any()
    np.testing.assert_array_equal(drawn, threshold.p_values(new, seed=7))


@pytest.mark.parametrize("level", [0.05, 0.2, 0.6])
@pytest.mark.parametrize("n", [1, 13, 200])
def test_benjamini_hochberg_against_scipy(n, level):
    rng = np.random.default_rng(n)
    for _ in range(20):
        p_values = rng.integers(1, 60, n) / 60 * rng.choice([1, 0.1], n)
        np.testing.assert_array_equal(
            benjamini_hochberg(p_values, level), scipy_stats.false_discovery_control(p_values) <= level * (1 + 1e-12)
        )
    assert not len(benjamini_hochberg(np.zeros(0), level))


def test_a_batch_is_judged_together():
    """A score that is refused beside others of its kind is not refused alone: its p-value meets a smaller limit."""
    threshold = parse_rule("conformal-bh@0.05").calibrate(Calibration(np.arange(100.0), np.zeros(100, np.int64), ("a",)))
    ordinary = np.linspace(0, 90, 30)
    alone = threshold.accepts(np.append(ordinary, 200), np.zeros(31, np.int64))
    many = threshold.accepts(np.append(ordinary, [200.0] * 20), np.zeros(50, np.int64))
    assert alone.all() and not many[30:].any() and many[:30].all()


def test_a_row_of_a_threshold_is_judged_alone():
    threshold, row = made("per-class:quantile@0.1")
    whole = threshold.accepts(row.scores, row.predicted)
    single = [threshold.accepts(row.scores[i : i + 1], row.predicted[i : i + 1])[0] for i in range(50)]
    assert whole[:50].tolist() == single and not whole.all()


def test_calibration_of_a_prediction_table():
    logits = np.array([[2, 0], [0, 2], [1, 0]], np.float32)
    table = PredictionTable(
        ("a", "b", "c"), np.array([0, 0, -1]), logits, np.zeros((3, 1), np.float32), ("x", "y"), ("p", "p", "q"),
        outlier_kinds=(None, None, "person"),
    )  # fmt: skip
    found = Calibration.of(table, np.array([0.1, 0.2, 0.3]), "energy")
    assert found.wrong.tolist()[:2] == [False, True] and found.outlier.tolist() == [False, False, True]
    assert found.owners == ("p", "p", "q") and found.score == "energy" and len(found.ordinary()) == 2
    unlabelled = PredictionTable(table.ids, table.labels, logits, table.features, table.classes)
    assert Calibration.of(unlabelled, np.array([0.1, 0.2, 0.3])).wrong is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scores": np.array([0.1, np.nan, 0.2])}, "1 of 3 scores are NaN"), ({"scores": np.zeros(0)}, "there are no rows"),
        ({"predicted": np.array([0, 1, 2])}, "there are 2 classes"), ({"predicted": np.array([0])}, "1 predicted"),
        ({"wrong": np.zeros(2, np.bool_)}, "3 scores and 2 wrong"), ({"products": ("a",)}, "3 scores and 1 products"),
        ({"outlier": np.zeros(4, np.bool_)}, "3 scores and 4 outlier"),
    ],
)  # fmt: skip
def test_unusable_rows(change, message):
    usable = {"scores": np.zeros(3), "predicted": np.zeros(3, np.int64), "classes": ("a", "b")}
    with pytest.raises(InputError, match=message):
        Calibration(**usable | change)


def test_thresholds_refuse_what_they_cannot_judge():
    threshold, _ = made()
    with pytest.raises(InputError, match="are NaN"):
        threshold.accepts(np.array([np.nan]), np.zeros(1, np.int64))
    with pytest.raises(InputError, match="give a number"):
        Threshold("energy", "given", ("a",), math.inf)
    with pytest.raises(InputError, match="a cut is of class 'hat'; the classes are a"):
        Threshold("energy", "given", ("a",), 0.5, {"hat": 0.1})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("format", 2, "format is 2; this robustfashion reads format 1"),
        ("kind", "cube", "kind is 'cube'; there are rows, batch"),
        ("overall", "x", "overall is 'x'; expected a number"), ("overall", math.inf, "overall is inf"),
        ("overall", True, "overall is True"),
        ("classes", "ab", "classes is 'ab'"), ("classes", [1], "classes is"), ("by_class", {"a": "x"}, "by_class: a is 'x'"),
        ("by_class", {"hat": 0.5}, "a cut is of class 'hat'"),
        ("promise", {"what": "all"}, "promise: what is 'all'; there are ordinary"),
        ("promise", 5, "promise is 5"), ("refused", {"value": 1.5}, "refused: value is 1.5"), ("rows", -1, "rows is -1"),
        ("on_new_data", [0.1], "on_new_data: high is None"), ("notes", None, "notes is None"), ("rule", None, "rule is None"),
    ],
)  # fmt: skip
def test_damaged_plain_forms(field, value, message):
    threshold, _ = made()
    with pytest.raises(InputError) as caught:
        read_threshold(threshold.plain() | {field: value}, "deep/point.yaml")
    assert str(caught.value).startswith("deep/point.yaml: ") and message in str(caught.value)


def test_damaged_batch_forms():
    threshold, _ = made("conformal-bh@0.1")
    for field, value in (
        ("reference", [2.0, 1.0]),
        ("reference", ["x"]),
        ("reference", [math.nan]),
        ("promise", None),
        ("level", 3),
    ):
        with pytest.raises(InputError, match=field):
            read_threshold(threshold.plain() | {field: value}, "x")
    with pytest.raises(InputError, match="expected the table of a threshold"):
        read_threshold([1], "x")


def test_rates():
    names = [str(i) for i in range(6)]
    counted, among = np.array([1, 0, 1, 0, 1, 1], np.bool_), np.array([1, 1, 1, 1, 0, 0], np.bool_)
    found = rate(counted, among, names)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, *scipy_stats.binomtest(2, 4).proportion_ci(0.95, "exact")))
    assert rate(counted, np.zeros(6, np.bool_), names) is None
    nothing = rate(np.zeros(6, np.bool_), np.ones(6, np.bool_), list("aabbcc"))
    assert (nothing.value, nothing.low, nothing.effective) == (0, 0, 3) and nothing.high == pytest.approx(1 - 0.025 ** (1 / 3))
    copied = rate(np.repeat(np.arange(80) < 9, 4), np.ones(320, np.bool_), np.repeat([str(i) for i in range(80)], 4))
    alone = scipy_stats.binomtest(9, 80).proportion_ci(0.95, "exact")
    assert (copied.low, copied.high) == pytest.approx(tuple(alone), abs=0.01) and copied.rows == 320 and copied.products == 80
