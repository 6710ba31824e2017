"""Layouts that people have: splits above and below the classes, litter, a folder too many."""

import unicodedata
from collections import Counter

import pytest

from robustfashion.data.catalogue import make_task
from robustfashion.data.sources import open_with_note
from robustfashion.data.sources.loading import load_catalogue
from robustfashion.errors import InputError
from tests.data.images import put
from tests.pictures.test_folders import locked, touch


def opened(root):
    catalogue, note = open_with_note(root)
    rows = zip(catalogue.column("path"), catalogue.column("label"), catalogue.column("split"), strict=True)
    return {path: (label, split) for path, label, split in rows}, note


@pytest.mark.parametrize(
    ("train", "test"), [("train", "test"), ("Training Set", "Test Set"), ("train2017", "val2017"), ("images_train", "holdout")]
)
def test_splits_below_classes(train, test, tmp_path):
    touch(tmp_path, f"dress/{train}/a.jpg", f"dress/{test}/b.jpg", f"shoe/{train}/deep/c.jpg", f"shoe/{test}/d.jpg")
    rows, note = opened(tmp_path)
    other = "validation" if test == "val2017" else "test"
    assert rows == {
        f"dress/{train}/a.jpg": ("dress", "train"), f"dress/{test}/b.jpg": ("dress", other),
        f"shoe/{train}/deep/c.jpg": ("shoe", "train"), f"shoe/{test}/d.jpg": ("shoe", other),
    }  # fmt: skip
    assert "Split folders below the class folders are honoured" in note and train in note and test in note


@pytest.mark.parametrize(
    ("tops", "split"), [("train eval", "validation"), ("train val eval", "test"), ("train test eval", "validation")]
)
def test_evaluation_folders_within_their_like(tops, split, tmp_path):
    touch(tmp_path, *(f"{top}/dress/{top}/1.jpg" for top in tops.split()))
    rows, _ = opened(tmp_path)
    assert rows["eval/dress/eval/1.jpg"] == ("dress", split)
    touch(tmp_path, "train/dress/eval/2.jpg")
    with pytest.raises(InputError, match=r"train/dress/eval/2\.jpg lies in folders of several splits \(train, "):
        open_with_note(tmp_path)


def test_splits_deeper_below_classes(tmp_path):
    touch(tmp_path, "dress/red/train/a.jpg", "dress/blue/test/b.jpg", "shoe/train/c.jpg", "shoe/test/x/d.jpg", "shoe/note.txt")
    rows, _ = opened(tmp_path)
    assert [split for _, split in rows.values()] == ["test", "train", None, "test", "train"]


def test_mvtec(tmp_path):
    """Categories with train/good, test/<defect> and ground_truth/<defect>, whose masks are no pictures."""
    for name in ("bottle", "cable"):
        touch(tmp_path, f"{name}/license.txt", f"{name}/train/good/0.png", f"{name}/test/good/1.png", f"{name}/test/bent/2.png")
        touch(tmp_path, f"{name}/ground_truth/bent/2_mask.png")
    rows, note = opened(tmp_path)
    used = Counter(value for path, value in rows.items() if not path.endswith(".txt"))
    assert used == {("bottle", "train"): 1, ("bottle", "test"): 2, ("cable", "train"): 1, ("cable", "test"): 2}
    assert "2 folders beside split folders without pictures of products (bottle/ground_truth, cable/ground_truth)" in note
    rows, note = opened(tmp_path / "bottle")  # a category: its splits are above, and the defects are the classes
    assert Counter(rows.values()) == {("good", "train"): 1, ("good", "test"): 1, ("bent", "test"): 1}
    assert "(ground_truth)" in note


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ("dress/train/a.jpg", "dress/test/b.jpg", "shoe/c.jpg"),
            r"split folders \(test, train\) lie in the class folders dress, but not in shoe",
        ),
        (
            ("dress/train/a.jpg", "dress/c.jpg", "shoe/test/b.jpg"),
            r"1 pictures of the class dress lie beside its split folders .*dress/c\.jpg",
        ),
        (("dress/train/a.jpg", "dress/more/c.jpg", "shoe/train/b.jpg"), r"1 pictures of the class dress lie beside"),
        (
            ("dress/train/test/a.jpg", "shoe/test/b.jpg"),
            r"dress/train/test/a\.jpg lies in folders of several splits \(test, train\)",
        ),
        (
            ("train/dress/test/a.jpg", "test/dress/b.jpg"),
            r"train/dress/test/a\.jpg lies in folders of several splits \(train, test\)",
        ),
        (
            ("train/train/dress/a.jpg", "test/dress/b.jpg"),
            r"train: a split folder that holds folders named as splits are \(train\).*give .*/train",
        ),
        (
            ("train/dress/a.jpg", "all/dress/b.jpg"),
            r"split folders \(train\) stand beside other folders \(all\).*give it: .*/train",
        ),
        (
            ("train/a.jpg", "test/b.jpg"),
            r"no class folders \(1 images .*for pictures without labels, give .*test itself",
        ),
    ],
)
def test_layouts_that_are_not_clear(names, message, tmp_path):
    touch(tmp_path, *names)
    with pytest.raises(InputError, match=message):
        open_with_note(tmp_path)


def test_annotations_beside_pictures(tmp_path):
    touch(tmp_path, "images/train/a.jpg", "images/test/b.jpg", "labels/train/a.txt")
    with pytest.raises(InputError, match=r"labels: class folder without images .*if images holds the pictures, give .*/images"):
        open_with_note(tmp_path)
    touch(tmp_path, "set/train/dress/a.jpg", "set/test/dress/b.jpg", "set/annotations/a.xml", "set/docs/x.pdf", "set/empty/x.md")
    rows, note = opened(tmp_path / "set")
    assert list(rows.values()) == [("dress", "test"), ("dress", "train")]
    assert "3 folders beside split folders" in note


def test_one_folder_too_many(tmp_path):
    for name in ("dress", "shoe"):
        for k in range(4):
            put(tmp_path / "unpacked" / "shop" / name / f"{k}.png", seed=k + (name == "shoe") * 9)
    catalogue, note = load_catalogue(tmp_path, cache=tmp_path.with_name("cache"))
    shop = f"{tmp_path}/unpacked/shop"
    told = f"All pictures lie in the one folder unpacked/shop: if the folders in it (dress, shoe) are the classes, give {shop}."
    assert told in note
    with pytest.raises(InputError, match=r"only one class \(unpacked\) .*give ") as caught:
        make_task(catalogue)
    assert told in str(caught.value)
    assert make_task(load_catalogue(tmp_path / "unpacked/shop", cache=tmp_path.with_name("cache"))[0]).classes == (
        "dress",
        "shoe",
    )


def test_a_test_set_without_labels(tmp_path):
    touch(tmp_path, "train/dress/a.jpg", "train/shoe/b.jpg", "test/1.jpg", "test/2.jpg")
    with pytest.raises(InputError, match=r"test: no class folders \(2 images lie directly in it\)") as caught:
        open_with_note(tmp_path)
    told = str(caught.value)
    assert f"for pictures without labels, give {tmp_path}/test itself" in told
    assert f"to train and test on pictures with labels, give {tmp_path}/train: splits are then made of it" in told


@pytest.mark.parametrize("inner", ["images", "unknown"])
def test_a_test_set_without_labels_in_a_folder(inner, tmp_path):
    touch(tmp_path, "train/dress/a.jpg", "train/shoe/b.jpg", f"test/{inner}/1.jpg")
    with pytest.raises(InputError, match=f"test: its only folder {inner} is no class of the other splits") as caught:
        open_with_note(tmp_path)
    assert f"give {tmp_path}/test/{inner} itself" in str(caught.value) and f"give {tmp_path}/train: splits" in str(caught.value)
    touch(tmp_path, f"train/{inner}/c.jpg")
    assert len(open_with_note(tmp_path)[0].usable()) == 4


def test_splits_in_one_folder_too_many(tmp_path):
    touch(tmp_path, "bottle/train/good/a.jpg", "bottle/test/good/b.jpg", "bottle/test/broken/c.jpg")
    with pytest.raises(InputError, match=r"only one class \(bottle\).* are splits; the classes \(broken, good\) lie below those"):
        make_task(open_with_note(tmp_path)[0])


def test_notes_of_programs_are_no_rows(tmp_path):
    names = ("a.jpg", "a.aae", "a.xmp", "a.jpg:Zone.Identifier", "b.crdownload", "a.jpg.json")
    touch(tmp_path, *[f"{place}/{name}" for place in ("c/dress", "c/shoe", "flat") for name in names])
    for folder, count in (("c", 2), ("flat", 1)):
        catalogue, note = open_with_note(tmp_path / folder)
        assert (len(catalogue), catalogue.refused()) == (count, [])
        assert f"{4 * count} notes of programs beside pictures" in note and f"{count} unfinished downloads" in note


def test_pictures_beside_their_table(tmp_path):
    touch(tmp_path, "images/1.jpg", "images/2.jpg", "styles.csv")
    _, note = opened(tmp_path)
    assert f"give {tmp_path}/images; where a table names their labels, give the table (styles.csv)" in note


def test_litter_everywhere(tmp_path):
    touch(tmp_path, "train/dress/a.jpg", "test/dress/b.jpg", "lost+found/x", "@eaDir/dress/x.jpg", "train/@eaDir/x.jpg")
    touch(
        tmp_path,
        "train/dress/@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg",
        "train/dress/._a.jpg",
        "test/__MACOSX/dress/b.jpg",
        "Thumbs.db",
    )
    rows, note = opened(tmp_path)
    assert rows == {"test/dress/b.jpg": ("dress", "test"), "train/dress/a.jpg": ("dress", "train")}
    assert "3 thumbnails, bins and snapshots of network storage (@eaDir, train/@eaDir, train/dress/@eaDir)" in note


def test_litter_alone_is_told(tmp_path):
    touch(tmp_path, ".dress/a.jpg", "@eaDir/b.jpg")
    with pytest.raises(InputError, match=r"no class folders .*skipped: 1 hidden names \(\.dress\), 1 thumbnails"):
        open_with_note(tmp_path)


def test_folders_that_cannot_be_read(tmp_path, monkeypatch):
    touch(tmp_path, "dress/a.jpg", "dress/closed/b.jpg", "shoe/c.jpg")
    (tmp_path / "shoe/gone.jpg").symlink_to("nowhere.jpg")
    locked(monkeypatch, "closed", "lost+found")
    catalogue, _ = open_with_note(tmp_path)
    assert catalogue.usable().column("id") == ["dress/a.jpg", "shoe/c.jpg"]
    reasons = dict(catalogue.refused())
    assert reasons["dress/closed"].startswith("folder cannot be read (Permission denied)")
    assert reasons["shoe/gone.jpg"] == "a link whose target cannot be reached"
    locked(monkeypatch, "shoe")
    with pytest.raises(InputError, match=r"shoe: folder cannot be read \(Permission denied\)"):
        open_with_note(tmp_path)


def test_classes_that_link_back(tmp_path):
    touch(tmp_path, "dress/a.jpg", "shoe/b.jpg")
    (tmp_path / "dress/up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "boot").symlink_to(tmp_path / "shoe")
    rows, note = opened(tmp_path)
    assert rows == {"boot/b.jpg": ("boot", None), "dress/a.jpg": ("dress", None), "shoe/b.jpg": ("shoe", None)}
    assert "2 links that lead back (again, dress/up)" in note


def test_one_class_in_two_unicode_forms(tmp_path):
    for split, form in (("train", "NFC"), ("test", "NFD")):
        touch(tmp_path, f"{split}/{unicodedata.normalize(form, 'röcke')}/a.jpg")
    rows, _ = opened(tmp_path)
    assert {label for label, _ in rows.values()} == {"röcke"}


def test_what_may_be_meant_otherwise_is_told(tmp_path):
    touch(tmp_path, "dress/thumbs/a.jpg", "dress/a.jpg", "trainA/b.jpg")
    _, note = opened(tmp_path)
    assert "Read as pictures, though named as thumbnails are: dress/thumbs." in note
    assert "Not taken for splits, though named nearly so: trainA." in note


def test_ids_of_names_that_are_not_unicode_stay_apart(tmp_path):
    import os

    touch(tmp_path, "dress/a.jpg", "dress/\\xff.jpg")
    try:
        with open(os.fsencode(tmp_path) + b"/dress/\xff.jpg", "wb"):  # noqa: PTH123
            pass
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    catalogue, _ = open_with_note(tmp_path)
    assert catalogue.usable().column("id") == ["dress/\\xff.jpg", "dress/a.jpg"]
    assert catalogue.refused() == [("dress/\\xff.jpg (again)", "file name is not valid Unicode; rename the file")]


def test_classes_that_differ_by_case_are_told(tmp_path):
    touch(tmp_path, "train/Dress/a.jpg", "test/dress/b.jpg", "train/shoe/c.jpg", "test/shoe/d.jpg")
    _, note = opened(tmp_path)
    assert "Classes whose names differ by case only are classes of their own: Dress and dress." in note
