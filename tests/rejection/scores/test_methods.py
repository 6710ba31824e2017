"""Single methods: oracles, rules for hyper-parameters, and the traps of the references."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.special import log_softmax, logsumexp
from sklearn.covariance import EmpiricalCovariance, ledoit_wolf
from sklearn.neighbors import NearestNeighbors

from robustfashion import threads as pool
from robustfashion.errors import InputError
from robustfashion.predictions import LastLayer, PredictionTable
from robustfashion.rejection import SCORES
from robustfashion.rejection.detection import auroc
from robustfashion.rejection.scores.ash import Ash
from robustfashion.rejection.scores.density import Density
from robustfashion.rejection.scores.doctor import Doctor
from robustfashion.rejection.scores.fdbd import Fdbd
from robustfashion.rejection.scores.gaussian import covariance
from robustfashion.rejection.scores.gen import Gen
from robustfashion.rejection.scores.knn import Knn
from robustfashion.rejection.scores.mahalanobis import Mahalanobis
from robustfashion.rejection.scores.openmax import OpenMax, weibull
from robustfashion.rejection.scores.react import React
from robustfashion.rejection.scores.rowwise import BLOCK, by_rows
from robustfashion.rejection.scores.scale import Scale
from robustfashion.rejection.scores.temperature import Temperature
from robustfashion.rejection.scores.vim import Vim
from tests.rejection.scores.worlds import changed, clouds, few_rows

SPEED = Path(__file__).resolve().parents[3] / "benchmarks" / "speed"


def test_agreement_with_pytorch_ood_and_scikit_learn(monkeypatch):
    """Every score; ViM and fDBD of pytorch-ood compute in float32 and are held to our own float64 definitions below."""
    monkeypatch.setattr(sys, "path", [str(SPEED), *sys.path])
    found = runpy.run_path(str(SPEED / "rejection.py"))["agreement"](rows=600, width=40, classes=3)
    assert {name for name, *_ in found} == set(SCORES)
    for name, oracle, gap, _ in found:
        assert gap < {"vim": 1e-3}.get(name, 1e-6), (name, oracle)


@pytest.mark.parametrize("k", [2, 3, 4, 7, 8, 9, 12, 17])
def test_max_softmax_is_the_confidence_to_the_last_bit(k):
    logits = (4 * np.random.default_rng(k).normal(size=(4099, k))).astype(np.float32)
    names = tuple(str(i) for i in range(max(k, 4099)))
    table = PredictionTable(names[:4099], np.zeros(4099, np.int64), logits, np.zeros((4099, 0), np.float32), names[:k])
    assert np.array_equal(SCORES["max_softmax"]().fit(table)(table), -table.probabilities.max(axis=1))


@pytest.mark.parametrize("name", ["knn", "mahalanobis", "relative_mahalanobis", "vim", "fdbd", "density"])
def test_threads_change_no_bit(name, monkeypatch):
    learnt, table = clouds(3400), clouds(9001, seed=5)
    found = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(pool, "threads", lambda threads=threads: threads)
        found.append(SCORES[name]().fit(learnt)(table))
    assert np.array_equal(found[0], found[1]) and np.array_equal(found[0], found[2])


def test_vim_is_its_definition():
    rows, table = clouds(), clouds(60, seed=1)
    for dimension in (3, 15):
        weight, bias = (np.asarray(a, dtype=np.float64) for a in (rows.last_layer.weight, rows.last_layer.bias))
        origin = -np.linalg.lstsq(weight, bias, rcond=1e-5)[0]
        _, _, directions = np.linalg.svd(rows.features - origin, full_matrices=False)
        null = directions[dimension:].T
        alpha = rows.logits.max(axis=1).mean() / np.linalg.norm((rows.features - origin) @ null, axis=1).mean()
        want = alpha * np.linalg.norm((table.features - origin) @ null, axis=1) - logsumexp(table.logits.astype(float), axis=1)
        np.testing.assert_allclose(Vim(dimension=dimension).fit(rows)(table), want, rtol=1e-6, atol=1e-5)


def test_vim_rule_and_refusals():
    rows = clouds()
    assert 1 <= Vim().fit(rows).chosen["dimension"] < 20
    for dimension in (0, 20):
        with pytest.raises(InputError, match=f"dimension {dimension} for 20 features"):
            Vim(dimension=dimension).fit(rows)
    with pytest.raises(InputError, match="needs both above 0"):
        Vim().fit(changed(rows, logits=rows.logits - np.float32(1e3)))
    flat = np.outer(np.linspace(1, 2, 300), rows.last_layer.weight[0]).astype(np.float32)
    with pytest.raises(InputError, match="needs both above 0"):
        Vim(dimension=6).fit(changed(rows, features=flat))


def test_fdbd_is_its_definition():
    rows, table = clouds(), clouds(20, seed=1)
    weight, mean = rows.last_layer.weight.astype(float), rows.features.mean(axis=0, dtype=float)
    want = []
    for z, x in zip(table.logits.astype(float), table.features, strict=True):
        y = z.argmax()
        gaps = [(z[y] - z[c]) / np.linalg.norm(weight[y] - weight[c]) for c in range(3) if c != y]
        want.append(-np.mean(gaps) / np.linalg.norm(x - mean))
    np.testing.assert_allclose(Fdbd().fit(rows)(table), want, rtol=1e-12)


def test_temperature_is_the_minimum():
    rows = clouds(400, seed=3)
    rows = changed(rows, labels=np.where(np.arange(400) % 5 == 0, (rows.labels + 1) % 3, rows.labels))
    logits = rows.logits.astype(float)
    want = optimize.minimize_scalar(
        lambda t: -log_softmax(logits / t, axis=1)[np.arange(400), rows.labels].mean(),
        bounds=(0.05, 50),
        options={"xatol": 1e-10},
    ).x
    assert Temperature().fit(rows).chosen["temperature"] == pytest.approx(want, rel=1e-5)


def test_temperature_stays_in_its_range():
    rows = clouds(60)
    right = changed(rows, labels=rows.predicted)
    wrong = changed(rows, labels=(rows.predicted + 1) % 3)
    assert Temperature().fit(right).chosen["temperature"] == pytest.approx(0.01)
    assert Temperature().fit(wrong).chosen["temperature"] == pytest.approx(100)


def test_gen_of_two_classes_keeps_its_digits():
    """p = 1 - 1e-13: in float32 or after clipping 1 - p would be 0 or 1e-7."""
    rows = changed(clouds(1, k=2), logits=np.array([[30, 0]], np.float32))
    q = 1 / (1 + np.exp(30))
    assert Gen().fit(rows)(rows)[0] == pytest.approx(2 * (q * (1 - q)) ** 0.1, rel=1e-12)


def test_doctor_beta_is_the_odds():
    table = clouds(50)
    p = table.probabilities.max(axis=1)
    np.testing.assert_allclose(Doctor("beta").fit(table)(table), (1 - p) / p, rtol=1e-7, atol=1e-14)


@pytest.mark.parametrize("k", [1, 9, 300])
def test_knn_is_scikit_learns(k):
    rows, table = clouds(), clouds(150, seed=1)

    def unit(x):
        return x.astype(float) / np.linalg.norm(x.astype(float), axis=1, keepdims=True)

    want = (
        NearestNeighbors(n_neighbors=k, algorithm="kd_tree").fit(unit(rows.features)).kneighbors(unit(table.features))[0][:, -1]
    )
    np.testing.assert_allclose(Knn(k=k).fit(rows)(table), want, rtol=1e-12)


def test_knn_among_copies():
    """Distances closer than float32 tells apart, equal ones among them: the exact order counts."""
    rows = clouds()
    base, steps = rows.features[:1].astype(float), np.repeat(np.arange(150), 2)[:, None] * 1e-6
    near = (base + steps * np.linspace(1, 2, 20)).astype(np.float32)
    table = changed(rows, features=near)
    unit = near.astype(float) / np.linalg.norm(near.astype(float), axis=1, keepdims=True)
    want = np.sort(np.linalg.norm(unit - unit[0], axis=1))[24]
    assert Knn(k=25).fit(table)(table.take([0]))[0] == pytest.approx(want, rel=1e-9)


def test_knn_of_an_all_zero_feature():
    """The trap of a reference is NaN. A zero row is at distance 1 from all unit vectors, at 0 from another zero row."""
    rows = clouds()
    features = rows.features.copy()
    features[:2] = 0
    rows = changed(rows, features=features)
    zero = rows.take([0])
    assert [Knn(k=k).fit(rows)(zero)[0] for k in (1, 2, 3)] == pytest.approx([0, 0, 1])
    assert Knn(k=300).fit(rows)(rows.take([5]))[0] == pytest.approx(1)


def test_knn_rule_and_refusals():
    assert Knn().fit(clouds(300)).chosen == {"k": 10}
    assert Knn().fit(clouds(24, k=12)).chosen == {"k": 1}
    for k in (0, 301):
        with pytest.raises(InputError, match=f"k = {k} with 300 rows"):
            Knn(k=k).fit(clouds(300))


def test_mahalanobis_is_scikit_learns():
    rows, table = clouds(), clouds(50, seed=1)
    means = np.stack([rows.features[rows.labels == c].mean(axis=0, dtype=float) for c in range(3)])
    law = EmpiricalCovariance(assume_centered=True).fit(rows.features - means[rows.labels])
    want = np.min([law.mahalanobis(table.features - mean) for mean in means], axis=0)
    np.testing.assert_allclose(Mahalanobis(shrinkage=0).fit(rows)(table), want, rtol=1e-9)


@pytest.mark.parametrize("name", ["mahalanobis", "relative_mahalanobis"])
def test_fewer_rows_than_features(name):
    """The two covariances of relative Mahalanobis need one shrinkage: with one each the order was turned round."""
    fitted = SCORES[name]().fit(few_rows(240, 0))
    scores = np.concatenate([fitted(few_rows(200, 1)), fitted(few_rows(200, 2, strange=True))])
    assert auroc(scores, np.arange(400) >= 200) > 0.9


def test_shrinkage_is_ledoit_and_wolfs():
    x = np.random.default_rng(0).normal(size=(70, 31)) * np.linspace(0.1, 3, 31)
    want, share = ledoit_wolf(x, assume_centered=True)
    found, own = covariance(x, None)
    assert own == pytest.approx(share, rel=1e-10)
    np.testing.assert_allclose(found, want, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["mahalanobis", "relative_mahalanobis"])
def test_singular_covariance(name):
    from robustfashion.rejection import SCORES

    few = clouds(12)
    assert np.isfinite(SCORES[name]().fit(few)(clouds(30))).all(), "fewer rows than features: shrunk"
    with pytest.raises(InputError, match=f"score {name}: the covariance of the features is singular"):
        SCORES[name](shrinkage=0).fit(few)
    with pytest.raises(InputError, match="singular"):
        SCORES[name]().fit(changed(few, features=np.ones_like(few.features)))


def test_weibull_is_the_maximum_of_the_likelihood():
    distances = np.sort(np.random.default_rng(0).gamma(3, 2, 40))[-20:]
    law = weibull(distances, 10000.0)
    moved = distances - distances.min() + 10000

    def likelihood(shape, scale):
        return stats.weibull_min.logpdf(moved, shape, scale=scale).sum()

    scale = 10000 * np.exp(law.log_scale)
    best = likelihood(law.shape, scale)
    assert all(best > likelihood(law.shape * a, scale * b) for a, b in [(1.02, 1), (0.98, 1), (1, 1.00002), (1, 0.99998)])
    assert best >= likelihood(*stats.weibull_min.fit(moved, floc=0)[::2]) - 1e-9
    want = stats.weibull_min.cdf(np.array([0.0, 5, 20]) - law.least + 10000, law.shape, scale=scale)
    np.testing.assert_allclose(law.probability(np.array([0.0, 5, 20]), 10000.0), want, rtol=1e-6)


def test_openmax_refusals():
    rows = clouds()
    same = np.where((rows.predicted == 1)[:, None], np.array([0, 9, 0], np.float32), rows.logits)
    with pytest.raises(InputError, match="logits of class 'b' do not vary"):
        OpenMax().fit(changed(rows, logits=same, labels=rows.predicted))
    one = np.where(np.arange(300) == np.flatnonzero(rows.predicted == 1)[0], 1, np.where(rows.predicted == 1, 0, rows.predicted))
    with pytest.raises(InputError, match=r"class 'b' has 1 rows to fit on and needs 2"):
        OpenMax().fit(changed(rows, labels=one))


def test_percentiles_are_the_strongest_that_keep_the_classes():
    rows = clouds()
    grid = {React: (0.8, 0.85, 0.9, 0.95, 0.99), Ash: (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65)}
    for score, percentiles in grid.items():
        chosen = score().fit(rows).chosen["percentile"]
        assert chosen in percentiles


def test_ash_of_a_layer_that_reads_the_weakest_feature_is_the_mildest():
    """Pruning takes away what the class hangs on, at every percentile."""
    rows = clouds()
    features = np.hstack([rows.features + 5, rows.labels[:, None] == np.arange(3)]).astype(np.float32)
    weight = np.hstack([np.zeros((3, 20)), np.eye(3)]).astype(np.float32)
    logits = features @ weight.T
    one_hot = changed(rows, features=features, logits=logits, last_layer=LastLayer(weight, np.zeros(3, np.float32)))
    assert Ash().fit(one_hot).chosen == {"percentile": 0.65}
    assert Ash().fit(
        changed(
            rows,
            logits=features @ weight.T * 0 + np.float32([3, 2, 1]),
            last_layer=LastLayer(np.zeros((3, 20), np.float32), np.float32([3, 2, 1])),
        )
    ).chosen == {"percentile": 0.95}


@pytest.mark.parametrize("score", [Ash, Scale])
def test_negative_features_are_refused(score):
    rows = clouds(30)
    features = rows.features.copy()
    features[4, 4] = -0.5
    bad = changed(rows, features=features)
    for call in (score().fit, score().fit(rows)):
        with pytest.raises(InputError, match=r"fall below 0 \(to -0.5, of 'picture 4'\)"):
            call(bad)
    with pytest.raises(InputError, match="percentile 1"):
        score(percentile=1.0).fit(rows)(rows)


def test_density_refusals():
    rows = clouds()
    with pytest.raises(InputError, match="principal components"):
        Density().fit(changed(rows, features=np.ones_like(rows.features)))
    with pytest.raises(InputError, match="at least 12 different rows"):
        Density().fit(clouds(6))
    with pytest.raises(InputError, match="21 principal components"):
        Density(components=21).fit(rows)


def test_blocks_of_one_row_where_places_differ():
    """A formula that sees its place is told from one that does not, and is asked about one row at a time."""
    rows = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    honest = by_rows(lambda block: block.sum(axis=1), rows, np.array([0.5, 0, -0.25]))
    placed = by_rows(lambda block: block.sum(axis=1) + np.arange(len(block)) * 1e-12, rows, np.array([0.5, 0, -0.25]))
    assert (honest.size, placed.size) == (BLOCK, 1)
    np.testing.assert_array_equal(placed(rows), honest(rows))
    np.testing.assert_allclose(honest(rows), rows.sum(axis=1, dtype=float) - 0.25, rtol=1e-12)


def test_react_cuts_at_the_quantile():
    rows = clouds(31)
    for share in (0.0, 0.5, 0.87, 1.0):
        most = React(percentile=share).fit(rows).chosen["most"]
        assert most == pytest.approx(np.quantile(rows.features.astype(float), share), rel=1e-12)
    with pytest.raises(InputError, match=r"percentile 1.5; it must be 0 to 1"):
        React(percentile=1.5).fit(rows)
