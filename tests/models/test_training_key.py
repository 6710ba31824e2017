"""A training's key: whatever decides weights changes it, nothing else does."""

import ast
from dataclasses import fields, replace
from pathlib import Path

import pytest

import robustfashion
from robustfashion import provenance
from robustfashion.models import training_key as keys
from robustfashion.models.recipes import RECIPES
from robustfashion.models.training import TrainSettings
from robustfashion.models.training_key import TrainingData, training_key

SETTINGS = TrainSettings(
    recipe=RECIPES["paper"], overfit_gap=0.1, freeze="gradual", pretrained="imagenet", normalisation="raw", accelerator="cpu"
)
DATA = TrainingData(["p1", "p2"], "images", "validation", "base")
PACKAGE = Path(robustfashion.__file__).parent

DECIDES = {
    "architecture": "resnet50", "recipe": replace(RECIPES["paper"], lr=0.02), "normalisation": "imagenet", "drop_rate": 0.5,
    "classes": ("a", "b", "c"), "max_epochs": 3, "max_steps": 7, "batch_size": 5, "seed": 1, "precision": "bf16-mixed",
    "compile": True, "overfit_gap": 0.2, "overfit_patience": 4, "freeze": "body", "thaw_every": 2,
}  # fmt: skip
DOES_NOT = {
    "num_workers": 3,
    "recipe": replace(RECIPES["paper"], name="another name"),
    "pretrained": "/elsewhere/the-same.ckpt",  # the base counts by its content
    "accelerator": "auto",
}


def key(settings=SETTINGS, data=DATA):
    return training_key(settings, data)


def test_of_every_field_it_is_said_whether_it_decides():
    assert keys.undecided_fields() == set()
    assert {field.name for field in fields(TrainSettings)} == {*DECIDES, *DOES_NOT}


@pytest.mark.parametrize("name", DECIDES)
def test_what_decides_changes_the_key(name):
    assert key(replace(SETTINGS, **{name: DECIDES[name]})) != key()


@pytest.mark.parametrize("name", DOES_NOT)
def test_what_does_not_decide_leaves_it(name, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert key(replace(SETTINGS, **{name: DOES_NOT[name]})) == key()


@pytest.mark.parametrize(
    "changed", [{"preprocessings": ["p2", "p1"]}, {"preprocessings": ["p1"]}, {"images": "x"}, {"validation": "x"}, {"base": "x"}]
)
def test_data_count_by_content(changed):
    assert key(data=replace(DATA, **changed)) != key()


def test_the_normalisation_counts_as_it_comes_out():
    """None is what the base's weights expect, be it named, a checkpoint or nothing."""
    for base, expected, other in (("imagenet", "imagenet", "raw"), ("none", "raw", "imagenet")):
        said, meant, wrong = (replace(SETTINGS, pretrained=base, normalisation=n) for n in (expected, None, other))
        assert key(said) == key(meant) != key(wrong)


def test_what_is_only_watched_does_not_count():
    """Validation pictures and the patience of a rule that is off change no weight, nor does the pace of no thaw."""
    plain = replace(SETTINGS, overfit_gap=None, freeze="none")
    assert key(plain, replace(DATA, validation="x")) == key(plain) == key(plain, replace(DATA, validation=None))
    assert key(replace(plain, overfit_patience=9, thaw_every=9)) == key(plain)


def test_consistency_counts():
    recipes = [RECIPES["paper"], *(replace(RECIPES["paper"], consistency=1.0, consistency_on=on) for on in ("mix", "first"))]
    assert len({key(replace(SETTINGS, recipe=recipe)) for recipe in recipes}) == 3


def test_versions_of_libraries_count(monkeypatch):
    before = key()
    versions = dict(provenance.library_versions())
    monkeypatch.setattr(keys, "library_versions", lambda: versions | {"torch": "0.0"})
    assert key() != before
    monkeypatch.setattr(keys, "library_versions", lambda: versions | {"python": "0.0", "robustfashion": "9", "scipy": "0"})
    assert key() == before


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The digest of one module under edited texts."""

    def digest(text):
        (tmp_path / "robustfashion" / "models").mkdir(parents=True, exist_ok=True)
        (tmp_path / "robustfashion" / "models" / "losses.py").write_text(text)
        monkeypatch.setattr(provenance, "__file__", str(tmp_path / "robustfashion" / "provenance.py"))
        return provenance.source_digest.__wrapped__("models/losses.py")

    return digest


def test_code_counts_without_its_words(copied):
    text = (PACKAGE / "models" / "losses.py").read_text()
    assert '"""' in text
    same = text.replace('"""', '"""Edited. ', 1) + "\n\n# a comment\n"
    assert copied(text) == copied(same)
    assert copied(text) != copied(text + "\nEXTRA = 1\n")


def test_a_key_loses_no_part_in_silence():
    with pytest.raises(FileNotFoundError, match="nothing"):
        provenance.source_digest("models/nothing.py")


def _imported(module):
    found = set()
    for node in ast.walk(ast.parse((PACKAGE / module).read_text())):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        if names and (PACKAGE.parent / node.module.replace(".", "/")).is_dir():
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {
            name.removeprefix("robustfashion.").replace(".", "/") + ".py" for name in names if name.startswith("robustfashion")
        }
    return {name for name in found if (PACKAGE / name).is_file()}


def test_the_list_of_modules_is_whole():
    """Everything that the training module loads is on one of the two lists, what those load too."""
    assert set(keys.CODE).isdisjoint(keys.NOT_DECIDING_CODE)
    listed = {*keys.CODE, *keys.NOT_DECIDING_CODE}
    missing = {module: _imported(module) - listed for module in keys.CODE}
    assert not {module: names for module, names in missing.items() if names}
