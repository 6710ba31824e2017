"""One walk: order, litter, links in circles, what cannot be read."""

import os
from pathlib import Path

import pytest

from robustfashion.errors import InputError
from robustfashion.pictures import folders
from robustfashion.pictures.folders import CIRCLE, MISSING_TARGET, Walker, find_files, find_pictures, has_pictures
from robustfashion.pictures.litter import HIDDEN, STORAGE


def touch(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def locked(monkeypatch, *names):
    """Folders of these names cannot be read; tests may run as root, whom permissions do not stop."""
    real = os.scandir

    def scandir(path):
        if Path(path).name in names:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(folders.os, "scandir", scandir)


def test_pictures_are_found_by_suffix_in_order(tmp_path):
    touch(tmp_path, "b/2.JPG", "a.png", "b/note.txt", "b/c/1.webp", "-x.gif")
    found = find_pictures(tmp_path)
    assert found.pictures == [tmp_path / name for name in ("-x.gif", "a.png", "b/2.JPG", "b/c/1.webp")]
    assert found.others == [tmp_path / "b/note.txt"] and found.refused == [] and found.skipped.in_words() == ""


def test_litter_is_counted_and_not_entered(tmp_path, monkeypatch):
    touch(tmp_path, "d/a.jpg", "d/@eaDir/a.jpg/T.jpg", "lost+found/x.jpg", ".a.jpg", "d/.b.jpg", "d/.c.jpg", "d/.e.jpg")
    locked(monkeypatch, "lost+found", "@eaDir")
    found = find_pictures(tmp_path)
    assert found.pictures == [tmp_path / "d/a.jpg"] and found.refused == []
    assert found.skipped.counts == {HIDDEN: 4, "files of the operating system": 1, STORAGE: 1}
    assert f"4 {HIDDEN} (.a.jpg, d/.b.jpg, d/.c.jpg, …)" in found.skipped.in_words()


def test_the_root_may_be_called_as_it_likes(tmp_path):
    touch(tmp_path / ".hidden" / "@eaDir", "a.jpg")
    assert len(find_pictures(tmp_path / ".hidden" / "@eaDir").pictures) == 1


def test_folders_that_cannot_be_read(tmp_path, monkeypatch):
    touch(tmp_path, "a/1.jpg", "a/closed/2.jpg", "b/3.jpg")
    locked(monkeypatch, "closed")
    found = find_pictures(tmp_path)
    assert [path.name for path in found.pictures] == ["1.jpg", "3.jpg"]
    ((path, why),) = found.refused
    assert path == tmp_path / "a/closed" and why.startswith("folder cannot be read (Permission denied)")
    with pytest.raises(InputError, match=r"closed: folder cannot be read \(Permission denied\); change its permissions"):
        find_pictures(tmp_path / "a/closed")
    assert not has_pictures(tmp_path / "a/closed") and has_pictures(tmp_path)
    with pytest.raises(InputError, match=r"gone: folder cannot be read \(No such file"):
        find_pictures(tmp_path / "gone")


def test_links_that_lead_back(tmp_path):
    touch(tmp_path, "a/1.jpg", "b/2.jpg")
    for link, target in (("a/up", "."), ("a/self", "a"), ("a/disk", "/"), ("b/more", "a"), ("0", "b")):
        (tmp_path / link).symlink_to(target if target == "/" else tmp_path / target)
    (tmp_path / "a/loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "b/gone.jpg").symlink_to("nowhere.jpg")
    (tmp_path / "b/gone.txt").symlink_to("nowhere.txt")
    found = find_pictures(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in found.pictures] == ["a/1.jpg", "b/2.jpg"]
    assert found.refused == [(tmp_path / "a/loop.jpg", MISSING_TARGET), (tmp_path / "b/gone.jpg", MISSING_TARGET)]
    assert found.skipped.counts == {CIRCLE: 5}
    inner = sorted(path.relative_to(tmp_path).as_posix() for path in Walker(tmp_path).files(tmp_path / "b"))
    assert inner == ["b/2.jpg", "b/gone.txt", "b/more/1.jpg"]


def test_folders_that_all_link_to_each_other(tmp_path):
    """Paths through them without a circle number some 10^9."""
    for k in range(12):
        touch(tmp_path, f"f{k}/{k}.jpg")
        for other in range(12):
            if other != k:
                (tmp_path / f"f{k}" / f"to{other}").symlink_to(tmp_path / f"f{other}")
    assert len(find_pictures(tmp_path / "f3").pictures) == 12


def test_find_files(tmp_path):
    touch(tmp_path, "x/meta_a.csv", "__MACOSX/meta_b.csv", "x/._meta_a.csv", "meta_c.CSV", "meta_.csv")
    assert find_files(tmp_path, "meta_*.csv") == [tmp_path / "meta_.csv", tmp_path / "x/meta_a.csv"]
