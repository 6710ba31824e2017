"""Data that knows product types of some pictures only: one rule for every suite."""

import pytest

from robustfashion.bench.experiment.tasks import task_spec
from robustfashion.data.catalogue import catalogue_from_rows, make_task
from robustfashion.data.network_task import check_drawn, checkpoint_task
from robustfashion.data.splits import prepare_splits
from robustfashion.errors import InputError


def catalogue(rows):
    """(label, product type, outlier kind) of each picture."""
    return catalogue_from_rows(
        [
            {"id": str(i), "path": f"{i}.png", "group": str(i), "label": label, "product_type": kind, "outlier_kind": outlier}
            for i, (label, kind, outlier) in enumerate(rows)
        ],
        "made up",
    )


def targets(found, name="dress"):
    target = task_spec(name, found).target
    task = make_task(found, target.positive, target.column)
    assert checkpoint_task(found, ("other", name), None) == task
    return found.targets(task).tolist()


def test_what_nobody_wrote_down_is_what_it_is_filed_under():
    rows = [("dress", "dress", None), ("dress", None, None), ("skirt", None, None), ("dress", "watch", None), (None, None, None)]
    assert targets(catalogue(rows)) == [1, 1, 0, 0, -1]


def test_one_type_written_down_is_enough_for_a_task():
    assert targets(catalogue([("a", "dress", None), ("skirt", None, None)])) == [1, 0]


def test_types_of_others_only():
    assert targets(catalogue([("dress", None, None), ("shoe", "shoe", None), ("top", "top", None)])) == [1, 0, 0]


def test_junk_is_none_of_the_five_whatever_it_is_filed_under():
    found = catalogue([("dress", "dress", None), ("top", "top", None), ("dress", None, "junk/size chart")])
    task = make_task(found, "dress", "product_type")
    assert found.targets(task).tolist() == [1, 0, 0]


def test_types_without_labels():
    found = catalogue([(None, "dress", None), (None, "top", None), (None, None, None)])
    assert targets(found) == [1, 0, -1]


def test_the_rest_has_to_occur_in_every_split():
    rows = [("dress", "dress", None)] * 30 + [("skirt", None, None)] * 2
    with pytest.raises(InputError, match="other than dress"):
        prepare_splits(catalogue(rows), 0, task_spec("dress", catalogue(rows)).target)


@pytest.mark.parametrize("classes", [("dress", "shoe"), ("other", "dress"), ("0", "2", "4"), ("hat", "watch")])
def test_networks_that_drawn_pictures_can_be_asked_of(classes):
    check_drawn(classes)


def test_a_network_of_other_classes_is_refused_before_anything_is_drawn():
    with pytest.raises(InputError, match=r"classes \(n0, n1, .*, …\) are none of these; give your own pictures: --data"):
        check_drawn(tuple(f"n{k}" for k in range(1000)))
