"""Public sets are walked as every folder is."""

from robustfashion.data.sources.public.records import inventory, pictures
from robustfashion.data.sources.public.tables import find_file
from tests.pictures.test_folders import locked, touch


def test_litter_of_a_set(tmp_path, monkeypatch):
    touch(
        tmp_path, "set/images/1.jpg", "set/images/._1.jpg", "set/images/@eaDir/1.jpg/T.jpg", "set/styles.csv", "set/images/2.JPEG"
    )
    touch(tmp_path, "__MACOSX/set/styles.csv", "__MACOSX/styles.csv", "lost+found/3.jpg", "#recycle/styles.csv")
    (tmp_path / "set/images/up").symlink_to(tmp_path)
    locked(monkeypatch, "lost+found")
    assert pictures(inventory(tmp_path)).to_pylist() == ["set/images/1.jpg", "set/images/2.JPEG"]
    assert find_file(tmp_path, "styles.csv", "a table") == tmp_path / "set/styles.csv"
