"""The simulator against deciding each point, the front against brute force, speed, and sets that lack a kind."""

import time

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.rejection.cascade import (
    MEASURES,
    MODES,
    Answers,
    Case,
    Costs,
    Point,
    Weighing,
    decided,
    measure,
    pareto_front,
    simulate,
)

from .worlds import world

WATCH = (("watch",),)
COSTS = Costs(2.0, 5.0, 0.5, 0.01)


@pytest.mark.parametrize("rough", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("levels", [WATCH, (("top", "dress"),), (("shoe",), ("boot",))])
@pytest.mark.parametrize("weighing", [Weighing(COSTS), Weighing(COSTS, 0.08, "products")])
def test_every_point_is_what_deciding_gives(rough, dtype, levels, weighing):
    case = world(8, ordinary=60, outliers=15, pictures=4, levels=levels, rough=rough, dtype=dtype)
    simulation = simulate(case, levels, weighing, points=9, also=[0.6])
    assert set(simulation.modes) == {0, 1, 2}
    assert len(simulation) > 50
    for i in range(len(simulation)):
        point = simulation.point(i)
        expected = measure(case, decided(point, case.answers), weighing)
        got = simulation.at(i)
        assert list(got) == list(expected) == list(MEASURES)
        np.testing.assert_allclose(list(got.values()), list(expected.values()), atol=1e-9, err_msg=str(point))


def test_with_a_class_that_is_no_tag():
    case = world(8, ordinary=60, outliers=15, classes=("other", "dress"))
    simulation = simulate(case, WATCH, points=7)
    assert case.is_rest.any()
    for i in range(len(simulation)):
        expected = measure(case, decided(simulation.point(i), case.answers))
        np.testing.assert_allclose(list(simulation.at(i).values()), list(expected.values()), atol=1e-9)


def test_measures_in_plain_python():
    case = world(14, ordinary=50, outliers=20)
    point = Point("hard", 0.5, WATCH, {"watch": 0.3})
    decisions = decided(point, case.answers)
    tagged = decisions.tags != -1
    wrong = sum(bool(tagged[i]) and decisions.tags[i] != case.truth[i] for i in range(50))
    accepted = sum(bool(tagged[i]) for i in range(50, 70))
    lost = sum(not tagged[i] and case.answers.predicted[i] == case.truth[i] for i in range(50))
    second = sum(case.answers.gates["watch"][i] >= 0.3 for i in range(70))
    ordinary = int(tagged[:50].sum())
    assert min(wrong, accepted, lost) > 0
    found = measure(case, decisions, Weighing(COSTS))
    assert found["coverage"] == pytest.approx(ordinary / 50)
    assert found["risk"] == pytest.approx((wrong + accepted) / (ordinary + accepted))
    assert found["ordinary_risk"] == pytest.approx(wrong / ordinary)
    assert found["outliers_accepted"] == pytest.approx(accepted / 20)
    assert found["good_lost"] == pytest.approx(lost / 50)
    assert found["second_network"] == pytest.approx(second / 70)
    assert found["cost"] == pytest.approx((2 * wrong + 5 * accepted + 0.5 * lost + 0.01 * second) / 70)
    # SCOD at a stated share: (1 - pi) P(error, tagged | ordinary) + pi P(tagged | outlier), over P(tagged).
    pi = 0.03
    stated = measure(case, decisions, Weighing(COSTS, pi))
    above, below = (1 - pi) * wrong / 50 + pi * accepted / 20, (1 - pi) * ordinary / 50 + pi * accepted / 20
    assert stated["risk"] == pytest.approx(above / below)
    assert stated["tagged"] == pytest.approx(below)
    assert stated["coverage"] == found["coverage"]


def _brute_front(values):
    found = []
    for i, one in enumerate(values):
        better = (values <= one).all(axis=1) & (values < one).any(axis=1)
        if not better.any():
            found.append(i)
    return found


@pytest.mark.parametrize("levels", [2, 5, 1000])
@pytest.mark.parametrize("n", [1, 2, 17, 400])
def test_the_front_is_exact(n, levels):
    for seed in range(5):
        values = np.random.default_rng(seed).integers(0, levels, (n, 3)).astype(float)
        assert pareto_front(values).tolist() == _brute_front(values)


def test_the_front_of_nothing_and_of_no_numbers():
    assert pareto_front(np.zeros((0, 3))).tolist() == []
    for values in (np.zeros((4, 2)), np.array([[0.0, 1.0, np.nan]])):
        with pytest.raises(ValueError, match="finite numbers"):
            pareto_front(values)


def test_the_front_of_a_simulation():
    simulation = simulate(world(10, ordinary=300, outliers=60), WATCH, Weighing(COSTS), points=25)
    front = simulation.front()
    columns = np.stack([simulation.measures[name] for name in ("risk", "coverage", "cost")], axis=1) * [1, -1, 1]
    known = np.flatnonzero(np.isfinite(columns).all(axis=1))
    assert sorted(front.tolist()) == known[_brute_front(columns[known])].tolist()
    assert 3 < len(front) < len(simulation) / 2
    assert (np.diff(simulation.measures["coverage"][front]) <= 0).all()


def test_ten_thousand_pictures_take_no_time():
    """The bound is the promise; what was measured stands in docs/rejection.md."""
    case = world(11, ordinary=9000, outliers=1000)
    start = time.process_time()
    simulation = simulate(case, WATCH)
    simulation.front()
    assert time.process_time() - start < 1.0
    assert len(simulation) == 100 * 100 + 100 + 100


def test_no_outliers():
    case = world(12, ordinary=40, outliers=0)
    own = simulate(case, WATCH, points=5)
    assert own.unknown == {"outliers_accepted": "there are no outliers"}
    np.testing.assert_allclose(own.measures["risk"], own.measures["ordinary_risk"])
    stated = simulate(case, WATCH, Weighing(outlier_share=0.05), points=5)
    assert stated.unknown["risk"] == "there are no outliers, so that nothing is known of the 5 % that are expected"
    assert np.isnan(stated.measures["risk"]).all()
    assert np.isnan(stated.measures["cost"]).all()
    assert np.isfinite(stated.measures["coverage"]).all()
    assert len(stated.front()) == 0


def test_outliers_only():
    case = world(12, ordinary=0, outliers=40)
    own = simulate(case, WATCH, points=5)
    assert own.unknown == dict.fromkeys(("coverage", "ordinary_risk", "good_lost"), "there are outliers only")
    assert set(own.measures["risk"][own.measures["tagged"] > 0]) == {1.0}
    assert own.measures["outliers_accepted"].max() == 1.0
    assert "cost" in simulate(case, WATCH, Weighing(outlier_share=0.05), points=5).unknown


def test_one_outlier_and_one_picture():
    case = world(13, ordinary=1, outliers=1)
    assert set(simulate(case, WATCH).measures["outliers_accepted"]) <= {0.0, 1.0}


def test_a_gate_that_is_sure_of_nothing():
    """Confidences of 0 are no threshold of a soft gate, and pass a hard gate of 0."""
    answers = Answers.of(np.array([[0.9, 0.1], [0.2, 0.8]]), ("a", "b"), {"watch": np.zeros(2)})
    case = Case(("x", "y"), ("x", "y"), np.array([0, -1]), np.array([False, True]), (None, "far"), answers)
    simulation = simulate(case, WATCH)
    assert [MODES[i] for i in simulation.modes] == ["no gate"] * 2 + ["hard"] * 2


def test_what_is_refused():
    case = world(0)
    for arguments in ({"modes": ()}, {"modes": ("firm",)}, {"points": 1}):
        with pytest.raises(InputError, match="use some of no gate, hard, soft"):
            simulate(case, WATCH, **arguments)
    with pytest.raises(InputError, match="no answers of the validator 'shoe'"):
        simulate(case, (("shoe",),))
    with pytest.raises(InputError, match=r"outlier share is 1\.5"):
        Weighing(outlier_share=1.5)
    with pytest.raises(InputError, match="outlier_tagged is -1"):
        Costs(outlier_tagged=-1)
    with pytest.raises(InputError, match="all are 0"):
        Costs(0, 0, 0, 0)
