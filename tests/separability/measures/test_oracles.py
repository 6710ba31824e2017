"""Every measure against a library, or against its definition written out."""

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse.csgraph import laplacian, minimum_spanning_tree
from scipy.spatial.distance import braycurtis, cdist
from scipy.stats import ks_2samp
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_selection import f_classif
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples
from sklearn.neighbors import KNeighborsClassifier

from robustfashion.separability.measures import MEASURES, Labelings, Sample
from robustfashion.separability.measures.neighbour import bayes_lower, overlap, spectral_gradient
from robustfashion.separability.measures.probe import reduced, ridge_share
from robustfashion.separability.measures.tree import spanning_tree
from tests.separability.clouds import gaussians

CLASSES, BLOCKS, SHUFFLES = 3, 6, 4


def made(metric="euclidean", products=93, pictures=1, dimensions=7, apart=2.5, seed=3):
    points = gaussians(seed, products, CLASSES, dimensions, apart, pictures)
    member = np.unique(points.groups, return_inverse=True)[1]
    rng = np.random.default_rng(seed)
    block = (rng.permutation(products) % BLOCKS)[member]
    shuffles = np.stack([rng.permutation(products)[member] % CLASSES for _ in range(SHUFFLES)])
    return Sample(points.features, member, block % 5, metric), Labelings(points.labels, block, shuffles, CLASSES)


def agrees(name, sample, labelings, oracle, rel=1e-5):
    """One value of each labelling, and the oracle's of the rows that it keeps."""
    found = MEASURES[name].function(sample, labelings)
    assert found.shape == (1 + BLOCKS + SHUFFLES, 1 + CLASSES)
    for values, labels in zip(found, labelings.matrix, strict=True):
        kept = labels >= 0
        assert values[0] == pytest.approx(oracle(kept, labels[kept]), rel=rel, abs=1e-6)


def mean_of_classes(values, labels):
    return np.mean([np.mean(values[labels == c]) for c in range(CLASSES)])


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_silhouette(metric):
    sample, labelings = made(metric)
    agrees(
        "silhouette", sample, labelings,
        lambda kept, y: mean_of_classes(silhouette_samples(sample.features[kept], y, metric=metric), y), 1e-4,
    )  # fmt: skip


def test_silhouette_without_the_own_product():
    sample, labelings = made(pictures=2, products=31)
    far = cdist(sample.features, sample.features)
    widths = []
    for i, label in enumerate(labelings.labels):
        other = sample.member != sample.member[i]
        means = [far[i, other & (labelings.labels == c)].mean() for c in range(CLASSES)]
        a, b = means[label], min(means[c] for c in range(CLASSES) if c != label)
        widths.append((b - a) / max(a, b))
    found = MEASURES["silhouette"].function(sample, labelings)[0]
    assert found[1:] == pytest.approx([np.mean(np.array(widths)[labelings.labels == c]) for c in range(CLASSES)], rel=1e-4)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("k", [1, 5, 20])
def test_purity(metric, k):
    sample, labelings = made(metric)

    def oracle(kept, y):
        x = sample.features[kept]
        near = KNeighborsClassifier(k + 1, algorithm="brute", metric=metric).fit(x, y).kneighbors(x)[1][:, 1:]
        return mean_of_classes((y[near] == y[:, None]).mean(axis=1), y)

    agrees(f"knn_purity_{k}", sample, labelings, oracle)


def test_neighbours_are_of_other_products():
    sample, labelings = made(pictures=3, products=31)
    far = cdist(sample.features, sample.features)
    far[sample.member[:, None] == sample.member] = np.inf
    same = labelings.labels[far.argmin(axis=1)] == labelings.labels
    found = MEASURES["knn_purity_1"].function(sample, labelings)[0]
    assert found[0] == pytest.approx(mean_of_classes(same, labelings.labels))
    assert (sample.member[sample.neighbours] != sample.member[:, None]).all()


def test_20nn_accuracy():
    sample, labelings = made(apart=3.5)
    tied = []

    def oracle(kept, y):
        x, fold = sample.features[kept], sample.fold[kept]
        right = np.zeros(len(y))
        for test in np.unique(fold):
            model = KNeighborsClassifier(20, algorithm="brute").fit(x[fold != test], y[fold != test])
            votes = np.sort(model.predict_proba(x[fold == test]), axis=1)
            tied.append((votes[:, -1] == votes[:, -2]).mean())
            right[fold == test] = model.predict(x[fold == test]) == y[fold == test]
        return mean_of_classes(right, y)

    real = Labelings(labelings.labels, labelings.block, labelings.permuted[:0], CLASSES)
    found = MEASURES["knn_accuracy"].function(sample, real)
    for values, labels in zip(found, real.matrix, strict=True):
        tied.clear()
        expected = oracle(labels >= 0, labels[labels >= 0])
        assert abs(values[0] - expected) <= np.mean(tied) + 1e-9  # ties are told apart by distance here, by class there


@pytest.mark.parametrize("pictures", [1, 3])
def test_n1(pictures):
    sample, labelings = made(pictures=pictures, products=41)
    if pictures > 1:  # a product has one label
        assert (np.diff(labelings.labels.reshape(-1, pictures), axis=1) == 0).all()

    def oracle(kept, y):
        member = np.unique(sample.member[kept], return_inverse=True)[1]
        far = cdist(sample.features[kept], sample.features[kept])
        least = np.full((member.max() + 1,) * 2, np.inf)
        np.minimum.at(least, (member[:, None], member), far)
        np.fill_diagonal(least, 0)
        label = np.zeros(len(least), int)
        label[member] = y
        first, second = minimum_spanning_tree(least).nonzero()
        return (label[first] != label[second]).mean()

    agrees("n1", sample, labelings, oracle)


def test_spanning_tree_has_the_least_length():
    far = cdist(*[np.random.default_rng(1).normal(size=(37, 3))] * 2).astype(np.float32)
    edges = spanning_tree(far, np.arange(37) % 4 != 0)
    rows = np.flatnonzero(np.arange(37) % 4)
    assert far[edges[:, 0], edges[:, 1]].sum() == pytest.approx(minimum_spanning_tree(far[np.ix_(rows, rows)]).sum(), rel=1e-6)
    assert set(edges.ravel()) == set(rows)


@pytest.mark.parametrize(("pictures", "apart"), [(1, 2.5), (2, 30.0)])
def test_n2(pictures, apart):
    """Far apart, the nearest of another class is beyond the table of neighbours."""
    sample, labelings = made(pictures=pictures, products=99, apart=apart)

    def oracle(kept, y):
        far = cdist(sample.features[kept], sample.features[kept])
        far[sample.member[kept, None] == sample.member[kept]] = np.inf
        same = y[:, None] == y
        return np.where(same, far, np.inf).min(axis=1).sum() / np.where(same, np.inf, far).min(axis=1).sum()

    agrees("n2", sample, labelings, oracle, 1e-4)


def test_dsi():
    sample, labelings = made(products=60)

    def oracle(kept, y):
        far = cdist(sample.features[kept], sample.features[kept])
        upper = np.triu(np.ones_like(far, bool), 1)
        found = []
        for c in range(CLASSES):
            inside = far[(y[:, None] == c) & (y == c) & upper]
            found.append(ks_2samp(inside, far[(y[:, None] == c) & (y != c)]).statistic)
        return np.mean(found)

    found = MEASURES["dsi"].function(sample, labelings)
    for values, labels in zip(found, labelings.matrix, strict=True):
        assert values[0] == pytest.approx(oracle(labels >= 0, labels[labels >= 0]), abs=2 / 1024)


def test_centroids():
    sample, labelings = made()
    agrees("davies_bouldin", sample, labelings, lambda kept, y: davies_bouldin_score(sample.features[kept], y), 1e-4)
    agrees("calinski_harabasz", sample, labelings, lambda kept, y: calinski_harabasz_score(sample.features[kept], y), 1e-4)

    def fisher(kept, y):
        ratio = f_classif(sample.features[kept].astype(np.float64), y)[0].max() * (CLASSES - 1) / (len(y) - CLASSES)
        return ratio / (1 + ratio)

    agrees("fisher_ratio", sample, labelings, fisher)


def test_csg():
    sample, labelings = made()
    similarity = overlap(sample, labelings.matrix[0], CLASSES, 5)
    assert similarity.sum(axis=1) == pytest.approx(1)
    weight = np.array([[1 - braycurtis(a, b) for a in similarity] for b in similarity])
    eigenvalues = np.linalg.eigvalsh(laplacian(weight))
    largest, expected = -np.inf, 0.0
    for i in range(CLASSES - 1):
        largest = max(largest, (eigenvalues[i + 1] - eigenvalues[i]) / (CLASSES - i))
        expected += largest
    assert MEASURES["csg"].function(sample, labelings)[0, 0] == pytest.approx(expected)
    assert spectral_gradient(np.eye(4)) == 0
    assert spectral_gradient(np.full((2, 2), 0.5)) == pytest.approx(1)


def test_overlap_counts_neighbours():
    sample, labelings = made(pictures=2, products=45)
    found = overlap(sample, labelings.matrix[1], CLASSES, 4)
    labels, kept = labelings.labels, labelings.matrix[1] >= 0
    far = cdist(sample.features, sample.features)
    far[:, ~kept] = np.inf
    far[sample.member[:, None] == sample.member] = np.inf
    near = labels[np.argsort(far, axis=1)[:, :4]]
    for i, j in [*combinations(range(CLASSES), 2), (1, 1)]:
        assert found[i, j] == pytest.approx((near[kept & (labels == i)] == j).mean())


class _Ridge:
    """The covariance of the pictures of a class with a ridge, for scikit-learn."""

    def __init__(self, ridge):
        self.ridge = ridge

    def fit(self, x):
        self.covariance_ = np.cov(x.T, bias=True) + self.ridge * np.eye(x.shape[1])
        return self

    def get_params(self, deep=True):  # noqa: ARG002 (scikit-learn asks)
        return {"ridge": self.ridge}


def test_probe():
    sample, labelings = made(pictures=2, products=60, dimensions=9)
    features = reduced(sample)
    share = ridge_share(features)

    def oracle(kept, y):
        x, fold = features[kept], sample.fold[kept]
        right = np.zeros(len(y))
        for test in np.unique(fold):
            taught = x[fold != test]
            ridge = share / (1 - share) * np.trace(np.cov(taught.T, bias=True)) / x.shape[1]
            model = LinearDiscriminantAnalysis(solver="lsqr", covariance_estimator=_Ridge(ridge)).fit(taught, y[fold != test])
            bias = 0.5 * (model.coef_ * model.means_).sum(axis=1)
            right[fold == test] = (x[fold == test] @ model.coef_.T - bias).argmax(axis=1) == y[fold == test]
        return mean_of_classes(right, y)

    agrees("probe_accuracy", sample, labelings, oracle)


@pytest.mark.parametrize(("products", "dimensions"), [(40, 90), (60, 600)])
def test_features_beyond_the_number_of_pictures_lose_nothing(products, dimensions):
    sample, _ = made(products=products, dimensions=dimensions)
    found = reduced(sample)
    assert found.shape == (products, products - 1)
    assert cdist(found, found) == pytest.approx(cdist(sample.features, sample.features), rel=1e-4, abs=1e-3)


def test_many_dimensions_of_many_pictures_are_reduced():
    sample, _ = made(products=1100, dimensions=530)
    assert reduced(sample).shape == (1100, 512)


def test_bayes_bracket():
    """Labels of separated classes wrong at a rate r: the 1-NN error is 2 r (1 - r), and the best classifier errs r."""
    for rate in (0.0, 0.1, 0.3):
        assert bayes_lower(2 * rate * (1 - rate), 2) == pytest.approx(rate)
    assert bayes_lower(0.9, 5) == bayes_lower(0.8, 5) == pytest.approx(0.8)
