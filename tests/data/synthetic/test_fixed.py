from dataclasses import fields

import numpy as np
import pytest
from jsonargparse import ArgumentParser
from PIL import Image

from robustfashion.data.synthetic import SyntheticSettings, render, sample_spec
from robustfashion.data.synthetic.fixed import _limits, _words, checked
from robustfashion.data.synthetic.parameters import parameters
from robustfashion.data.synthetic.rendering import encode
from robustfashion.errors import InputError

PX = (90, 130)


def specs(count=60, **options):
    settings = SyntheticSettings(seed=5, long_side_px=PX, **options)
    return [sample_spec(5, index, settings) for index in range(count)]


@pytest.mark.parametrize("nuisance", [0.0, 1.0, 2.0])
def test_one_value_everywhere_and_nothing_else_changes(nuisance):
    fixed = {"noise": 2, "sharpen": "no", "file": "png", "background": "grey", "gloss": 0.25, "aspect": "4:5"}
    one, two = specs(nuisance=nuisance), specs(nuisance=nuisance, fixed=fixed)
    for before, after in zip(one, two, strict=True):
        assert {name: after.scene.get(name, after.fabric.get(name)) for name in fixed} == fixed
        assert after.size[1] == pytest.approx(0.8 * after.size[0], abs=1.0)
        for part in ("scene", "fabric"):
            kept = [{k: v for k, v in getattr(s, part).items() if k not in fixed} for s in (before, after)]
            assert kept[0] == kept[1]
        same = {f.name for f in fields(before)} - {"scene", "fabric", "size"}
        assert all(getattr(before, name) == getattr(after, name) for name in same)
    assert {spec.scene["file"] for spec in one} != {"png"}


def test_outliers_show_it_too():
    clothes = {"outlier_share": 1.0, "outlier_kinds": {"near": 1.0}, "mix": {"dress": 1.0}}
    for spec in specs(8, fixed={"pattern": "dots", "noise": 0.0}, **clothes):
        assert (spec.word("pattern"), spec.number("noise")) == ("dots", 0.0)


def test_what_depends_on_a_fixed_choice_follows_it():
    for spec in specs(mix={"watch": 1.0}, fine_pattern_share=0.0, fixed={"pattern": "tartan"}):
        assert 30 <= spec.number("period") <= 90
        assert spec.word("strap") in ("leather", "fabric")


def test_noise_is_what_was_asked_for():
    still = {"sharpen": "no", "background": "white", "shadow": "none", "stamp": "none"}
    grey = {"background": "grey", "background_level": 0.5}
    for spec, calm in zip(
        specs(4, fixed=still | grey | {"noise": 3.0}), specs(4, fixed=still | grey | {"noise": 0}), strict=True
    ):
        difference = render(spec).astype(float) - render(calm)
        assert difference[:12].std() == pytest.approx(3.0, abs=0.15)
        assert encode(spec, Image.fromarray(render(spec)))[:2] in (b"\xff\xd8", b"\x89P")


def test_limits_hold_all_that_is_drawn():
    rng = np.random.default_rng(3)
    for file in ("scene", "fabric"):
        for _ in range(300):
            drawn = parameters(file).sample(rng, {"scale": str(rng.choice(["fine", "coarse"]))})
            drawn.pop("scale")
            assert checked(drawn) == drawn
        assert set(parameters(file).rules) <= set(_limits()) | set(_words())
    assert not set(_limits()) & set(_words())


def test_words_and_numbers_from_a_settings_file(tmp_path):
    file = tmp_path / "fixed.yaml"
    file.write_text('synthetic:\n  fixed: {noise: 2, sharpen: "no", subsampling: "4:2:0", file: png}\n')
    parser = ArgumentParser()
    parser.add_argument("--config", action="config")
    parser.add_class_arguments(SyntheticSettings, "synthetic")
    settings = parser.instantiate(parser.parse_args(["--config", str(file)])).synthetic
    assert settings.fixed == {"noise": 2.0, "sharpen": "no", "subsampling": "4:2:0", "file": "png"}


def test_yaml_reads_yes_and_no_as_truth():
    assert SyntheticSettings(fixed={"sharpen": False}).fixed == {"sharpen": "no"}
    assert SyntheticSettings(fixed={"noise": 2}).digest() == SyntheticSettings(fixed={"noise": 2.0}).digest()
    assert SyntheticSettings(fixed={"noise": 2}).digest() != SyntheticSettings(fixed={"noise": 1}).digest()


@pytest.mark.parametrize(
    ("fixed", "message"),
    [
        ({"nose": 2.0}, "parameter 'nose'; use aspect"),
        ({"scale": "fine"}, "parameter 'scale'"),
        ({"noise": 6.0}, "fixed noise is 6.0; it is a number from 0 to 5"),
        ({"noise": float("nan")}, "fixed noise is nan"),
        ({"noise": "much"}, "fixed noise is 'much'"),
        ({"noise": True}, "fixed noise is True"),
        ({"file": "gif"}, "fixed file is 'gif'; use one of jpg, png"),
        ({"file": 1.0}, "fixed file is 1.0"),
        ({"subsampling": 14520}, "use one of 4:2:0, 4:4:4 .words with a colon"),
        ({"quality": 75.5}, "whole number"),
        ({"pattern": "checks"}, "use one of stripes, breton"),
    ],
)
def test_unknown_names_words_and_numbers(fixed, message):
    with pytest.raises(InputError, match=message):
        SyntheticSettings(fixed=fixed)


def test_what_follows_from_a_label_cannot_be_fixed():
    with pytest.raises(InputError, match=r"background, which bias 0\.5 ties"):
        SyntheticSettings(bias=0.5, fixed={"background": "grey"})
    with pytest.raises(InputError, match=r"period, which texture_coupling 0\.8 ties"):
        SyntheticSettings(texture_coupling=0.8, fixed={"period": 4.0})
