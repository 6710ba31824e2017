import math

import numpy as np
import pytest

from robustfashion import taxonomy
from robustfashion.data.synthetic.parameters import ParameterSet, _rule, parameters
from robustfashion.data.synthetic.products.dials import DIALS
from robustfashion.data.synthetic.products.heels import HEELS
from robustfashion.data.synthetic.products.necks import NECKS

FILES = (*taxonomy.PRODUCT_TYPES, "fabric", "scene", "colours")


def draw(rule, u, **values):
    return _rule(rule)(u, values)


def test_rules():
    assert draw([2, 6], 0.25) == 3.0
    assert draw({"log": [1, 100]}, 0.5) == pytest.approx(10.0)
    assert [draw({"integer": [3, 5]}, u) for u in (0.0, 0.34, 0.99)] == [3.0, 4.0, 5.0]
    assert [draw({"choice": {"a": 3, "b": 1}}, u) for u in (0.0, 0.74, 0.76, math.nextafter(1, 0))] == ["a", "a", "b", "b"]
    assert draw({"by": "kind", "of": {"x": [0, 1], "otherwise": 7}}, 0.5, kind="x") == 0.5
    assert draw({"by": "kind", "of": {"x": [0, 1], "otherwise": 7}}, 0.5, kind="y") == 7.0


def test_a_changed_range_moves_no_other_parameter():
    rules = {"a": [0, 1], "b": {"choice": {"x": 1, "y": 1}}, "c": [5, 9]}
    changed = rules | {"b": {"by": "a_kind", "of": {"otherwise": 4}}}
    first, second = (
        ParameterSet({k: _rule(r) for k, r in table.items()}).sample(np.random.default_rng(3), {"a_kind": "z"})
        for table in (rules, changed)
    )
    assert first["a"] == second["a"]
    assert first["c"] == second["c"]
    assert first["b"] != second["b"]


@pytest.mark.parametrize("name", FILES)
def test_files_draw_everything_at_both_ends(name):
    given = {"scale": "fine", "pattern": "solid"}
    for u in (0.0, 0.5, math.nextafter(1, 0)):

        class Constant:
            def random(self, n, u=u):
                return np.full(n, u)

        assert set(parameters(name).sample(Constant(), given)) >= set(parameters(name).rules)


@pytest.mark.parametrize("name", taxonomy.PRODUCT_TYPES)
def test_attribute_labels_are_the_taxonomy_s(name):
    known = taxonomy.attributes()
    seen: dict[str, set[str]] = {}
    rng = np.random.default_rng(1)
    for _ in range(600):
        for key, value in parameters(name).sample(rng, {"pattern": "solid"}).items():
            if key in known:
                assert name in known[key].product_types
                seen.setdefault(key, set()).add(str(value))
    assert seen
    for key, values in seen.items():
        assert values <= set(known[key].labels), key
        if key != "number_of_wheels":
            assert values == set(known[key].labels), key


def test_drawing_functions_are_named_by_the_taxonomy():
    known = taxonomy.attributes()
    assert set(NECKS) == set(known["neck_style"].labels)
    assert set(DIALS) == set(known["display_type"].labels)
    assert {*HEELS, "Flat"} == set(known["heel_type"].labels)
