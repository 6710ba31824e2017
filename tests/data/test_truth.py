"""One column of truth for each task."""

import pytest

from robustfashion import taxonomy
from robustfashion.data.catalogue import catalogue_from_rows
from robustfashion.data.truth import truth_column
from robustfashion.errors import InputError


def catalogue(**first):
    rows = [{"id": f"i{k}", "path": f"{k}.jpg", "group": f"g{k}", "label": "dress"} for k in range(3)]
    rows[0] |= first
    return catalogue_from_rows(rows, "shop")


def test_a_product_type_is_what_is_shown_where_that_is_known():
    assert truth_column(catalogue(product_type="watch"), "dress") == "product_type"
    assert truth_column(catalogue(), "dress") == "label"
    assert truth_column(catalogue(product_type="watch", reason="zero bytes"), "dress") == "label"  # known of no usable picture


def test_other_tasks_have_their_own_column():
    for data in (catalogue(), catalogue(product_type="watch")):
        assert truth_column(data, "label") == "label"
        assert [truth_column(data, name) for name in taxonomy.attributes()] == list(taxonomy.attributes())
    with pytest.raises(InputError, match="task is 'hat'; use label or one of sleeve_type"):
        truth_column(catalogue(), "hat")
