"""Prediction table: round trip, softmax against scipy, cache."""

import numpy as np
import pytest
from scipy.special import softmax

from robustfashion.predictions import PredictionTable, cached_predictions, read_predictions, write_predictions


def _table(n=7, k=3, d=4, seed=0):
    rng = np.random.default_rng(seed)
    return PredictionTable(
        tuple(f"item {i}, é" for i in range(n)),
        rng.integers(-1, k, n),
        rng.normal(scale=30, size=(n, k)).astype(np.float32),
        rng.normal(size=(n, d)).astype(np.float32),
        tuple("abc"[:k]),
    )


def test_round_trip(tmp_path):
    table = _table()
    write_predictions(table, tmp_path / "p.parquet")
    back = read_predictions(tmp_path / "p.parquet")
    assert back.ids == table.ids and back.classes == table.classes
    for name in ("labels", "logits", "features"):
        np.testing.assert_array_equal(getattr(back, name), getattr(table, name))


def test_probabilities_are_softmax():
    table = _table()
    np.testing.assert_allclose(table.probabilities, softmax(table.logits.astype(float), axis=1), rtol=1e-12)
    np.testing.assert_array_equal(table.predicted, table.probabilities.argmax(1))


def test_mismatch_and_divergence_are_refused():
    table = _table()
    with pytest.raises(ValueError, match="belong together"):
        PredictionTable(table.ids[:3], table.labels, table.logits, table.features, table.classes)
    with pytest.raises(ValueError, match="diverged"):
        PredictionTable(table.ids, table.labels, table.logits * np.float32(np.nan), table.features, table.classes)


def test_cache_computes_once_and_heals(tmp_path):
    calls = []

    def compute():
        calls.append(1)
        return _table()

    path = tmp_path / "key.parquet"
    cached_predictions(path, compute)
    cached_predictions(path, compute)
    assert len(calls) == 1
    path.write_bytes(path.read_bytes()[:100])
    cached_predictions(path, compute)
    assert len(calls) == 2
    assert read_predictions(path).ids == _table().ids
