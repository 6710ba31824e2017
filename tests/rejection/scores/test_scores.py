"""What holds for every score: names, rows by themselves, classes in any order, far rows higher, refusals."""

import pickle
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.predictions import LastLayer, Origin
from robustfashion.rejection import SCORES
from tests.rejection.scores.worlds import changed, clouds

NAMES = list(SCORES)
OF_FEATURES = [name for name, score in SCORES.items() if "features" in score.needs]
OF_LAYERS = [name for name, score in SCORES.items() if "last layer" in score.needs]
OF_LABELS = [name for name, score in SCORES.items() if "labels" in score.needs]
every = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def fitted():
    rows = clouds()
    return {name: score().fit(rows) for name, score in SCORES.items()}


def test_names():
    assert NAMES[:6] == ["max_softmax", "max_logit", "margin", "entropy", "energy", "temperature"] and len(NAMES) == 18
    assert all(score.name == name and score.title and score.source for name, score in SCORES.items())


@every
def test_learns_from_what_it_says(name):
    score = SCORES[name]
    assert score.fit_on in ("nothing", "train", "validation") and score.needs <= {"logits", "features", "last layer", "labels"}
    assert ("labels" in score.needs) <= (score.fit_on != "nothing")


@every
def test_a_row_is_the_same_in_any_batch(fitted, name):
    """To the last bit: alone, in sevens, in another order, in other memory."""
    table = clouds(173, seed=1)
    found = fitted[name](table)
    assert found.dtype == np.float64 and found.shape == (173,) and np.isfinite(found).all()
    for size in (1, 7, 128, 172):
        parts = [fitted[name](table.take(range(i, min(i + size, 173)))) for i in range(0, 173, size)]
        np.testing.assert_array_equal(np.concatenate(parts), found)
    order = np.random.default_rng(0).permutation(173)
    np.testing.assert_array_equal(fitted[name](table.take(order)), found[order])
    strided = changed(table, features=np.asfortranarray(table.features), logits=np.asfortranarray(table.logits))
    np.testing.assert_array_equal(fitted[name](strided), found)


@every
@pytest.mark.parametrize(("k", "d"), [(2, 5), (12, 77)])
def test_a_row_is_the_same_in_any_batch_of_other_widths(name, k, d):
    fitted, table = SCORES[name]().fit(clouds(400, k, d)), clouds(60, k, d, seed=2)
    alone = np.concatenate([fitted(table.take([i])) for i in range(60)])
    np.testing.assert_array_equal(alone, fitted(table))


@every
def test_order_of_classes_does_not_matter(fitted, name):
    order = np.array([2, 0, 1])

    def permuted(table):
        layer = LastLayer(table.last_layer.weight[order], table.last_layer.bias[order])
        classes = tuple(table.classes[i] for i in order)
        return changed(
            table, labels=np.argsort(order)[table.labels], logits=table.logits[:, order], classes=classes, last_layer=layer
        )

    rows, table = clouds(), clouds(80, seed=3)
    np.testing.assert_allclose(SCORES[name]().fit(permuted(rows))(permuted(table)), fitted[name](table), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", [n for n in NAMES if n != "openmax"])
def test_far_rows_score_higher(fitted, name):
    """Known answer: rows away from all classes. The mean over rows, and nearly all pairs."""
    near, far = fitted[name](clouds(200, seed=4)), fitted[name](clouds(200, seed=5, far=0.8))
    # Relative Mahalanobis takes away what is far from all classes alike, which most of this distance is.
    assert (far[:, None] > near[None]).mean() > {"relative_mahalanobis": 0.6}.get(name, 0.8), name


def test_openmax_scores_far_logits_higher(fitted):
    table = clouds(200, seed=4)
    far = changed(table, logits=(table.logits + 12).astype(np.float32))
    assert (fitted["openmax"](far) > fitted["openmax"](table)).mean() > 0.95


@every
def test_deterministic_and_picklable(fitted, name):
    table = clouds(40, seed=6)
    again = SCORES[name]().fit(clouds())
    np.testing.assert_array_equal(again(table), fitted[name](table))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(again))(table), again(table))


@every
def test_frozen(name):
    score = SCORES[name]()
    for one in fields(score):
        with pytest.raises(FrozenInstanceError):
            setattr(score, one.name, 3)


@every
def test_no_rows_no_scores(fitted, name):
    assert fitted[name](clouds(9).take([])).shape == (0,)


@every
def test_all_zero_features_and_equal_logits_are_numbers(fitted, name):
    table = clouds(5)
    table = changed(table, features=np.zeros_like(table.features), logits=np.zeros_like(table.logits))
    assert np.isfinite(fitted[name](table)).all()


@every
def test_a_constant_feature_and_a_zero_row_to_fit_on(name):
    rows = clouds()
    features = rows.features.copy()
    features[:, 3], features[7] = 1.5, 0
    assert np.isfinite(SCORES[name]().fit(changed(rows, features=features))(clouds(30, seed=1))).all()


@every
def test_sure_logits_are_numbers(fitted, name):
    table = clouds(50, seed=1)
    assert np.isfinite(fitted[name](changed(table, logits=(table.logits * 1e4).astype(np.float32)))).all()


@every
def test_refuses_outliers_to_fit_on(name):
    rows = changed(clouds(9), outlier_kinds=(None,) * 8 + ("person",))
    with pytest.raises(InputError, match=rf"score {name}: 1 of 9 rows.*'picture 8'.*ordinary"):
        SCORES[name]().fit(rows)


@every
def test_refuses_a_single_class(name):
    with pytest.raises(InputError, match=r"1 class.*at least 2"):
        SCORES[name]().fit(clouds(9, k=1))


@pytest.mark.parametrize("name", [n for n in NAMES if SCORES[n].fit_on != "nothing"])
def test_refuses_no_rows(name):
    with pytest.raises(InputError, match="no rows"):
        SCORES[name]().fit(clouds(9).take([]))


@pytest.mark.parametrize("name", OF_LABELS)
def test_refuses_rows_without_labels(name):
    with pytest.raises(InputError, match="none of the 9 rows"):
        SCORES[name]().fit(changed(clouds(9), labels=np.full(9, -1)))


@pytest.mark.parametrize("name", OF_LABELS)
def test_unlabelled_rows_are_left_out(fitted, name):
    rows, more = clouds(), clouds(330)
    labels = np.concatenate([rows.labels, np.full(30, -1)])
    both = changed(
        more, labels=labels, features=np.concatenate([rows.features, more.features[:30]]),
        logits=np.concatenate([rows.logits, more.logits[:30]]),
    )  # fmt: skip
    table = clouds(30, seed=1)
    np.testing.assert_array_equal(SCORES[name]().fit(both)(table), fitted[name](table))


@pytest.mark.parametrize("name", [n for n in OF_LABELS if n != "temperature"])
def test_refuses_a_class_without_rows(name):
    rows = clouds()
    with pytest.raises(InputError, match=r"class 'b' has 0 rows"):
        SCORES[name]().fit(rows.take(np.flatnonzero(rows.labels != 1)))


@pytest.mark.parametrize("name", OF_FEATURES)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_refuses_features_that_are_no_numbers(fitted, name, bad):
    table = clouds(9)
    features = table.features.copy()
    features[4, 2] = bad
    table = changed(table, features=features)
    for call in (SCORES[name]().fit, fitted[name]):
        with pytest.raises(InputError, match=r"features of 1 rows hold NaN or infinity.*'picture 4'"):
            call(table)


@pytest.mark.parametrize("name", OF_FEATURES)
def test_refuses_a_table_without_features(fitted, name):
    table = changed(clouds(9), features=np.zeros((9, 0), np.float32), last_layer=None)
    for call in (SCORES[name]().fit, fitted[name]):
        with pytest.raises(InputError, match="needs features"):
            call(table)


@pytest.mark.parametrize("name", OF_LAYERS)
def test_refuses_a_table_without_last_layer(name):
    with pytest.raises(InputError, match="last linear layer"):
        SCORES[name]().fit(changed(clouds(), last_layer=None))


@every
def test_refuses_another_network(fitted, name):
    with pytest.raises(InputError, match="fitted on the classes a, b, c, asked about a, b, c, d"):
        fitted[name](clouds(9, k=4))
    one, other = (changed(clouds(), origin=Origin(network=digest)) for digest in ("11aa", "22bb"))
    with pytest.raises(InputError, match="network 11aa, asked about network 22bb"):
        SCORES[name]().fit(one)(other)


@pytest.mark.parametrize("name", OF_FEATURES)
def test_refuses_another_width(fitted, name):
    with pytest.raises(InputError, match="20 features, asked about 21"):
        fitted[name](clouds(9, d=21))


@every
def test_refuses_to_score_before_it_is_fitted(name):
    with pytest.raises(InputError, match=f"score {name}: is not fitted"):
        SCORES[name]()(clouds(9))
