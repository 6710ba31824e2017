"""Intervals and paired differences of measures: against DeLong's, the binomial law, and in what must not matter."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats as scipy_stats

from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.judged import Judged
from robustfashion.rejection.measures import MEASURES, Levels, measure_all
from robustfashion.rejection.resampled import resampled

FEW = 400


def judged(seed=0, ordinary=90, outliers=30, pictures=1, scores=3):
    rng = np.random.default_rng(seed)
    products = np.repeat(np.arange(ordinary + outliers), pictures)
    outlier = products >= ordinary
    wrong = ~outlier & (rng.random(len(products)) < 0.2)
    base = rng.normal(size=len(products)) + 1.3 * outlier + wrong
    columns = np.stack([base + 0.4 * j * rng.normal(size=len(products)) for j in range(scores)], axis=1)
    return Judged(columns, tuple(f"score {j}" for j in range(scores)), outlier, wrong, tuple(f"p{p}" for p in products))


def delong(scores, outlier):
    """Difference of two AUROCs and its standard error, by placements (DeLong, DeLong & Clarke-Pearson 1988)."""
    placed = []
    for column in scores.T:
        pairs = column[outlier][:, None] - column[~outlier][None]
        wins = (pairs > 0) + 0.5 * (pairs == 0)
        placed.append((wins.mean(axis=1), wins.mean(axis=0)))
    above, below = placed[1][0] - placed[0][0], placed[1][1] - placed[0][1]
    return above.mean(), math.sqrt(above.var(ddof=1) / len(above) + below.var(ddof=1) / len(below))


def test_paired_difference_of_aurocs_is_delongs():
    rows = judged(3, 700, 200, scores=2)
    value, error = delong(rows.scores, rows.outlier)
    found = resampled(rows, "score 0").differences["auroc"]["score 1"]
    half = scipy_stats.t.isf(0.025, 199) * error
    assert found.estimate.value == pytest.approx(value, abs=1e-12)
    assert (found.estimate.high - found.estimate.low) / 2 == pytest.approx(half, rel=0.06)
    assert found.p_value == pytest.approx(2 * scipy_stats.t.sf(abs(value) / error, 199), abs=0.03)


def test_pairing_narrows_differences():
    rows = judged(1, 500, 120, scores=2)
    found = resampled(rows, "score 0", resamples=FEW)
    alone = [of.estimate.high - of.estimate.low for of in found.values["auroc"].values()]
    change = found.differences["auroc"]["score 1"].estimate
    assert change.high - change.low < 0.7 * math.hypot(*alone)


@pytest.mark.parametrize(("accepted", "outliers"), [(0, 60), (3, 60), (60, 60), (11, 40)])
def test_share_of_outliers_is_binomial(accepted, outliers):
    """Far from all ordinary rows, the threshold does not move the share: binomial with two pseudo-products."""
    scores = np.concatenate([np.linspace(0, 1, 400), np.full(accepted, -9.0), np.full(outliers - accepted, 9.0)])
    outlier = np.arange(len(scores)) >= 400
    rows = Judged(scores[:, None], ("only",), outlier, np.zeros(len(scores), bool), tuple(map(str, range(len(scores)))))
    found = resampled(rows).values["ood_accepted@id95"]["only"].estimate
    tail = scipy_stats.norm.cdf(scipy_stats.t.ppf(0.025, outliers - 1))
    law = scipy_stats.binom(outliers + 2, (accepted + 1) / (outliers + 2))
    low, high = law.ppf(tail) / (outliers + 2), law.ppf(1 - tail) / (outliers + 2)
    assert found.low == pytest.approx(min(low, accepted / outliers), abs=1.01 / outliers)
    assert found.high == pytest.approx(max(high, accepted / outliers), abs=1.01 / outliers)


def test_values_are_those_of_the_rows_and_lie_in_their_intervals():
    rows, levels = judged(2, pictures=2), Levels(outlier_share=0.2, risk=0.15)
    found = resampled(rows, "score 1", levels=levels, resamples=FEW)
    for name in rows.names:
        expected = measure_all(rows.column(name), rows.outlier, rows.wrong, levels)
        for measure, value in expected.items():
            estimate = found.values[measure][name].estimate
            assert estimate.value == value and estimate.low <= value <= estimate.high
            assert estimate.n == (240 if "outlier" in MEASURES[measure].needs else 180)
    change = found.differences["augrc"]["score 2"].estimate
    values = found.values["augrc"]
    assert change.value == pytest.approx(values["score 2"].estimate.value - values["score 1"].estimate.value)
    assert set(found.differences["augrc"]) == {"score 0", "score 2"}


def test_neither_threads_nor_other_scores_nor_order_matter():
    rows = judged(4, scores=4)
    found = resampled(rows, "score 0", seed=5, resamples=FEW, threads=1)
    assert resampled(rows, "score 0", seed=5, resamples=FEW, threads=3) == found
    fewer = replace(rows, scores=rows.scores[:, :2], names=rows.names[:2])
    some = resampled(fewer, "score 0", seed=5, resamples=FEW)
    assert all(some.values[name]["score 1"] == found.values[name]["score 1"] for name in MEASURES)
    order = np.random.default_rng(0).permutation(len(rows.outlier))
    shuffled = Judged(
        rows.scores[order], rows.names, rows.outlier[order], rows.wrong[order], tuple(rows.products[i] for i in order)
    )
    other = resampled(shuffled, "score 0", seed=5, resamples=FEW)
    for name in MEASURES:
        ours, theirs = (of.values[name]["score 2"].estimate for of in (found, other))
        assert (ours.value, ours.low, ours.high) == pytest.approx((theirs.value, theirs.low, theirs.high))
    assert resampled(rows, seed=6, resamples=FEW).values != found.values


def test_copies_of_pictures_add_nothing():
    rows = judged(6)
    copied = Judged(
        np.repeat(rows.scores, 3, axis=0), rows.names, np.repeat(rows.outlier, 3), np.repeat(rows.wrong, 3),
        tuple(np.repeat(rows.products, 3)),
    )  # fmt: skip
    alone, more = resampled(rows, resamples=FEW), resampled(copied, resamples=FEW)
    for name in MEASURES:
        one, three = alone.values[name]["score 1"].estimate, more.values[name]["score 1"].estimate
        assert (one.value, one.low, one.high) == pytest.approx((three.value, three.low, three.high), abs=1e-9), name


def test_scores_that_rank_alike_are_one_score():
    rows = judged(7, scores=2)
    same = replace(rows, scores=np.column_stack([rows.scores, np.exp(rows.scores[:, 0])]), names=(*rows.names, "exponential"))
    found = resampled(same, "score 0", resamples=FEW).differences["auroc"]
    assert found["exponential"].same_ranking and found["exponential"].p_holm == 1
    assert found["exponential"].estimate.low == found["exponential"].estimate.high == 0
    assert found["score 1"].p_holm == found["score 1"].p_value, "it is no further comparison"


def test_no_difference_seen_is_no_certainty():
    """Both scores part the rows wholly, in another order."""
    outlier = np.arange(60) >= 40
    scores = np.stack([np.arange(60.0), np.concatenate([np.arange(40.0)[::-1], np.arange(40.0, 60.0)])], axis=1)
    rows = Judged(scores, ("up", "down"), outlier, np.arange(60) < 4, tuple(map(str, range(60))))
    found = resampled(rows, "up", resamples=FEW)
    for name in ("auroc", "ood_accepted@id95", "id_rejected@ood95"):
        change = found.differences[name]["down"]
        assert change.estimate.value == 0 and change.estimate.high > 0.05 and change.p_value == 1
    assert found.values["auroc"]["up"].estimate.low < 0.95


def test_pseudo_products_do_not_hold_down_the_upper_bound_of_an_auroc():
    """Against the interval of DeLong's error in log odds (here for independent pictures)."""
    rows = judged(10, 400, 25, scores=1)
    rows = replace(rows, scores=rows.scores + 2.0 * rows.outlier[:, None])
    pairs = rows.scores[rows.outlier] - rows.scores[~rows.outlier, 0]
    above, below = (pairs > 0).mean(axis=1), (pairs > 0).mean(axis=0)
    value = above.mean()
    error = math.sqrt(above.var(ddof=1) / len(above) + below.var(ddof=1) / len(below)) / (value * (1 - value))
    odds = value / (1 - value) * math.exp(scipy_stats.t.isf(0.025, 24) * error)
    found = resampled(rows).values["auroc"]["score 0"].estimate
    assert 0.9 < value < found.high < 1
    assert found.high > odds / (1 + odds) - 0.005


def test_holm_over_scores():
    found = resampled(judged(8, 300, 80, scores=5), "score 0", resamples=FEW).differences["auroc"]
    assert all(of.p_holm >= of.p_value for of in found.values())
    smallest = min(found.values(), key=lambda of: of.p_value)
    assert smallest.p_holm == pytest.approx(min(1, 4 * smallest.p_value))


def test_one_outlier_tells_little_and_none_nothing():
    rows = judged(9, 50, 1)
    found = resampled(rows, "score 0", resamples=FEW)
    assert found.values["auroc"]["score 1"].estimate.low < 0.5
    change = found.differences["auroc"]["score 1"]
    assert (change.estimate.low, change.estimate.high, change.p_value) == (-1, 1, 1)
    ordinary = Judged(rows.scores[:50], rows.names, rows.outlier[:50], rows.wrong[:50], rows.products[:50])
    none = resampled(ordinary, "score 0", resamples=FEW)
    assert none.values["auroc"]["score 0"].estimate is None and none.values["auroc"]["score 0"].reason == "no outlier"
    assert "auroc" not in none.differences and none.values["augrc"]["score 0"].estimate is not None
    only = Judged(rows.scores[50:], rows.names, rows.outlier[50:], rows.wrong[50:], rows.products[50:])
    assert {of.reason for by in resampled(only, resamples=FEW).values.values() for of in by.values()} == {"no ordinary row"}
    nothing = Judged(rows.scores[:0], rows.names, rows.outlier[:0], rows.wrong[:0], ())
    assert resampled(nothing, resamples=FEW).values["augrc"]["score 0"].estimate is None


def table(labels, kinds):
    n = len(labels)
    logits = np.tile(np.array([[1.0, 0.0, -1.0]], np.float32), (n, 1))
    return PredictionTable(
        tuple(f"i{k}" for k in range(n)), np.array(labels), logits, np.zeros((n, 0), np.float32), ("a", "b", "c"),
        groups=tuple(f"g{k // 2}" for k in range(n)), outlier_kinds=kinds,
    )  # fmt: skip


def test_from_a_prediction_table():
    rows = Judged.of(table([0, 1, 0, -1, 2], (None, None, None, "far", "near")), {"s": np.arange(5.0)})
    assert rows.wrong.tolist() == [False, True, False, False, False] and rows.outlier.tolist() == [False] * 3 + [True] * 2
    assert rows.products == ("g0", "g0", "g1", "g1", "g2")
    near = rows.in_tier("near")
    assert near.column("s").tolist() == [0, 1, 2, 4] and near.outlier.sum() == 1
    with pytest.raises(InputError, match="far"):
        rows.in_tier("middle")
    with pytest.raises(InputError, match="label: i1"):
        Judged.of(table([0, -1], (None, None)), {"s": np.arange(2.0)})
    with pytest.raises(InputError, match="score s: row 1 is NaN"):
        Judged.of(table([0, 1], (None, None)), {"s": np.array([0.0, np.nan])})
    with pytest.raises(InputError, match="rows for a table of 2"):
        Judged.of(table([0, 1], (None, None)), {"s": np.arange(3.0)})


def test_bad_input():
    rows = judged()
    with pytest.raises(InputError, match="score: nobody"):
        resampled(rows, "nobody")
    with pytest.raises(InputError, match="resamples: 10"):
        resampled(rows, resamples=10)
    with pytest.raises(InputError, match="score score 1: row 4 is NaN"):
        replace(rows, scores=np.where(np.arange(3) == 1, np.where(np.arange(120) == 4, np.nan, 0)[:, None], 0.0))
    with pytest.raises(InputError, match="name of its own"):
        replace(rows, names=("a", "a", "b"))
    with pytest.raises(InputError, match="one of each a row"):
        replace(rows, wrong=rows.wrong[:-1])
