"""The taxonomy against the counts that the paper prints (Tables 1, 3, 5)."""

import pytest

from robustfashion import paper, taxonomy
from robustfashion.errors import InputError


def test_fourteen_classifiers():
    assert len(taxonomy.PRODUCT_TYPES) == 5
    assert len(taxonomy.attributes()) == 9


def test_corrected_labels_are_distinct_and_sum_to_table_1():
    found = taxonomy.attributes("corrected")
    assert all(len(set(a.labels)) == len(a.labels) for a in found.values())
    assert sum(len(a.labels) for a in found.values()) == sum(line.classes for line in paper.TABLE_1.values()) == 51


def test_paper_reading_keeps_its_contradictions():
    found = taxonomy.attributes("paper")
    assert found["sandal_style"].labels.count("Platform") == 2
    assert (len(found["heel_type"].labels), paper.TABLE_1["heel_type"].classes) == (8, 7)
    assert found["neck_style"].category == "Shoes"
    disagreeing = {a.name for a in found.values() if len(set(a.labels)) != paper.TABLE_1[a.name].classes}
    assert disagreeing == {"heel_type", "sandal_style"}


def test_gates_are_product_types():
    assert all(set(a.product_types) <= set(taxonomy.PRODUCT_TYPES) for a in taxonomy.attributes().values())


def test_classes():
    assert taxonomy.classes("dress") == ("other", "dress")
    assert taxonomy.classes("number_of_wheels") == ("0", "2", "4")
    with pytest.raises(InputError, match="hat"):
        taxonomy.classes("hat")
    with pytest.raises(InputError, match="printed"):
        taxonomy.attributes("printed")
