"""Another team's predictions in arrays: NPZ."""

import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.predictions.foreign_content import LAYOUTS, TEXT_FIELDS, ForeignContent, Texts, check_spelling, listed
from robustfashion.predictions.table import LastLayer

_NUMBERS, _WHOLE, _TEXT = "fiu", "iu", "USiu"
"""Kinds of numpy types that are taken for numbers, for whole numbers, and for names."""
_RANK = {"logits": 2, "probabilities": 2, "features": 2, "weight": 2}
NAMES = ("logits", "probabilities", "classes", "ids", "labels", *TEXT_FIELDS.values(), "features", "weight", "bias")
"""Arrays that are read."""

Arrays = dict[str, NDArray[Any]]


def from_npz(path: Path) -> ForeignContent:
    """Arrays of an NPZ file; others than the documented ones are not read, and pickled objects never.

    Raises:
        InputError: an array missing, misspelt, pickled, or of another type or shape.
    """
    arrays = _read(path)
    kind = "logits" if "logits" in arrays else "probabilities"
    if kind not in arrays or "classes" not in arrays:
        raise InputError(f"{path}: needs arrays 'logits' [n, k] and 'classes' [k], has {listed(list(arrays))}; {LAYOUTS}")
    scores, classes = _floats(arrays, kind, path), _texts(arrays, "classes", path)
    n, k = scores.shape
    _check_shapes(arrays, {"classes": (k,)} | dict.fromkeys(("ids", "labels", *TEXT_FIELDS.values()), (n,)), kind, path)
    features = _floats(arrays, "features", path) if "features" in arrays else None
    if features is not None and len(features) != n:
        raise InputError(f"{path}: 'features' have {len(features)} rows, {kind!r} {n}; both have one for each picture")
    return ForeignContent(
        scores=scores,
        probabilities=kind == "probabilities",
        classes=[name or "" for name in classes],
        ids=_texts(arrays, "ids", path) if "ids" in arrays else None,
        labels=_labels(arrays, path) if "labels" in arrays else None,
        texts={name: _texts(arrays, name, path) for name in TEXT_FIELDS.values() if name in arrays},
        features=features,
        last_layer=_last_layer(arrays, (k, 0 if features is None else features.shape[1]), path),
    )


def _read(path: Path) -> Arrays:
    if not zipfile.is_zipfile(path):
        raise InputError(f"{path}: not an NPZ file, or a damaged one; write it by numpy.savez")
    with np.load(path, allow_pickle=False) as file:
        check_spelling(file.files, NAMES, path)
        return {name: _array(file, name, path) for name in NAMES if name in file.files}


def _array(file: Any, name: str, path: Path) -> NDArray[Any]:  # noqa: ANN401 - numpy's NpzFile, whose stubs say Any
    try:
        found = file[name]
    except ValueError as error:
        if "allow_pickle" not in str(error):
            raise
        raise InputError(
            f"{path}: array {name!r} holds pickled Python objects, which are not read, as they can run code; write it as numbers "
            "or texts: numpy.array(values, dtype=str)"
        ) from error
    if not isinstance(found, np.ndarray):
        raise InputError(f"{path}: {name!r} is no array; write the file by numpy.savez")
    rank = _RANK.get(name, 1)
    if found.ndim != rank:
        raise InputError(f"{path}: {name!r} has shape {list(found.shape)}; it must have {rank} dimensions; {LAYOUTS}")
    return found


def _check_shapes(arrays: Arrays, shapes: Mapping[str, tuple[int, ...]], kind: str, path: Path) -> None:
    for name, shape in shapes.items():
        if name in arrays and arrays[name].shape != shape:
            raise InputError(
                f"{path}: {name!r} has shape {list(arrays[name].shape)}, but {kind!r} has {list(arrays[kind].shape)}, so that it "
                f"must be {list(shape)}"
            )


def _check_type(arrays: Arrays, name: str, kinds: Collection[str], wanted: str, path: Path) -> None:
    if arrays[name].dtype.kind not in kinds:
        raise InputError(f"{path}: {name!r} are of type {arrays[name].dtype}; give {wanted}")


def _floats(arrays: Arrays, name: str, path: Path) -> NDArray[np.float64]:
    _check_type(arrays, name, _NUMBERS, "numbers", path)
    return arrays[name].astype(np.float64)


def _texts(arrays: Arrays, name: str, path: Path) -> Texts:
    _check_type(arrays, name, _TEXT, "texts", path)
    values = arrays[name]
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8")
    return [str(value) or None for value in values.tolist()]


def _labels(arrays: Arrays, path: Path) -> Texts | NDArray[np.int64]:
    _check_type(arrays, "labels", _TEXT, "class names, or whole numbers with -1 for none", path)
    return arrays["labels"].astype(np.int64) if arrays["labels"].dtype.kind in _WHOLE else _texts(arrays, "labels", path)


def _last_layer(arrays: Arrays, shape: tuple[int, int], path: Path) -> LastLayer | None:
    given = [name for name in ("weight", "bias") if name in arrays]
    if not given:
        return None
    if len(given) == 1:
        raise InputError(f"{path}: has {given[0]!r} alone; give both 'weight' [k, d] and 'bias' [k], or neither")
    weight, bias = (_floats(arrays, name, path) for name in given)
    if weight.shape != shape or bias.shape != shape[:1]:
        raise InputError(
            f"{path}: 'weight' has shape {list(weight.shape)} and 'bias' {list(bias.shape)}, but classes and 'features' need "
            f"{list(shape)} and {list(shape[:1])}; torch's weight is [k, d] as it is"
        )
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise InputError(f"{path}: 'weight' or 'bias' holds NaN or infinity; leave both out, or write the trained ones")
    return LastLayer(weight.astype(np.float32), bias.astype(np.float32))
