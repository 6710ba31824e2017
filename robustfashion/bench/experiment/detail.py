"""How much fine detail each picture of a part holds that the reduction to the network's input must remove or alias; cached."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from robustfashion.atomic import atomic_path
from robustfashion.bench.experiment.division import Part
from robustfashion.bench.experiment.workspace import Workspace
from robustfashion.data.pixels import check_rows
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.pictures.bulk import ordered_map
from robustfashion.pictures.files import resolve
from robustfashion.pictures.reading import read_picture
from robustfashion.provenance import content_digest, source_digest
from robustfashion.spectrum import fine_detail

Pixels = NDArray[np.uint8]

_CODE = ("spectrum.py", "bench/experiment/detail.py")


def detail_of(workspace: Workspace, part: Part, preprocessing: Preprocessing) -> NDArray[np.float64]:
    """Fine detail of each picture, in grey levels: :func:`robustfashion.spectrum.fine_detail` before the last resize.

    That is the picture on the canvas, for the reduction from the canvas to the input. A policy resizes once, from the picture as
    it is decoded: there it is the part that the network gets to see, for the picture's own reduction, which is none where it is
    enlarged. The method of the last resize does not matter; the one that fits large pictures into the canvas does.

    Args:
        workspace: its cache keeps the numbers, by the pictures' bytes, all steps before the last resize, and the code.
        part: scanned usable rows.
        preprocessing: how its pictures become the network's input.

    Returns:
        float64 [n], in the part's order; 0 = nothing that the input could not carry.

    Raises:
        InputError: rows that were not scanned or are refused, a picture that cannot be decoded any more.
    """
    common = _before_the_resize(preprocessing)
    check_rows(part.catalogue, [common])
    key = content_digest(part.catalogue.column("sha256"), common.digest(), source_digest(*_CODE))
    file = workspace.cache / "detail" / f"{key}.npy"
    known = _known(file, len(part))
    if known is not None:
        return known
    found = np.empty(len(part), np.float64)
    locations = [resolve(part.catalogue.root, str(path)) for path in part.catalogue.column("path")]
    workspace.progress(what := "measuring fine detail", 0, len(part))
    for row, value in enumerate(ordered_map(lambda location: _detail(location, common), locations, workspace.settings.workers)):
        found[row] = value
        workspace.progress(what, row + 1, len(part))
    with atomic_path(file) as temporary:
        np.save(temporary, found, allow_pickle=False)
    return found


def _before_the_resize(preprocessing: Preprocessing) -> Preprocessing:
    """The same for all preprocessings that are alike but for the last resize and what follows it."""
    fit = preprocessing.fit_method or preprocessing.method
    if preprocessing.policy is not None:
        return replace(preprocessing, method="pillow.box", reencode=None)
    at_canvas = preprocessing.reencode is not None and preprocessing.reencode.endswith("@canvas")
    return replace(preprocessing, method=fit, fit_method=None, reencode=preprocessing.reencode if at_canvas else None)


def _detail(location: str, preprocessing: Preprocessing) -> float:
    try:
        image = read_picture(location).decode(preprocessing.decode)
        if preprocessing.policy is None:
            return fine_detail(preprocessing.on_canvas(image), (preprocessing.size, preprocessing.size))
        policy = preprocessing.policy
        height, width = policy.resized(*image.shape[:2])
        if policy.placing == "crop":
            rows, height = _seen(image.shape[0], height, policy.crop)
            columns, width = _seen(image.shape[1], width, policy.crop)
            image = image[rows, columns]
        return fine_detail(image, (height, width))
    except InputError as error:
        why = f"{error.why} (it could be read before: has it changed or moved? run the same command again)"
        raise InputError(why, error.where) from error


def _seen(length: int, resized: int, crop: int) -> tuple[slice, int]:
    """Of one axis the px of the picture that the crop in its middle shows, and how many px they are resized to."""
    kept = min(crop, resized)
    seen = max(1, round(length * kept / resized))
    start = (length - seen) // 2
    return slice(start, start + seen), kept


def _known(file: Path, n: int) -> NDArray[np.float64] | None:
    """What the cache holds; None: nothing, or what is not whole."""
    try:
        values: NDArray[np.float64] = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return values if values.shape == (n,) and values.dtype == np.float64 else None
