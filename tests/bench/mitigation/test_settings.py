"""Remedies and settings: what each means, and every refusal."""

import json
from pathlib import Path

import pytest

from robustfashion.bench.__main__ import parse
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.mitigation.remedy import Remedy
from robustfashion.bench.mitigation.settings import FROZEN, MitigationSettings
from robustfashion.errors import InputError

PLAIN = Row("resnet18")
MIX = {"train_methods": ["pillow.bilinear", "java2d.bilinear"]}


@pytest.mark.parametrize(
    ("remedy", "kind", "name", "methods"),
    [
        (Remedy(row=MIX), "row", "train with train methods pillow.bilinear, java2d.bilinear", ()),
        (Remedy(row={"recipe": {"name": "paper", "hue": 0.1}}), "row", "train with recipe hue 0.1", ()),
        (Remedy(row={"recipe": "robust"}), "row", "train with recipe robust", ()),
        (Remedy("cure", serve="java_image.smooth"), "serve", "cure", ("java_image.smooth",)),
        (Remedy(serve="java_image.smooth"), "serve", "call java_image.smooth", ("java_image.smooth",)),
        (Remedy(ensemble=("served", "opencv.area")), "ensemble", "mean over served and opencv.area", ("opencv.area",)),
        (Remedy(recalibrate=True), "recalibrate", "BatchNorm re-estimated", ()),
        (Remedy(recalibrate=True, prior=16), "recalibrate", "BatchNorm re-estimated with prior 16", ()),
        (Remedy(margin=0.125), "margin", "refuse 12.5 % by margin", ()),
    ],
)
def test_what_a_remedy_is(remedy, kind, name, methods):
    assert (remedy.kind, remedy.name, remedy.methods) == (kind, name, methods)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"label": "x"}, "'x' names 0 ways"),
        ({"serve": "opencv.area", "margin": 0.1}, "names 2 ways"),
        ({"margin": 1.0}, "margin is 1.0"),
        ({"ensemble": ("opencv.area",)}, "two different methods"),
        ({"ensemble": ("opencv.area", "opencv.area")}, "two different methods"),
        ({"row": {}, "label": "x"}, "row is empty"),
        ({"margin": 0.1, "prior": 4}, "prior is 4"),
        ({"recalibrate": True, "prior": -1}, "prior is -1"),
    ],
)
def test_what_is_no_remedy(fields, says):
    with pytest.raises(InputError, match=says):
        Remedy(**fields)


def test_a_trained_remedy_is_the_networks_row_with_what_differs():
    plain = Row("resnet18", recipe={"name": "paper", "lr": 0.02}, label="ours")
    found = Remedy("mix", row=MIX).row_of(plain)
    assert found == Row("resnet18", recipe=plain.recipe, train_methods=tuple(MIX["train_methods"]), label="mix")
    with pytest.raises(InputError, match=r"unknown fields.*'archtecture'"):
        Remedy("x", row={"archtecture": "alexnet"}).row_of(plain)
    with pytest.raises(InputError, match="the network's own"):
        Remedy("x", row={"architecture": "resnet18"}).row_of(plain)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"predictions": (Path("a.npz"),)}, "predictions is a.npz.*bench resize"),
        ({"tasks": ("neck_style", "sleeve_type")}, "one classifier"),
        ({"serve_methods": ("pillow.bilinear",)}, "name a method that does damage"),
        ({"serve_methods": ("java2d.nonsense",)}, "nonsense"),
        ({"remedies": ()}, "remedies is empty"),
        (
            {"remedies": (Remedy(serve="opencv.area"),), "serve_methods": ("opencv.area",)},
            "'call opencv.area' is the serving method",
        ),
        ({"remedies": (Remedy(margin=0.1), Remedy(margin=0.1))}, "two are called 'refuse 10.0 % by margin'"),
        ({"remedies": (Remedy(serve="java2d.nonsense"),)}, "nonsense"),
        ({"remedies": (Remedy("robust", row={"recipe": "robust"}),)}, "means nothing to a head"),
        ({"checkpoint": Path("c.ckpt"), "remedies": (Remedy("mix", row=MIX),)}, "'mix' trains a network, but a checkpoint"),
        (
            {"network": Row("resnet18", train_methods=("opencv.area",))},
            "network learns from opencv.area.*--train_method opencv.area",
        ),
        ({"checkpoint": Path("c.ckpt"), "network": PLAIN}, "network is .*c.ckpt, which is the network"),
    ],
)
def test_refusals(changed, says):
    with pytest.raises(InputError, match=says):
        MitigationSettings(**changed)


def test_defaults_need_no_training_by_steps_and_a_checkpoint_is_not_trained():
    smoke = MitigationSettings()
    assert smoke.plain_row == FROZEN and not smoke.trains and any(remedy.row for remedy in smoke.remedies)
    assert smoke.asked_methods[:3] == ("pillow.bilinear", "java2d.bilinear", "java2d.nearest")
    given = MitigationSettings(checkpoint=Path("c.ckpt"))
    assert given.network is None and not any(remedy.row for remedy in given.remedies) and not list(given.rows())


def test_what_is_served_is_not_the_training_method_and_families_are_taken_apart():
    settings = MitigationSettings(serve_methods=("java2d.*", "pillow.bilinear"))
    assert "java2d.bicubic" in settings.serve_methods and "pillow.bilinear" not in settings.serve_methods


def test_a_policy_that_all_share_is_in_no_name():
    settings = MitigationSettings(
        train_method="pillow.bicubic+shorter=30+crop=24", serve_methods=("java2d.bilinear", "java2d.nearest+shorter=28+crop=24"),
        checkpoint=Path("c.ckpt"), remedies=(Remedy(serve="opencv.area"),),
    )  # fmt: skip
    assert settings.serve_methods == ("java2d.bilinear", "java2d.nearest+shorter=28+crop=24")
    assert settings.asked_methods[1:] == (*settings.serve_methods, "opencv.area")
    assert settings.preprocessing("opencv.area").name == "opencv.area+shorter=30+crop=24"


def test_the_command_line_reads_remedies():
    remedies = json.dumps([{"label": "robust", "row": {"recipe": "robust"}}, {"ensemble": ["served", "opencv.area"]}])
    settings = parse("mitigation", ["--network.architecture=resnet18", f"--remedies={remedies}"])
    assert settings.network == PLAIN and settings.max_steps == 200
    assert [remedy.kind for remedy in settings.remedies] == ["row", "ensemble"]
    assert [row.recipe for row in settings.rows()] == ["paper", "robust"]
