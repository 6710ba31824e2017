"""The suite from files to report, with a tiny network on small pictures."""

import csv
import io
from pathlib import Path

import pytest
from PIL import Image

from robustfashion.bench.experiment.network import load_network
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.mitigation.remedy import Remedy
from robustfashion.bench.mitigation.settings import MitigationSettings
from robustfashion.bench.mitigation.suite import mitigation
from robustfashion.errors import InputError
from robustfashion.models import training
from robustfashion.report.render import write_report
from tests.bench.striped import striped
from tests.models.samples import NET

PRODUCTS = 16
REMEDIES = (
    Remedy("mix <b>", row={"train_methods": ["pillow.bilinear", "java2d.bilinear"]}),
    Remedy(serve="java_image.smooth"),
    Remedy(ensemble=("served", "opencv.area")),
    Remedy(recalibrate=True),
    Remedy(margin=0.25),
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """Two classes of sixteen pictures."""
    folder = tmp_path_factory.mktemp("photos")
    for k, label in enumerate(("a<script>", "dress")):
        (folder / label).mkdir()
        for i in range(PRODUCTS):
            Image.fromarray(striped(100 * k + i, 40 + 110 * k)).save(folder / label / f"{i}.png")
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


def _settings(photos: Path, cache: Path, **changed: object) -> MitigationSettings:
    values: dict[str, object] = {
        "data": str(photos), "network": Row(NET), "remedies": REMEDIES, "serve_methods": ("java2d.nearest", "java2d.bilinear"),
        "canvas": 48, "size": 24, "seeds": (0, 1), "max_steps": 2, "batch_size": 8, "accelerator": "cpu", "cache": cache,
    }  # fmt: skip
    return MitigationSettings(**(values | changed))


@pytest.fixture(scope="module")
def result(photos, cache):
    return mitigation(_settings(photos, cache))


def _lines(result, name):
    table = next(table for table in result.tables if table.id == name)
    return [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]


def test_every_remedy_has_its_numbers(result):
    names = [remedy.name for remedy in REMEDIES]
    assert not result.refused and len(_lines(result, "remedies")) == 2 * (1 + len(names))
    prices = {line["Remedy"]: line for line in _lines(result, "prices")}
    assert list(prices) == ["no remedy", "no remedy, other seeds", *names]
    assert prices["mix <b>"]["Training"] and prices["no remedy, other seeds"]["Training"]
    assert (
        prices["call java_image.smooth"]["Training"] is None
        and prices["mean over served and opencv.area"]["Network, served"] == 2
    )
    assert prices["refuse 25.0 % by margin"]["Left to people"].value >= 0
    assert len(_lines(result, "recommendation")) == 2
    assert "A remedy may be recommended where" in next(t for t in result.tables if t.id == "recommendation").note


def test_tables_list_and_figure_agree(result):
    """Tag changes of the table, of the heat map and counted in the list are the same."""
    rows = list(csv.DictReader(io.StringIO(result.lists["changed_tags.csv"])))
    heat = next(figure for figure in result.figures if figure.id == "tag-changes").data
    n = _lines(result, "remedies")[0]["Tag changes"].n
    for line in _lines(result, "remedies"):
        name, method = line["Remedy"], line["Serving method"]
        drawn = heat["values"][heat["rows"].index(name)][heat["columns"].index(method)]
        assert drawn == pytest.approx(line["Tag changes"].value)
        if name != "no remedy, other seeds":
            of = [row for row in rows if (row["remedy"], row["served_with"]) == (name, method)]
            changed = sum(row["outcome"] in ("changed", "broken") for row in of)
            without = sum(row["outcome"] != "broken" for row in of)
            assert changed / (2 * n) == pytest.approx(line["Tag changes"].value)
            assert without / (2 * n) == pytest.approx(line["Tag changes, without"].value)
            assert line["Δ tag changes"].value == pytest.approx((changed - without) / (2 * n))


def test_the_report_escapes_what_it_is_given(result, tmp_path):
    result.save(tmp_path)
    page = write_report(result, tmp_path).read_text()
    assert "mix &lt;b&gt;" in page and "mix <b>" not in page and "a<script>" not in page


def test_a_second_run_trains_nothing_and_knows_the_times(result, photos, cache, monkeypatch):
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(training, "train", forbidden)
    assert mitigation(_settings(photos, cache)).tables == result.tables


def test_a_given_network_with_and_without_labels(result, photos, cache):
    trained = [(load_network(path), path) for path in sorted((cache / "networks").glob("*.ckpt"))]
    given = next(path for network, path in trained if network.seed == 0 and network.preprocessing.name == "pillow.bilinear")
    settings = {"network": None, "checkpoint": given, "remedies": None, "seeds": (0,), "max_steps": None, "batch_size": 32}
    settings |= {"canvas": 500, "size": None}
    found = mitigation(_settings(photos, cache, **settings, allow_overlap=True))
    assert [line["Kind"] for line in _lines(found, "prices")][1:4] == ["another call"] * 3 and not found.claims
    assert "validation" in " ".join(refused.reason for refused in found.refused), "statistics need a validation split"
    blind = mitigation(_settings(photos, cache, **settings, allow_overlap=True, ignore_labels=True))
    assert "price" not in [figure.id for figure in blind.figures] and not blind.claims
    assert "Clean accuracy" not in _lines(blind, "prices")[0] and "Accuracy, served" not in _lines(blind, "remedies")[0]
    for name in ("Tag changes", "Δ tag changes"):
        assert [line[name].value for line in _lines(blind, "remedies")] == [
            line[name].value for line in _lines(found, "remedies")
        ]
    assert result.scale == "own data"


def test_a_network_is_held_against_what_it_learnt_from(photos, cache):
    """One that was trained with the serving method changes nothing there: it never saw the study's training method."""
    remedies = (Remedy("as served", row={"train_methods": ["java2d.bilinear"]}), REMEDIES[0])
    found = mitigation(_settings(photos, cache, remedies=remedies, seeds=(0,), control=False))
    lines = {(line["Remedy"], line["Serving method"]): line for line in _lines(found, "remedies")}
    assert lines["as served", "java2d.bilinear"]["Tag changes"].value == 0
    note = next(table for table in found.tables if table.id == "remedies").note
    assert "as served has never seen that: against java2d.bilinear" in note and "mix <b> has never" not in note


def test_a_remedy_that_cannot_be_tried_is_left_out_with_its_reason(photos, cache):
    """ConvNeXt has no BatchNorm; the other remedy is tried all the same."""
    remedies = (Remedy(recalibrate=True), Remedy(serve="java_image.smooth"))
    plain = {"network": Row("test_convnext"), "seeds": (0,), "control": False, "max_steps": 1, "size": 32}
    found = mitigation(_settings(photos, cache, remedies=remedies, **plain))
    assert [refused.item for refused in found.refused] == ["remedy BatchNorm re-estimated"]
    assert len(_lines(found, "prices")) == 2
    with pytest.raises(InputError, match=r"no remedy could be tried.*BatchNorm"):
        mitigation(_settings(photos, cache, remedies=remedies[:1], **plain))


def test_unknown_fields_are_refused_before_anything_is_trained(photos, cache, monkeypatch):
    monkeypatch.setattr(training, "train", lambda *_, **__: pytest.fail("trained"))
    remedies = (Remedy("x", row={"recipe": {"name": "paper", "hew": 0.1}}),)
    with pytest.raises(InputError, match="hew"):
        mitigation(_settings(photos, cache, remedies=remedies, seeds=(7,)))
