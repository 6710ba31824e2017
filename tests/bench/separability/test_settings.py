"""Options: defaults, and what is refused."""

import pytest

from robustfashion.bench.__main__ import parse
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.separability.settings import FROZEN, SeparabilitySettings
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError


def test_the_smoke_run():
    found = parse("separability", [])
    assert found.drawn and found.scale == "smoke" and found.label_noise == 0.1 and not found.trains
    assert found.bases == ("lite0", "lite0") and found.head_row == FROZEN
    assert found.synthetic == parse("accuracy", []).synthetic and found.unseen == parse("outliers", []).calibration
    assert found.head_row.head_settings() == parse("accuracy", []).row("dress").head_settings(), "one head for both suites"


def test_own_data_knows_no_wrong_labels():
    assert SeparabilitySettings(data="photos").label_noise is None
    assert SeparabilitySettings(row=Row("resnet18")).trains and SeparabilitySettings(row=Row("resnet18")).max_steps == 200


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"features": ()}, r"features is \[\]; give one or more different ones of pretrained, own, pixels"),
        ({"features": ("pixels", "pixels")}, "give one or more different"),
        ({"methods": ("mds",)}, r"methods is \['mds'\]"),
        ({"map_seeds": (1, 1)}, "different numbers"),
        ({"map_seeds": (-1,)}, "seeds lie in"),
        ({"perplexities": (1.0,)}, "a perplexity is at least 2"),
        ({"perplexities": (5.0,), "methods": ("pca",)}, "no t-SNE is drawn"),
        ({"neighbours": 30, "methods": ("pca", "tsne")}, "no UMAP is drawn"),
        ({"neighbours": 1}, "neighbours is 1"),
        ({"max_images": 5}, "at least 30"),
        ({"max_points": 5}, "at least 30"),
        ({"max_points": 50_000}, "a page holds"),
        ({"permutations": 3}, "permutations is 3"),
        ({"label_noise": 1.0}, "label_noise is 1.0"),
        ({"data": "photos", "label_noise": 0.2}, "is known of drawn data only"),
        ({"data": "photos", "unseen": SyntheticSettings(count=3)}, "the data is not drawn"),
        ({"unseen": SyntheticSettings(count=3, seed=7)}, "give it another seed"),
        ({"row": Row("resnet18"), "features": ("pretrained",)}, "own networks are not among the features"),
        ({"trunk_row": Row("resnet18")}, "nothing is pretrained"),
        ({"checkpoint": "c.ckpt", "trunk_row": Row("resnet18", base="imagenet")}, "a checkpoint is given"),
        ({"predictions": ("p.csv",), "max_images": 40}, "predictions are given"),
        ({"tasks": ("hat",)}, "task is 'hat'"),
    ],
)  # fmt: skip
def test_what_is_refused(changed, message):
    with pytest.raises(InputError, match=message):
        SeparabilitySettings(**changed)


def test_whose_claims_are_the_papers():
    theirs = {"data": "photos", "paper_data": True, "scale": "full"}
    assert SeparabilitySettings(**theirs).paper_scale
    assert not SeparabilitySettings(**theirs, max_images=500).paper_scale
    assert not SeparabilitySettings(data="photos", scale="full").paper_scale
