"""Every YAML that the project ships is found by glob and parsed by the command line it is meant for."""

from pathlib import Path

import pytest

from robustfashion.bench import __main__ as bench
from robustfashion.models.recipes import resolve_recipe
from robustfashion.models.training_cli import TrainingCLI, run
from robustfashion.taxonomy import PRODUCT_TYPES

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = sorted((ROOT / "configs").rglob("*.yaml"))
PARTS = [path for path in CONFIGS if path.parent.name == "parts"]
OVERLAYS = [path for path in CONFIGS if path.parent.name == "trainer"]
COMPLETE = [path for path in CONFIGS if path not in PARTS + OVERLAYS]
BENCHMARKS = sorted((ROOT / "benchmarks").glob("*/*.yaml"))


def _name(path):
    return str(path.relative_to(ROOT))


@pytest.fixture
def parse(monkeypatch):
    """Parse as `robustfashion fit` does, without building or running anything; gives the settings."""
    for step in ("instantiate_classes", "after_instantiate_classes"):
        monkeypatch.setattr(TrainingCLI, step, lambda _self: None)
    monkeypatch.setattr(TrainingCLI, "_run_subcommand", lambda _self, _name: None)

    def parsed(*arguments):
        return run(["fit", *map(str, arguments)]).config["fit"]

    return parsed


def test_there_is_something_to_parse():
    assert len(COMPLETE) >= 6 and len(OVERLAYS) == 3 and PARTS and BENCHMARKS


@pytest.mark.parametrize("path", COMPLETE, ids=_name)
def test_complete_config(path, parse):
    settings = parse("--config", path)
    assert settings.data.size == 224 and settings.data.canvas == 500
    assert settings.trainer.max_epochs == 100
    recipe = resolve_recipe(settings.model.recipe)
    assert (recipe.lr, recipe.flip_p) == (0.01, 0.5)
    assert settings.model.architecture in path.stem or path.parent.name != "robust"
    callbacks = [callback.class_path for callback in settings.trainer.callbacks]
    assert callbacks[0] == "robustfashion.models.callbacks.OverfitStopping"
    assert path.read_text().count(f"--config configs/{path.parent.name}/{path.name}") >= 1  # the comment's command is its own


@pytest.mark.parametrize("path", OVERLAYS, ids=_name)
@pytest.mark.parametrize("base", COMPLETE, ids=_name)
def test_overlay_changes_only_what_it_names(path, base, parse):
    before, after = parse("--config", base), parse("--config", base, "--config", path)
    assert before.model == after.model
    assert after.trainer.callbacks == before.trainer.callbacks
    assert after.data.synthetic.mix == before.data.synthetic.mix
    assert after.trainer.accelerator == ("cpu" if path.stem == "cpu_smoke" else "gpu")
    assert (after.data.size == 96) == (path.stem == "cpu_smoke")


@pytest.mark.parametrize("path", PARTS, ids=_name)
def test_part_is_used(path):
    assert any(f"../parts/{path.name}" in other.read_text() for other in COMPLETE)


def test_table_2_rows():
    rows = {path.stem for path in COMPLETE if path.parent.name == "robust"}
    assert rows == {"resnet18", "resnet50", "googlenet", "alexnet", "googlenet_robust"}


def test_product_types_are_the_papers():
    assert {path.stem for path in COMPLETE if path.parent.name == "product_types"} <= set(PRODUCT_TYPES)


def test_recipe_fields_on_the_command_line(parse):
    base = ROOT / "configs/robust/resnet18.yaml"
    settings = parse("--config", base, "--model.recipe.name", "robust", "--model.recipe.weight_decay", "0.3")
    recipe = resolve_recipe(settings.model.recipe)
    assert recipe.weight_decay == 0.3 and recipe.brightness > 0


@pytest.mark.parametrize("path", BENCHMARKS, ids=_name)
def test_benchmark_config(path):
    assert bench.parse(path.parent.name, ["--config", str(path)]) is not None
