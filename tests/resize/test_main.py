"""The command line: files and folders to PNG, refused files, going on after a stop."""

import csv
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from robustfashion.resize import METHODS, resize
from robustfashion.resize.__main__ import main
from robustfashion.resize.reencode import JpegEncoding, reencode


def picture(seed, height=31, width=43):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def save(path, seed=0, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture(seed)).save(path, **options)
    return path


def pixels(path):
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert image.mode == "RGB"
        return np.array(image)


@pytest.fixture
def photos(tmp_path):
    save(tmp_path / "photos" / "a.png", 1)
    save(tmp_path / "photos" / "a.bmp", 2)
    save(tmp_path / "photos" / "deep" / "er" / "b.jpg", 3)
    (tmp_path / "photos" / "notes.txt").write_text("not a picture")
    return tmp_path / "photos"


def run(*arguments, size=("12", "17")):
    main([*map(str, arguments), "--size", *size])


def test_one_file(tmp_path, capsys):
    source = save(tmp_path / "in.png", 5)
    run(source, tmp_path / "out", "--method", "java_image.smooth")
    assert capsys.readouterr().out == f"{tmp_path}/out/in.png\n"
    expected = resize(picture(5), (12, 17), "java_image.smooth")
    np.testing.assert_array_equal(pixels(tmp_path / "out" / "in.png"), expected)
    run(source, tmp_path / "named.png", "--method", "java_image.smooth")
    np.testing.assert_array_equal(pixels(tmp_path / "named.png"), expected)


def test_one_file_is_not_overwritten_unasked(tmp_path, capsys):
    source, target = save(tmp_path / "in.png", 5), save(tmp_path / "out.png", 6)
    with pytest.raises(SystemExit, match="2"):
        run(source, target)
    assert "out.png is there already" in capsys.readouterr().err
    np.testing.assert_array_equal(pixels(target), picture(6))
    run(source, target, "--overwrite")
    np.testing.assert_array_equal(pixels(target), resize(picture(5), (12, 17)))


def test_folder(tmp_path, photos, capsys):
    run(photos, tmp_path / "out", "--workers", "2")
    told = capsys.readouterr()
    assert told.out == "3 pictures: 3 written, 0 already there, 0 refused; 1 files of other kinds\n"
    out = tmp_path / "out"
    written = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert written == [".resize-sources.json", "a.bmp.png", "a.png", "deep/er/b.jpg.png", "resize.json"]
    np.testing.assert_array_equal(pixels(out / "a.png"), resize(picture(1), (12, 17)))
    np.testing.assert_array_equal(pixels(out / "a.bmp.png"), resize(picture(2), (12, 17)))
    with Image.open(photos / "deep" / "er" / "b.jpg") as decoded:
        np.testing.assert_array_equal(pixels(out / "deep" / "er" / "b.jpg.png"), resize(np.array(decoded), (12, 17)))


def test_refused_files(tmp_path, photos, capsys):
    (photos / "empty.jpg").touch()
    (photos / "text.jpg").write_text("hello, I am a text")
    (photos / "deep" / "cut.jpg").write_bytes((photos / "deep" / "er" / "b.jpg").read_bytes()[:200])
    (photos / "evil\x1b[2J\nname.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    with pytest.raises(SystemExit, match="1"):
        run(photos, tmp_path / "out")
    told = capsys.readouterr()
    assert told.out == "7 pictures: 3 written, 0 already there, 4 refused; 1 files of other kinds\n"
    with (tmp_path / "out" / "refused.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows} == {"empty.jpg", "text.jpg", "deep/cut.jpg", "evil\\x1b[2J\\nname.png"}
    reasons = {row["file"]: row["reason"] for row in rows}
    assert reasons["empty.jpg"] == "zero bytes"
    assert "text, not an image" in reasons["text.jpg"]
    assert "refused: text.jpg: text, not an image" in told.err
    assert "\x1b[2J" not in told.err
    for path in photos.glob("*.jpg"):
        path.unlink()
    (photos / "deep" / "cut.jpg").unlink()
    (photos / "evil\x1b[2J\nname.png").unlink()
    run(photos, tmp_path / "out")
    assert "3 already there, 0 refused" in capsys.readouterr().out
    assert not (tmp_path / "out" / "refused.csv").exists()


def test_goes_on_where_it_stopped(tmp_path, photos, capsys):
    out = tmp_path / "out"
    run(photos, out)
    (out / "a.png").unlink()
    stamp = (out / "a.bmp.png").stat().st_mtime_ns
    run(photos, out)
    assert "1 written, 2 already there" in capsys.readouterr().out
    assert (out / "a.bmp.png").stat().st_mtime_ns == stamp
    later = stamp + 10_000_000_000
    save(photos / "a.bmp", 9)
    os.utime(photos / "a.bmp", ns=(later, later))
    run(photos, out)
    assert "1 written, 2 already there" in capsys.readouterr().out
    np.testing.assert_array_equal(pixels(out / "a.bmp.png"), resize(picture(9), (12, 17)))


def test_only_what_was_made_of_these_sources_is_there_already(tmp_path, photos, capsys):
    out = tmp_path / "out"
    run(photos, out)
    older = (photos / "a.png").stat().st_mtime_ns - 10_000_000_000
    save(photos / "a.png", 9)
    os.utime(photos / "a.png", ns=(older, older))
    (out / "a.bmp.png").write_bytes(b"")
    run(photos, out)
    assert "2 written, 1 already there" in capsys.readouterr().out
    np.testing.assert_array_equal(pixels(out / "a.png"), resize(picture(9), (12, 17)))
    np.testing.assert_array_equal(pixels(out / "a.bmp.png"), resize(picture(2), (12, 17)))
    (photos / "a.bmp").unlink()
    (photos / "a.png").write_text("no longer a picture")
    with pytest.raises(SystemExit, match="1"):
        run(photos, out)
    assert (
        f"0 written, 1 already there, 1 refused; 1 files of other kinds; 2 PNG files in {out} are of no"
        in capsys.readouterr().out
    )
    (out / ".resize-sources.json").write_text("[]")
    save(photos / "a.png", 9)
    run(photos, out)
    assert "2 written, 0 already there" in capsys.readouterr().out


def test_pictures_of_another_folder_are_not_kept(tmp_path, photos, capsys):
    out, others = tmp_path / "out", tmp_path / "others"
    run(photos, out)
    save(others / "a.png", 7)
    stat = (photos / "a.png").stat()
    os.utime(others / "a.png", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(SystemExit, match="2"):
        run(others, out)
    assert f"{out} holds the pictures of {photos}, not of {others}; choose another folder" in capsys.readouterr().err
    np.testing.assert_array_equal(pixels(out / "a.png"), resize(picture(1), (12, 17)))
    run(others, out, "--overwrite")
    assert f"1 written, 0 already there, 0 refused; 2 PNG files in {out} are of no picture read here" in capsys.readouterr().out
    np.testing.assert_array_equal(pixels(out / "a.png"), resize(picture(7), (12, 17)))


def test_stopped_run_knows_what_it_made(tmp_path, photos, monkeypatch, capsys):
    from robustfashion.data.resizing.conversion import Conversion

    write, out = Conversion.write, tmp_path / "out"
    with monkeypatch.context() as patch:

        def stops(self, job):
            if job.name.startswith("deep"):
                raise KeyboardInterrupt
            return write(self, job)

        patch.setattr(Conversion, "write", stops)
        with pytest.raises(SystemExit, match="130"):
            run(photos, out, "--workers", "1")
    run(photos, out)
    assert "1 written, 2 already there" in capsys.readouterr().out


def test_other_settings_do_not_mix(tmp_path, photos, capsys):
    out = tmp_path / "out"
    run(photos, out)
    with pytest.raises(SystemExit, match="2"):
        run(photos, out, "--method", "pillow.box")
    assert "method java2d.bilinear there, pillow.box now" in capsys.readouterr().err
    run(photos, out, "--method", "pillow.box", "--overwrite")
    assert "3 written" in capsys.readouterr().out
    np.testing.assert_array_equal(pixels(out / "a.png"), resize(picture(1), (12, 17), "pillow.box"))


def test_interrupted_overwrite_leaves_no_old_pictures(tmp_path, photos, monkeypatch, capsys):
    out = tmp_path / "out"
    run(photos, out)
    with monkeypatch.context() as patch:

        def interrupted(*arguments):
            raise KeyboardInterrupt

        patch.setattr("robustfashion.data.resizing.command._run", interrupted)
        with pytest.raises(SystemExit, match="130"):
            run(photos, out, "--method", "pillow.box", "--overwrite")
    capsys.readouterr()
    run(photos, out, "--method", "pillow.box")
    assert "3 written, 0 already there" in capsys.readouterr().out


def test_reencode_and_exif(tmp_path):
    exif = Image.Exif()
    exif[274] = 6
    source = save(tmp_path / "in.png", 5, exif=exif)
    run(source, tmp_path / "a.png", "--reencode", "jpeg60-444", "--exif")
    upright = np.rot90(picture(5), -1)
    np.testing.assert_array_equal(pixels(tmp_path / "a.png"), reencode(resize(upright, (12, 17)), JpegEncoding(60, "4:4:4")))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "out"], "nowhere: no such file or folder"),
        (["photos", "photos/out"], "lies inside photos"),
        (["photos", "photos"], "lies inside photos"),
        (["photos", "full"], "full is not empty and was not made by this command"),
        (["photos", "file.txt"], "file.txt is a file; a folder of pictures needs a folder"),
        (["photos", "out", "--method", "java2d.bilinaer"], "did you mean java2d.bilinear"),
        (["photos", "out", "--reencode", "jpeg0"], "quality is 0"),
        (["photos", "out", "--workers", "0"], "workers is 0"),
        (["texts", "out"], r"texts: no pictures \(1 files of other kinds\)"),
        (["file.txt", "out"], "file.txt: text, not an image"),
    ],
)
def test_one_clear_line(arguments, message, tmp_path, photos, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "full" / "mine.png")
    (tmp_path / "file.txt").write_text("some text")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").touch()
    with pytest.raises(SystemExit, match="2"):
        run(*arguments)
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert re.search(message, told), told


def test_bad_size(tmp_path, capsys):
    save(tmp_path / "in.png")
    with pytest.raises(SystemExit, match="2"):
        run(tmp_path / "in.png", tmp_path / "out", size=("0", "5"))
    assert "error: size is (0, 5)" in capsys.readouterr().err


def test_list(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--list"])
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == list(METHODS)
    for line, method in zip(told, METHODS.values(), strict=True):
        assert method.version() in line
        assert line.endswith(method.origin)


def test_as_a_module(tmp_path):
    save(tmp_path / "in.png", 5)
    command = [sys.executable, "-m", "robustfashion.resize", tmp_path / "in.png", tmp_path / "out.png", "--size", "12", "17"]
    subprocess.run(command, check=True)
    np.testing.assert_array_equal(pixels(tmp_path / "out.png"), resize(picture(5), (12, 17)))
