from dataclasses import replace

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.separability.assessment import assessed, class_overlap, drawn
from robustfashion.separability.measures import MEASURES
from robustfashion.separability.measures.tree import crossing_edges
from tests.separability.clouds import gaussians, points_of, shuffled
from tests.stats.worlds import noise


def test_same_seed_same_numbers():
    points = gaussians(0, products=60, pictures=2)
    first, again, other = (assessed(points, space="features", seed=seed, permutations=7) for seed in (1, 1, 2))
    assert first == again
    assert list(first) == list(MEASURES)
    assert first["probe_accuracy"] != other["probe_accuracy"]


def test_every_measure_is_complete():
    points = gaussians(0, products=90, classes=3, pictures=2)
    stages = []
    found = assessed(points, space="pca", permutations=19, progress=lambda *stage: stages.append(stage))
    for name, measured in found.items():
        value, chance, measure = measured.value, measured.chance, MEASURES[name]
        assert value.low < value.value < value.high, name
        assert chance.low <= chance.value <= chance.high, name
        assert measured.p == 1 / 20, name
        assert measured.n == value.n == 180
        assert measured.products == 90
        better = value.low > chance.high if measure.better == "high" else value.high < chance.low
        assert better, name
        if measure.best is None:
            assert measured.corrected is None
        else:
            assert 0 < measured.corrected.low < measured.corrected.value < measured.corrected.high <= 1, name
    assert set(found["silhouette"].by_class) == {"class 0", "class 1", "class 2"}
    assert not found["dsi"].reason
    assert stages[0] == ("measures", 0, len(MEASURES))
    assert stages[-1] == ("measures", len(MEASURES), len(MEASURES))


def test_order_of_the_pictures_does_not_matter():
    """At equal sizes all pictures are in the one draw: what is left to chance are folds and groups."""
    points = gaussians(4, products=80, pictures=2)
    other = points.take(np.random.default_rng(0).permutation(160))
    names = ["silhouette", "knn_purity_5", "n1", "n2", "davies_bouldin", "fisher_ratio", "csg"]
    first, second = (assessed(p, space="pca", names=names, permutations=0) for p in (points, other))
    for name in names:
        assert second[name].value.value == pytest.approx(first[name].value.value, rel=1e-5)
        assert first[name].chance is first[name].p is first[name].corrected is None


def test_turning_and_scaling_do_not_matter():
    points = gaussians(5, products=60, dimensions=4)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))[0]
    other = replace(points, features=(points.features @ turn * 3 + 5).astype(np.float32))
    first, second = (assessed(p, space="map", permutations=5) for p in (points, other))
    for name in MEASURES:
        if name != "fisher_ratio":  # looks at features one by one
            assert second[name].value.value == pytest.approx(first[name].value.value, rel=1e-3), name


def test_cosine_in_feature_space_only():
    points = gaussians(5, products=60, apart=4.0)
    length = np.random.default_rng(0).uniform(0.1, 10, (60, 1)).astype(np.float32)
    scaled = replace(points, features=points.features * length)
    values = [
        assessed(p, space="features", names=["silhouette"], permutations=0)["silhouette"].value.value for p in (points, scaled)
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-4)
    assert assessed(scaled, space="pca", names=["silhouette"], permutations=0)["silhouette"].value.value != pytest.approx(
        values[0], rel=0.1
    )


def test_near_copies_of_a_product_are_no_evidence():
    """Four copies of each product, labels that mean nothing: by pictures every nearest one would be of the same class."""
    points = shuffled(gaussians(1, products=100, pictures=4, alike=0.9999), 1)
    for name in ("knn_purity_1", "knn_accuracy", "n1"):
        measured = assessed(points, space="pca", names=[name], permutations=60)[name]
        assert measured.corrected.low < 0 < measured.corrected.high, name


def test_classes_are_drawn_to_equal_sizes():
    """A class of 20 among 180 would be of purity 0.9 by its size alone."""
    rng = np.random.default_rng(0)
    points = points_of(rng.normal(size=(200, 3)), [0] * 180 + [1] * 20)
    draws = drawn(points, space="map", seed=0)
    assert len(draws.samples) == 5
    assert all(np.bincount(labelings.labels).tolist() == [20, 20] for labelings in draws.labelings)
    assert not np.array_equal(draws.samples[0].features, draws.samples[1].features)
    measured = assessed(points, space="map", names=["knn_purity_5"])["knn_purity_5"]
    assert measured.n == 40
    assert measured.value.value == pytest.approx(0.5, abs=0.12)
    assert set(measured.by_class) == {"class 0", "class 1"}


def test_very_many_pictures_are_drawn_from(monkeypatch):
    monkeypatch.setattr("robustfashion.separability.assessment.MOST_PICTURES", 60)
    measured = assessed(gaussians(0, products=150, classes=3), space="map", names=["n2"], permutations=0)["n2"]
    assert measured.n == 60


def test_perfect_is_not_certain():
    found = assessed(gaussians(0, products=40, apart=40.0), space="pca", names=["csg", "knn_purity_1"], permutations=9)
    assert found["csg"].value.value == found["csg"].value.low == 0
    assert 0.05 < found["csg"].value.high < 0.5
    assert found["csg"].corrected.low < 0.95


def test_a_class_is_as_sure_as_its_products():
    """5 products of 40 pictures against 200 of one picture, never missed."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(400, 3)) * 0.1 + np.repeat([0, 50], 200)[:, None]
    points = points_of(features, np.repeat([0, 1], 200), np.r_[np.repeat(np.arange(5), 40), np.arange(5, 205)])
    found = assessed(points, space="map", names=["knn_purity_1"], permutations=0)["knn_purity_1"]
    few, many = (found.by_class[name].low for name in ("class 0", "class 1"))
    assert few < 0.6 < 0.9 < many
    assert found.value.low < 0.8
    overlap = class_overlap(points, space="map")
    assert overlap.low[0, 0] < 0.6 < overlap.low[1, 1]


def test_what_stands_behind_the_copies_of_a_product():
    """The nearest 64 are all pictures of one product; without it the next one's are found."""
    points = gaussians(0, products=10, pictures=100, apart=40.0, alike=0.999)
    draws = drawn(points, space="pca", seed=0)
    for name in ("knn_purity_1", "knn_purity_5", "knn_accuracy"):
        found = MEASURES[name].function(draws.samples[0], draws.labelings[0])
        assert (found[:6, 0] == 1).all(), name


class TestBadInput:
    def test_one_class(self):
        with pytest.raises(InputError, match="at least two classes"):
            assessed(points_of(np.ones((9, 2)), [0] * 9, classes=("watch", "shoe")), space="map")

    def test_class_of_one_picture(self):
        points = points_of(np.random.default_rng(0).normal(size=(31, 3)), [0] * 30 + [1])
        found = assessed(points, space="map")
        assert all(m.value is None and m.reason.startswith("class 'class 1' has 1 product, fewer than 5") for m in found.values())
        assert class_overlap(points, space="map").startswith("class 'class 1' has 1 product")

    def test_many_pictures_of_few_products(self):
        points = points_of(np.random.default_rng(0).normal(size=(80, 3)), [0, 1] * 40, [f"{i % 2}{i % 8}" for i in range(80)])
        assert "has 4 products" in assessed(points, space="map", names=["n1"])["n1"].reason

    def test_too_few_pictures_for_a_measure(self):
        found = assessed(gaussians(0, products=24), space="map", permutations=3)
        assert found["knn_purity_20"].value is None
        assert found["knn_purity_20"].reason == "the smallest class has 12 pictures, and this measure needs 30"
        assert found["knn_purity_5"].value is not None

    def test_constant_features(self):
        for value in (0.0, 2.5):
            found = assessed(points_of(np.full((40, 3), value), [0, 1] * 20), space="features")
            assert {m.reason for m in found.values()} == {"all points are the same: features are constant"}

    @pytest.mark.parametrize("scale", [1e25, 1e-25])
    def test_squares_that_are_no_numbers(self, scale):
        points = gaussians(0, products=40)
        found = assessed(replace(points, features=points.features * np.float32(scale)), space="map", names=["n1"])["n1"]
        assert found.value is None
        assert found.reason.startswith("features reach") and found.reason.endswith("multiply all of them by one number")

    def test_no_direction(self):
        features = np.random.default_rng(0).normal(size=(40, 3))
        features[7] = 0
        points = points_of(features, [0, 1] * 20)
        reason = assessed(points, space="features", names=["dsi"])["dsi"].reason
        assert reason == "features of 1 picture are all zero, which have no cosine distance: leave these pictures out"
        assert assessed(points, space="pca", names=["dsi"], permutations=0)["dsi"].value is not None

    def test_a_constant_feature_among_others(self):
        points = gaussians(0, products=60)
        wider = replace(points, features=np.hstack([points.features, np.full((60, 2), 7, np.float32)]))
        found = assessed(wider, space="pca", permutations=5)
        assert all(m.value is not None for m in found.values())
        assert found["n2"].value == assessed(points, space="pca", permutations=5)["n2"].value

    def test_duplicate_points(self):
        """Ten places for 120 products, labels that mean nothing: neighbours at distance 0 are taken in random order."""
        rng = np.random.default_rng(2)
        points = points_of(rng.normal(size=(10, 3))[rng.integers(0, 10, 120)], np.arange(120) // 60)
        found = assessed(points, space="pca", permutations=40)
        assert found["n2"].value is None or np.isfinite(found["n2"].value.value)
        for name in ("knn_purity_1", "knn_purity_20", "knn_accuracy", "probe_accuracy"):
            assert found[name].corrected.low < 0.1 < 0.4 > found[name].corrected.value, name

    def test_a_picture_that_several_products_share(self):
        """Twenty products of one placeholder: the tree joins each once, however many pictures of it there are."""
        points = gaussians(0, products=60, apart=8.0)
        features, labels = points.features.copy(), points.labels
        features[:20] = 0
        copied = points_of(np.repeat(features, 5, axis=0), np.repeat(labels, 5), np.repeat(np.arange(60), 5))
        draw = drawn(copied, space="pca", seed=0)
        assert crossing_edges(draw.samples[0], draw.labelings[0])[0, 0] <= 20 / 59

    def test_unknown_measure(self):
        with pytest.raises(KeyError, match="purity_7"):
            assessed(gaussians(0), space="map", names=["purity_7"])


def test_overlap_says_which_classes_meet():
    """Of four classes two lie on one another."""
    points = gaussians(0, products=160, classes=4, apart=12.0)
    features = points.features.copy()
    features[points.labels == 1] = features[points.labels == 0] + np.random.default_rng(0).normal(size=(40, 5)) * 0.5
    found = class_overlap(replace(points, features=features.astype(np.float32)), space="pca", k=10)
    assert found.classes == points.classes
    assert found.share.sum(axis=1) == pytest.approx(1)
    assert found.n == 40
    assert 0.3 < found.share[0, 1] < 0.7
    assert found.share[2, 2] == found.share[3, 3] == 1
    assert (found.low <= found.share).all() and (found.share <= found.high).all()
    assert found.low[2, 2] < 1, "never seen is not impossible"


_RANDOM = np.random.default_rng(3)


@pytest.mark.parametrize(
    ("points", "missing"),
    [
        (points_of(np.repeat(np.eye(2), 30, axis=0), np.repeat([0, 1], 30)), {"calinski_harabasz"}),
        (points_of(_RANDOM.normal(size=(80, 4)), np.arange(80) % 2, np.arange(80) // 2), set()),
        (gaussians(0, products=10, pictures=9), set()),
        (
            points_of(_RANDOM.normal(size=(140, 5)), np.repeat([0, 1], [120, 20]), np.r_[np.zeros(100, int), np.arange(1, 41)]),
            {"knn_purity_20", "knn_accuracy"},
        ),
        (points_of(_RANDOM.normal(size=(60, 3)) * 1e15, np.arange(60) % 2), set()),
        (points_of(_RANDOM.normal(size=(60, 3)) * 1e-14, np.arange(60) % 2), set()),
        (gaussians(0, products=17 * 8, classes=17, dimensions=20, pictures=2), {"knn_purity_20", "knn_accuracy"}),
    ],
    ids=["two places", "products of both labels", "ten products", "one product of 100", "huge", "tiny", "17 classes"],
)
@pytest.mark.parametrize("space", ["features", "map"])
def test_no_silent_numbers(points, missing, space):
    found = assessed(points, space=space, permutations=5)
    assert {name for name, measured in found.items() if measured.reason} == missing
    for name, measured in found.items():
        if name not in missing:
            assert np.isfinite([measured.value.value, measured.value.low, measured.value.high]).all(), name
            assert measured.chance is None or np.isfinite(measured.chance.value), name


@pytest.mark.slow
@pytest.mark.parametrize(
    "world",
    [
        {"products": 120, "pictures": 2, "apart": 2.0, "alike": 0.7},
        {"products": 150, "classes": 3, "dimensions": 20, "apart": 5.0},
        {"products": 60, "apart": 1.5, "pictures": 3, "alike": 0.9},
        {"products": 50, "apart": 4.5, "pictures": 10, "alike": 0.99},
    ],
)
def test_coverage(world):
    """Intervals are of the mean over data sets of this size, which 150 others tell."""
    runs = 150
    names = [name for name in MEASURES if not name.endswith("20") and name != "knn_accuracy"] if world["products"] < 100 else None
    values, lows, highs = (
        np.array(x) for x in zip(*(_bounds(gaussians(seed, **world), names, seed) for seed in range(runs)), strict=True)
    )
    truth = np.array([_bounds(gaussians(1000 + seed, **world), names, seed)[0] for seed in range(runs)]).mean(axis=0)
    covered = ((lows <= truth) & (truth <= highs)).mean(axis=0)
    assert (covered > 0.95 - noise(0.05, runs)).all(), dict(zip(names or MEASURES, covered, strict=True))
    assert (highs - lows).mean() < 8 * values.std(axis=0).mean(), "and they are not wide for nothing"


def _bounds(points, names, seed):
    found = [m.value for m in assessed(points, space="pca", names=names, permutations=0, seed=seed).values()]
    return [e.value for e in found], [e.low for e in found], [e.high for e in found]
