"""Which of the fourteen tasks some classes are."""

import pytest

from robustfashion import taxonomy
from robustfashion.errors import InputError
from robustfashion.models.task import describe_task, read_task


@pytest.mark.parametrize("task", [*taxonomy.PRODUCT_TYPES, *taxonomy.attributes()])
def test_each_of_the_fourteen_is_known_by_its_classes(task):
    found = describe_task(sorted(taxonomy.classes(task)))  # a catalogue's classes come in sorted order
    attribute = taxonomy.attributes().get(task)
    assert (found.task, found.labels, found.missing) == (task, list(taxonomy.classes(task)), [])
    assert found.kind == ("product type" if attribute is None else "attribute")
    assert found.product_types == ([task] if attribute is None else list(attribute.product_types))
    assert read_task(found.to_dict(), "a.ckpt") == found


def test_missing_labels_and_own_classes():
    wheels = describe_task(("0", "4"))
    assert (wheels.task, wheels.missing, wheels.product_types) == ("number_of_wheels", ["2"], ["luggage"])
    own = describe_task(("other", "bag"))
    assert (own.kind, own.task, own.labels, own.product_types) == ("own", None, ["other", "bag"], [])
    assert describe_task(("Mini", "Maxi", "Hat")).kind == "own"


@pytest.mark.parametrize("value", [7, [], {"task": "dress"}, describe_task(("0", "4")).to_dict() | {"labels": "024"}])
def test_damaged(value):
    with pytest.raises(InputError, match=r"a\.ckpt: field 'taxonomy.*damaged"):
        read_task(value, "a.ckpt")
