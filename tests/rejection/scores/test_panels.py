"""Sums over rows in panels and by several threads: right, and the same for any number of threads."""

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn.covariance import EmpiricalCovariance

from robustfashion import threads as pool
from robustfashion.rejection.scores.columns import energy_of_rows
from robustfashion.rejection.scores.gaussian import means_of, scatter, shrunk
from robustfashion.rejection.scores.relative_mahalanobis import RelativeMahalanobis, difference
from robustfashion.rejection.scores.rowwise import Panels
from tests.rejection.scores.worlds import clouds


@pytest.mark.parametrize("n", [1, 40, 2049, 9001])
def test_means_and_scatter_are_numpys(n, monkeypatch):
    """Sizes of one lane, of two that differ, and of lanes with a second panel."""
    monkeypatch.setattr("robustfashion.rejection.scores.gaussian._PANEL", 1500)
    rng = np.random.default_rng(n)
    rows, labels = (rng.normal(size=(n, 7)) + 3).astype(np.float32), np.arange(n) % min(n, 3)
    counts = np.bincount(labels)
    found = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(pool, "threads", lambda threads=threads: threads)
        means = means_of(rows, labels, counts)
        found.append((means, *scatter(rows, labels, means)))
    assert all(np.array_equal(a, b) for other in found[1:] for a, b in zip(found[0], other, strict=True))
    wide = rows.astype(np.float64)
    means = np.stack([wide[labels == c].mean(axis=0) for c in range(len(counts))])
    gaps = wide - means[labels]
    for got, want in zip(found[0], (means, gaps.T @ gaps / n, (gaps**2).sum(axis=1)), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("d", "q"), [(20, 20), (300, 300), (300, 9), (5, 200)])
def test_panels_multiply(d, q):
    rng = np.random.default_rng(d)
    rows = rng.normal(size=(11, d))
    for matrix in (rng.normal(size=(d, q)), np.triu(rng.normal(size=(d, q))), np.zeros((d, q))):
        found = Panels.of(matrix).after(rows)
        assert found.shape == (11, q + -q % 32) and not found[:, q:].any()
        np.testing.assert_allclose(found[:, :q], rows @ matrix, rtol=1e-12, atol=1e-12)


def test_panels_leave_zeros_out():
    assert [panel.shape for panel in Panels.of(np.triu(np.ones((300, 300)))).panels] == [(128, 128), (256, 128), (300, 64)]


@pytest.mark.parametrize("identity", [0.0, 1e-9, 0.3])
def test_difference_of_inverse_covariances(identity):
    rng = np.random.default_rng(1)
    within = np.cov(rng.normal(size=(12, 60)) * np.linspace(0.1, 3, 12)[:, None])
    between = rng.normal(size=(3, 12))
    white = np.linalg.inv(np.linalg.cholesky(within)).T
    factor = difference(white, between, identity)
    want = np.linalg.inv(within) - np.linalg.inv(within + between.T @ between + identity * np.eye(12))
    np.testing.assert_allclose(factor @ factor.T, want, rtol=1e-8, atol=1e-9 * np.abs(want).max())
    assert factor.shape == (12, 12 if identity else 3)
    assert not identity or np.array_equal(factor, np.triu(factor))


@pytest.mark.parametrize("shrinkage", [0.0, 0.2, 1.0, None])
def test_relative_mahalanobis_is_the_difference_of_two_distances(shrinkage):
    """Both by scikit-learn, each with its own covariance; the difference is never formed here."""
    rows, table = clouds(), clouds(80, seed=1)
    fitted = RelativeMahalanobis(shrinkage=shrinkage).fit(rows)
    wide, share = rows.features.astype(float), fitted.chosen["shrinkage"]
    means = np.stack([wide[rows.labels == c].mean(axis=0) for c in range(3)])

    def squares(centred_rows, points):
        law = EmpiricalCovariance(assume_centered=True).fit(centred_rows)
        matrix, _ = shrunk(law.covariance_, np.zeros(len(wide)), share)
        return np.einsum("ij,jk,ik->i", points, np.linalg.inv(matrix), points)

    near = np.min([squares(wide - means[rows.labels], table.features - mean) for mean in means], axis=0)
    centre = wide.mean(axis=0)
    want = near - squares(wide - centre, table.features - centre)
    np.testing.assert_allclose(fitted(table), want, rtol=1e-8, atol=1e-8)


def test_energy_of_extreme_logits_among_ordinary_ones():
    """Rows beyond the range of exp go another way, each for itself: the same bits alone, and right."""
    rng = np.random.default_rng(0)
    logits = (5 * rng.normal(size=(400, 3))).astype(np.float32)
    logits[::7] += np.float32(900)
    logits[1::7] -= np.float32(900)
    logits[2::7, 0] = np.float32(-3e38)
    logits[3::7, 1] = np.float32(3e38)
    logits[4] = [459, 461, -5000]
    logits[5] = [-800, -461, -459]
    found = energy_of_rows(logits)
    np.testing.assert_allclose(found, -logsumexp(logits.astype(np.float64), axis=1), rtol=1e-14, atol=1e-14)
    np.testing.assert_array_equal(np.concatenate([energy_of_rows(logits[i : i + 1]) for i in range(400)]), found)
    order = rng.permutation(400)
    np.testing.assert_array_equal(energy_of_rows(logits[order]), found[order])
    assert energy_of_rows(logits[:0]).shape == (0,)
