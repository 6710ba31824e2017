"""Probes: a planted shortcut is found, noise is not, products are held out, the null is that of the procedure."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.neighbors import NearestCentroid

from robustfashion.data.check.factor import Factor, factor_of, group_codes
from robustfashion.data.check.probes import (
    ProbeSettings,
    components,
    cross_validated,
    exchanged,
    finding,
    interval,
    probe,
    sample_rows,
)
from robustfashion.data.check.store import build_features
from robustfashion.stats import Estimate
from tests.data.check.pictures import catalogue_of, product, write

SETTINGS = ProbeSettings(seed=1, permutations=40)


def probed(root, rows, label="label"):
    catalogue = catalogue_of(root, rows)
    store = build_features(catalogue, root / "cache")
    found = probe(store, [factor_of(label, store.catalogue.table[label])], group_codes(store.catalogue), SETTINGS)
    return {p.view: p for p in found}


@pytest.fixture(scope="module")
def coloured(tmp_path_factory):
    """Every class has its own colour; shapes, sizes and backgrounds are noise."""
    root = tmp_path_factory.mktemp("coloured")
    rng = np.random.default_rng(0)
    colours = [(180, 30, 30), (30, 160, 40), (40, 40, 170)]
    rows = []
    for k in range(120):
        colour = tuple(int(c) for c in np.clip(np.array(colours[k % 3]) + rng.integers(-25, 26, 3), 0, 255))
        height, width = rng.integers(60, 120, 2)
        write(root / f"{k}.jpg", product(int(height), int(width), k, colour), quality=int(rng.integers(60, 95)))
        rows.append({"path": f"{k}.jpg", "label": "abc"[k % 3], "split": ["train", "test"][int(rng.integers(0, 2))]})
    return root, rows


def test_a_colour_shortcut_is_found_and_nothing_else(coloured):
    found = probed(*coloured)
    assert set(found) == {"Colour histogram", "Covered share", "Mean image", "Background", "32 × 32 gray", "File only"}
    colour = found["Colour histogram"]
    assert colour.accuracy.value > 0.9 and colour.finding == "strong" and colour.p == pytest.approx(1 / 41)
    assert (colour.chance, colour.classes, colour.products, colour.n) == (pytest.approx(1 / 3), 3, 120, 120)
    assert found["File only"].finding in ("near chance", "not settled")
    assert found["File only"].accuracy.low < 1 / 3 < found["File only"].accuracy.high


def test_null_is_near_chance(coloured):
    root, rows = coloured
    for view, found in probed(root, rows, "split").items():
        assert found.accuracy.low < 0.5 < found.accuracy.high, view
        assert found.null[0] == pytest.approx(0.5, abs=0.05) and found.p > 0.025


def test_memorised_products_are_no_shortcut(tmp_path):
    """Ten images of each product look alike and have its label: only holding out whole products tells that nothing is known."""
    rows = []
    rng = np.random.default_rng(5)
    for p in range(20):
        image = product(48, 48, p)
        for k in range(10):
            noisy = np.clip(image + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)
            write(tmp_path / f"{p}-{k}.png", noisy)
            rows.append({"path": f"{p}-{k}.png", "label": "ab"[p % 2], "group": f"product {p}"})
    grouped = probed(tmp_path, rows)["Mean image"]
    alone = probed(tmp_path, [{**row, "group": row["path"]} for row in rows])["Mean image"]
    assert grouped.accuracy.low < 0.5 < grouped.accuracy.high and grouped.p > 0.025
    assert alone.accuracy.low > 0.6 and alone.p < 0.05


def test_closed_form_is_scikit_learns_nearest_centroid():
    rng = np.random.default_rng(6)
    features = rng.normal(size=(90, 7)).astype(np.float32)
    labels = np.stack([rng.integers(0, 4, 90) for _ in range(3)])
    features[:, 0] += labels[0]
    folds = rng.integers(0, 5, 90)
    found = cross_validated(features, labels, folds, 4)
    for r in range(3):
        for fold in range(5):
            model = NearestCentroid().fit(features[folds != fold], labels[r, folds != fold])
            assert np.array_equal(found[r, folds == fold], model.predict(features[folds == fold]))


def test_exchanged_labels_stay_together_in_a_product():
    product_of = np.repeat(np.arange(9), 4)
    labels = np.repeat(np.arange(9) % 3, 4)
    for drawn in exchanged(labels, product_of, SETTINGS):
        assert (drawn.reshape(9, 4) == drawn.reshape(9, 4)[:, :1]).all()
        assert np.array_equal(np.bincount(drawn), np.bincount(labels))


def test_sample_is_even_by_class_and_keeps_products_together():
    rng = np.random.default_rng(7)
    products = rng.integers(0, 400, 1500)
    label_of = np.array([0] * 300 + [1] * 90 + [2] * 9 + [-1])[np.arange(400)]
    factor = Factor("label", label_of[products].astype(np.int32), ("many", "some", "few"))
    sample = sample_rows(factor, products, replace(SETTINGS, images=300))
    assert (sample.classes, sample.left_out, sample.kept.tolist()) == (2, 1, [0, 1])
    counts = np.bincount(sample.labels)
    assert abs(counts[0] - counts[1]) <= 10 and counts.sum() <= 320
    chosen = products[sample.rows]
    assert all(len(set(sample.folds[chosen == p])) == 1 for p in set(chosen))
    assert all((products == p).sum() == (chosen == p).sum() for p in set(chosen))
    assert set(sample.folds) == set(range(5))
    assert sample_rows(Factor("label", np.full(1500, 1, np.int32), ("a", "b")), products, SETTINGS) is None


def test_components_leave_out_what_does_not_vary():
    rng = np.random.default_rng(8)
    features = np.zeros((200, 30), np.float32)
    features[:, 4] = rng.normal(0, 50, 200)
    features[:, 9] = rng.normal(0, 1, 200)
    found = components(features, True, 0)
    assert found.shape == (200, 2)
    np.testing.assert_allclose(found.std(axis=0, ddof=1), 1, rtol=1e-3)
    assert not components(np.ones((50, 6), np.float32), True, 0).any()


def test_interval_covers_and_shrinks():
    rng = np.random.default_rng(9)
    few = interval(rng.permutation(60) < 42, np.arange(60) % 3, np.arange(60), 3, 0)
    many = interval(rng.permutation(3000) < 2100, np.arange(3000) % 3, np.arange(3000), 3, 0)
    assert (few.value, many.value) == pytest.approx((0.7, 0.7))
    # binomial standard errors of 0.059 and 0.0084
    assert few.high - few.low == pytest.approx(3.92 * 0.059, rel=0.15)
    assert many.high - many.low == pytest.approx(3.92 * 0.0084, rel=0.15)


@pytest.mark.parametrize(
    ("low", "high", "p", "expected"),
    [
        (0.18, 0.27, 0.4, "near chance"), (0.22, 0.31, 0.005, "weak"), (0.22, 0.31, 0.2, "not settled"),
        (0.30, 0.59, 0.005, "above chance"), (0.61, 0.9, 0.005, "strong"),
    ],
)  # fmt: skip
def test_rule(low, high, p, expected):
    assert finding(Estimate((low + high) / 2, low, high, 100), 0.2, p) == expected
