"""Nobody is asked in silence about pictures that its weights come from."""

import shutil

import numpy as np
import pytest
from PIL import Image

from robustfashion.bench.accuracy.settings import AccuracySettings
from robustfashion.bench.accuracy.suite import accuracy
from robustfashion.bench.experiment.network import load_network
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.resize.suite import resize
from robustfashion.data.splits import Target
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.models import training
from robustfashion.models.checkpoint import load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from tests.models.samples import NET

SMALL = {"canvas": 40, "size": 24, "max_steps": 2, "batch_size": 8, "accelerator": "cpu", "seeds": (0,)}
DRAWN = SyntheticSettings(count=90, seed=8, mix={"dress": 0.5, "watch": 0.5}, long_side_px=(40, 60))


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Two classes of 20 products with two pictures each, and a manifest."""
    folder = tmp_path_factory.mktemp("shop")
    lines = ["path,label,group"]
    for number in range(80):
        pixels = np.random.default_rng(number).integers(0, 255, (30, 40, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
        lines.append(f"{number}.png,{'dress' if number % 4 < 2 else 'hat'},p{number // 2}")
    (folder / "m.csv").write_text("\n".join(lines))
    return folder


def session(cache, **changed):
    return Session(ExperimentSettings(**(SMALL | {"cache": cache} | changed)))


def trained(cache, data, row=None, **changed):
    """A network of one's own data, and its division."""
    here = session(cache, data=str(data), **changed)
    division = here.divide(Target())
    return here.train(row or Row(NET), 0, division), division


@pytest.fixture(scope="module")
def network(cache, shop):
    return trained(cache, shop / "m.csv")


def test_a_trained_network_says_what_it_has_seen(network):
    found, division = network
    said = load_classifier(found.path).trained_on
    assert said.counts == {"pictures": len(division["train"]), "products": len(set(division["train"].groups)), "complete": True}
    for name, known in (("train", True), ("validation", False), ("test", False)):
        seen = said.known(division[name].catalogue.column("sha256"), division[name].groups)
        assert set(seen.tolist()) == {known}


@pytest.mark.parametrize("freeze", ["none", "body"])
def test_what_starts_from_it_has_seen_both(cache, shop, network, tmp_path, freeze):
    folder = tmp_path / "other"
    for label in ("dress", "hat"):
        (folder / label).mkdir(parents=True)
        for k in range(10):
            Image.fromarray(np.random.default_rng([k, len(label)]).integers(0, 255, (30, 40, 3), dtype=np.uint8)).save(
                folder / label / f"{k}.png"
            )
    later, division = trained(cache, folder, Row(NET, base=str(network[0].path), freeze=freeze))
    first, both = (load_classifier(path).trained_on for path in (network[0].path, later.path))
    assert both.counts["pictures"] == first.counts["pictures"] + len(division["train"]) and both.complete
    assert first.joined(both) == both


def test_a_base_with_the_same_splits_passes(cache, shop, network):
    here = session(cache, data=str(shop / "m.csv"))
    division = here.divide(Target())
    assert here.check_bases([Row(NET, base=str(network[0].path)), Row(NET, base="imagenet")], division) == division


def test_a_base_that_knows_the_test_products_is_refused(cache, shop, network, monkeypatch):
    monkeypatch.setattr(training, "train", lambda *_: pytest.fail("trained"))
    row = Row(NET, base=str(network[0].path))
    here = session(cache, data=str(shop / "m.csv"), split_seed=5)
    division = here.divide(Target())
    known = set(division["test"].groups) & set(network[1]["train"].groups)
    message = rf"{network[0].path.name} was trained on {len(known)} of 8 products that are asked about .*--allow_overlap true"
    for ask in (lambda: here.check_bases([row], division), lambda: here.train(row, 0, division)):
        with pytest.raises(InputError, match=message):
            ask()
    own = {"data": str(shop / "m.csv"), "split_seed": 5, "cache": cache, **SMALL}
    with pytest.raises(InputError, match=message):
        resize(ResizeSettings(rows=(Row(NET), row), **own))
    for changed in ({"transfer": {"label": row.base}}, {"base": row.base}):
        with pytest.raises(InputError, match=message):
            accuracy(AccuracySettings(tasks=("label",), architecture=NET, **(own | changed)))


def test_an_allowed_overlap_is_in_the_note(cache, shop, network):
    here = session(cache, data=str(shop / "m.csv"), split_seed=5, allow_overlap=True)
    row = Row(NET, base=str(network[0].path))
    division = here.check_bases([row, row], here.divide(Target()))
    assert division.note.count("numbers on them are optimistic") == 1 and "of 8 products" in division.note
    assert here.train(row, 0, division)


def test_an_old_base_is_not_known(cache, shop, network, tmp_path):
    model = load_classifier(network[0].path)
    model.trained_on = None
    save_checkpoint(model, tmp_path / "old.ckpt")
    here = session(cache, data=str(shop / "m.csv"))
    division = here.check_bases([Row(NET, base=str(tmp_path / "old.ckpt"))], here.divide(Target()))
    assert division.note.endswith("What the base old.ckpt was trained on is not known.")
    later, _ = trained(cache, shop / "m.csv", Row(NET, base=str(tmp_path / "old.ckpt")))
    assert not load_classifier(later.path).trained_on.complete
    division = here.check_bases([Row(NET, base=str(later.path))], here.divide(Target()))
    assert "is not fully known" in division.note


def test_products_of_the_datas_own_train_and_test_are_no_doing_of_the_base(cache, shop):
    """Splits of the data that share products say so by themselves; a transfer within them is no worse."""
    lines = (shop / "m.csv").read_text().splitlines()
    splits = [("train", "test", "train", "test", *["validation"] * 4)[k % 8] for k in range(80)]
    (shop / "given.csv").write_text(
        "\n".join([f"{lines[0]},split", *(f"{a},{b}" for a, b in zip(lines[1:], splits, strict=True))])
    )
    base, division = trained(cache, shop / "given.csv")
    assert "stand in more than one" in division.note
    here = session(cache, data=str(shop / "given.csv"))
    assert here.check_bases([Row(NET, base=str(base.path))], division) == division


def asked(cache, path, **changed):
    here = session(cache, checkpoint=path, **changed)
    return here.divide_for(load_network(path))


def test_a_checkpoint_on_its_own_folder(cache, shop, network):
    found, division = network
    left = asked(cache, found.path, data=str(shop / "m.csv"))
    assert set(left["test"].ids) == set(division["test"].ids) | set(division["validation"].ids)
    assert set(left["train"].ids) == set(division["train"].ids)
    n = len(set(division["train"].groups))
    assert f"was trained on {n} of 40 products that are asked about ({2 * n} of 80 images), which are left out." in left.note
    every = asked(cache, found.path, data=str(shop / "m.csv"), allow_overlap=True)
    assert len(every["test"]) == 80 and "numbers on them are optimistic" in every.note


def test_another_picture_of_a_known_product_is_left_out_too(cache, network, shop, tmp_path):
    found, division = network
    group = division["train"].groups[0]
    ids = [name for name, own in zip(division["train"].ids, division["train"].groups, strict=True) if own == group]
    lines = ["path,label,group", f"{ids[0]},dress,{group}", f"new.png,dress,{group}", "0new.png,hat,else"]
    shutil.copy(shop / ids[0], tmp_path / ids[0])
    for k, name in enumerate(("new.png", "0new.png")):
        Image.fromarray(np.full((30, 40, 3), 9 + k, np.uint8)).save(tmp_path / name)
    (tmp_path / "m.csv").write_text("\n".join(lines))
    left = asked(cache, found.path, data=str(tmp_path / "m.csv"))
    assert left["test"].ids == ("0new.png",)


def test_nothing_left_is_refused(cache, shop, network, tmp_path):
    found, division = network
    for name, label in zip(division["train"].ids, division["train"].labels.tolist(), strict=True):
        (tmp_path / found.classes[label]).mkdir(exist_ok=True)
        shutil.copy(shop / name, tmp_path / found.classes[label] / f"renamed-{name}")
    with pytest.raises(InputError, match=r"nothing is left to evaluate; give pictures that it has not seen, .*--allow_overlap"):
        asked(cache, found.path, data=str(tmp_path))


def test_a_given_test_split_that_overlaps_is_refused(cache, shop, network):
    found, division = network
    lines = (shop / "m.csv").read_text().splitlines()
    for name, fits in (("test", True), ("train", False)):
        inside = set(division[name].ids)
        rows = [f"{line},{'test' if line.split(',')[0] in inside else 'train'}" for line in lines[1:]]
        (shop / f"{name}.csv").write_text("\n".join([f"{lines[0]},split", *rows]))
        if fits:
            assert "trained on none of the test pictures" in asked(cache, found.path, data=str(shop / f"{name}.csv")).note
        else:
            with pytest.raises(InputError, match=r"was trained on (\d+) of \1 products that are asked about"):
                asked(cache, found.path, data=str(shop / f"{name}.csv"))


def test_outliers_that_it_was_trained_on_are_left_out(cache, shop, network):
    found, _ = network
    left = asked(cache, found.path, data=str(shop / "m.csv"), hold_out=("hat",))
    assert set(left["outliers"].groups).isdisjoint(network[1]["train"].groups) and len(left["outliers"]) > 0
    assert len(left["train"]) == len(network[1]["train"])


def test_a_file_without_a_record_says_so(cache, shop, tmp_path):
    save_checkpoint(Classifier(NET, ("dress", "hat")), tmp_path / "old.ckpt")
    every = asked(cache, tmp_path / "old.ckpt", data=str(shop / "m.csv"))
    assert len(every["test"]) == 80 and "is not known, for its file does not say" in every.note


def test_drawn_data_has_the_splits_of_the_training(cache):
    """The same split_seed: as for the training. Another one: refused."""
    here = session(cache, synthetic=DRAWN)
    division = here.divide(Target())
    found = here.train(Row(NET), 0, division)
    again = asked(cache, found.path, synthetic=DRAWN)
    assert again["test"].ids == division["test"].ids and again["validation"].ids == division["validation"].ids
    with pytest.raises(InputError, match="split_seed"):
        asked(cache, found.path, synthetic=DRAWN, split_seed=3)


def test_beside_predictions_it_means_nothing():
    with pytest.raises(InputError, match="allow_overlap is True, and predictions are given"):
        ExperimentSettings(predictions=("a.npz",), allow_overlap=True)
