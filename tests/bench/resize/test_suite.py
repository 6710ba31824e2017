"""The suite from files to report, with a small network on small pictures; its command line; its refusals."""

import csv
import io
import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode, v2

from robustfashion.bench.__main__ import _main, main, parse
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.resize.suite import resize
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models import training
from robustfashion.models.checkpoint import load_classifier, record_again, record_thresholds
from robustfashion.models.recorded_thresholds import RecordedThresholds
from robustfashion.predictions import read_predictions
from robustfashion.report.render import write_report
from tests.bench.striped import striped
from tests.models.samples import NET

PRODUCTS = 15


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """Three classes of fifteen pictures, and four files that cannot be used."""
    folder = tmp_path_factory.mktemp("photos")
    for k, label in enumerate(("a<script>", "dress", "hat")):
        (folder / label).mkdir()
        for i in range(PRODUCTS):
            Image.fromarray(striped(100 * k + i, 40 + 70 * k)).save(folder / label / f"{i}.png")
    whole = (folder / "hat" / "0.png").read_bytes()
    (folder / "hat" / "truncated.png").write_bytes(whole[: len(whole) // 2])
    (folder / "hat" / "empty.jpg").write_bytes(b"")
    (folder / "hat" / "text.jpg").write_text("no picture")
    header = whole[:16] + (30_000).to_bytes(4, "big") * 2 + whole[24:]
    (folder / "hat" / "bomb.png").write_bytes(header)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


def _settings(photos: Path, cache: Path, **changed: object) -> ResizeSettings:
    values: dict[str, object] = {
        "data": str(photos),
        "rows": (Row(NET),),
        "serve_methods": ("java2d.nearest", "java2d.bilinear", "pillow.bilinear+jpeg75"),
        "scale_factors": (),
        "canvas": 48,
        "size": 24,
        "seeds": (0,),
        "max_steps": 2,
        "batch_size": 8,
        "accelerator": "cpu",
        "cache": cache,
    }
    return ResizeSettings(**(values | changed))


@pytest.fixture(scope="module")
def result(photos, cache):
    return resize(_settings(photos, cache))


@pytest.fixture(scope="module")
def checkpoint(result, cache) -> Path:
    """A network of three classes."""
    assert result.suite == "resize"
    return next(path for path in (cache / "networks").glob("*.ckpt") if len(load_classifier(path).classes) == 3)


def _table(result, name):
    return next(table for table in result.tables if table.id == name)


def test_every_image_is_accounted_for(result, photos):
    rows = {str(row[0]).split(":")[0].split(",")[0]: row for row in _table(result, "accounting").rows}
    parts = [rows[name][1] for name in ("train", "validation", "test", "no label of this task", "refused")]
    assert sum(parts) == rows["all files found"][1] == 3 * PRODUCTS + 4
    assert {Path(r.item).name for r in result.refused} == {"truncated.png", "empty.jpg", "text.jpg", "bomb.png"}
    assert all(refused.reason for refused in result.refused)


def test_tables_have_a_line_per_model_and_method(result):
    assert len(_table(result, "changes").rows) == 3 and len(_table(result, "pixels").rows) == 3
    assert result.scale == "own data" and len(result.settings["serve_methods"]) > 0
    nearest = next(row for row in _table(result, "pixels").rows if row[0] == "java2d.nearest")
    assert nearest[1] > 1  # stripes of one pixel alias


def test_tables_agree_with_each_other(result):
    """Every change is the difference of two accuracies of Table 2, and the flips account for all of it."""
    table2, changes = _table(result, "table2"), _table(result, "changes")
    reference = table2.columns[3].name  # behind the classifier and the paper's two numbers
    assert reference == result.settings["train_method"]
    for row in changes.rows:
        line = dict(zip([column.name for column in changes.columns], row, strict=True))
        classifiers = {r[0]: dict(zip([c.name for c in table2.columns], r, strict=True)) for r in table2.rows}
        accuracies = classifiers[line["Classifier"]]
        assert line["Accuracy"] == accuracies[line["Serving method"]]
        delta = line["Accuracy"].value - accuracies[reference].value
        assert line["Δ accuracy"].value == pytest.approx(delta, abs=1e-12)
        assert line["Positive flips"].value - line["Negative flips"].value == pytest.approx(delta, abs=1e-12)
        parts = [line[name].value for name in ("Positive flips", "Negative flips", "Wrong to wrong")]
        assert line["Churn"].value == pytest.approx(sum(parts), abs=1e-12)


def test_second_run_trains_nothing(result, photos, cache, monkeypatch):
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(training, "train", forbidden)
    again = resize(_settings(photos, cache))
    assert again.tables == result.tables and again.images == result.images


def test_cached_tables_given_back_say_the_same(photos, tmp_path):
    """What the suite says of networks that it asks, it says of their prediction tables alone."""
    shown = {"serve_methods": ("java2d.nearest", "pillow.bilinear+jpeg75"), "threshold": 0.34}
    asked = resize(_settings(photos, tmp_path / "cache", **shown))
    files = {read_predictions(path).origin.preprocessing: path for path in (tmp_path / "cache" / "predictions").iterdir()}
    given = tuple(files[name] for name in ("pillow.bilinear", *shown["serve_methods"]))
    again = resize(ResizeSettings(predictions=given, threshold=0.34, cache=tmp_path / "no"))
    assert len(files) == 3 and not (tmp_path / "no").exists()
    for name in ("changes", "models"):
        ours, theirs = _table(again, name), _table(asked, name)
        assert [row[1:] for row in ours.rows] == [row[1:] for row in theirs.rows]
        assert ours.columns == theirs.columns and (ours.note == theirs.note) == (name == "changes"), "nothing was trained here"
    lists = [result.lists["changed_products.csv"].replace("given network", NET) for result in (again, asked)]
    assert lists[0] == lists[1]


def test_damaged_network_in_the_cache_is_trained_again(photos, tmp_path):
    settings = _settings(photos, tmp_path, serve_methods=("java2d.nearest",))
    first = resize(settings)
    file = next((tmp_path / "networks").glob("*.ckpt"))
    file.write_bytes(file.read_bytes()[:1000])
    assert resize(settings).tables == first.tables


def test_matrix_and_sweep(photos, cache):
    methods = ("pillow.bilinear", "java2d.nearest")
    found = resize(_settings(photos, cache, positive="dress", matrix_methods=methods, scale_factors=(1.0, 2.0)))
    figures = {figure.id: figure.data for figure in found.figures}
    assert np.array(figures["train-serve-matrix"]["values"]).shape == (2, 2)
    assert {s["name"] for s in figures["scale-sweep"]["series"]} == {"java2d.nearest", "java2d.bilinear"}
    same_size = next(s for s in figures["scale-sweep"]["series"] if s["name"] == "java2d.nearest")
    assert same_size["y"][0] == 0  # nothing is resized at factor 1
    sweep = next(figure for figure in found.figures if figure.id == "scale-sweep")
    assert "longer side is at least 48 px" in sweep.doc and "Left out" not in sweep.doc


def test_a_sweep_never_pads(photos, cache):
    """Pictures of 52 px do not fill a canvas of 72: that factor is left out, and said."""
    found = resize(_settings(photos, cache, positive="dress", scale_factors=(1.5, 3.0)))
    sweep = next(figure for figure in found.figures if figure.id == "scale-sweep")
    assert {tuple(s["x"]) for s in sweep.data["series"]} == {(1.5,)} and "Left out, since less than half" in sweep.doc
    none = resize(_settings(photos, cache, positive="dress", scale_factors=(3.0,)))
    assert "scale-sweep" not in {figure.id for figure in none.figures}
    assert "reduction factors is left out" in _table(none, "originals").note


def test_checkpoint_is_asked_about_pictures_that_it_has_not_seen(photos, checkpoint, cache):
    for wrong in ({"size": 96}, {"canvas": 60}, {"train_method": "pillow.box"}):
        (name, value) = next(iter(wrong.items()))
        with pytest.raises(InputError, match=f"{name} is {value}, but .*ckpt was trained with "):
            resize(_settings(photos, cache, checkpoint=checkpoint, rows=(), **wrong))
    found = resize(_settings(photos, cache, checkpoint=checkpoint, rows=(), canvas=500, size=None))
    train, test = (
        next(row for row in _table(found, "accounting").rows if str(row[0]).startswith(part)) for part in ("train", "test")
    )
    trained = load_classifier(checkpoint).trained_on.counts["pictures"]
    assert (train[1], test[1]) == (trained, 3 * PRODUCTS - trained) and found.settings["size"] == 24  # the checkpoint's own
    assert "evaluated images" in _table(found, "changes").note
    said = f"was trained on {trained} of {3 * PRODUCTS} products that are asked about ({trained} of {3 * PRODUCTS} images)"
    assert f"{said}, which are left out." in _table(found, "accounting").note
    every = resize(_settings(photos, cache, checkpoint=checkpoint, rows=(), allow_overlap=True))
    test = next(row for row in _table(every, "accounting").rows if str(row[0]).startswith("test"))
    assert test[1] == 3 * PRODUCTS and f"{said}: numbers on them are optimistic." in _table(every, "accounting").note


def test_policy_of_a_checkpoint_stays_and_the_resizer_alone_differs(photos, checkpoint, cache, tmp_path):
    """Answers are those of torchvision's transform with each filter, counted by hand."""
    path = tmp_path / "cropped.ckpt"
    record_again(checkpoint, path, Preprocessing.parse("pillow.bicubic+shorter=30+crop=24"))
    methods = ("pillow.box", "pillow.nearest+squash")
    changed = {"serve_methods": methods, "allow_overlap": True, "canvas": 500, "size": None, "scale_factors": (2.0,)}
    found = resize(_settings(photos, cache, checkpoint=path, rows=(), **changed))
    assert found.settings["train_method"] == "pillow.bicubic+shorter=30+crop=24" and found.settings["size"] == 24
    assert found.settings["serve_methods"] == ["pillow.box", "pillow.nearest+squash"]
    assert "own preprocessing (shorter=30+crop=24), but for pillow.nearest+squash, and differ" in found.headline[-2]
    assert found.headline[-1].endswith(f"bench sensitivity --checkpoint {path} --data {photos}")
    assert "it varies the canvas" in _table(found, "originals").note

    size = {"box": 30, "bicubic": 30, "nearest": (24, 24)}
    transforms = {name: v2.Compose([v2.Resize(size[name], InterpolationMode(name)), v2.CenterCrop(24)]) for name in size}
    pictures = [Image.open(file) for file in sorted(photos.glob("*/[0-9]*.png"))]
    model = load_classifier(path)
    answers = {}
    for name, transform in transforms.items():
        batch = torch.from_numpy(np.stack([np.asarray(transform(picture)) for picture in pictures])).permute(0, 3, 1, 2)
        with torch.inference_mode():
            answers[name] = model(batch).argmax(1)
    columns = [column.name for column in _table(found, "changes").columns]
    rows = [dict(zip(columns, row, strict=True)) for row in _table(found, "changes").rows]
    assert [row["Serving method"] for row in rows] == found.settings["serve_methods"]
    for row, name in zip(rows, ("box", "nearest"), strict=True):
        assert row["Churn"].value == pytest.approx((answers[name] != answers["bicubic"]).float().mean().item())


def test_pictures_without_labels(photos, checkpoint, cache, tmp_path):
    """Changes are those of the same pictures with labels; nothing is said of right and wrong."""
    loose = tmp_path / "loose"
    loose.mkdir()
    for picture in sorted(photos.glob("*/[0-9]*.png")):
        shutil.copy(picture, loose / f"{picture.parent.name}-{picture.name}")
    plain = resize(_settings(loose, cache, checkpoint=checkpoint, scale_factors=(2.0,), threshold=0.4))
    labelled = resize(_settings(photos, cache, checkpoint=checkpoint, scale_factors=(2.0,), threshold=0.4))
    tables = [[{c.name: v for c, v in zip(_table(r, "changes").columns, row, strict=True)} for row in _table(r, "changes").rows]
              for r in (plain, labelled)]  # fmt: skip
    for ours, theirs in zip(*tables, strict=True):
        assert ours == {name: theirs[name] for name in ours} and {"Churn", "Tag changes", "Drift, mean"} < set(ours)
        assert not {"Accuracy", "Negative flips", "p (sign flips, Holm)"} & set(ours)
    assert {table.id for table in labelled.tables} - {table.id for table in plain.tables} == {"table2", "recalls"}
    assert plain.claims == [] and "no labels" in " ".join(plain.headline)
    assert len(plain.lists["changed_products.csv"].splitlines()) == len(labelled.lists["changed_products.csv"].splitlines())
    assert write_report(plain, tmp_path / "out").is_file()
    with pytest.raises(InputError, match="one sub-folder per class"):
        resize(_settings(loose, cache))


def test_checkpoint_of_other_classes(tmp_path, checkpoint, cache):
    for label in ("socks", "bag"):
        (tmp_path / label).mkdir()
        Image.fromarray(striped(0, 90)).save(tmp_path / label / "x.png")
    with pytest.raises(InputError, match=r"none in common.*--ignore_labels true"):
        resize(_settings(tmp_path, cache, checkpoint=checkpoint))
    found = resize(_settings(tmp_path, cache, checkpoint=checkpoint, ignore_labels=True))
    assert found.claims == [] and "no labels" in " ".join(found.headline)
    with pytest.raises(InputError, match="ignore_labels is True, and no checkpoint is given"):
        _settings(tmp_path, cache, ignore_labels=True)


class _Code:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("executed"),))


def test_pickle_with_code_is_not_run(photos, cache, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("evil.ckpt").write_bytes(pickle.dumps(_Code()))
    torch.save({"state_dict": _Code()}, "evil2.ckpt")
    for name in ("evil.ckpt", "evil2.ckpt"):
        with pytest.raises(InputError, match=name):
            resize(_settings(photos, cache, checkpoint=Path(name)))
    assert not Path("executed").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "nowhere"], "nowhere: no such folder"),
        (["--serve_methods", "[java2d.bilinaer]"], "java2d.bilinear"),
        (["--train_method", "pillow.nothing"], "unknown resize method"),
        (["--serve_methods", "[pillow.bilinear+jpeg900]"], "jpeg900"),
        (["--seeds", "[1, 1]"], "seeds"),
        (["--scale_factors", "[0.5]"], "at least 1"),
        (["--threshold", "1.5"], "threshold"),
        (["--max_epochs", "0"], "max_epochs"),
        (["--rows", "[]"], "rows is empty"),
        (["--checkpoint", "nothing.ckpt"], "nothing.ckpt"),
        (["--max_steps", "5"], "nothing is trained by steps here"),
        (["--overfit_gap", "0.1"], "nothing is trained by steps here"),
        (["--predictions", "[a.csv, b.csv]", "--batch_size", "8"], "nothing is trained by steps here"),
        (["--tasks", "[]"], "tasks is empty"),
        (["--tasks", "[dress]", "--positive", "dress"], "leave one of them out"),
        (["--tasks", "[shoes]"], "task is 'shoes'"),
        (["--paper_data", "true"], "the pictures are drawn"),
        (["--checkpoint", "c.ckpt", "--matrix_methods", "[pillow.box]"], "matrix_methods"),
    ],
)
def test_bad_options(arguments, message, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROBUSTFASHION_CACHE", str(tmp_path / "cache"))
    with pytest.raises(SystemExit) as end:
        main(["resize", *arguments])
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error and not (tmp_path / "reports").exists()


def test_bad_folders(tmp_path, cache):
    (tmp_path / "dress").mkdir()
    with pytest.raises(InputError, match="class folder without images"):
        resize(_settings(tmp_path, cache))
    for i in range(4):
        Image.fromarray(striped(i, 90)).save(tmp_path / "dress" / f"{i}.png")
    with pytest.raises(InputError, match="only one class"):
        resize(_settings(tmp_path, cache))
    (tmp_path / "hat").mkdir()
    Image.fromarray(striped(9, 200)).save(tmp_path / "hat" / "0.png")
    with pytest.raises(InputError, match="'hat'"):
        resize(_settings(tmp_path, cache))
    with pytest.raises(InputError, match="'shoe'"):
        resize(_settings(tmp_path, cache, positive="shoe"))


def test_command_line_writes_the_report(photos, tmp_path, capsys):
    config = tmp_path / "small.yaml"
    config.write_text(
        f"rows: [{{architecture: {NET}}}]\nserve_methods: [java2d.nearest]\nscale_factors: []\ncanvas: 48\nsize: 24\n"
        f"seeds: [0]\nmax_steps: 2\nbatch_size: 8\naccelerator: cpu\ncache: {tmp_path / 'cache'}\n"
    )
    _main(["resize", "--config", str(config), "--data", str(photos), "--out", str(tmp_path / "out")])
    written = json.loads((tmp_path / "out" / "result.json").read_text())
    assert written["suite"] == "resize" and written["provenance"]["versions"]["torch"]
    page = (tmp_path / "out" / "index.html").read_text()
    assert "a&lt;script&gt;" in page and "a<script>" not in page
    shown = capsys.readouterr().out
    assert str(tmp_path / "out" / "index.html") in shown
    seconds = written["provenance"]["seconds_by_stage"]
    total = seconds.pop("total")
    assert {"training", "asking", "tables and the rest"} <= seconds.keys() and total > 0
    assert sum(seconds.values()) == pytest.approx(total, abs=0.05 * (len(seconds) + 1))
    assert "seconds by stage" in page and f"total: {total}" in page and f"{total:.1f} s  100%" in shown


def test_parse_reads_nested_options():
    found = parse("resize", ["--synthetic.count", "50", "--seeds", "[3, 4]", "--positive", "shoe"])
    assert (found.synthetic.count, found.seeds, found.positive) == (50, (3, 4), "shoe")


def test_thresholds_of_classes_are_used(photos, checkpoint, cache, tmp_path):
    """A class whose threshold no confidence reaches never becomes a tag."""
    strict = tmp_path / "strict.ckpt"
    classes = load_classifier(checkpoint).classes
    record_thresholds(checkpoint, strict, RecordedThresholds(0.01, dict.fromkeys(classes[:-1], 1.0)))
    tagged = resize(_settings(photos, cache, checkpoint=strict))
    free = resize(_settings(photos, cache, checkpoint=checkpoint, threshold=0.01))
    assert "carried by the checkpoint" in _table(tagged, "changes").note
    kinds = [
        {row["change"] for row in csv.DictReader(io.StringIO(found.lists["changed_products.csv"]))} for found in (tagged, free)
    ]
    assert kinds[1] <= {"other tag"} and not kinds[0] & {"other tag"}


def test_methods_by_pattern():
    found = ResizeSettings(serve_methods=("pillow.bicubic", "java2d.*", "opencv.l*+jpeg75", "java2d.bilinear")).serve_methods
    libraries = [f"java2d.{name}" for name in ("nearest", "bilinear", "bicubic")]
    assert found == ("pillow.bicubic", *libraries, *(f"opencv.{name}+jpeg75" for name in ("linear", "linear_exact", "lanczos4")))
