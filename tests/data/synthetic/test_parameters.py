import math
from itertools import product

import numpy as np
import pytest

from robustfashion import taxonomy
from robustfashion.data.synthetic.labels import joint
from robustfashion.data.synthetic.parameters import ParameterSet, _rule, parameters
from robustfashion.data.synthetic.products.boots import BOOTS
from robustfashion.data.synthetic.products.dials import DIALS
from robustfashion.data.synthetic.products.heels import HEELS
from robustfashion.data.synthetic.products.necks import NECKS
from robustfashion.data.synthetic.products.sandals import SANDALS

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
    labels = [{}] if name not in taxonomy.PRODUCT_TYPES else [joint(name, {}).draw(u) for u in (0.01, 0.3, 0.6, 0.99)]
    for given, u in product(labels, (0.0, 0.5, math.nextafter(1, 0))):

        class Constant:
            def random(self, n, u=u):
                return np.full(n, u)

        values = parameters(name).sample(Constant(), {"scale": "fine", "pattern": "solid", **given})
        assert set(values) >= set(parameters(name).rules)


def test_drawing_functions_are_named_by_the_taxonomy():
    known = taxonomy.attributes()
    assert set(NECKS) == set(known["neck_style"].labels)
    assert set(DIALS) == set(known["display_type"].labels)
    assert {*HEELS, "Flat"} == set(known["heel_type"].labels)
    assert set(BOOTS) == set(known["boot_style"].labels)
    assert set(SANDALS) == set(known["sandal_style"].labels)
