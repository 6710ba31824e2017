"""The preprocessing that timm evaluates a pretrained network with, read from its configuration; timm itself is not needed."""

import math
import reprlib
from collections.abc import Mapping
from typing import Any

from robustfashion.data.policy import COLOURS, MAX_SIDE_PX, Colour, Policy
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.resize import METHODS

_DEFAULT_SIZE = 224
_DEFAULT_CROP_PCT = 0.875
_LEAST_CROP_PCT = 0.01
_DEFAULT_INTERPOLATION = "bicubic"
_MODES = ("center", "squash", "border")


def preprocessing_of(config: Mapping[str, Any], use_test_size: bool = False) -> Preprocessing:
    """What ``timm.data.create_transform(**config, is_training=False)`` does to a picture before it is made a tensor.

    Fields that are missing or None have timm's defaults (224 px, bicubic, crop_pct 0.875, center). Every pixel is the same.

    Args:
        config: timm's ``pretrained_cfg`` (in a ``config.json`` of the Hugging Face hub the table of that name): ``input_size``
            (channels, height, width), ``interpolation``, ``crop_pct``, ``crop_mode``, ``mean`` (0..1).
        use_test_size: take ``test_input_size`` and ``test_crop_pct`` where they are given, as ``validate.py`` of timm does.

    Raises:
        InputError: an input that is not square or has other than three channels, an interpolation or a mode that is not known
            here, a field of another kind.
    """
    size = _size(config, use_test_size)
    crop_pct = _crop_pct(config, use_test_size)
    interpolation = str(config.get("interpolation") or _DEFAULT_INTERPOLATION)
    method = f"pillow.{interpolation}"
    if method not in METHODS:
        raise InputError(f"interpolation is {interpolation!r}; known are {', '.join(_interpolations())}: name the preprocessing")
    mode = str(config.get("crop_mode") or _MODES[0])
    if mode not in _MODES:
        raise InputError(f"crop_mode is {mode!r}; known are {', '.join(_MODES)}: name the preprocessing")
    side = math.floor(size / crop_pct)
    if mode == "squash":
        policy = Policy("squash", side, size)
    elif mode == "border":
        policy = Policy("longer", side, size, _fill(config))
    else:
        policy = Policy("shorter", side, size)
    return Preprocessing(method, size=size, policy=policy)


def _interpolations() -> list[str]:
    return [name.removeprefix("pillow.") for name in METHODS if name.startswith("pillow.") and "_gap" not in name]


def _size(config: Mapping[str, Any], use_test_size: bool) -> int:
    tested = config.get("test_input_size") if use_test_size else None
    value = tested or config.get("input_size") or (3, _DEFAULT_SIZE, _DEFAULT_SIZE)
    if not isinstance(value, list | tuple) or len(value) != 3 or not all(type(side) is int for side in value):
        raise InputError(f"input_size is {value!r}; expected (channels, height, width)")
    channels, height, width = value
    if channels != 3:
        raise InputError(f"input_size is {list(value)}: {channels} channels; pictures here are RGB, 3 channels")
    if height != width:
        raise InputError(f"input_size is {list(value)}, which is not square; networks here take squares only")
    if not 1 <= height <= MAX_SIDE_PX:
        raise InputError(f"input_size has sides of {reprlib.repr(height)} px; they are 1 to {MAX_SIDE_PX}")
    return int(height)


def _crop_pct(config: Mapping[str, Any], use_test_size: bool) -> float:
    tested = config.get("test_crop_pct") if use_test_size else None
    value = tested or config.get("crop_pct") or _DEFAULT_CROP_PCT
    if isinstance(value, bool) or not isinstance(value, int | float) or not _LEAST_CROP_PCT <= value <= 1 / _LEAST_CROP_PCT:
        raise InputError(f"crop_pct is {reprlib.repr(value)}; expected a number about 1, as 0.875")
    return float(value)


def _fill(config: Mapping[str, Any]) -> Colour:
    """Colour of the border: the mean of the network's input, ImageNet's where none is given."""
    mean = config.get("mean")
    if not mean:
        return COLOURS["mean"]
    if not isinstance(mean, list | tuple) or len(mean) != 3 or not all(isinstance(x, int | float) and 0 <= x <= 1 for x in mean):
        raise InputError(f"mean is {mean!r}; expected three numbers from 0 to 1")
    red, green, blue = (round(255 * value) for value in mean)
    return red, green, blue
