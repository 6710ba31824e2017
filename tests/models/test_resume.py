"""A training that is killed goes on from its last whole checkpoint to the same network as if nothing had happened."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

from robustfashion.errors import InputError
from robustfashion.models.checkpoint_io import AtomicCheckpointIO
from tests.models.samples import NET, halves

EPOCHS = 6
CHECKPOINT = Path("runs/version_0/checkpoints/last.ckpt")


def test_a_write_that_fails_leaves_the_former_checkpoint(tmp_path, monkeypatch):
    path, writer = tmp_path / "last.ckpt", AtomicCheckpointIO()
    writer.save_checkpoint({"weights": torch.ones(3)}, path)

    def half(checkpoint, file):
        file.write(b"half of a")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(InputError, match=r"last\.ckpt: the checkpoint cannot be written \(No space left on device\)"):
        writer.save_checkpoint({"weights": torch.zeros(3)}, path)
    assert torch.load(path, weights_only=True)["weights"].tolist() == [1, 1, 1]
    assert [p.name for p in tmp_path.iterdir()] == ["last.ckpt"]


def test_leftovers_of_a_kill_are_swept_away(tmp_path):
    (tmp_path / ".last-x7f3.ckpt").write_bytes(b"half of a")
    (tmp_path / ".best-y.ckpt").write_bytes(b"another's")
    AtomicCheckpointIO().save_checkpoint({"a": 1}, tmp_path / "last.ckpt")
    assert {p.name for p in tmp_path.iterdir()} == {"last.ckpt", ".best-y.ckpt"}


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    images, labels = halves(90)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        path = folder / ("dress" if label else "shoe") / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(image).save(path)
    return folder


def _command(photos: Path, cache: Path, *more: str) -> list[str]:
    return [
        sys.executable, "-W", "error", "-m", "robustfashion", "fit", "--data.data", str(photos), "--data.positive", "dress",
        "--data.canvas", "32", "--data.size", "32", "--data.batch_size", "8", "--data.cache_dir", str(cache),
        "--model.architecture", NET, "--model.recipe", "robust", "--model.drop_rate", "0.4", "--trainer.accelerator", "cpu",
        "--trainer.max_epochs", str(EPOCHS), "--trainer.enable_progress_bar", "false", "--trainer.callbacks+",
        "robustfashion.models.callbacks.OverfitStopping", "--trainer.callbacks.gap", "0.9", "--trainer.callbacks+",
        "pytorch_lightning.callbacks.ModelCheckpoint", "--trainer.callbacks.monitor", "val/accuracy", "--trainer.callbacks.mode",
        "max", "--trainer.callbacks.save_last", "true", "--trainer.callbacks.filename", "best", *more,
    ]  # fmt: skip


def _run(folder: Path, command: list[str]) -> None:
    folder.mkdir(exist_ok=True)
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr


def _environment() -> dict[str, str]:
    return os.environ | {"OMP_NUM_THREADS": "1"}


def _killed(folder: Path, command: list[str], moment: Callable[[Path], bool]) -> None:
    """Run until the moment has come, then SIGKILL."""
    folder.mkdir(exist_ok=True)
    process = subprocess.Popen(command, cwd=folder, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None and not moment(folder / CHECKPOINT.parent):
            time.sleep(0.0005)
        assert process.poll() is None, "it ended before the moment came"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _in_an_epoch(checkpoints: Path) -> bool:
    """Some time after a checkpoint was written: the next epoch is under way."""
    last = checkpoints / "last.ckpt"
    return last.exists() and time.time() - last.stat().st_mtime > 0.05


def _in_a_write(checkpoints: Path) -> bool:
    """A later checkpoint is being written beside an earlier one."""
    return (checkpoints / "last.ckpt").exists() and any(checkpoints.glob(".last-*"))


@pytest.fixture(scope="module")
def uninterrupted(photos, tmp_path_factory) -> tuple[Path, Path]:
    """Final checkpoint of a run that nobody killed, and the cache."""
    folder = tmp_path_factory.mktemp("whole")
    _run(folder / "run", _command(photos, folder / "cache"))
    return folder / "run" / CHECKPOINT, folder / "cache"


@pytest.mark.slow
@pytest.mark.parametrize("moment", [_in_an_epoch, _in_a_write])
def test_killed_training_ends_in_the_same_network(photos, uninterrupted, tmp_path, moment):
    whole, cache = uninterrupted
    folder = tmp_path / "run"
    _killed(folder, _command(photos, cache), moment)
    last = folder / CHECKPOINT
    stopped = torch.load(last, weights_only=True)["epoch"]
    assert stopped < EPOCHS - 1
    _run(folder, _command(photos, cache, "--ckpt_path", str(last)))
    first, second = (torch.load(path, weights_only=True) for path in (whole, folder / "runs/version_1/checkpoints/last.ckpt"))
    for name, value in first["state_dict"].items():
        assert torch.equal(value, second["state_dict"][name]), name
    assert first["global_step"] == second["global_step"]
    rows = [_last_row(path.parents[1] / "metrics.csv") for path in (whole, folder / "runs/version_1/checkpoints/last.ckpt")]
    assert rows[0] == rows[1] and "val/accuracy" in rows[0]


def _last_row(metrics: Path) -> dict[str, str]:
    """What the last validation said."""
    with metrics.open() as file:
        return [row for row in csv.DictReader(file) if row["val/accuracy"]][-1]
