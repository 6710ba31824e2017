"""Rows say what they do and refuse what they would pass over."""

from pathlib import Path

import pytest

from robustfashion.bench.experiment.mixes import MIXES
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.errors import InputError
from robustfashion.models.checkpoint import save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.paper import TABLE_2
from tests.models.samples import NET


@pytest.fixture
def raw_base(tmp_path) -> str:
    """A checkpoint of ours, which was trained on raw pixels."""
    path = tmp_path / "base.ckpt"
    save_checkpoint(Classifier(NET), path)
    return str(path)


def test_a_base_gets_the_pixels_that_it_knows(raw_base):
    for freeze, head in (("none", "logistic"), ("body", "logistic"), ("body", "sgd"), ("gradual", "logistic")):
        assert Row(NET, base=raw_base, freeze=freeze, head=head).scaling() == "raw"
        assert Row(NET, base="lite0", freeze=freeze, head=head).scaling() == "imagenet"
        assert Row(NET, base="imagenet", freeze=freeze, head=head, normalisation="raw").scaling() == "raw"
    assert Row(NET).scaling() == "raw" and Row(NET, normalisation="imagenet").scaling() == "imagenet"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"recipe": "robust"}, "recipe robust means nothing"),
        ({"recipe": {"name": "paper", "weight_decay": 0.5}}, "weight_decay 0.5 means nothing"),
        ({"recipe": {"name": "paper", "lr": 0.3}}, "lr 0.3 means nothing"),
        (
            {"recipe": {"name": "paper", "consistency": 4.0}, "train_methods": ("pillow.box", "opencv.area")},
            "consistency 4.0 means nothing to a head by logistic regression",
        ),
    ],
)
def test_a_head_by_logistic_regression_refuses_what_it_passes_over(fields, message):
    frozen = {"base": "lite0", "freeze": "body"}
    with pytest.raises(InputError, match=message):
        Row(NET, **frozen, **fields)
    assert Row(NET, **frozen, head="sgd", **fields)
    assert Row(NET, **frozen, recipe={"name": "paper", "class_weights": "balanced"})


@pytest.mark.parametrize("fields", [{"penalty": 0.1}, {"head": "sgd"}])
def test_heads_are_of_frozen_bodies(fields):
    with pytest.raises(InputError, match="add freeze: body"):
        Row(NET, **fields)


def test_what_differs_is_in_the_name():
    frozen = {"base": "lite0", "freeze": "body"}
    rows = [
        Row(), Row(base="imagenet"), Row(**frozen), Row(**frozen, head="sgd"), Row(**frozen, penalty=0.1),
        Row(normalisation="raw"), Row(recipe="robust"), Row(recipe={"name": "robust", "lr": 0.1}), Row(drop_rate=0.1),
        Row(train_methods=("pillow.box",)),
    ]  # fmt: skip
    names = [row.name for row in rows]
    assert len(set(names)) == len(names), names
    assert Row("googlenet", "robust", "imagenet").name == "googlenet + augmentation + base model"


def test_consistency_is_between_two_methods_and_named():
    recipe, methods = {"name": "paper", "consistency": 4.0}, ("pillow.box", "opencv.area")
    for wrong in ((), ("pillow.box",), ("pillow.box", "pillow.box")):
        with pytest.raises(InputError, match="name two at least"):
            Row(NET, recipe=recipe, train_methods=wrong)
    names = {Row(NET, recipe=r, train_methods=methods).name for r in ("paper", recipe, recipe | {"consistency_on": "first"})}
    assert len(names) == 3 and f"{NET} + consistency 4.0 + trained on pillow.box, opencv.area" in names


@pytest.mark.parametrize("mix", MIXES)
def test_mixes_are_methods_that_exist(mix):
    row, settings = Row(NET, train_methods=(mix,)), ResizeSettings(train_method="pillow.hamming")
    texts = row.methods(settings.train_method)
    digests = {settings.preprocessing(text).digest() for text in texts}
    assert len(digests) == len(texts) >= 3 and row.name == f"{NET} + trained on {mix}"


def test_mixes_are_spelt_out_once_and_in_order():
    assert Row(NET).methods("a.b") == ("a.b",)
    jpeg = Row(NET, train_methods=("opencv.area", "mix.jpeg", "opencv.area+jpeg95")).methods("opencv.area")
    assert jpeg == ("opencv.area", "opencv.area+jpeg95", "opencv.area+jpeg85", "opencv.area+jpeg75", "opencv.area+jpeg60")
    libraries = Row(NET, train_methods=("opencv.linear", "mix.libraries")).methods("pillow.box")
    assert libraries == ("opencv.linear", "pillow.bilinear", "java2d.bilinear")
    assert Row(NET, recipe={"name": "paper", "consistency": 1.0}, train_methods=("mix.filters",))
    with pytest.raises(InputError, match=r"'mix\.all', which is no mix; use one of mix\.libraries"):
        Row(NET, train_methods=("mix.all",)).methods("pillow.box")


def test_two_rows_of_one_name_are_refused():
    with pytest.raises(InputError, match="give them labels"):
        ResizeSettings(rows=(Row(base="a.ckpt"), Row(base="b.ckpt")))
    assert ResizeSettings(rows=(Row(base="a.ckpt"), Row(base="b.ckpt", label="other base")))


def test_a_label_does_not_change_what_a_row_is():
    assert Row(label="R18").unchanged and Row(normalisation="raw").unchanged and not Row(drop_rate=0.1).unchanged
    assert not Row(recipe={"name": "paper", "lr": 0.1}).unchanged and not Row(train_methods=("pillow.box",)).unchanged


def test_rows_of_table_2_with_a_base_are_the_papers():
    """However the pixels of ImageNet's weights are scaled: the paper says both raw pixels and base."""
    for normalisation in (None, "raw", "imagenet"):
        row = Row("googlenet", "robust", "imagenet", normalisation=normalisation)
        assert row.unchanged and (row.architecture, row.recipe_name, row.base) in TABLE_2
    assert not Row("googlenet", "robust", normalisation="imagenet").unchanged


def test_bad_rows_are_told_before_any_is_trained(tmp_path, monkeypatch):
    from robustfashion.bench.experiment.session import Session

    monkeypatch.chdir(tmp_path)
    for row, message in (
        (Row(train_methods=("pillow.nothing",)), "unknown resize method"),
        (Row(train_methods=("mix.nothing",)), "no mix"),
        (Row(base="nowhere.ckpt"), "nowhere.ckpt"),
        (Row(recipe={"name": "paper", "speed": 3}), "speed"),
        (Row("tf_efficientnet_lite0", base="lite0", freeze="body", penalty=-1.0), "penalties"),
        (Row("resnet81"), "'resnet81', which timm does not know; did you mean resnet18"),
        (Row("resnet81", base="imagenet", freeze="body"), "'resnet81', which timm does not know"),
        (Row("resnet18", base="lite0"), "lite0, weights of tf_efficientnet_lite0, but architecture is resnet18"),
    ):
        with pytest.raises(InputError, match=message):
            Session(ResizeSettings(cache=Path("cache"))).check_rows([Row(NET), row])
