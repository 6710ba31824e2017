"""The suite from drawn pictures to its report on small pictures; checkpoints, one's own data, the command line."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from robustfashion.bench.__main__ import _main
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.separability.settings import SeparabilitySettings
from robustfashion.bench.separability.suite import separability
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.models.checkpoint import load_classifier
from robustfashion.result import ScatterMap, read_figure
from tests.models.samples import NET

DRAWN = SyntheticSettings(count=520, seed=4, mix={"watch": 0.5, "luggage": 0.5}, long_side_px=(40, 48))
TINY = {
    "synthetic": DRAWN, "unseen": SyntheticSettings(count=150, seed=37, long_side_px=(40, 48)), "tasks": ("watch",),
    "row": Row(NET), "canvas": 48, "size": 32, "max_steps": 2, "batch_size": 8, "accelerator": "cpu", "map_seeds": (0, 1),
    "perplexities": (10.0, 300.0),
    "methods": ("tsne", "pca"), "permutations": 20,
}  # fmt: skip


@pytest.fixture(scope="module")
def cache(graph_cache):
    return graph_cache


def settings(cache, **changed):
    return SeparabilitySettings(cache=cache, **(TINY | changed))


@pytest.fixture(scope="module")
def result(cache):
    return separability(settings(cache))


def table(result, name):
    return next(table for table in result.tables if table.id == name)


def rows_of(result, name):
    found = table(result, name)
    return [dict(zip([column.name for column in found.columns], row, strict=True)) for row in found.rows]


def content(result):
    (figure,) = [figure for figure in result.figures if figure.id == "fig3"]
    return read_figure(figure, ScatterMap)


def test_the_product_type_is_held_against_its_attribute_in_all_features(result):
    lines = rows_of(result, "comparison")
    assert [line["Features"] for line in lines] == ["pretrained network", "own network (not trained on)", "raw pixels"]
    assert all(line["Attribute"] == "display_type" and line["Difference"] is not None for line in lines), lines
    assert [claim.id.split("-")[1] for claim in result.claims] == ["watch"] * 3
    assert {line["Verdict"] for line in rows_of(result, "networks")} == {"not learned"}, "after two steps"
    assert [claim.verdict for claim in result.claims if "own network" in claim.statement] == ["not comparable"]
    assert {claim.verdict for claim in result.claims} <= {"observed here", "not observed here", "not shown", "not comparable"}


def test_own_networks_are_asked_about_pictures_that_they_have_not_seen(result):
    lines = {line["Task"]: line for line in rows_of(result, "accounting")}
    columns = {column.name: column.doc for column in table(result, "features").columns}
    own = next(doc for name, doc in columns.items() if name == "watch, own network")
    # 150 more were drawn for it, as far as they are watches with a display.
    assert own == f"{lines['watch']['Validation'] + lines['watch']['Test'] + 150} pictures, not trained on"


def test_the_first_sentence_names_pictures_and_classes(result):
    (account,) = [line for line in rows_of(result, "accounting") if line["Task"] == "display_type"]
    n = account["Train"] + account["Validation"] + account["Test"]
    assert result.headline[0].startswith(f"Of {n} watch pictures, ") and "another display type" in result.headline[0]
    assert "points [" in result.headline[1]


def test_every_picture_is_accounted_for(result):
    for line in rows_of(result, "accounting"):
        used = line["Train"] + line["Validation"] + line["Test"]
        assert used + line["Not for this task"] + line["Outliers"] + line["Refused"] == 520


def test_fig_3_has_both_maps_and_all_layouts(result):
    data = content(result)
    large = [layout.title for layout in data.layouts if layout.large]
    assert large == [f"{name}: t-SNE, perplexity 10, seed 0" for name in ("watch against the rest", "display_type of watch")]
    assert len(data.layouts) == 6 and "too few for perplexity 300" in table(result, "faithfulness-watch").note
    assert all("Trustworthiness" in layout.caption for layout in data.layouts)
    assert "In the original space" in data.layouts[0].caption and "pictures lie among another class" in data.layouts[1].caption
    names = [colouring.name for colouring in data.colourings]
    assert names[:2] == ["watch", "display_type"] and {"split", "watch: confidence", "display_type: error"} <= set(names)
    watches = {name for name, x in zip(data.points.names, data.layouts[1].x, strict=True) if x is not None}
    labelled = {n for n, v in zip(data.points.names, data.colourings[1].values, strict=True) if v is not None}
    assert watches == labelled < set(data.points.names)


def test_the_thumbnails_are_those_of_the_points(result, cache):
    sheet = Image.open(io.BytesIO(result.images["map-thumbnails.webp"]))
    data = content(result)
    assert data.points.thumbnails.cell * data.points.thumbnails.columns == sheet.width


def test_measures_have_chance_levels_in_each_space(result):
    lines = rows_of(result, "measures-display-type")
    assert len({line["Space"] for line in lines}) == 3
    probe = next(line for line in lines if line["Measure"] == "Linear probe")
    assert (
        probe["Chance"].value == pytest.approx(0.25, abs=0.1)
        and probe["Value"].low <= probe["Value"].value <= probe["Value"].high
    )


def test_lists_name_files(result, cache):
    lines = list(csv.DictReader(io.StringIO(result.lists["label_issues.csv"])))
    assert lines and set(lines[0]) == {"path", "product", "given", "suggested", "score"}
    assert all(line["path"].startswith("images/") and line["given"] != line["suggested"] for line in lines)
    scores = [float(line["score"]) for line in lines]
    assert scores == sorted(scores)
    astray = list(csv.DictReader(io.StringIO(result.lists["wrong_side.csv"])))
    count = sum(line["task"] == "display_type" for line in astray)
    assert f", {count} lie" in result.headline[0]


def test_candidates_are_checked_against_known_noise(result):
    lines = rows_of(result, "label-noise")
    assert lines[0]["First candidates"] == lines[0]["Precision"].n == 5
    assert "wrong on purpose" in table(result, "label-noise").note


def test_the_command_line_gives_the_same_and_trains_nothing(cache, result, tmp_path, monkeypatch):
    from robustfashion.models import training

    monkeypatch.setattr(training, "train", None)
    config = tmp_path / "tiny.yaml"
    config.write_text(json.dumps(settings(cache, out=tmp_path / "out").plain()))
    monkeypatch.chdir(tmp_path)
    _main(["separability", "--config", str(config)])
    written = json.loads((tmp_path / "out" / "result.json").read_text())
    assert written["headline"] == result.headline and written["settings"]["tasks"] == ["watch"]
    assert written["figures"][0] == result.to_dict()["figures"][0], "same seed, same map"
    for name, text in result.lists.items():
        assert (tmp_path / "out" / name).read_text(encoding="utf-8") == text
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "Fig. 3" in page and "Nearest pictures of different classes" in page and "Labels to look at first" in page
    assert page.count("<svg") >= 5


@pytest.mark.slow
def test_a_checkpoint_is_asked_about_pictures_of_both_problems(result, cache):
    networks = {tuple(load_classifier(path).classes): path for path in (cache / "networks").glob("*.ckpt") if _is_net(path)}
    path = next(path for classes, path in networks.items() if len(classes) == 4)
    idle = {
        "row": SeparabilitySettings.row,
        "unseen": parse_default("unseen"),
        "tasks": None,
        "max_steps": None,
        "batch_size": 32,
    }
    found = separability(settings(cache, checkpoint=path, **idle))
    assert found.headline[0].startswith("Of ") and "watch pictures" in found.headline[0]
    (line,) = rows_of(found, "not-compared")
    assert line["Features"] == "given network" and line["Why"].startswith("fewer than two classes of 20 products"), (
        "of 104 test pictures"
    )
    assert [line["Task"] for line in rows_of(found, "accounting")] == ["display_type", "watch"]


def _is_net(path):
    return load_classifier(path).architecture == NET


def parse_default(name):
    return getattr(SeparabilitySettings(), name)


def photos(folder, counts):
    for k, (name, count) in enumerate(counts.items()):
        (folder / name).mkdir(parents=True)
        for i in range(count):
            pixels = np.random.default_rng([k, i]).integers(0, 90, (30, 40, 3))
            pixels[..., k % 3] += 120
            Image.fromarray(pixels.astype(np.uint8)).save(folder / name / f"{i}.png")


OWN = {"tasks": None, "row": SeparabilitySettings.row, "max_steps": None, "batch_size": 32, "perplexities": (5.0,)}


def own(cache, folder, **changed):
    return settings(cache, **(OWN | {"unseen": parse_default("unseen"), "data": str(folder)} | changed))


def test_ones_own_classes_alone(cache, tmp_path):
    photos(tmp_path / "shop", {"=hat": 25, "dress": 20, "scarf": 22})
    (tmp_path / "shop" / "dress" / "broken.png").write_bytes(b"")
    found = separability(own(cache, tmp_path / "shop", features=("pretrained", "pixels")))
    assert found.scale == "own data" and found.claims == [] and [r.item for r in found.refused] == ["dress/broken.png"]
    assert any("No product type is held against an attribute" in line for line in found.headline)
    assert "comparison" not in [table.id for table in found.tables] and found.figures[0].title == "Maps: own labels"
    assert [line["Class"] for line in rows_of(found, "classes-label")] == ["=hat", "dress", "scarf"]
    assert "\n=hat" not in found.lists["wrong_side.csv"] and ",=hat" not in found.lists["label_issues.csv"]


@pytest.mark.slow
def test_ones_own_outliers_are_drawn_into_finished_maps(cache, tmp_path):
    photos(tmp_path / "shop", {"hat": 25, "dress": 20})
    photos(tmp_path / "junk", {"swatch": 6})
    plain = separability(
        own(cache, tmp_path / "shop", features=("pretrained",), methods=("pca",), perplexities=(10.0, 30.0, 100.0))
    )
    found = separability(
        own(
            cache, tmp_path / "shop", features=("pretrained",), methods=("pca",), perplexities=(10.0, 30.0, 100.0),
            outliers=str(tmp_path / "junk"),
        )
    )  # fmt: skip
    data, before = (content(of) for of in (found, plain))
    kinds = next(colouring for colouring in data.colourings if colouring.name == "kind of outlier")
    assert sum(value is not None for value in kinds.values) == 6 and len(data.points.names) == len(before.points.names) + 6
    assert table(found, "measures-label").rows == table(plain, "measures-label").rows, "outliers move nothing"


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"hat": 30}, "only one class"),
        ({"hat": 40, "dress": 1}, "dress"),
        ({"hat": 9, "dress": 9}, "18 labelled pictures; at least 30"),
    ],
)
def test_too_little_is_refused_before_work(cache, tmp_path, counts, message, monkeypatch):
    from robustfashion.bench.separability import asking

    monkeypatch.setattr(asking, "thumbnails", None)
    photos(tmp_path / "shop", counts)
    with pytest.raises(InputError, match=message):
        separability(own(cache, tmp_path / "shop"))
