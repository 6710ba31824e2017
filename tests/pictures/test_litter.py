"""What is nobody's picture, and names that only look like it."""

import pytest

from robustfashion.pictures.litter import HIDDEN, SIDECARS, STORAGE, SYSTEM, TOOLS, UNFINISHED, litter

SKIPPED = {
    HIDDEN: (
        ".DS_Store", "._dress-01.jpg", ".git", ".svn", ".hg", ".dvc", ".ipynb_checkpoints", ".Spotlight-V100", ".Trash-1000",
        ".@__thumb", ".snapshot", ".nfs0000a1", ".thumbnails", ".picasaoriginals", ".~lock.a.csv#", ".jpg",
    ),
    SYSTEM: (
        "Thumbs.db", "THUMBS.DB", "ehthumbs_vista.db", "thumbcache_256.db", "desktop.ini", "Desktop.ini", "Icon\r", "__MACOSX",
        "System Volume Information", "$RECYCLE.BIN", "$Recycle.Bin", "RECYCLER", "lost+found", "LOST.DIR", "FOUND.000",
        "Picasa.ini", "AlbumArtSmall.jpg", "AlbumArt_{1A2B-3C}_Large.jpg", "Network Trash Folder", "Temporary Items",
    ),
    STORAGE: (
        "@eaDir", "@EADIR", "#recycle", "#snapshot", "@tmp", "@__thumb", "@Recycle", "@Recently-Snapshot", "~snapshot",
        "SYNOPHOTO_THUMB_SM.jpg", "SYNOFILE_THUMB_M.png", "x@SynoEAStream", "x.jpg@SynoResource",
    ),
    TOOLS: ("__pycache__", "_darcs", "PaxHeaders.1234", "PaxHeaders.X", "PaxHeader", "pax_global_header"),
    SIDECARS: (
        "IMG_1.AAE", "a.xmp", "a.jpg.xmp", "a.jpg:Zone.Identifier", "a.jpg_Zone.Identifier", "Zone.Identifier", "MVI_1.THM",
        "a.jpg:Zone.Identifier:$DATA", "a.jpg.json", "a.jpeg.supplemental-metadata.json", "a.png.supplemental-metadata(1).json",
    ),
    UNFINISHED: (
        "Unconfirmed 123.crdownload", "a.aria2", "a.jpg.part", "a.jpg.crdownload", "a.png.tmp", "a.jpeg.download", "a.jpg~",
        "#a.jpg#", "a.webp.opdownload",
    ),
}  # fmt: skip

KEPT = (
    "dress", "thumbs", "thumbnails", "Recycled", "originals", "snapshot", "recycle", "lost and found", "part", "v.part",
    "xmp", "a.json", "tmp", "icon", "Icon", "a.jpg", "-rf.jpg", "#1.jpg", "~.jpg", "@home",
    "$5.jpg", "macosx", "#sale", "@.jpg", "CVS", "cvs", "eaDir",
)  # fmt: skip


@pytest.mark.parametrize(("reason", "name"), [(reason, name) for reason, names in SKIPPED.items() for name in names])
def test_litter(reason, name, tmp_path):
    assert litter(str(tmp_path), name) == reason


@pytest.mark.parametrize("name", KEPT)
def test_names_that_somebody_may_have_given(name, tmp_path):
    assert litter(str(tmp_path), name) is None


def test_cvs_is_litter_where_cvs_wrote_it(tmp_path):
    (tmp_path / "CVS").mkdir()
    for file in ("Entries", "Repository"):
        (tmp_path / "CVS" / file).touch()
    assert litter(str(tmp_path), "CVS") is None
    (tmp_path / "CVS" / "Root").touch()
    assert litter(str(tmp_path), "CVS") == TOOLS
