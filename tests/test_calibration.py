"""Calibration measures against torchmetrics and scikit-learn, and against what must hold."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn.metrics import brier_score_loss, log_loss
from torchmetrics.functional.classification import multiclass_calibration_error

from robustfashion.calibration import (
    bin_edges,
    brier_scores,
    calibration_error,
    calibration_p_value,
    debiased_calibration_error,
    mean_estimate,
    negative_log_likelihoods,
    reliability,
    top_label,
)


@pytest.fixture(params=[2, 5])
def answers(request):
    """Probabilities [317, k] and labels, the network too sure of itself."""
    rng = np.random.default_rng(request.param)
    logits = rng.normal(0, 1, (317, request.param))
    labels = np.array([rng.choice(request.param, p=p) for p in softmax(logits, axis=1)])
    return softmax(2.5 * logits, axis=1), labels


def test_ece_is_torchmetrics(answers):
    p, labels = answers
    want = multiclass_calibration_error(torch.tensor(p), torch.tensor(labels), num_classes=p.shape[1], n_bins=15, norm="l1")
    assert calibration_error(*top_label(p, labels)) == pytest.approx(float(want), abs=1e-6)  # torchmetrics bins in float32


def test_brier_and_likelihood_are_scikit_learns(answers):
    p, labels = answers
    assert negative_log_likelihoods(p, labels).mean() == pytest.approx(log_loss(labels, p), rel=1e-9)
    if p.shape[1] == 2:
        want = 2 * brier_score_loss(labels, p[:, 1])
    else:
        want = brier_score_loss(labels, p, labels=list(range(p.shape[1])), scale_by_half=False)
    assert brier_scores(p, labels).mean() == pytest.approx(want, rel=1e-9)


def test_impossible_answer_is_finite():
    assert np.isfinite(negative_log_likelihoods(np.array([[1.0, 0.0]]), np.array([1]))).all()


def test_equal_mass_bins_hold_equally_many(answers):
    confidence, correct = top_label(*answers)
    edges = bin_edges(confidence, "mass")
    sizes = [b.n for b in reliability(confidence, correct, edges)]
    assert len(sizes) == 15 and max(sizes) - min(sizes) <= 2 and sum(sizes) == 317
    by_hand = sum(b.n * abs(b.accuracy - b.confidence) for b in reliability(confidence, correct, edges)) / 317
    assert calibration_error(confidence, correct, "mass") == pytest.approx(by_hand, abs=1e-12)


def test_all_equal_confidences_are_one_bin():
    confidence, correct = np.full(40, 0.8), np.arange(40) < 20
    for mass in ("width", "mass"):
        assert calibration_error(confidence, correct, mass) == pytest.approx(0.3)


def test_reliability_by_hand():
    bins = reliability(np.array([0.55, 0.58, 0.95, 1.0, 0.0]), np.array([True, False, True, True, False]), np.linspace(0, 1, 11))
    assert [(b.n, b.accuracy) for b in bins] == [(1, 0.0), (2, 0.5), (2, 1.0)]
    assert bins[1].confidence == pytest.approx(0.565)


def test_a_calibrated_network_has_an_interval_down_to_zero():
    rng = np.random.default_rng(0)
    p = softmax(rng.normal(0, 1.5, (600, 4)), axis=1)
    labels = np.array([rng.choice(4, p=q) for q in p])
    groups = [str(i) for i in range(600)]
    answers = top_label(p, labels), top_label(softmax(4 * np.log(p), axis=1), labels)
    fair, sure = (debiased_calibration_error(*of, groups) for of in answers)
    assert fair.low == 0 and fair.value < 0.07
    assert sure.low > 0.1 > fair.high and sure.low <= sure.value <= sure.high
    assert calibration_p_value(*answers[0], groups, 0) > 0.05 > 0.001 > calibration_p_value(*answers[1], groups, 0)


def test_debiased_square_is_kumars_formula(answers):
    """Kumar et al. 2019, eq. 5: (gap)² - variance of the bin's mean, with the unbiased variance; single pictures."""
    confidence, correct = top_label(*answers)
    found = debiased_calibration_error(confidence, correct, [str(i) for i in range(317)])
    edges, total = bin_edges(confidence, "mass"), 0.0
    for low, high in pairwise(edges):
        residuals = (correct - confidence)[(confidence > low) & (confidence <= high)]
        total += len(residuals) / 317 * (residuals.mean() ** 2 - residuals.var(ddof=1) / len(residuals))
    assert found.value == pytest.approx(np.sqrt(total)) and found.low <= found.value <= found.high and found.n == 317


def test_pictures_of_a_product_that_agree_prove_no_more(answers):
    confidence, correct = top_label(*answers)
    alone = debiased_calibration_error(confidence, correct, [str(i) for i in range(317)])
    copies = np.repeat(confidence, 3), np.repeat(correct, 3)
    groups = [str(i) for i in range(317) for _ in range(3)]
    copied = debiased_calibration_error(*copies, groups)
    assert (copied.value, copied.low, copied.high) == pytest.approx((alone.value, alone.low, alone.high), abs=0.01)
    naive = debiased_calibration_error(*copies, [str(i) for i in range(951)])
    assert naive.high - naive.low < 0.8 * (copied.high - copied.low)


def test_edges_of_what_can_be_asked():
    perfect = debiased_calibration_error(np.ones(40), np.ones(40, bool), [str(i) for i in range(40)])
    assert (perfect.value, perfect.low, perfect.high) == (0, 0, 0), "sure and right: nothing is left to doubt in these images"
    one = debiased_calibration_error(np.array([0.9]), np.array([True]), ["a"])
    assert one.value == 0 and one.high > 0.1
    assert calibration_p_value(np.ones(4), np.array([True, True, True, False]), list("abcd"), 0) == pytest.approx(1 / 2000)
    with pytest.raises(ValueError, match="label per row"):
        debiased_calibration_error(np.ones(2), np.ones(2, bool), ["a"])


def world(rng, products, temperature, pictures=1):
    """Confidences, answers and products of a network whose logits are multiplied; 1: calibrated. Copied or single pictures."""
    logits = rng.normal(0, 1.5, (products, 4))
    labels = (softmax(logits, axis=1).cumsum(axis=1) > rng.random((products, 1))).argmax(axis=1)
    p = softmax(temperature * logits, axis=1)
    confidence, correct = top_label(p, labels)
    return np.repeat(confidence, pictures), np.repeat(correct, pictures), np.repeat(np.arange(products), pictures).astype(str)


@pytest.mark.slow
@pytest.mark.parametrize("temperature", [1.0, 1.3, 2.0])
@pytest.mark.parametrize(("products", "pictures"), [(60, 1), (150, 1), (150, 3), (600, 1)])
def test_coverage_of_the_debiased_error(temperature, products, pictures):
    runs, rng = 800, np.random.default_rng([products, pictures, round(10 * temperature)])
    confidence, correct, _ = world(rng, 500_000, temperature)
    edges = bin_edges(confidence, "mass", min(15, products // 10))
    gaps = [(b.n / 500_000) * (b.accuracy - b.confidence) ** 2 for b in reliability(confidence, correct, edges)]
    truth = 0.0 if temperature == 1 else float(np.sqrt(sum(gaps)))
    found = [debiased_calibration_error(*world(rng, products, temperature, pictures)) for _ in range(runs)]
    assert np.mean([e.low <= truth <= e.high for e in found]) > 0.95 - 3 * np.sqrt(0.05 * 0.95 / runs)
    if temperature == 1:
        plain = np.mean([calibration_error(*world(rng, products, 1.0)[:2], "mass") for _ in range(100)])
        assert plain > 1.2 * np.mean([e.value for e in found]), "the plain error of a calibrated network is far from 0"


@pytest.mark.slow
@pytest.mark.parametrize(("products", "pictures"), [(60, 1), (300, 1), (150, 3)])
def test_false_alarms_of_the_test_of_calibration(products, pictures):
    runs, rng = 600, np.random.default_rng([products, pictures])
    alarms = np.mean([calibration_p_value(*world(rng, products, 1.0, pictures), run, draws=199) < 0.05 for run in range(runs)])
    # Copied pictures are the hardest case: how much they go together is estimated, and never above wholly.
    assert alarms < (0.05 if pictures == 1 else 0.065) + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_copies_of_a_product_widen_the_interval(answers):
    p, labels = answers
    scores = brier_scores(p, labels)
    alone = mean_estimate(scores, [str(i) for i in range(317)], 0)
    copied = mean_estimate(np.repeat(scores, 4), [str(i) for i in range(317) for _ in range(4)], 0)
    assert alone.value == pytest.approx(copied.value)
    assert (copied.high - copied.low) == pytest.approx(alone.high - alone.low, rel=0.1)
