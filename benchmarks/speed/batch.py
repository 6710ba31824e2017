"""Speed of batches: every batched method beside torchvision's antialiased resize and beside resizing image by image.

    python benchmarks/speed/batch.py [--device cuda] [--rounds N] [--threads N] [--count N] [--methods NAME ...]

Prints one Markdown table: images a second (median of interleaved turns) and ratios of throughput, higher = faster. On CUDA
the last column is the share of the speed of a plain copy of the same bytes, the physical limit.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

from robustfashion.provenance import git_commit, library_versions
from robustfashion.resize import Size, resize
from robustfashion.resize.batch import BATCH_METHODS, resize_batch

SOURCES = (500, 1000)
"""Sides of the square source pictures, in px."""
ANTIALIASED = "torchvision, antialiased bilinear"
COPY = "copy of the same bytes"
ONE_BY_ONE = "{} one by one"
PILLOW = "{} by Pillow"
"""Pillow on images of its own, without conversion from and to tensors."""
INTERLEAVED = "{} channels_last"

Call = Callable[[], object]
Key = tuple[str, int]


def pictures(count: int, side: int, device: torch.device) -> Tensor:
    """Smooth colour with some noise, as far from flat as photographs: uint8 [count, 3, side, side]."""
    y, x = np.mgrid[:side, :side]
    smooth = np.stack([x * 255 / side, y * 255 / side, (x + y) * 127 / side])
    noise = np.random.default_rng(side).normal(0, 12, (count, *smooth.shape))
    return torch.from_numpy(np.clip(smooth + noise, 0, 255).astype(np.uint8)).to(device)


def one_by_one(images: Tensor, size: Size, method: str) -> Tensor:
    """What one does without batches."""
    return torch.stack([torch.from_numpy(resize(i.permute(1, 2, 0).numpy(), size, method)).permute(2, 0, 1) for i in images])


def pillow_alone(images: Tensor, size: Size, method: str) -> Call:
    """Pillow's own call for each image, the images being made beforehand."""
    own = [Image.fromarray(i.permute(1, 2, 0).contiguous().numpy()) for i in images]
    filter_name, _, gap = method.removeprefix("pillow.").partition("_gap")
    resampling, reducing_gap = Image.Resampling[filter_name.upper()], float(gap) if gap else None
    return lambda: [image.resize(size[::-1], resampling, reducing_gap=reducing_gap) for image in own]


def calls(images: Tensor, size: Size, methods: list[str]) -> dict[str, Call]:
    """What is timed, by name."""
    interleaved = images.contiguous(memory_format=torch.channels_last)
    antialiased = partial(functional.resize, size=list(size), interpolation=InterpolationMode.BILINEAR, antialias=True)
    found: dict[str, Call] = {
        ANTIALIASED: partial(antialiased, images),
        INTERLEAVED.format(ANTIALIASED): partial(antialiased, interleaved),
    }
    for method in methods:
        found[method] = partial(resize_batch, images, size, method)
        found[INTERLEAVED.format(method)] = partial(resize_batch, interleaved, size, method)
        if images.device.type == "cpu":
            found[ONE_BY_ONE.format(method)] = partial(one_by_one, images, size, method)
            if method.startswith("pillow."):
                found[PILLOW.format(method)] = pillow_alone(images, size, method)
    if images.device.type == "cuda":
        room = torch.empty_like(images)
        found[COPY] = partial(room.copy_, images)
    return found


def measure(timed: dict[Key, Call], rounds: int, device: torch.device, clock: Callable[[], float]) -> dict[Key, float]:
    """Median seconds of each call, the calls taking turns; an untimed round comes first."""
    times: dict[Key, list[float]] = {key: [] for key in timed}
    for number in range(rounds + 1):
        for key, call in timed.items():
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            start = clock()
            call()
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            if number:
                times[key].append(clock() - start)
    return {key: statistics.median(found) for key, found in times.items()}


def table(seconds: dict[Key, float], methods: list[str], count: int, device: torch.device) -> str:
    """Markdown: throughput for each source side, planar and interleaved, and its ratios to the references."""
    on_cpu = {"× one by one": ONE_BY_ONE, "× Pillow alone": PILLOW}
    references = {"× torchvision": ANTIALIASED} | ({"× copy": COPY} if device.type == "cuda" else on_cpu)
    head = ["method"]
    for side in SOURCES:
        head += [f"{side}² images/s", *references, "channels_last images/s"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for name in [ANTIALIASED, *([COPY] if device.type == "cuda" else []), *methods]:
        cells = [f"`{name}`" if name in methods else name]
        for side in SOURCES:
            own = seconds[name, side]
            against = [seconds.get((reference.format(name), side)) for reference in references.values()]
            interleaved = seconds.get((INTERLEAVED.format(name), side))
            cells.append(f"{count / own:.0f}")
            cells += ["" if other is None else f"{other / own:.2f}" for other in against]
            cells.append("" if interleaved is None else f"{count / interleaved:.0f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", help="cpu or cuda (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each call (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads; 1 pins to one core (default: %(default)s)")
    parser.add_argument("--count", type=int, default=32, help="images in a batch (default: %(default)s)")
    parser.add_argument("--size", type=int, nargs=2, default=(224, 224), metavar=("H", "W"), help="target size in px")
    parser.add_argument("--methods", nargs="+", default=list(BATCH_METHODS), metavar="NAME", help="default: all offered")
    arguments = parser.parse_args()
    if arguments.threads == 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    torch.set_num_threads(arguments.threads)
    cv2.setNumThreads(arguments.threads)
    size, device = (arguments.size[0], arguments.size[1]), torch.device(arguments.device)
    one_core = arguments.threads == 1 and device.type == "cpu"
    clock = time.process_time if one_core else time.perf_counter  # a core's own time, whoever else wants the core
    seconds: dict[Key, float] = {}
    for side in SOURCES:
        timed = calls(pictures(arguments.count, side, device), size, arguments.methods)
        seconds |= measure({(name, side): call for name, call in timed.items()}, arguments.rounds, device, clock)
    versions = ", ".join(f"{name} {version}" for name, version in library_versions().items())
    setting = f"{arguments.count} images to {size[0]} x {size[1]} px on {device}, {arguments.threads} thread(s)"
    print(f"{setting}; {arguments.rounds} rounds; commit {git_commit()}; {versions}\n")
    print(table(seconds, arguments.methods, arguments.count, device))


if __name__ == "__main__":
    main()
