"""How a network's pixels are scaled, as one short text for YAML, command lines and checkpoints.

``raw``: RGB scaled to [0, 1], our reading of the paper; ``imagenet``: then shifted and scaled as the architecture's published
weights expect; ``mean=0.48,0.46,0.41/std=0.27,0.26,0.28``: then shifted and scaled by these numbers (``mean=0.5/std=0.5``: one
for all channels).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from robustfashion.errors import InputError

Normalisation: TypeAlias = str
"""A text that :func:`checked` accepts."""

NAMED = ("raw", "imagenet")
_WAYS = "use 'raw' or 'imagenet', or numbers in [0, 1] as mean=0.485,0.456,0.406/std=0.229,0.224,0.225"
_PARTS = ("mean", "std")


@dataclass(frozen=True)
class MeanStd:
    """Mean and standard deviation of RGB in [0, 1]."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    @property
    def text(self) -> Normalisation:
        """The text that reads back as these numbers, in the shortest spelling that does."""
        mean, std = (",".join(f"{value!r}" for value in values) for values in (self.mean, self.std))
        return f"mean={mean}/std={std}"


IMAGENET = MeanStd((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Of the training pictures of ImageNet, as torchvision and timm have it."""


def checked(text: object) -> Normalisation:
    """A text in its one spelling, so that equal scalings have equal texts.

    Raises:
        InputError: neither a name nor numbers.
    """
    if isinstance(text, str) and text in NAMED:
        return text
    return read_numbers(text).text


def mean_std(text: Normalisation, config: Mapping[str, Any]) -> MeanStd:
    """The numbers that a text means.

    Args:
        text: as above.
        config: the architecture's ``pretrained_cfg``, which has the numbers of ``imagenet``.

    Raises:
        InputError: neither a name nor numbers.
    """
    if text == "raw":
        return MeanStd((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    return of_config(config) if text == "imagenet" else read_numbers(text)


def of_config(config: Mapping[str, Any]) -> MeanStd:
    """``mean`` and ``std`` of a timm ``pretrained_cfg``; ImageNet's where it has none.

    Raises:
        InputError: not numbers in [0, 1], or a deviation of 0.
    """
    mean, std = config.get("mean") or IMAGENET.mean, config.get("std") or IMAGENET.std
    return MeanStd(_three(mean, "mean"), _three(std, "std"))


def read_numbers(text: object) -> MeanStd:
    """Read ``mean=R,G,B/std=R,G,B``.

    Raises:
        InputError: another form, or numbers out of range.
    """
    parts = dict(part.split("=", 1) for part in str(text).split("/") if "=" in part)
    if not isinstance(text, str) or tuple(sorted(parts)) != _PARTS or text.count("/") != 1:
        raise InputError(f"normalisation is {text!r}; {_WAYS}")
    try:
        mean, std = (_three([float(value) for value in parts[name].split(",")], name) for name in _PARTS)
    except ValueError as error:
        raise InputError(f"normalisation is {text!r}; {_WAYS}") from error
    return MeanStd(mean, std)


def _three(values: Sequence[float] | float, name: str) -> tuple[float, float, float]:
    found = [values] if isinstance(values, int | float) else list(values)
    found = found * 3 if len(found) == 1 else found
    numbers = all(isinstance(value, int | float) and 0 <= value <= 1 for value in found)  # NaN is neither
    if len(found) != 3 or not numbers or (name == "std" and not all(found)):
        raise InputError(f"{name} of the normalisation is {values!r}; {_WAYS}")
    red, green, blue = (float(value) for value in found)
    return red, green, blue
