"""Every step from a file to an answer, with its settings and the versions of the libraries that carry it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL

from robustfashion.data.policy import Policy, colour_name
from robustfashion.data.preprocess import Preprocessing
from robustfashion.models.pixel_network import PixelNetwork
from robustfashion.pictures.decode import decoder_versions
from robustfashion.provenance import library_versions
from robustfashion.resize import METHODS


@dataclass(frozen=True)
class Stage:
    """One step."""

    settings: Mapping[str, Any]
    """Plain values."""
    versions: Mapping[str, str]
    """By library."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint."""
        return {**self.settings, "versions": dict(self.versions)}


Stages = dict[str, Stage]
"""By the step's name, in the order of the steps."""


def describe_stages(preprocessing: Preprocessing | None, network: PixelNetwork) -> Stages:
    """Settings and library versions of every step, in order.

    Without a preprocessing only what the network itself does: ``normalise`` and ``logits``.
    """
    versions = library_versions()
    found: Stages = {} if preprocessing is None else _pixel_stages(preprocessing)
    scaling = {"name": network.normalisation, "mean": _rounded(network.mean), "std": _rounded(network.std)}
    found["normalise"] = Stage(scaling, {"torch": versions["torch"]})
    libraries: dict[str, str] = {name: versions[name] for name in ("torch", "torchvision", "timm") if name in versions}
    found["logits"] = Stage({"architecture": network.architecture}, libraries)
    return found


def _pixel_stages(preprocessing: Preprocessing) -> Stages:
    fit, method, policy = preprocessing.fit_method or preprocessing.method, preprocessing.method, preprocessing.policy
    decode = preprocessing.decode
    reading = {"exif_orientation": decode.exif_orientation, "draft": decode.draft, "max_pixels": decode.max_pixels}
    found = {"decode": Stage(reading, decoder_versions())}
    if policy is None:
        found["canvas"] = _resized({"side": preprocessing.canvas, "background": "white"}, fit)
        found["resize"] = _resized({"side": preprocessing.size}, method)
    else:
        found |= _policy_stages(policy, method)
    if preprocessing.reencode is not None:
        encoding, _, place = preprocessing.reencode.partition("@")
        found["reencode"] = Stage({"encoding": encoding, "of": place or "result"}, {"Pillow": PIL.__version__})
    return found


def _policy_stages(policy: Policy, method: str) -> Stages:
    found = {"resize": _resized({"side": policy.side, "of": policy.scaling}, method)}
    if policy.placing is not None:
        found[policy.placing] = Stage({"side": policy.crop, "background": colour_name(policy.fill)}, {"numpy": np.__version__})
    return found


def _resized(settings: Mapping[str, Any], name: str) -> Stage:
    method = METHODS[name]
    return Stage({**settings, "method": name, "origin": method.origin}, {name: method.version()})


def _rounded(values: Any) -> list[float]:  # noqa: ANN401 - a tensor [3, 1, 1] in levels
    """In units of the full scale, as papers give them."""
    return [round(float(value), 6) for value in np.asarray(values.detach().float().cpu()).ravel() / 255]


def read_stages(value: object) -> Stages | None:
    """The field ``stages`` of a checkpoint's description as far as it can be read; None where it has none.

    What cannot be read is left out: it explains a drift, it does not find it.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping):
        return {}
    return {
        str(name): Stage(
            {str(key): setting for key, setting in stage.items() if key != "versions"},
            {str(library): str(version) for library, version in stage["versions"].items()},
        )
        for name, stage in value.items()
        if isinstance(stage, Mapping) and isinstance(stage.get("versions"), Mapping)
    }
