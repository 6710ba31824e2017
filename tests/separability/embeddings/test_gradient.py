import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.sparse as sp

from robustfashion.separability.embeddings import gradient
from robustfashion.separability.embeddings.gradient import ExactGradient, divergence


def joint(n, seed=0):
    rng = np.random.default_rng(seed)
    dense = rng.random((n, n)) * (rng.random((n, n)) < 0.2)
    dense = np.triu(dense, 1)
    dense += dense.T
    return sp.csr_matrix(dense / dense.sum())


def loss(positions, affinities):
    """The definition, every pair."""
    gaps = positions[:, None] - positions[None]
    q = 1 / (1 + (gaps**2).sum(axis=2))
    np.fill_diagonal(q, 0)
    q /= q.sum()
    p = affinities.toarray()
    known = p > 0
    return (p[known] * np.log(p[known] / q[known])).sum()


@pytest.mark.parametrize("scale", [1e-4, 1.0, 30.0])
def test_divergence_is_the_definition(scale):
    affinities, positions = joint(83), np.random.default_rng(1).normal(size=(83, 2)) * scale
    assert divergence(positions, affinities) == pytest.approx(loss(positions, affinities), rel=1e-6)


def test_gradient_is_that_of_the_loss():
    affinities, positions = joint(37), np.random.default_rng(2).normal(size=(37, 2)) * 2
    _, found = ExactGradient(None, 1)(positions, affinities)
    for i, axis in ((0, 0), (5, 1), (36, 0)):
        step = np.zeros_like(positions)
        step[i, axis] = 1e-5
        slope = (loss(positions + step, affinities) - loss(positions - step, affinities)) / 2e-5
        assert 4 * found[i, axis] == pytest.approx(slope, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("strip", [256, 37])
def test_gradient_is_that_of_open_tsne(monkeypatch, strip):
    monkeypatch.setattr(gradient, "_STRIP", strip)
    from openTSNE.tsne import kl_divergence_bh

    affinities, positions = joint(211), np.random.default_rng(3).normal(size=(211, 2)) * 9
    _, oracle = kl_divergence_bh(positions, affinities, dof=1, bh_params={"theta": 0.0})
    _, found = ExactGradient(None, 1)(positions, affinities)
    np.testing.assert_allclose(found, oracle, atol=2e-6 * np.abs(oracle).max())


@pytest.mark.parametrize("strip", [256, 90])
def test_threads_do_not_matter(monkeypatch, strip):
    monkeypatch.setattr(gradient, "_STRIP", strip)
    affinities, positions = joint(700), np.random.default_rng(4).normal(size=(700, 2)) * 9
    with ThreadPoolExecutor(3) as pool:
        one, two, three = (ExactGradient(pool, threads)(positions, affinities)[1] for threads in (1, 2, 3))
    assert one.tobytes() == two.tobytes() == three.tobytes()


def test_exaggeration_is_seen():
    affinities, positions = joint(60), np.random.default_rng(9).normal(size=(60, 2))
    method = ExactGradient(None, 1)
    _, once = method(positions, affinities)
    affinities *= 12
    _, more = method(positions, affinities)
    np.testing.assert_array_equal(more, ExactGradient(None, 1)(positions, affinities)[1])
    assert np.abs(more - once).max() > np.abs(once).max()


@pytest.mark.slow
def test_code_kept_on_disk_gives_the_same_bits(tmp_path):
    made = (
        "import numpy as np, scipy.sparse as sp\n"
        "from robustfashion.separability.embeddings.gradient import ExactGradient\n"
        "positions = np.random.default_rng(0).normal(size=(3000, 2)) * 9\n"
        "near = sp.random(3000, 3000, 0.03, 'csr', random_state=1)\n"
        "print(ExactGradient(None, 1)(positions, near)[1].tobytes().hex())\n"
    )
    kept = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    compiled, read = (subprocess.run([sys.executable, "-c", made], env=kept, capture_output=True, check=True) for _ in "ab")
    assert compiled.stdout == read.stdout != b""


def test_equal_positions_push_nobody():
    affinities, positions = joint(50), np.ones((50, 2))
    assert (ExactGradient(None, 1)(positions, affinities)[1] == 0).all()


def test_new_points_see_fixed_ones_only():
    fixed, new = np.random.default_rng(5).normal(size=(60, 2)), np.random.default_rng(6).normal(size=(7, 2))
    weights = np.random.default_rng(7).random((7, 60))
    weights /= weights.sum(axis=1, keepdims=True)
    _, found = ExactGradient(None, 1, fixed)(new, sp.csr_matrix(weights))
    gaps = new[:, None] - fixed[None]
    q = 1 / (1 + (gaps**2).sum(axis=2))
    expected = ((weights * q)[..., None] * gaps).sum(axis=1) - (q**2 / q.sum(axis=1, keepdims=True))[..., None].__mul__(gaps).sum(
        axis=1
    )
    np.testing.assert_allclose(found, expected, rtol=2e-4, atol=1e-6)


def test_grid_of_many_points_is_close(monkeypatch):
    affinities, positions = joint(300), np.random.default_rng(8).normal(size=(300, 2)) * 2
    _, exact = ExactGradient(None, 1)(positions, affinities)
    monkeypatch.setattr(gradient, "GRID_FROM", 299)
    _, close = ExactGradient(None, 1)(positions, affinities)
    assert (close != exact).any()
    np.testing.assert_allclose(close, exact, atol=1e-2 * np.abs(exact).max())
    wide = positions * 20
    _, again = ExactGradient(None, 1)(wide, affinities)
    monkeypatch.setattr(gradient, "GRID_FROM", 300)
    assert (again == ExactGradient(None, 1)(wide, affinities)[1]).all()
