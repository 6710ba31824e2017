"""The forecast from files to report: a tiny network, pictures without labels, answers in files; and every refusal."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from robustfashion.bench.__main__ import _main, main
from robustfashion.bench.sensitivity.forecast.sample import chosen
from robustfashion.bench.sensitivity.forecast.suite import forecast
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.checkpoint import load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.predictions import read_predictions, write_predictions
from robustfashion.report.render import write_report
from robustfashion.resize import resize
from tests.models.samples import NET

METHODS = ("java2d.nearest", "java2d.bilinear", "pillow.box")
PICTURES = 36
HOSTILE = "=HYPERLINK(1)<img src=x onerror=alert(1)>.png"


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """Striped squares in one folder, without labels; one name is hostile, one file is none."""
    folder = tmp_path_factory.mktemp("loose")
    rng = np.random.default_rng(3)
    for i in range(PICTURES):
        picture = np.clip(120 + 90 * (np.arange(48)[:, None, None] // (1 + i % 3) % 2) + rng.normal(0, 20, (48, 48, 3)), 0, 255)
        Image.fromarray(picture.astype(np.uint8)).save(folder / (HOSTILE if i == 5 else f"{i:02}.png"))
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    """Untrained, and so unsure that many tags change."""
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("network") / "net.ckpt"
    save_checkpoint(Classifier(NET, ("coat", "dress")), path, Preprocessing.parse("pillow.bilinear", 48, 24))
    return path


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


def settings(photos, checkpoint, cache, **changed) -> SensitivitySettings:
    values = {
        "data": str(photos), "checkpoint": checkpoint, "serve_methods": METHODS, "cache": cache, "accelerator": "cpu",
        "pictures": 20,
    }  # fmt: skip
    return SensitivitySettings(**(values | changed))


@pytest.fixture(scope="module")
def result(photos, checkpoint, cache):
    return forecast(settings(photos, checkpoint, cache))


def lines(result, name):
    table = next(table for table in result.tables if table.id == name)
    return [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]


def test_changes_are_those_of_the_network_itself(result, photos, checkpoint):
    """The sampled pictures, resized one by one and asked by torch."""
    names = sorted(path.name for path in photos.glob("*.png"))
    asked = [row["picture"].removeprefix("'") for row in csv.DictReader(io.StringIO(result.lists["exposed.csv"]))]
    assert sorted(asked) == sorted(names[i] for i in chosen(names, 20, 0)) and len(asked) == 20
    model = load_classifier(checkpoint)
    answers = {}
    for method in ("pillow.bilinear", *METHODS):
        batch = np.stack([resize(np.asarray(Image.open(photos / name)), (24, 24), method) for name in asked])
        with torch.inference_mode():
            answers[method] = model(torch.from_numpy(batch).permute(0, 3, 1, 2)).argmax(1).numpy()
    for line in lines(result, "forecast"):
        classes = line["Classes that change"]
        assert classes.value == pytest.approx((answers[line["Serving method"]] != answers["pillow.bilinear"]).mean())
        assert (classes.n == 20 and classes.low < classes.value < classes.high) or classes.value == 0
    assert any(line["Classes that change"].value > 0 for line in lines(result, "forecast")), "the test sees changes"


def test_report(result, tmp_path):
    said = " ".join(result.headline)
    assert (
        f"of your {PICTURES} pictures lose, gain or change their tag" in said
        and "1 file cannot be used" in said
        and "no labels" in said
    )
    assert "Told from 20 pictures (20 products), drawn by product" in said
    assert {figure.id for figure in result.figures} >= {"danger-zone-classes", "exposed-pictures"}
    assert "danger-zone-accuracy" not in {figure.id for figure in result.figures}
    assert len(next(f for f in result.figures if f.id == "exposed-pictures").data["items"]) == 12
    result.save(tmp_path)
    page = write_report(result, tmp_path).read_text(encoding="utf-8")
    assert "<img src=x onerror" not in page and "java2d.nearest" in page
    assert "\n=HYPERLINK" not in (tmp_path / "exposed.csv").read_text(encoding="utf-8")


def test_second_run_asks_nothing(result, photos, checkpoint, cache, monkeypatch):
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("asked again")

    monkeypatch.setattr("robustfashion.models.inference.predict_arrays", forbidden)
    assert forecast(settings(photos, checkpoint, cache)).tables == result.tables


def test_more_pictures_hold_the_fewer(photos, checkpoint, cache):
    whole = forecast(settings(photos, checkpoint, cache, pictures=200, threshold=0.5))
    assert all(line["Tags that change"].low == line["Tags that change"].high for line in lines(whole, "forecast"))
    assert f"All {PICTURES} pictures ({PICTURES} products) were asked" in " ".join(whole.headline)
    helped = forecast(settings(photos, checkpoint, cache, assisted=True))
    assert helped.settings["assisted"] is True and len(lines(helped, "forecast")) == 3


@pytest.fixture(scope="module")
def files(photos, checkpoint, cache, tmp_path_factory) -> dict[str, Path]:
    """Answers to all pictures, by method, as the suite itself keeps them."""
    forecast(settings(photos, checkpoint, cache, pictures=200, threshold=0.5))
    found = [read_predictions(path) for path in (cache / "predictions").iterdir()]
    folder = tmp_path_factory.mktemp("answers")
    for table in (t for t in found if len(t.ids) == PICTURES):
        write_predictions(table, folder / f"{table.origin.preprocessing}.parquet")
    return {path.stem: path for path in folder.iterdir()}


def test_given_answers_say_the_same(files, photos, checkpoint, cache, tmp_path):
    asked = forecast(settings(photos, checkpoint, cache, pictures=200, threshold=0.5))
    given = tuple(files[name] for name in ("pillow.bilinear", *METHODS))
    again = forecast(SensitivitySettings(predictions=given, threshold=0.5, cache=tmp_path / "no"))
    assert lines(again, "forecast") == lines(asked, "forecast") and not (tmp_path / "no").exists()
    assert not any("Detail" in line for line in lines(again, "exposed")) and again.images == {}


def test_first_file_may_hold_the_whole_catalogue(files, tmp_path):
    """The serving methods' files hold a part of it, in any order: it is the sample."""
    rows = np.arange(PICTURES)[::-1][:21]
    part = tmp_path / "part.parquet"
    table = read_predictions(files["java2d.nearest"])
    write_predictions(table.take(rows), part)
    found = forecast(SensitivitySettings(predictions=(files["pillow.bilinear"], part), threshold=0.5, assisted=True))
    (line,) = lines(found, "forecast")
    first = read_predictions(files["pillow.bilinear"])
    assert line["Classes that change"].n == 21 and f"of your {PICTURES} pictures" in found.headline[0]
    assert "only if they were drawn at random" in found.headline[1]
    changed = (first.predicted != table.predicted)[rows].mean()
    whole = forecast(SensitivitySettings(predictions=(files["pillow.bilinear"], part), threshold=0.5))
    assert lines(whole, "forecast")[0]["Classes that change"].value == pytest.approx(changed)
    stranger = tmp_path / "stranger.parquet"
    write_predictions(replace(table, ids=("new.png", *table.ids[1:])), stranger)
    with pytest.raises(InputError, match=r"stranger.parquet: 1 of its pictures, such as 'new.png', are not in"):
        forecast(SensitivitySettings(predictions=(files["pillow.bilinear"], stranger), threshold=0.5))
    with pytest.raises(InputError, match="training method's file first"):
        forecast(SensitivitySettings(predictions=(files["pillow.bilinear"],), threshold=0.5))


def test_refusals(photos, checkpoint, cache, tmp_path):
    with pytest.raises(InputError, match="name at least one other method"):
        forecast(settings(photos, checkpoint, cache, serve_methods=("pillow.bilinear",)))
    with pytest.raises(InputError, match="checkpoint"):
        forecast(SensitivitySettings(cache=cache))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty"):
        forecast(settings(tmp_path / "empty", checkpoint, cache))
    with pytest.raises(InputError, match="was trained with"):
        forecast(settings(photos, checkpoint, cache, size=96))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--checkpoint", "nothing.ckpt"], "nothing.ckpt"),
        (["--checkpoint", "c.ckpt", "--pictures", "0"], "pictures"),
        (["--checkpoint", "c.ckpt", "--within", "0"], "within"),
        (["--checkpoint", "c.ckpt", "--serve_methods", "[java2d.bilinaer]"], "java2d.bilinear"),
    ],
)
def test_bad_options(arguments, message, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(["sensitivity", *arguments])
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error and not (tmp_path / "reports").exists()


def test_command_line(photos, checkpoint, cache, tmp_path, capsys):
    _main(["sensitivity", "--checkpoint", str(checkpoint), "--data", str(photos), "--pictures", "20", "--cache", str(cache),
           "--serve_methods", "[java2d.nearest, java2d.bilinear, pillow.box]", "--accelerator", "cpu", "--out",
           str(tmp_path / "out")])  # fmt: skip
    said = capsys.readouterr().out
    assert "change their tag" in said and (tmp_path / "out" / "exposed.csv").is_file()
