import re

import pyarrow.parquet as pq
import pytest

from robustfashion.bench.__main__ import main as bench_main
from robustfashion.data.__main__ import COMMANDS, main
from robustfashion.data.catalogue_file import read_catalogue
from robustfashion.pictures.reading import decode_file
from tests.data.images import encoded, picture, put


def test_render_then_sheet(tmp_path, capsys):
    main(["render", str(tmp_path / "c"), "--count", "9", "--seed", "3", "--size", "48", "--mix", "dress=2", "shoe=1"])
    assert "9 images" in capsys.readouterr().out
    catalogue = read_catalogue(tmp_path / "c" / "catalogue.parquet")
    assert set(catalogue.column("label")) == {"dress", "shoe"}
    assert all(max(decode_file(tmp_path / "c" / path).shape[:2]) == 48 for path in catalogue.column("path"))
    main(["sheet", str(tmp_path / "c"), "--out", str(tmp_path / "s"), "--thumbnail", "32", "--per-sheet", "4"])
    assert "index.html" in capsys.readouterr().out
    page = (tmp_path / "s" / "index.html").read_text()
    assert "label: dress" in page
    assert "skirt_length: " in page


def test_render_with_outliers_and_noise(tmp_path):
    out = tmp_path / "c"
    options = "--count 40 --size 24 --mix watch=1 --outlier-share 0.5 --outlier-kinds far=1 junk/logo=1"
    options += " --mis-filed 0.2 --label-noise 0.5"
    main(["render", str(out), *options.split()])
    catalogue = read_catalogue(out / "catalogue.parquet")
    assert set(catalogue.column("label")) == {"watch"}
    kinds = set(catalogue.column("outlier_kind"))
    assert {None, "mis-filed"} < kinds
    assert all(kind in (None, "mis-filed", "junk/logo") or kind.startswith("far/") for kind in kinds)
    assert None not in catalogue.column("split")


def test_render_with_fixed_parameters_and_coupled_cloth(tmp_path):
    out = tmp_path / "c"
    options = "--count 12 --size 24 --mix dress=1 --texture-coupling 1 --coupled skirt_length --fixed noise=2 file=png"
    main(["render", str(out), *options.split()])
    factors = pq.read_table(out / "factors.parquet")
    assert factors["texture"] == factors["skirt_length"] and factors["texture"].null_count == 0
    assert set(factors["noise"].to_pylist()) == {2.0} and set(factors["file"].to_pylist()) == {"png"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["render", "OUT", "--count", "0"], "count is 0"),
        (["render", "OUT", "--size", "3"], r"long_side_px is \[3, 3\]"),
        (["render", "OUT", "--mix", "dress"], "--mix .dress.: write NAME=SHARE"),
        (["render", "OUT", "--mix", "hat=1"], "'hat'"),
        (["render", "OUT", "--outlier-share", "1.5"], "outlier_share is 1.5"),
        (["render", "OUT", "--outlier-kinds", "near/hat=1"], "'near/hat'"),
        (["render", "OUT", "--workers", "0"], "workers is 0"),
        (["render", "OUT", "--fixed", "noise"], "fixed noise is ''"),
        (["render", "OUT", "--coupled", "hat"], "coupled is 'hat'"),
        (["sheet", "OUT", "--out", "OUT/s"], "no such folder or file"),
    ],
)
def test_one_line_for_bad_input(arguments, message, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([text.replace("OUT", str(tmp_path / "x")) for text in arguments])
    assert stopped.value.code == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("error: ")
    assert re.search(message, error)


@pytest.mark.parametrize("out", [".", "rep", "dress/rep", "../shop/rep", "link/rep"])
def test_reports_do_not_go_among_the_data(out, tmp_path, monkeypatch, capsys):
    for k, name in enumerate(("dress/a", "dress/b", "shoe/a", "shoe/b")):
        put(tmp_path / f"shop/{name}.jpg", seed=k)
    (tmp_path / "shop/link").symlink_to(tmp_path / "shop/shoe")
    monkeypatch.chdir(tmp_path / "shop")
    for command in (main, lambda words: bench_main(["resize", "--data", words[1], *words[2:]])):
        for name in ("check", "sheet"):
            with pytest.raises(SystemExit, match="2"):
                command([name, ".", "--out", out])
            assert "lies inside .: pictures of the report would be read as data the next time" in capsys.readouterr().err


def test_a_sheet_may_stand_beside_a_table_or_a_catalogue(tmp_path, capsys):
    put(tmp_path / "p/a.jpg")
    (tmp_path / "t.csv").write_text("path,label\np/a.jpg,dress\n")
    main(["sheet", str(tmp_path / "t.csv"), "--out", str(tmp_path / "sheet")])
    main(["render", str(tmp_path / "c"), "--count", "3", "--size", "32"])
    main(["sheet", str(tmp_path / "c"), "--out", str(tmp_path / "c/sheet")])
    capsys.readouterr()
    put(tmp_path / "c/dress/a.jpg")
    main(["sheet", str(tmp_path / "c"), "--out", str(tmp_path / "s")])
    assert "catalogue.parquet alone says what the data are; it names no picture of the folders beside it (dress, sheet)" in (
        capsys.readouterr().out
    )


def test_check_says_why_pictures_are_refused(tmp_path, capsys):
    for k in range(8):
        put(tmp_path / f"d/{'ab'[k % 2]}/{k}.jpg", seed=k)
    for k in (0, 1, 2):
        (tmp_path / f"d/{'ab'[k % 2]}/{k}.jpg").write_bytes(b"" if k else encoded(picture(20, 20), "TIFF"))
    main(["check", str(tmp_path / "d"), "--out", str(tmp_path / "r"), "--permutations", "20", "--no-pictures"])
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("refused")]
    assert told == [
        "refused: 2, such as a/2.jpg: zero bytes",
        "refused: a/0.jpg: TIFF, or a camera's raw format, whatever its name says; convert it; supported are JPEG, PNG, "
        "WebP, GIF and BMP",
    ]


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text and command.help in text for name, command in COMMANDS.items())
