import numpy as np
import pytest

from robustfashion.data.synthetic.nuisances import _calm, nuisances
from robustfashion.data.synthetic.parameters import parameters


def scenes(strength, count=300):
    rng = np.random.default_rng(2)
    drawn = [parameters("scene").sample(rng) for _ in range(count)]
    return drawn, [nuisances(scene, strength, rng) for scene in drawn]


def test_one_changes_nothing():
    drawn, changed = scenes(1.0, 5)
    assert drawn == changed


def test_zero_is_calm():
    _, changed = scenes(0.0, 20)
    for scene in changed:
        for name, calm in _calm().items():
            assert scene[name] == (calm[0] if isinstance(calm, list) else calm), name


@pytest.mark.parametrize("strength", [0.3, 2.0])
def test_numbers_scale_within_limits(strength):
    drawn, changed = scenes(strength)
    for name, calm in _calm().items():
        if isinstance(calm, list):
            middle, low, high = calm
            expected = [np.clip(middle + strength * (s[name] - middle), low, high) for s in drawn]
            np.testing.assert_allclose([s[name] for s in changed], expected)


def test_words_turn_calm_or_not():
    for strength, low, high in ((0.4, 0.05, 0.25), (1.0, 0.2, 0.5), (2.0, 0.4, 0.7)):
        _, changed = scenes(strength, 600)
        assert low < np.mean([scene["background"] != "white" for scene in changed]) < high


def test_calm_names_what_the_scene_has():
    scene = parameters("scene").sample(np.random.default_rng(0))
    for name, calm in _calm().items():
        assert isinstance(scene[name], float if isinstance(calm, list) else str)
    assert {"aspect", "file", "quality", "subsampling"}.isdisjoint(_calm())
