"""Heads against scikit-learn's own pipeline, and what a penalty, a seed and folds mean."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from robustfashion.errors import InputError
from robustfashion.models import heads as module
from robustfashion.models.head_objective import Regularisers, Rows, _Objective, fit
from robustfashion.models.heads import HeadSettings, fit_head, head_logits

FIXED = HeadSettings(penalties=(0.1,), tolerance=1e-7)


def blobs(n=180, d=7, k=3, seed=0, spread=1.0):
    """Features of products with two pictures each, of unlike scales; labels; products."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(n // 2) % k, 2)
    x = rng.normal(size=(k, d))[labels] * 1.5 + rng.normal(size=(n, d)) * spread
    return (x * 10.0 ** np.linspace(-1, 1, d) + 3).astype(np.float32), labels.astype(np.int64), [f"p{i // 2}" for i in range(n)]


def classes(k=3):
    return tuple("abcdef"[:k])


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("weights", ["none", "balanced"])
def test_against_a_pipeline(k, weights):
    x, y, groups = blobs(k=k)
    kept = np.flatnonzero((y > 0) | (np.arange(len(y)) % 3 == 0))  # unequal classes
    x, y, groups = x[kept], y[kept], [groups[i] for i in kept]
    head = fit_head(x, y, groups, classes(k), settings=HeadSettings((0.1,), class_weights=weights, tolerance=1e-8))
    scaler = StandardScaler().fit(x.astype(float))
    balanced = "balanced" if weights == "balanced" else None
    oracle = LogisticRegression(C=1 / (0.1 * len(y)), class_weight=balanced, tol=1e-8, max_iter=5000)
    oracle.fit(scaler.transform(x.astype(float)), y)
    logits = head_logits(head, x)
    assert head.weight.shape == (k, 7) and head.bias.shape == (k,) and logits.dtype == head.weight.dtype == np.float32
    probabilities = np.exp(logits - logits.max(1, keepdims=True))
    probabilities /= probabilities.sum(1, keepdims=True)
    np.testing.assert_allclose(probabilities, oracle.predict_proba(scaler.transform(x.astype(float))), atol=2e-4)


def test_penalty_is_chosen_by_left_out_products():
    x, y, groups = blobs(d=40, spread=6.0)  # little signal: a weak penalty learns noise
    head = fit_head(x, y, groups, classes(), settings=HeadSettings((1e-4, 1e-1, 10.0)))
    assert list(head.scores) == [10.0, 1e-1, 1e-4] and head.penalty == min(head.scores, key=head.scores.get) == 0.1
    clear, labels, products = blobs(spread=0.3)
    assert fit_head(clear, labels, products, classes(), settings=HeadSettings((1e-4, 1e-1, 10.0))).penalty == 1e-4


def test_a_product_is_never_divided():
    """Twins of one product are identical but unlike all others: only across a divided product could noise be learnt."""
    rng = np.random.default_rng(1)
    x = np.repeat(rng.normal(size=(60, 80)), 2, axis=0).astype(np.float32)
    y = np.repeat(rng.integers(0, 2, 60), 2).astype(np.int64)
    settings = HeadSettings((1e-3, 100.0), folds=10)
    together = fit_head(x, y, [f"p{i // 2}" for i in range(120)], classes(2), settings=settings)
    divided = fit_head(x, y, [f"p{i}" for i in range(120)], classes(2), settings=settings)
    assert together.penalty == 100.0 and divided.scores[1e-3] < together.scores[1e-3] / 2


def test_every_class_is_in_every_fold():
    _, y, groups = blobs(n=60)
    product = np.unique(groups, return_inverse=True)[1]
    data = module._Data(np.zeros((60, 1)), y, product, np.ones(60), classes(), HeadSettings(folds=4))
    fold = module._folds(data, 3)
    for k in range(3):
        assert sorted(np.bincount(fold[np.unique(product[y == k])])) == [2, 2, 3, 3]
    assert (fold != module._folds(data, 4)).any()


def test_seeds():
    x, y, groups = blobs(spread=3.0)
    first, again, other = (fit_head(x, y, groups, classes(), seed, FIXED) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.weight, again.weight)
    assert not np.allclose(first.weight, other.weight, rtol=0.05)
    plain = fit_head(x, y, groups, classes(), 0, FIXED)
    assert plain.history["images"] == first.history["images"] == len(y)


def test_bootstrap_is_of_products():
    """Drawn rows count as often as they are drawn, both pictures of a product alike, each class as often as before."""
    x, y, groups = blobs(n=60)
    product = np.unique(groups, return_inverse=True)[1]
    drawn = module._bootstrap(module._Data(x, y, product, np.ones(60), classes(), FIXED), 5)
    per_product = {int(p): set(drawn.counts[drawn.product == p]) for p in drawn.product}
    assert all(len(counts) == 1 for counts in per_product.values()) and drawn.counts.max() > 1
    assert [drawn.counts[drawn.y == k].sum() for k in range(3)] == [20, 20, 20]
    repeated = np.repeat(np.arange(len(drawn.y)), drawn.counts.astype(int))
    # Weights do what repeated rows do.
    head = fit_head(x, y, groups, classes(), 5, FIXED)
    oracle = fit_head(drawn.x[repeated], drawn.y[repeated], [str(i) for i in repeated], classes(), 0, FIXED)
    np.testing.assert_allclose(head.weight, oracle.weight, rtol=2e-2, atol=1e-4)


def test_unlabelled_rows_are_left_out():
    x, y, groups = blobs()
    mixed = y.copy()
    mixed[::4] = -1
    kept = mixed >= 0
    a = fit_head(x, mixed, groups, classes(), settings=FIXED)
    b = fit_head(x[kept], y[kept], [g for g, keep in zip(groups, kept, strict=True) if keep], classes(), settings=FIXED)
    np.testing.assert_array_equal(a.weight, b.weight)


def test_features_that_hardly_move_are_not_blown_up():
    x, y, groups = blobs()
    dead = np.concatenate([x, np.full((len(x), 1), 7.0, np.float32), 1e-6 * (y[:, None] == 1).astype(np.float32)], axis=1)
    head = fit_head(dead, y, groups, classes(), settings=FIXED)
    assert np.abs(head.weight[:, -2:]).max() <= np.abs(head.weight[:, :-2]).max()


def test_convergence_goes_on_or_is_told(monkeypatch):
    x, y, groups = blobs()
    want = fit_head(x, y, groups, classes(), settings=FIXED)
    monkeypatch.setattr(module, "_ITERATIONS", (2, 4000))
    np.testing.assert_allclose(fit_head(x, y, groups, classes(), settings=FIXED).weight, want.weight, rtol=1e-2, atol=1e-4)
    monkeypatch.setattr(module, "_ITERATIONS", (1, 1))
    with pytest.warns(Warning, match="failed to converge"):
        fit_head(x, y, groups, classes(), settings=FIXED)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"penalties": ()}, r"penalties is \(\)"),
        ({"penalties": (0.1, -1.0)}, "penalties is"),
        ({"folds": 1}, "folds is 1"),
        ({"class_weights": "rare"}, "class_weights is 'rare'"),
        ({"tolerance": 0.0}, "tolerance is 0"),
    ],
)
def test_bad_settings(options, message):
    with pytest.raises(InputError, match=message):
        HeadSettings(**options)


def test_bad_data():
    x, y, groups = blobs()
    with pytest.raises(InputError, match=r"features \[180, 7\], 179 labels, 180 groups"):
        fit_head(x, y[1:], groups, classes())
    with pytest.raises(InputError, match="no picture of class 'd'"):
        fit_head(x, y, groups, classes(4))
    with pytest.raises(InputError, match="2 classes, labels up to 2"):
        fit_head(x, y, groups, classes(2))
    broken = x.copy()
    broken[3, 2] = np.nan
    with pytest.raises(InputError, match="NaN or infinity"):
        fit_head(broken, y, groups, classes())
    rare = np.where(np.arange(180) < 2, 3, y)
    with pytest.raises(InputError, match=r"class 'd' has too few products \(1\).*single penalty"):
        fit_head(x, rare, groups, classes(4))
    assert fit_head(x, rare, groups, classes(4), settings=FIXED).weight.shape == (4, 7)


def probabilities(head, x):
    logits = head_logits(head, x).astype(float)
    found = np.exp(logits - logits.max(1, keepdims=True))
    return found / found.sum(1, keepdims=True)


@pytest.mark.parametrize("k", [2, 3])
def test_the_objective_without_additions_is_logistic_regression(k):
    x, y, groups = blobs(k=k)
    plain = fit_head(x, y, groups, classes(k), settings=HeadSettings((0.1,), tolerance=1e-8))
    scaled = (x - x.mean(0, dtype=float)) / x.std(0, dtype=float)
    weight, bias, _ = fit(Rows(scaled, y, np.ones(len(y)), np.zeros((0, 7)), k), 0.1, Regularisers(), 1e-9, 4000)
    logits = scaled @ weight.T + bias
    found = np.exp(logits - logits.max(1, keepdims=True))
    np.testing.assert_allclose(found / found.sum(1, keepdims=True), probabilities(plain, x), atol=2e-4)


@pytest.mark.parametrize("field", ["label_smoothing", "confidence_penalty", "outlier_exposure", "drop_rate"])
def test_gradients_are_those_of_the_loss(field):
    from scipy.optimize import check_grad

    rng = np.random.default_rng(0)
    rows = Rows(rng.normal(size=(19, 5)), rng.integers(0, 3, 19), rng.uniform(0.5, 2, 19), rng.normal(size=(8, 5)), 3)
    objective = _Objective(rows, 0.3, Regularisers(**{field: 0.4}))
    at = rng.normal(size=18)
    assert check_grad(lambda w: objective(w)[0], lambda w: objective(w)[1], at) < 1e-5


def test_additions_are_the_trainings_loss():
    """What a head minimises is what a network minimises, but for the penalty."""
    import torch

    from robustfashion.models.losses import training_loss
    from robustfashion.models.recipes import Recipe

    rng = np.random.default_rng(1)
    x, free, y = rng.normal(size=(13, 4)), rng.normal(size=(7, 4)), rng.integers(0, 3, 13)
    table = rng.normal(size=(3, 5))
    added = {"label_smoothing": 0.1, "confidence_penalty": 0.2, "outlier_exposure": 0.5}
    ours = _Objective(Rows(x, y, np.ones(13), free, 3), 0.0, Regularisers(**added))(table.ravel())[0]
    logits = torch.from_numpy(np.concatenate([x, free]) @ table[:, :-1].T + table[:, -1])
    labels = torch.from_numpy(np.concatenate([y, np.full(7, -1)]))
    assert float(training_loss(logits, labels, Recipe("own", **added))) == pytest.approx(ours, rel=1e-6)


@pytest.mark.parametrize("added", [{"label_smoothing": 0.2}, {"confidence_penalty": 0.5}, {"drop_rate": 0.5}])
def test_regularised_heads_are_less_sure_of_what_they_learnt(added):
    x, y, groups = blobs()
    settings = HeadSettings((1e-3,))
    plain = fit_head(x, y, groups, classes(), settings=settings)
    head = fit_head(x, y, groups, classes(), settings=HeadSettings((1e-3,), added=Regularisers(**added)))
    assert probabilities(head, x).max(1).mean() < probabilities(plain, x).max(1).mean()
    assert (probabilities(head, x).argmax(1) == y).mean() > 0.9


def test_exposure_makes_unsure_of_free_outliers_only():
    x, y, groups = blobs(spread=0.5)
    rng = np.random.default_rng(5)
    free = (x.mean(0) + rng.normal(size=(50, 7)) * x.std(0) * 0.3 + 4 * x.std(0) * np.eye(7)[0]).astype(np.float32)
    settings = HeadSettings((1e-3,), added=Regularisers(outlier_exposure=0.5))
    plain, head = fit_head(x, y, groups, classes(), settings=FIXED), fit_head(x, y, groups, classes(), 0, settings, free)
    assert probabilities(head, free).max(1).mean() < 0.6 < probabilities(plain, free).max(1).mean()
    assert probabilities(head, x).max(1).mean() > 0.9


def test_free_outliers_and_their_weight_come_together():
    x, y, groups = blobs()
    exposed = HeadSettings((0.1,), added=Regularisers(outlier_exposure=0.5))
    for settings, free in ((exposed, None), (FIXED, x[:4])):
        with pytest.raises(InputError, match="give both, or none"):
            fit_head(x, y, groups, classes(), 0, settings, free)
    with pytest.raises(InputError, match="7 numbers each"):
        fit_head(x, y, groups, classes(), 0, exposed, x[:4, :3])
    with pytest.raises(InputError, match=r"label_smoothing of a head is 1.5"):
        Regularisers(label_smoothing=1.5)
