"""Two processes (gloo, CPU) give the metrics of one: no image is lost or counted twice, though their shares are uneven."""

import re
import subprocess
import sys

import pytest
from PIL import Image

from robustfashion.data.preprocess import Preprocessing
from robustfashion.models.checkpoint import save_checkpoint
from robustfashion.models.classifier import Classifier
from tests.models.samples import NET, halves

pytestmark = pytest.mark.slow


def _metrics(arguments, devices, launcher=(sys.executable, "-W", "error")):
    command = [*launcher, "-m", "robustfashion", "test", *arguments, "--trainer.devices", str(devices)]
    strategy = ["--trainer.strategy", "ddp"] if devices > 1 else []
    done = subprocess.run([*command, *strategy], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return dict(re.findall(r"(test/\w+)\s+\S\s+([\d.]+)", done.stdout))


TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2")


@pytest.mark.parametrize("launcher", [(sys.executable, "-W", "error"), TORCHRUN], ids=["lightning", "torchrun"])
def test_metrics_of_two_processes_are_those_of_one(tmp_path, launcher):
    images, labels = halves(57)  # an uneven share
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        path = tmp_path / "photos" / ("dress" if label else "shoe") / f"{number}.png"
        path.parent.mkdir(exist_ok=True, parents=True)
        Image.fromarray(image).save(path)
    save_checkpoint(Classifier(NET), tmp_path / "own.ckpt", Preprocessing.parse("pillow.bilinear", 32, 32))
    arguments = [
        "--data.data", str(tmp_path / "photos"), "--data.batch_size", "4", "--data.cache_dir", str(tmp_path / "cache"),
        "--ckpt_path", str(tmp_path / "own.ckpt"), "--trainer.accelerator", "cpu", "--trainer.enable_progress_bar", "false",
    ]  # fmt: skip
    alone, shared = _metrics(arguments, 1), _metrics(arguments, 2, launcher)
    assert set(alone) == {"test/accuracy", "test/balanced_accuracy", "test/loss"}
    assert alone["test/accuracy"] == shared["test/accuracy"]
    assert alone["test/balanced_accuracy"] == shared["test/balanced_accuracy"]
    assert float(alone["test/loss"]) == pytest.approx(float(shared["test/loss"]), rel=1e-5)
