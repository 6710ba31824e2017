"""Calibration measures against torchmetrics and scikit-learn, and against what must hold."""

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
    calibration_estimate,
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
    fair = calibration_estimate(*top_label(p, labels), groups, 0)
    sure = calibration_estimate(*top_label(softmax(4 * np.log(p), axis=1), labels), groups, 0)
    assert fair.low < 0.01 and fair.value < 0.07
    assert sure.low > 0.1 > fair.high and sure.low <= sure.value <= sure.high


def test_copies_of_a_product_widen_the_interval(answers):
    p, labels = answers
    scores = brier_scores(p, labels)
    alone = mean_estimate(scores, [str(i) for i in range(317)], 0)
    copied = mean_estimate(np.repeat(scores, 4), [str(i) for i in range(317) for _ in range(4)], 0)
    assert alone.value == pytest.approx(copied.value)
    assert (copied.high - copied.low) == pytest.approx(alone.high - alone.low, rel=0.1)
