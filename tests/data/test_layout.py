"""Names of splits, and layouts in which another folder was meant."""

import pytest

from robustfashion.data.layout import (
    advice,
    inner_folder,
    is_annotations,
    nearly_splits,
    split_conflicts,
    split_folders,
    split_of,
    thumbnail_folders,
)  # fmt: skip

NAMES = {
    "train": (
        "train", "Train", "TRAINING", "train_images", "train-images", "trainset", "train_set", "Training Set", "train2017",
        "train-1", "trainval", "images_train", "01_train", "train_data", "training photos", "trn",
    ),
    "validation": (
        "val", "valid", "validation", "Validation Set", "val2017", "dev", "development", "valid_imgs", "eval", "evaluation",
    ),
    "test": ("test", "testing", "tst", "TestSet", "test_images", "test-2", "holdout", "hold-out", "held_out", "3. test", "tests"),
    None: (
        "dress", "trainers", "trainer", "strain", "vals", "valley", "testament", "contest", "latest", "device", "devil",
        "invalid", "train station", "evaluated", "", "2017", "images", "set",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("split", "name"), [(split, name) for split, names in NAMES.items() for name in names])
def test_names_of_splits(split, name):
    assert split_of(name) == split


def test_evaluation_sets():
    assert split_folders(["train", "eval"]) == {"train": "train", "eval": "validation"}
    assert split_folders(["train", "val", "eval"]) == {"train": "train", "val": "validation", "eval": "test"}
    assert split_folders(["train", "val", "test", "eval", "dress"])["eval"] == "validation"


def test_what_stands_beside_splits():
    assert [is_annotations(name) for name in ("ground_truth", "Masks", "labels", "dress", "good")] == [True] * 3 + [False] * 2


@pytest.mark.parametrize(
    ("paths", "want"),
    [
        (["shop/dress/a.jpg", "shop/shoe/b.jpg"], ("shop", ["dress", "shoe"])),
        (["a/b/dress/1.jpg", "a/b/shoe/deep/2.jpg"], ("a/b", ["dress", "shoe"])),
        (["dress/a.jpg", "shoe/b.jpg"], None),
        (["dress/red/a.jpg", "dress/b.jpg"], None),  # pictures of the one class itself
        (["dress/a.jpg"], None),
        (["a.jpg", "dress/b.jpg"], None),
        ([], None),
    ],
)
def test_inner_folder(paths, want):
    assert inner_folder(paths) == want


def test_advice():
    assert advice("/d", ["shop/dress/a.jpg", "shop/shoe/b.jpg"]) == (
        "All pictures lie in the one folder shop: if the folders in it (dress, shoe) are the classes, give /d/shop."
    )
    assert advice("/d", ["shop/train/dress/a.jpg", "shop/test/shoe/b.jpg"]) == (
        "All pictures lie in the one folder shop, whose folders (test, train) are splits; the classes (dress, shoe) lie below "
        "those: give /d/shop."
    )
    assert "are splits, without class folders in all of them: sort" in advice("/d", ["x/train/dress/a.jpg", "x/test/b.jpg"])
    assert advice("/d", ["Images/a.jpg", "Images/b.jpg"], ["styles.csv"]) == (
        "The only class is the folder 'Images': if its pictures have no labels, give /d/Images; where a table names their "
        "labels, give the table (styles.csv)."
    )
    for paths in (["dress/a.jpg"], ["images/a.jpg", "dress/b.jpg"], ["a.jpg"]):
        assert advice("/d", paths) == ""


def test_names_that_are_told():
    paths = ["dress/thumbs/a.jpg", "Thumbnails/b.jpg", "trainA/c.jpg", "test_drive/d.jpg", "thumb.jpg", "train/e.jpg", "test.jpg"]
    assert thumbnail_folders(paths) == ["Thumbnails", "dress/thumbs"]
    assert nearly_splits(paths) == ["test_drive", "trainA"]


def test_split_conflicts():
    paths = ["/home/test/x/train/a.jpg", "/home/test/x/train/b.jpg", "/home/test/x/val/c.jpg", "/home/test/x/d.jpg"]
    assert split_conflicts(paths, ["train", "train", "validation", None]) == ""
    assert split_conflicts(paths, [None, "test", "validation", "test"]) == (
        "Pictures lie in folders of other splits than they are given: 1 by their folder train but no split; "
        "1 by their folder train but test."
    )
    paths = [f"{folder}/{k}.jpg" for k, folder in enumerate(("train", "val", "eval"))]
    assert split_conflicts(paths, ["train", "validation", "test"]) == ""
    for either in ("validation", "test"):  # nothing beside it says which
        assert split_conflicts(paths[::2], ["train", either]) == ""
    assert "1 by their folder test but validation" in split_conflicts(paths, ["train", "validation", "validation"])
    assert "1 by their folder validation but train" in split_conflicts(paths[::2], ["train", "train"])
    assert split_conflicts(["train/a.jpg", "train/b.jpg"], [None, None]) == split_conflicts([], []) == ""
