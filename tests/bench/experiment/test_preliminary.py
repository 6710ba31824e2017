"""What arguments and files tell is told before the heavy libraries are loaded."""

import json
import subprocess
import sys

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from robustfashion.errors import InputError
from robustfashion.models.checkpoint import save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.glance import check_checkpoint, describes_itself
from tests.models.samples import NET

HEAVY = (
    "torch",
    "torchvision",
    "timm",
    "pytorch_lightning",
    "albumentations",
    "sklearn",
    "scipy.stats",
    "pandas",
    "seaborn",
    "numba",
)

ASK = """
import contextlib, io, json, sys
from robustfashion.__main__ import main
said = []
for arguments in json.loads(sys.argv[1]):
    error = io.StringIO()
    with contextlib.redirect_stderr(error), contextlib.redirect_stdout(io.StringIO()):
        try:
            main(arguments)
            status = 0
        except SystemExit as end:
            status = end.code
    said.append([status, error.getvalue(), [name for name in json.loads(sys.argv[2]) if name in sys.modules]])
print(json.dumps(said))
"""

MISTAKES = {
    "bench resize --data nowhere": "nowhere: no such folder or file",
    "bench resize --data a.jpg": "a.jpg: a file, but not a manifest",
    "bench resize --data=": "the data's name is empty",
    "bench resize --outliers nowhere": "nowhere: no such folder or file",
    "bench resize --checkpoint nowhere.ckpt": "nowhere.ckpt: no such checkpoint file",
    "bench accuracy --checkpoint foreign.pth": "foreign.pth: weights without a robustfashion description",
    "bench resize --checkpoint foreign.safetensors": "foreign.safetensors: weights without a robustfashion description",
    "bench accuracy --base nowhere.ckpt": "nowhere.ckpt: no such checkpoint file",
    "bench resize --predictions nowhere.npz b.npz": "nowhere.npz: no such file of predictions",
    "bench resize --out a.jpg": "a.jpg: cannot be written",
    "bench resize --cache a.jpg/cache": "a.jpg/cache: the cache cannot be written",
    "bench resize --config nowhere.yaml": "nowhere.yaml: no such file",
    "bench resize --bad": "unrecognized arguments: --bad",
    "bench resiz": "no such suite: 'resiz'; did you mean 'resize'?",
    "models doctor nowhere": "nowhere: no such checkpoint file",
    "models describe foreign.pth": "foreign.pth: weights without a robustfashion description",
    "models export foreign.pth out.onnx": "foreign.pth: weights without a robustfashion description",
    "models doctr a": "no such command: 'doctr'; did you mean 'doctor'?",
    "data check nowhere": "nowhere: no such folder or file",
    "data sheet shop --out a.jpg/b": "a.jpg/b: cannot be written",
    "data render a.jpg/b": "a.jpg/b: cannot be written",
    "data check shop --seed x": "argument --seed: invalid int value: 'x'",
    "report nowhere": "nowhere: no such file or folder",
    "report a.jpg --against nowhere": "nowhere: no such file or folder",
    "resize nowhere out --size 9 9": "nowhere: no such file or folder",
    "resize --siz 9 9": "required",
    "bnch": "no such command: 'bnch'; did you mean 'bench'?",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a picture, a folder of classes, and weights of somebody else."""
    place = tmp_path_factory.mktemp("place")
    (place / "shop" / "dress").mkdir(parents=True)
    Image.new("RGB", (7, 9)).save(place / "a.jpg")
    weights = {"conv1.weight": torch.ones(3, 2), "fc.bias": torch.zeros(3)}
    torch.save(weights, place / "foreign.pth")
    save_file(weights, place / "foreign.safetensors")
    return place


def _said(place, commands):
    asked = [command.split() for command in commands]
    process = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(asked), json.dumps(HEAVY)], cwd=place, check=True, capture_output=True, text=True
    )
    return json.loads(process.stdout)


def test_mistakes_load_nothing_heavy(place):
    """All in one process: what the first loads, the last has loaded."""
    for (command, message), (status, error, loaded) in zip(MISTAKES.items(), _said(place, MISTAKES), strict=True):
        assert (status, loaded) == (2, []) and message in error and error.count("\n") == 1, (command, status, error, loaded)
    assert {path.name for path in place.iterdir()} == {"a.jpg", "shop", "foreign.pth", "foreign.safetensors"}


def test_help_loads_nothing_heavy(place):
    commands = ["--help", "bench --help", "bench resize --help", "bench accuracy --help", "data --help", "data check --help",
                "models --help", "models doctor --help", "report --help", "resize --help"]  # fmt: skip
    for command, (status, error, loaded) in zip(commands, _said(place, commands), strict=True):
        assert (status, error) == (0, ""), (command, error)
        assert set(loaded) <= {"numba"}, (command, loaded)


@pytest.fixture(scope="module")
def network():
    return Classifier(NET)


@pytest.mark.parametrize("suffix", [".ckpt", ".safetensors"])
def test_ours(suffix, network, tmp_path):
    save_checkpoint(network, tmp_path / f"own{suffix}")
    assert describes_itself(tmp_path / f"own{suffix}") is True
    check_checkpoint(tmp_path / f"own{suffix}")


class Shell:
    """Pickle that writes a file when it is loaded without care."""

    def __init__(self, proof):
        self.proof = proof

    def __reduce__(self):
        import os

        return (os.system, (f"touch {self.proof}",))


def test_what_only_the_reader_of_weights_can_tell(tmp_path):
    """Code, text, cut archives: no guess, and nothing is run."""
    torch.save({"state_dict": {"w": torch.ones(1)}, "x": Shell(tmp_path / "proof")}, tmp_path / "code.ckpt")
    (tmp_path / "text.ckpt").write_text("not a network\n" * 9)
    (tmp_path / "none.ckpt").touch()
    (tmp_path / "header.safetensors").write_bytes((99).to_bytes(8, "little") + b"{" + b"x" * 200)
    whole = tmp_path / "whole.ckpt"
    torch.save({"w": torch.ones(999)}, whole)
    (tmp_path / "cut.ckpt").write_bytes(whole.read_bytes()[:900])
    for name in ("code.ckpt", "text.ckpt", "none.ckpt", "header.safetensors", "cut.ckpt"):
        assert describes_itself(tmp_path / name) is None, name
        with pytest.raises(InputError, match=name):
            check_checkpoint(tmp_path / name)
    assert not (tmp_path / "proof").exists()
