"""What a checkpoint says about itself beside its weights: what is told apart, how pixels come about, when a tag is given."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import PIL

from robustfashion import taxonomy
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier
from robustfashion.pictures.decode import decoder_versions
from robustfashion.provenance import library_versions
from robustfashion.resize import METHODS

Stages = dict[str, dict[str, Any]]
"""Settings and ``versions`` of each step, by the step's name."""


def describe_task(classes: Sequence[str]) -> dict[str, Any]:
    """Which of the taxonomy's fourteen tasks these classes are: plain values.

    Returns:
        ``kind`` (``product type``, ``attribute`` or ``own``), ``task`` (its name; None for classes of one's own),
        ``reading`` of the taxonomy, ``labels`` of the whole task, ``missing`` ones among the classes, and ``product_types``
        whose validators gate it.
    """
    known = taxonomy.attributes()
    for name in (*taxonomy.PRODUCT_TYPES, *known):
        labels = taxonomy.classes(name)
        # A catalogue may lack labels; one label alone, such as "other", proves nothing.
        if set(classes) <= set(labels) and len(classes) > 1:
            attribute = known.get(name)
            return {
                "kind": "product type" if attribute is None else "attribute",
                "task": name,
                "reading": "corrected",
                "labels": list(labels),
                "missing": [label for label in labels if label not in classes],
                "product_types": [name] if attribute is None else list(attribute.product_types),
            }
    labels = tuple(classes)
    return {
        "kind": "own", "task": None, "reading": "corrected", "labels": list(labels), "missing": [], "product_types": [],
    }  # fmt: skip


def describe_stages(preprocessing: Preprocessing | None, model: Classifier) -> Stages:
    """Settings and library versions of every step from file to answer, in order: plain values.

    Without a preprocessing only what the classifier itself does: ``normalise`` and ``logits``.
    """
    found: Stages = {} if preprocessing is None else _pixel_stages(preprocessing)
    versions = library_versions()
    found["normalise"] = {
        "name": model.normalisation,
        "mean": _rounded(model.mean),
        "std": _rounded(model.std),
        "versions": {"torch": versions["torch"]},
    }
    found["logits"] = {
        "architecture": model.architecture,
        "versions": {name: versions[name] for name in ("torch", "torchvision", "timm") if name in versions},
    }
    return found


def _pixel_stages(preprocessing: Preprocessing) -> Stages:
    fit, method = preprocessing.fit_method or preprocessing.method, preprocessing.method
    decode = preprocessing.decode
    found: Stages = {
        "decode": {
            "exif_orientation": decode.exif_orientation,
            "draft": decode.draft,
            "max_pixels": decode.max_pixels,
            "versions": decoder_versions(),
        },
        "canvas": {"side": preprocessing.canvas, "background": "white", **_method(fit)},
        "resize": {"side": preprocessing.size, **_method(method)},
    }
    if preprocessing.reencode is not None:
        encoding, _, place = preprocessing.reencode.partition("@")
        found["reencode"] = {"encoding": encoding, "of": place or "result", "versions": {"Pillow": PIL.__version__}}
    return found


def _method(name: str) -> dict[str, Any]:
    method = METHODS[name]
    return {"method": name, "origin": method.origin, "versions": {name: method.version()}}


def recorded_preprocessing(description: Mapping[str, Any]) -> Preprocessing | None:
    """The preprocessing that a checkpoint's description names; None where it names none.

    Raises:
        InputError: a method or option that this robustfashion does not know, sides that are missing or out of range.
    """
    text = description.get("preprocessing")
    if text is None:
        return None
    sides = {name: description.get(name) for name in ("canvas", "size")}
    for name, side in sides.items():
        if type(side) is not int:
            raise InputError(f"field {name!r} is {side!r}; expected a whole number of px, the file is damaged")
    found = Preprocessing.parse(str(text), **sides)  # type: ignore[arg-type]
    limit = recorded_stages(description).get("decode", {}).get("max_pixels")
    return replace(found, decode=replace(found.decode, max_pixels=limit)) if type(limit) is int else found


def recorded_stages(description: Mapping[str, Any]) -> Stages:
    """The steps that a checkpoint's description names, as far as they can be read."""
    found = description.get("stages")
    if not isinstance(found, Mapping):
        return {}
    return {
        str(name): dict(stage)
        for name, stage in found.items()
        if isinstance(stage, Mapping) and isinstance(stage.get("versions"), Mapping)
    }


def _rounded(values: Any) -> list[float]:  # noqa: ANN401 - a tensor [3, 1, 1] in levels
    """In units of the full scale, as papers give them."""
    return [round(float(value), 6) for value in np.asarray(values.detach().float().cpu()).ravel() / 255]


def check_thresholds(threshold: float | None, class_thresholds: Mapping[str, float], classes: Sequence[str]) -> None:
    """Check thresholds on the top-1 confidence.

    Raises:
        InputError: outside (0, 1], or for a class that there is not.
    """
    given: dict[str, Any] = {"threshold": threshold} if threshold is not None else {}
    for name, value in class_thresholds.items():
        if name not in classes:
            raise InputError(f"class_thresholds names {name!r}; the classes are {', '.join(classes[:10])}")
        given[f"class_thresholds[{name!r}]"] = value
    for field, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float | np.floating) or not 0 < value <= 1:
            raise InputError(f"{field} is {value!r}; a confidence lies in (0, 1]")
