"""Where the work of an experiment is done, and what is shared by its parts: cache, threads, device, progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.experiment.division import Part
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.data.pixels import build_pixels
from robustfashion.data.preprocess import Preprocessing
from robustfashion.progress import Progress

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Workspace:
    """Cache, settings and progress of one run."""

    settings: ExperimentSettings
    cache: Path
    progress: Progress

    def pixels(self, part: Part, preprocessings: Sequence[Preprocessing]) -> dict[str, Pixels]:
        """Pictures of a part by the preprocessings' names: uint8 [n, size, size, 3], memory-mapped, from cache where there."""
        return build_pixels(part.catalogue, preprocessings, self.cache, self.settings.workers, self.progress, self._resize_device)

    @cached_property
    def _resize_device(self) -> str:
        """Where the last resize is done; elsewhere than on the CPU for methods that are exact there."""
        from robustfashion.models.devices import resolve_device

        found = resolve_device(self.settings.accelerator).type
        return found if found == "cuda" else "cpu"

    @cached_property
    def device_name(self) -> str:
        """Name of the device that networks run on, for people."""
        from robustfashion.models.devices import device_name

        return device_name(self.settings.accelerator)
