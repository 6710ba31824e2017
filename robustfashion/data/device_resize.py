"""The last resize of many pictures on a GPU, which is believed only after it has agreed with the CPU."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray

from robustfashion.data.preprocess import Preprocessing
from robustfashion.pictures.bulk import ordered_map
from robustfashion.resize import resize, resize_batch
from robustfashion.resize.batch import BATCH_METHODS

Pixels = NDArray[np.uint8]

CHUNK = 32
"""Pictures resized together; their canvases, 24 MB a preprocessing at 500 px, wait in memory."""


class DeviceResize:
    """Preprocessings whose last resize happens on ``device``, and the others, which stay on the CPU.

    Of the others are those with a policy: without a canvas every picture has a size of its own, and a batch has one.

    The first chunk of every method is computed on the CPU, too. Where a pixel differs (a driver or a GPU on which float32
    products are not rounded as IEEE 754 says), the method stays on the CPU from then on, with a warning that says how many.

    Args:
        preprocessings: the order of the pictures.
        device: torch's name of it, such as ``cuda``.
    """

    def __init__(self, preprocessings: Sequence[Preprocessing], device: str) -> None:
        self.preprocessings = list(preprocessings)
        self.device = torch.device(device)
        self.believed: dict[Preprocessing, bool | None] = {
            p: None for p in preprocessings if p.policy is None and p.method in BATCH_METHODS
        }
        """Whether the device agreed with the CPU; None: not asked yet. Preprocessings that are not in it never go there."""

    @property
    def first(self) -> list[Callable[[Pixels], Pixels]]:
        """What is to be done to a decoded picture, uint8 RGB [H, W, 3], before :meth:`finished`; one for each preprocessing."""
        return [p.on_canvas if p in self.believed else p.apply for p in self.preprocessings]

    def finished(self, pictures: Iterable[Sequence[Pixels]], workers: int) -> Iterator[tuple[Pixels, ...]]:
        """Pictures [size, size, 3] for each item, in order, from those that ``first`` gave."""
        items = iter(pictures)
        while chunk := list(islice(items, CHUNK)):
            columns = [
                self._column(preprocessing, column, workers) if preprocessing in self.believed else column
                for preprocessing, column in zip(self.preprocessings, zip(*chunk, strict=True), strict=True)
            ]
            yield from zip(*columns, strict=True)

    def _column(self, preprocessing: Preprocessing, canvases: Sequence[Pixels], workers: int) -> Sequence[Pixels]:
        if self.believed[preprocessing] is None:
            resized = self._compared(preprocessing, canvases)
        elif self.believed[preprocessing]:
            resized = self._on_device(preprocessing, canvases)
        else:
            resized = _on_cpu(preprocessing, canvases, workers)
        return list(ordered_map(preprocessing.finish, resized, workers))

    def _compared(self, preprocessing: Preprocessing, canvases: Sequence[Pixels]) -> Sequence[Pixels]:
        """The CPU's pictures; what the device makes of the same canvases decides who resizes the rest."""
        wanted = _on_cpu(preprocessing, canvases, workers=1)
        got = self._on_device(preprocessing, canvases)
        differing = int(np.any(np.stack(got) != np.stack(wanted), axis=-1).sum())
        self.believed[preprocessing] = differing == 0
        if differing:
            warnings.warn(
                f"{preprocessing.method} on {self.device}: {differing} of {len(canvases) * preprocessing.size**2} pixels differ "
                "from the CPU's, so that it is computed on the CPU",
                RuntimeWarning,
                stacklevel=2,
            )
        return wanted

    def _on_device(self, preprocessing: Preprocessing, canvases: Sequence[Pixels]) -> Sequence[Pixels]:
        stack = torch.from_numpy(np.stack(canvases)).to(self.device).permute(0, 3, 1, 2)
        resized = resize_batch(stack, (preprocessing.size, preprocessing.size), preprocessing.method)
        return list(resized.permute(0, 2, 3, 1).cpu().numpy())


def _on_cpu(preprocessing: Preprocessing, canvases: Sequence[Pixels], workers: int) -> Sequence[Pixels]:
    def resized(canvas: Pixels) -> Pixels:
        """One picture."""
        return resize(canvas, (preprocessing.size, preprocessing.size), preprocessing.method)

    return list(ordered_map(resized, canvases, workers))
