"""Small copies of preprocessed pictures, which are kept: thumbnails of the maps, and raw pixels as features."""

import cv2
import numpy as np

from robustfashion.atomic import atomic_path
from robustfashion.bench.experiment.division import Part
from robustfashion.bench.experiment.workspace import Workspace
from robustfashion.bench.separability.study import Pixels
from robustfashion.data.pixels import iter_pixels
from robustfashion.data.preprocess import Preprocessing
from robustfashion.provenance import content_digest

SIDE = 64
"""Side of a thumbnail in px, at most; smaller pictures stay as they are."""
REDUCTION = 2
"""Side of a thumbnail to side of raw-pixel features."""


def thumbnails(workspace: Workspace, part: Part, preprocessing: Preprocessing) -> Pixels:
    """Every picture of a part as a network would see it, reduced by area averages: uint8 [n, S, S, 3], S = 64 at most.

    Raises:
        InputError: a picture that cannot be decoded any more.
    """
    side = min(SIDE, preprocessing.size)
    key = content_digest(part.catalogue.column("sha256"), preprocessing.digest(), side, cv2.__version__)
    file = workspace.cache / "thumbnails" / f"{key}.npy"
    shape = (len(part), side, side, 3)
    if file.is_file():
        try:
            known: Pixels = np.load(file, allow_pickle=False)
        except (ValueError, OSError, EOFError):  # a damaged entry is made again
            known = np.zeros(0, np.uint8)
        if known.shape == shape and known.dtype == np.uint8:
            return known
    found = np.empty(shape, np.uint8)
    what = "preparing small pictures"
    workspace.progress(what, 0, len(part))
    pictures = iter_pixels(part.catalogue, [preprocessing], workspace.settings.workers)
    for row, (picture,) in enumerate(pictures):
        found[row] = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
        workspace.progress(what, row + 1, len(part))
    with atomic_path(file) as temporary:
        np.save(temporary, found, allow_pickle=False)
    return found


def raw_pixels(small: Pixels) -> np.ndarray:
    """Colours 0..1 of thumbnails at half their side, float32 [n, (S/2)² · 3]: features that no network has made."""
    n, side = len(small), small.shape[1] // REDUCTION
    whole = small[:, : side * REDUCTION, : side * REDUCTION].reshape(n, side, REDUCTION, side, REDUCTION, 3)
    return np.asarray(whole.mean(axis=(2, 4), dtype=np.float32).reshape(n, -1) / 255, np.float32)
