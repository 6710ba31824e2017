import numpy as np
import pytest

from robustfashion.data.synthetic.outlier_kinds import (
    OTHER_PRODUCT,
    TIERS,
    all_kinds,
    check_kinds,
    outlier_kinds,
    outlier_parameters,
)
from robustfashion.data.synthetic.outliers import PICTURES, THINGS
from robustfashion.data.synthetic.products import PRODUCTS
from robustfashion.errors import InputError
from robustfashion.taxonomy import PRODUCT_TYPES


def test_every_kind_is_drawn():
    assert {*PICTURES, *THINGS, OTHER_PRODUCT} == set(all_kinds())
    assert {kind.split("/")[0] for kind in all_kinds()} == set(TIERS)
    assert {*PICTURES, *THINGS}.isdisjoint(PRODUCTS)


@pytest.mark.parametrize("label", PRODUCT_TYPES)
def test_tiers_alike_by_default(label):
    found = outlier_kinds(label, {})
    for tier in TIERS:
        assert sum(weight for kind, weight in found.items() if kind.startswith(tier)) == pytest.approx(1)
    assert len([kind for kind in found if kind.startswith("near/")]) == 3


def test_kinds_and_tiers():
    assert outlier_kinds("watch", {"near/bangle": 2.0}) == {"near/bangle": 2.0}
    found = outlier_kinds("watch", {"near": 1.0, "near/bangle": 3.0, "far/noise": 1.0})
    assert found == {"near/other product": 0.5, "near/bangle": 3.0, "near/wall clock": 0.5, "far/noise": 1.0}
    with pytest.raises(InputError, match="no kind of outlier for dress"):
        outlier_kinds("dress", {"near/bangle": 1.0})


def test_bad_names_and_weights():
    with pytest.raises(InputError, match=r"'near/hat'.*near, junk, far, near/other product"):
        check_kinds({"near/hat": 1})
    for weights in ({"near": 0.0}, {"near": -1.0}, {"far": float("nan")}):
        with pytest.raises(InputError, match="0 or greater"):
            check_kinds(weights)
    check_kinds({})


@pytest.mark.parametrize("kind", all_kinds())
def test_parameters_are_drawn(kind):
    values = outlier_parameters(kind).sample(np.random.default_rng(1))
    assert set(values) == set(outlier_parameters(kind).rules)
