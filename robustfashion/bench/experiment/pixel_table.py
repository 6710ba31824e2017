"""How far the pixels of serving methods are from the training method's, as a table."""

from collections.abc import Mapping

import numpy as np

from robustfashion.bench.experiment.workspace import Pixels
from robustfashion.pixel_distance import PixelDistance, mean_fine_energy, pixel_distance
from robustfashion.result import Table, table_of


def pixel_table(reference: str, pixels: Mapping[str, Pixels], of: int) -> Table:
    """A row for each method but the reference.

    Args:
        reference: the training method.
        pixels: pictures uint8 [n, S, S, 3] of the same files, by method.
        of: test pictures from which these n were taken, all of them or some.
    """
    ours = pixels[reference]
    fine = mean_fine_energy(ours)
    others = [(method, pixel_distance(ours, found, fine_a=fine)) for method, found in pixels.items() if method != reference]
    n = len(ours)
    which = f"All {n} test images" if n == of else f"{n} of {of} test images (the first by their SHA-256)"
    note = f"{which}, at the network's input size, against {reference}."
    return table_of(
        "pixels", "How far the pixels are from the training method's", others,
        [
            ("Method", "text", "the serving method", lambda row: row[0]),
            ("Mean difference", "levels", "mean absolute difference to the training method's pixels, in levels of 0..255",
             lambda row: row[1].mean),
            ("Values off by > 1", "share", "share of channel values that differ by more than one level",
             lambda row: row[1].share_over_1),
            ("Maximum", "levels", "largest difference of one channel value", lambda row: row[1].maximum),
            ("PSNR", "decibel", "peak signal-to-noise ratio against the training method; n/a where nothing differs",
             lambda row: row[1].psnr_db),
            ("Identical images", "share", "share of images without a differing pixel",
             lambda row: row[1].identical_images / row[1].images),
            ("Fine detail", "ratio",
             "spectral energy above half the Nyquist frequency against the training method's; > 1: aliasing",
             lambda row: _finite(row[1])),
        ],
        note,
    )  # fmt: skip


def _finite(found: PixelDistance) -> float | None:
    return found.fine_detail_ratio if np.isfinite(found.fine_detail_ratio) else None
