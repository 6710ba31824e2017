"""The clock of the training benchmark: the same steps are timed in everybody's loop."""

import time
from dataclasses import dataclass
from typing import Any, Literal

import torch

WARM = 2
"""Steps before the clock starts."""
Seconds = tuple[float, float]
"""Per image: of the wall's clock, and of this process's cores."""


@dataclass(frozen=True)
class Setting:
    """What all ways have in common."""

    network: str
    size: int
    batch: int
    steps: int
    device: torch.device
    precision: Literal["32-true", "bf16-mixed"]
    workers: int
    compiled: bool

    def autocast(self) -> Any:  # noqa: ANN401 - a context manager of torch
        """Mixed precision, or nothing."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16-mixed")


class Clock:
    """Told of the start of every step; times those between the warm ones and the last, fetching of batches included."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.started = 0
        self.marks: list[Seconds] = []

    def tick(self) -> bool:
        """A step starts; True when all have been timed and it need not be done."""
        last = WARM + self.setting.steps
        if self.started in (WARM, last):
            if self.setting.device.type == "cuda":
                torch.cuda.synchronize()
            self.marks.append((time.perf_counter(), time.process_time()))
        self.started += 1
        return self.started > last

    def per_image(self) -> Seconds:
        """Wall and core seconds."""
        (wall, core), (wall_end, core_end) = self.marks
        images = self.setting.steps * self.setting.batch
        return (wall_end - wall) / images, (core_end - core) / images
