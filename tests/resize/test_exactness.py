"""The command that compares with the real JDK and libraries: choice of methods, counting, what is missing."""

import re
from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image

from robustfashion.errors import InputError
from robustfashion.resize import exactness
from robustfashion.resize.__main__ import main
from robustfashion.resize.exactness import JAVA_METHODS, Agreement, as_table, choose_methods, generated_pictures, target_sizes
from robustfashion.resize.oracle import jdk as oracle


@pytest.fixture
def everything_there(monkeypatch):
    monkeypatch.setattr(exactness, "missing_tools", list)
    monkeypatch.setattr(exactness, "find_jars", lambda _: [])


def test_choice(everything_there):
    assert choose_methods([]) == list(JAVA_METHODS)
    assert choose_methods(["java_image", "java2d.nearest"]) == ["java2d.nearest", "java_image.smooth", "java_image.replicate"]
    with pytest.raises(InputError, match="--methods pillow: no such method of Java; families are java2d"):
        choose_methods(["pillow"])


def test_missing_jdk(monkeypatch):
    monkeypatch.setattr(oracle.shutil, "which", lambda _: None)
    with pytest.raises(InputError, match="no java and no javac on the PATH; install a JDK"):
        choose_methods([])


def test_missing_jar(everything_there, monkeypatch, tmp_path):
    monkeypatch.setattr(oracle, "_JAR_FOLDERS", (str(tmp_path),))
    monkeypatch.delenv(oracle.JARS_VARIABLE, raising=False)
    monkeypatch.setattr(exactness, "find_jars", oracle.find_jars)
    with pytest.raises(InputError, match=r"imgscalr: no imgscalr-lib\.jar; install libimgscalr-java .*leave imgscalr out"):
        choose_methods(["java2d", "imgscalr"])
    assert len(choose_methods(["java2d"])) == 3
    (tmp_path / "imgscalr-lib-4.2.jar").touch()
    assert len(choose_methods(["imgscalr"])) == 10


def test_jars_of_the_user_come_first(monkeypatch, tmp_path):
    for folder in ("own", "system"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "thumbnailator.jar").touch()
    (tmp_path / "own" / "thumbnailator-0.4.9.jar").touch()
    monkeypatch.setattr(oracle, "_JAR_FOLDERS", (str(tmp_path / "system"),))
    monkeypatch.setenv(oracle.JARS_VARIABLE, str(tmp_path / "own"))
    assert oracle.find_jars(oracle.LIBRARIES["thumbnailator"]) == [tmp_path / "own" / "thumbnailator-0.4.9.jar"]


def test_pictures_and_sizes():
    pictures, again = list(generated_pictures(12)), list(generated_pictures(12))
    for one, other in zip(pictures, again, strict=True):
        assert one.dtype == np.uint8
        assert one.flags.c_contiguous
        np.testing.assert_array_equal(one, other)
    assert len({picture.shape for picture in pictures}) == 12
    for height, width in [(1, 1), (97, 61), (400, 3)]:
        sizes = target_sizes(height, width)
        assert len(sizes) == 8
        assert (height, width) in sizes
        assert min(map(min, sizes)) >= 1


def test_counting():
    row = Agreement("x")
    real = np.full((4, 5, 3), 100, np.uint8)
    row.add(real.copy(), real, (4, 5))
    own = real.copy()
    own[1, 2, 0], own[1, 2, 1], own[3, 0, 2] = 103, 90, 99
    row.add(own, real, (4, 5))
    row.add(None, real, (3, 5))
    counted = {"results": 2, "pixels": 40, "differing_results": 1, "differing_pixels": 2, "max_difference": 10, "refused": 1}
    assert asdict(row) == {"method": "x", "images": 0} | counted
    row.add(None, real, (4, 5))
    row.add(real[:2], real, (4, 5))
    assert (row.differing_results, row.max_difference) == (3, 255)
    assert as_table([row]).splitlines()[2] == "| `x` | 0 | 4 | 1 | 80 | 3 | 42 | 255 |"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--count", "0"], "--count is 0"),
        (["--images", "nowhere"], "--images nowhere: no such folder"),
        (["--images", "empty"], "--images empty: no pictures"),
    ],
)
def test_bad_input(arguments, message, everything_there, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit, match="2"):
        main(["exactness", *arguments])
    assert re.search(f"^error: {message}", capsys.readouterr().err)


@pytest.mark.jdk
def test_command(tmp_path, capsys):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, picture in enumerate(generated_pictures(3, seed=9)):
        Image.fromarray(picture).save(folder / f"{number}.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 rubbish")
    main(["exactness", "--images", str(folder), "--methods", "java2d", "java_image.smooth", "--out", str(tmp_path / "table.md")])
    told = capsys.readouterr()
    rows = [line.split("|") for line in told.out.splitlines() if line.startswith("| `")]
    assert [row[1].strip() for row in rows] == [
        "`java2d.nearest`",
        "`java2d.bilinear`",
        "`java2d.bicubic`",
        "`java_image.smooth`",
    ]
    for row in rows:
        images, results, _, pixels, *differing = map(int, row[2:-1])
        assert (images, results) == (3, 24)
        assert pixels > 24
        assert differing == [0, 0, 0]
    assert "left out: " in told.err
    assert (tmp_path / "table.md").read_text() == told.out
