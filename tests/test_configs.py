"""Every YAML that the project ships is found by glob and parsed by the command line it is meant for."""

from functools import cache
from pathlib import Path

import pytest

from robustfashion.bench import __main__ as bench
from robustfashion.models.checkpoint import load_classifier
from robustfashion.models.recipes import resolve_recipe
from robustfashion.models.training_cli import TrainingCLI, run
from robustfashion.paper import DRESSES, PROTOCOL, TABLE_1, TABLE_2, TABLE_3
from robustfashion.taxonomy import PRODUCT_TYPES, attributes, classes

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = sorted((ROOT / "configs").rglob("*.yaml"))
PARTS = [path for path in CONFIGS if path.parent.name == "parts"]
OVERLAYS = [path for path in CONFIGS if path.parent.name == "trainer"]
TRANSFERS = [path for path in CONFIGS if path.parent.name == "transfer"]
COMPLETE = [path for path in CONFIGS if path not in PARTS + OVERLAYS + TRANSFERS]
REPRESENTATIVE = [path for path in COMPLETE if path.stem in ("resnet18", "googlenet_robust", "dress", "boot_style")]
BENCHMARKS = sorted((ROOT / "benchmarks").glob("*/*.yaml"))


def _name(path):
    return str(path.relative_to(ROOT))


@pytest.fixture
def parse(monkeypatch):
    """Parse as `robustfashion fit` does, without building or running anything; gives the settings."""
    for step in ("instantiate_classes", "after_instantiate_classes"):
        monkeypatch.setattr(TrainingCLI, step, lambda _self: None)
    monkeypatch.setattr(TrainingCLI, "_run_subcommand", lambda _self, _name: None)

    return lambda *arguments: _parsed(*map(str, arguments))


@cache  # a second each; tests read only
def _parsed(*arguments):
    return run(["fit", *arguments]).config["fit"]


def test_there_is_something_to_parse():
    assert len(COMPLETE) == 9 + 5 + 5 and len(OVERLAYS) >= 4 and len(TRANSFERS) == 3 and PARTS and BENCHMARKS


@pytest.mark.parametrize("path", COMPLETE, ids=_name)
def test_complete_config(path, parse):
    settings = parse("--config", path)
    assert (settings.data.size, settings.data.canvas) == (PROTOCOL.input_px, PROTOCOL.canvas_px)
    assert settings.trainer.max_epochs == PROTOCOL.epochs
    recipe = resolve_recipe(settings.model.recipe)
    assert (recipe.lr, recipe.flip_p) == (PROTOCOL.learning_rate, PROTOCOL.flip_probability)
    assert settings.model.architecture in path.stem or path.parent.name != "robust"
    callbacks = [callback.class_path for callback in settings.trainer.callbacks]
    assert callbacks[0] == "robustfashion.models.callbacks.OverfitStopping"
    assert path.read_text().count(f"--config configs/{path.parent.name}/{path.name}") >= 1  # the comment's command is its own


@pytest.mark.parametrize("path", OVERLAYS, ids=_name)
@pytest.mark.parametrize("base", REPRESENTATIVE, ids=_name)
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


def test_table_2_is_measured_whole():
    """As many dresses as the paper's, and every line that it prints."""
    settings = bench.parse("resize", ["--config", str(ROOT / "benchmarks/resize/paper.yaml")])
    assert settings.synthetic.count * settings.synthetic.mix["dress"] == DRESSES
    assert set(TABLE_2) <= {(row.architecture, row.recipe, row.base) for row in settings.rows}


def _stems(folder):
    return {path.stem for path in CONFIGS if path.parent.name == folder}


def test_the_fourteen_classifiers_are_the_papers():
    assert _stems("product_types") == set(PRODUCT_TYPES)
    assert _stems("attributes") == set(attributes())
    assert _stems("transfer") == {"sleeve_type", "neck_style", "display_type"}


@pytest.mark.parametrize("name", attributes())
def test_attribute_config_is_table_1s(name, parse):
    """Its column, the product types that have it, as many labelled pictures as the paper, the architecture by its size."""
    settings, attribute = parse("--config", ROOT / f"configs/attributes/{name}.yaml"), attributes()[name]
    images = TABLE_1[name].images
    assert settings.data.column == name and settings.data.positive is None
    assert set(settings.data.synthetic.mix) == set(attribute.product_types)
    share = {"boot_style": 0.30, "sandal_style": 0.28}.get(name, 1.0)
    assert settings.data.synthetic.count * share == pytest.approx(images, abs=1)
    assert settings.model.architecture == ("resnet101" if images >= 60_000 else "resnet50")


@pytest.mark.parametrize("name", PRODUCT_TYPES)
def test_product_type_config_is_table_3s(name, parse):
    settings = parse("--config", ROOT / f"configs/product_types/{name}.yaml")
    assert (settings.data.positive, settings.data.synthetic.count) == (name, TABLE_3[name].images)


@pytest.mark.parametrize("path", TRANSFERS, ids=_name)
def test_transfer_changes_the_network_only(path, parse):
    base = ROOT / f"configs/attributes/{path.name}"
    before, after = parse("--config", base), parse("--config", base, "--config", path)
    assert after.model.architecture == "googlenet" and after.model.pretrained != "none"
    assert (before.data, before.trainer, before.model.recipe) == (after.data, after.trainer, after.model.recipe)


def test_recipe_fields_on_the_command_line(parse):
    base = ROOT / "configs/robust/resnet18.yaml"
    settings = parse("--config", base, "--model.recipe.name", "robust", "--model.recipe.weight_decay", "0.3")
    recipe = resolve_recipe(settings.model.recipe)
    assert recipe.weight_decay == 0.3 and recipe.brightness > 0


@pytest.mark.parametrize("path", BENCHMARKS, ids=_name)
def test_benchmark_config(path):
    assert bench.parse(path.parent.name, ["--config", str(path)]) is not None


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in COMPLETE if path.parent.name in ("attributes", "product_types")], ids=_name)
def test_classifier_trains(path, tmp_path, monkeypatch):
    """Two steps of the configured architecture on small pictures, from the command line to the checkpoint."""
    monkeypatch.chdir(tmp_path)
    count = {"boot_style": 700, "sandal_style": 500, "neck_style": 300, "heel_type": 400}.get(path.stem, 120)
    size = ["--data.synthetic.long_side_px", "[40, 48]", "--data.canvas", "48", "--data.size", "32", "--data.batch_size", "8"]
    short = ["--trainer.max_epochs", "1", "--trainer.limit_train_batches", "2", "--trainer.limit_val_batches", "2"]
    fitted = run([
        "fit", "--config", str(path), "--config", str(ROOT / "configs/trainer/cpu_smoke.yaml"), *size, *short,
        "--data.synthetic.count", str(count), "--data.cache_dir", str(tmp_path / "cache"),
        "--trainer.enable_progress_bar", "false",
    ])  # fmt: skip
    (last,) = tmp_path.glob("runs/version_0/checkpoints/last.ckpt")
    model = load_classifier(last)
    assert model.classes == classes(path.stem) and model.architecture == fitted.model.architecture
