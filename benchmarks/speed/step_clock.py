"""The clock of the training benchmark: the same steps are timed in everybody's loop."""

import time
from dataclasses import dataclass
from itertools import pairwise
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

    @property
    def step_by_step(self) -> bool:
        """Whether a step is over when the next one starts: on a CPU without worker processes."""
        return self.device.type == "cpu" and not self.workers

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
        if self.started in (WARM, last) or (self.setting.step_by_step and WARM < self.started < last):
            if self.setting.device.type == "cuda":
                torch.cuda.synchronize()
            self.marks.append((time.perf_counter(), time.process_time()))
        self.started += 1
        return self.started > last

    def per_image(self) -> list[Seconds]:
        """Wall and core seconds: of every step, or of all together where steps overlap."""
        images = self.setting.batch * self.setting.steps / (len(self.marks) - 1)
        return [((end[0] - start[0]) / images, (end[1] - start[1]) / images) for start, end in pairwise(self.marks)]
