"""Every command of the README runs, as printed, in a folder of its own; and every one printed is known here."""

import re
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from timm.utils import CheckpointSaver

from robustfashion.models.description import read_description
from robustfashion.models.weights import read_weights
from robustfashion.predictions import PredictionTable, write_predictions

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    ((?:pip|python|robustfashion) .*)$", README, flags=re.MULTILINE)
# The two installations are what a fresh environment of CI runs (.ci/run); the rest is run here.
INSTALLATIONS = [command for command in COMMANDS if command.startswith("pip ")]
RUN = [command for command in COMMANDS if not command.startswith("pip ")]


def test_the_first_two_commands_are_the_contract():
    assert COMMANDS[:2] == ["pip install -e . && python -m robustfashion.bench resize", 'pip install -e ".[dev]" && pytest']
    assert COMMANDS[:2] == INSTALLATIONS
    ci = (ROOT / ".ci" / "run").read_text()
    assert '    pip install --quiet -e ".[dev]"\n    pytest\n' in ci and "python -m robustfashion.bench resize" in ci


def _photos(folder: Path, colours: dict[str, int]) -> None:
    rng = np.random.default_rng(0)
    for label, colour in colours.items():
        (folder / label).mkdir(parents=True)
        for i in range(24):
            noise = rng.integers(-25, 25, (70 + i, 60, 3))
            Image.fromarray(np.clip(colour + noise, 0, 255).astype(np.uint8)).save(folder / label / f"{i}.jpg")


def _predictions(folder: Path) -> None:
    """Logits of two classes under two methods; a few answers change."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 40)
    for name, noise in (("trained", 0.0), ("served_by_java", 1.5)):
        logits = 3.0 * np.eye(2)[labels] + rng.normal(0, 1 + noise, (40, 2))
        lines = [f"{i},{('hat', 'dress')[labels[i]]},{a:.4f},{b:.4f}" for i, (a, b) in enumerate(logits)]
        (folder / f"{name}.csv").write_text("id,label,logit:hat,logit:dress\n" + "\n".join(lines) + "\n")


def _timms(folder: Path) -> None:
    """What timm's training script leaves behind: arguments beside weights and optimizer, and a list of classes."""
    network = timm.create_model("resnet18", num_classes=3)
    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    arguments = Namespace(model="resnet18", num_classes=3, img_size=64, crop_pct=0.9, interpolation="bilinear")
    saver = CheckpointSaver(network, optimizer, args=arguments, checkpoint_dir=str(folder), recovery_dir=str(folder))
    saver.save_checkpoint(0, 50.0)
    (folder / "classes.txt").write_text("dress\nhat\nshoes\n")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with what the README's commands name: photos, configs, and a small trained checkpoint."""
    folder = tmp_path_factory.mktemp("readme")
    _photos(folder / "photos", {"dress": 200, "hat": 90, "shoes": 30})
    _photos(folder / "junk", {"swatch": 150})
    shutil.copytree(ROOT / "configs", folder / "configs")
    _predictions(folder)
    _timms(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("command", RUN)
def test_command(command, place, monkeypatch):
    monkeypatch.setenv("ROBUSTFASHION_CACHE", str(place / "cache"))
    if "--checkpoint model.ckpt" in command:
        _checkpoint(place)
    # "robustfashion" and "python" must be this environment's, whatever the PATH says.
    line = re.sub(r"^python ", f"{sys.executable} ", command)
    if "robustfashion.bench" in line and "--predictions" not in line:
        line += " --seeds '[0]'" + (" --synthetic.count 150 --max_steps 2" if "--architecture" in line else "")
    if " fit " in line:
        line += " --trainer.max_steps 2 --trainer.limit_val_batches 2"
    done = subprocess.run(line, shell=True, cwd=place, capture_output=True, text=True, timeout=560, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def _checkpoint(place: Path) -> None:
    networks = sorted((place / "cache" / "networks").glob("*.ckpt"))
    assert networks, "the command before this one trains networks"
    shutil.copy(networks[0], place / "model.ckpt")
    _validation(place / "model.ckpt", place / "validation.parquet")


def _validation(checkpoint: Path, out: Path) -> None:
    """What this network says of 200 validation pictures of other people's: right in nine of ten, surer where it is right."""
    description = read_description(read_weights(checkpoint).metadata, str(checkpoint))
    rng = np.random.default_rng(2)
    k, n = len(description.network.classes), 200
    labels = rng.integers(0, k, n)
    said = np.where(rng.random(n) < 0.1, (labels + 1) % k, labels)
    logits = np.eye(k)[said] * np.where(said == labels, 4.0, 1.0)[:, None] + rng.normal(0, 0.3, (n, k))
    table = PredictionTable(
        tuple(map(str, range(n))), labels, logits.astype(np.float32), np.zeros((n, 0), np.float32),
        description.network.classes, splits=("validation",) * n,
    )  # fmt: skip
    write_predictions(table, out)
