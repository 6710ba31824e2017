"""``python -m robustfashion.models adopt``: its arguments, what can be told before torch is loaded, and what it prints."""

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from robustfashion.errors import InputError, printable
from robustfashion.models.adopt_files import NAMED_CLASSES, SUFFIXES, check_out, default_out
from robustfashion.models.class_file import read_classes
from robustfashion.models.normalisation import checked

if TYPE_CHECKING:
    from robustfashion.models.adopt import Adopted

HELP = "make a robustfashion checkpoint of a timm, torchvision or Hugging Face timm network"

_SHOWN = 6


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "weights",
        metavar="WEIGHTS",
        help="file (.pth, .pt, .pth.tar, .bin, .safetensors, .ckpt), folder with config.json, hf-hub:USER/NAME, or timm's name",
    )
    parser.add_argument("--architecture", metavar="NAME", help="as timm calls it, perhaps with a tag: resnet50, resnet50.tv_in1k")
    parser.add_argument(
        "--classes",
        metavar="FILE",
        help="class names in the order of the outputs: text (one a line), CSV, JSON or YAML (class_to_idx too), or imagenet-1k",
    )
    parser.add_argument(
        "--preprocessing",
        metavar="TEXT",
        help="what it is served with, as pillow.bilinear+shorter=256+crop=224 (default: what timm evaluates it with)",
    )
    parser.add_argument(
        "--canvas", type=int, default=500, metavar="PX", help="of a preprocessing with one (default: %(default)s)"
    )
    parser.add_argument("--size", type=int, metavar="PX", help="side of the input (default: what it was trained with)")
    parser.add_argument(
        "--normalisation", metavar="TEXT", help="raw, imagenet, or mean=0.5/std=0.5 (default: what timm says of it)"
    )
    parser.add_argument("--ema", action="store_true", help="take the average of the training's weights, where the file has one")
    parser.add_argument("--out", type=Path, metavar="FILE", help="file to write (default: WEIGHTS' name + .robustfashion.ckpt)")


def run(parsed: argparse.Namespace) -> int:
    """Adopt a network and say what was assumed."""
    out = default_out(parsed.weights) if parsed.out is None else parsed.out
    _check(parsed, out)
    from robustfashion.models.adopt import AdoptSettings, adopt

    settings = AdoptSettings(
        parsed.weights, parsed.architecture, parsed.classes, parsed.preprocessing, parsed.canvas, parsed.size,
        parsed.normalisation, parsed.ema,
    )  # fmt: skip
    _show(adopt(settings, out))
    return 0


def _check(parsed: argparse.Namespace, out: Path) -> None:
    """What can be told within a blink, before torch is loaded and a network is built."""
    weights, path = parsed.weights, Path(parsed.weights)
    looks_like_a_file = weights.endswith(SUFFIXES) or weights.startswith(("/", "./", "../", "~"))
    if looks_like_a_file and not path.exists():
        raise InputError(f"{weights}: no such file or folder")
    check_out(out, path, parsed.classes)
    from robustfashion.data.preprocess import DEFAULT_METHOD, Preprocessing

    Preprocessing.parse(parsed.preprocessing or DEFAULT_METHOD, parsed.canvas, parsed.size)
    if parsed.normalisation is not None:
        checked(parsed.normalisation)
    if parsed.classes is not None and not parsed.classes.startswith(NAMED_CLASSES):
        read_classes(Path(parsed.classes))


def _show(adopted: "Adopted") -> None:
    classes, said_by = adopted.classes, adopted.said_by
    more = f", ... {classes[-1]}" if len(classes) > _SHOWN else ""
    mean, std = (", ".join(f"{value:.4g}" for value in values) for values in (adopted.scaling.mean, adopted.scaling.std))
    name, size = adopted.preprocessing.name, adopted.preprocessing.size
    canvas = f", canvas {adopted.preprocessing.canvas} px" if adopted.preprocessing.policy is None else ""
    lines = [
        f"weights        {said_by['weights']}",
        f"architecture   {adopted.architecture}  [{said_by['architecture']}]",
        f"classes        {len(classes)}: {', '.join(classes[:_SHOWN])}{more}  [{said_by['classes']}]",
        f"preprocessing  {name}: {size} px{canvas}  [{said_by['preprocessing']}]",
        f"normalisation  mean {mean}, std {std} of RGB in [0, 1]  [{said_by['scaling']}]",
        f"digest         {adopted.digest}",
        *(f"note           {note}" for note in adopted.notes),
        f"written        {adopted.out}, golden images recorded; what it was trained on is not known",
        f"next           python -m robustfashion.bench resize --data FOLDER --checkpoint {shlex.quote(str(adopted.out))}",
    ]
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
