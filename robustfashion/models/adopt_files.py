"""What `adopt` reads and writes, by name. Loads no torch."""

from pathlib import Path

from robustfashion.errors import InputError
from robustfashion.system_errors import check_file

SUFFIXES = (".pth.tar", ".safetensors", ".pth", ".pt", ".bin", ".ckpt")
"""Of weight files; a longer one before its own end."""
IN_FOLDER = ("model.safetensors", "pytorch_model.bin", "pytorch_model.pth", "model.pth")
"""Weight files of a folder or repository, the first that is there counts."""
CONFIG = "config.json"
NAMED_CLASSES = "imagenet-"
"""What the names of timm's own lists of classes begin with, as ``imagenet-1k`` (synsets, in the order of the outputs)."""


def default_out(weights: str) -> Path:
    """Where the checkpoint goes when nobody says: beside a file or folder, in the working directory for a name."""
    path = Path(weights)
    if not path.exists():
        name = weights.rpartition(":")[2].partition("@")[0].rpartition("/")[2]
        return Path(f"{name}.robustfashion.ckpt")
    path = path if path.name else path.resolve()
    suffix = next((suffix for suffix in SUFFIXES if path.is_file() and path.name.endswith(suffix)), "")
    return path.with_name(f"{path.name.removesuffix(suffix)}.robustfashion.ckpt")


def weights_in(folder: Path) -> list[Path]:
    """Weight files of a folder: those of the usual names, else all."""
    usual = [folder / name for name in IN_FOLDER if (folder / name).is_file()]
    return usual or sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIXES))


def check_out(out: Path, weights: Path, classes: str | None) -> None:
    """Refuse a file that cannot be written, or that the network is made of.

    Args:
        out: file to write.
        weights: file or folder of the network, or a name, which is no file.
        classes: file of class names, or the name of a list; None: there is none.

    Raises:
        InputError: a folder, a place that cannot be written to, or one of the files that are read.
    """
    if out.is_dir():
        raise InputError(f"--out {out}: is a folder; name a file in it, as {out / 'network.safetensors'}")
    read = [weights, *([weights / CONFIG, *weights_in(weights)] if weights.is_dir() else [])]
    for path, what in (*((path, "WEIGHTS") for path in read), (None if classes is None else Path(classes), "--classes")):
        if path is not None and path.is_file() and out.exists() and out.samefile(path):
            whose = f"{what} itself" if path.name == weights.name or what == "--classes" else f"{path.name} of {what}"
            raise InputError(f"--out {out}: is {whose}, which would be overwritten; name another file")
    check_file(out)
