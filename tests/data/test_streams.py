"""Random numbers by image and epoch, against numpy's own Philox."""

import numpy as np
import pytest
from scipy import stats

from robustfashion.data.streams import uniforms


@pytest.mark.parametrize(("seed", "count"), [(0, 1), (7, 11), (2**40 + 3, 8)])
def test_rows_are_numpys_generator(seed, count):
    index, epoch = np.array([0, 5, 2**33, 5, 91]), np.array([0, 3, 1, 4, 10**6])
    key = np.random.SeedSequence(seed).generate_state(2, np.uint64)
    want = [
        np.random.Generator(np.random.Philox(counter=[0, i, e, 0], key=key)).random(count)
        for i, e in zip(index.tolist(), epoch.tolist(), strict=True)
    ]
    np.testing.assert_array_equal(uniforms(seed, index, epoch, count), want)


def test_a_row_depends_on_its_image_and_epoch_alone():
    index, epoch = np.arange(50), np.full(50, 6)
    whole = uniforms(3, index, epoch, 9)
    order = np.random.default_rng(0).permutation(50)
    np.testing.assert_array_equal(uniforms(3, index[order], epoch[order], 9), whole[order])
    np.testing.assert_array_equal(uniforms(3, index[17:18], epoch[17:18], 9)[0], whole[17])
    np.testing.assert_array_equal(uniforms(3, index, epoch, 5), whole[:, :5])  # more numbers do not change the first
    assert not np.isin(uniforms(4, index, epoch, 9), whole).any()
    assert not np.isin(uniforms(3, index, epoch + 1, 9), whole).any()


def test_uniform_and_uncorrelated():
    found = uniforms(1, np.arange(4000), np.zeros(4000, np.int64), 6)
    assert all(stats.kstest(column, "uniform").pvalue > 0.001 for column in found.T)
    correlation = np.corrcoef(found.T) - np.eye(6)
    assert np.abs(correlation).max() < 0.06
    assert abs(np.corrcoef(found[:-1, 0], found[1:, 0])[0, 1]) < 0.06


def test_no_image():
    assert uniforms(0, np.zeros(0, np.int64), np.zeros(0, np.int64), 3).shape == (0, 3)
