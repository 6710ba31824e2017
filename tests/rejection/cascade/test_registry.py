"""Which validators stand before which attribute: against the taxonomy."""

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.rejection.cascade import GATES, check_gate, gate_of, type_confidence
from robustfashion.taxonomy import PRODUCT_TYPES, attributes


def test_the_taxonomy_says_the_same():
    known = attributes()
    assert list(GATES) == list(known)
    for name, levels in GATES.items():
        assert tuple(one for one in levels[0] if one in PRODUCT_TYPES) == known[name].product_types
        assert not {one for level in levels[1:] for one in level} & set(PRODUCT_TYPES), "the paper has one level"
        assert gate_of(name, PRODUCT_TYPES) == (known[name].product_types,)
        check_gate(name, levels)


def test_the_gate_out_of_what_there_is():
    assert gate_of("boot_style", ["boot", "shoe", "watch"]) == (("shoe",), ("boot",))
    assert gate_of("sleeve_type", ["dress"]) == (("dress",),)
    assert gate_of("skirt_length", ["skirt"]) == (("skirt",),)
    with pytest.raises(InputError, match="boot_style stands behind shoe; the validators at hand are boot"):
        gate_of("boot_style", ["boot"])
    with pytest.raises(InputError, match="attribute is 'colour'"):
        gate_of("colour", PRODUCT_TYPES)


def test_gates_that_do_not_suit():
    with pytest.raises(InputError, match="'luggage', which does not tell its products from others; use watch"):
        check_gate("display_type", (("luggage",),))
    for levels in ((("watch",), ()), (("watch",), ("watch",))):
        with pytest.raises(InputError, match="one place"):
            check_gate("display_type", levels)
    check_gate("colour", (("anything",),))


def test_confidence_of_a_type():
    probabilities = np.array([[0.7, 0.1, 0.2], [0.1, 0.8, 0.1]], np.float32)
    found = type_confidence(probabilities, ("dress", "watch", "shoe"), "watch")
    assert found.dtype == np.float32
    assert found.tolist() == probabilities[:, 1].tolist()
    with pytest.raises(InputError, match="knows no such class"):
        type_confidence(probabilities, ("dress", "watch", "shoe"), "luggage")
    with pytest.raises(InputError, match=r"are \[2, 3\] for 2 classes"):
        type_confidence(probabilities, ("other", "watch"), "watch")
