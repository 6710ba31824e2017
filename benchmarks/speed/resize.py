"""Speed of every resize method on one core, beside Pillow, OpenCV, torchvision and the warmed-up JDK, in one run.

    python benchmarks/speed/resize.py [--rounds N] [--size H W] [--methods LIBRARY ...]

Prints one Markdown table: milliseconds (median of interleaved turns) and ratios of throughput, higher = faster. Pillow is
timed on images of its own, the others on arrays: what Pillow's methods spend on conversion is not held against Pillow.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from robustfashion.provenance import git_commit, library_versions
from robustfashion.resize import METHODS, Size
from robustfashion.resize.exactness import JAVA_METHODS
from robustfashion.resize.oracle.jdk import Jdk, missing_tools, write_raw

SOURCES = (500, 1000)
"""Sides of the square source pictures, in px."""
SAME_CLASS = {
    "nearest": "nearest", "nearest_exact": "nearest", "replicate": "nearest", "bilinear": "bilinear", "linear": "bilinear",
    "linear_exact": "bilinear", "bilinear_antialias": "bilinear", "bicubic": "bicubic", "cubic": "bicubic",
    "bicubic_antialias": "bicubic", "smooth": "box", "area": "box", "box": "box", "lanczos": "lanczos", "lanczos4": "lanczos",
    "hamming": "hamming", "point": "nearest", "triangle": "bilinear", "quadratic": "bicubic", "speed": "nearest",
    "balanced": "bilinear", "quality": "bicubic", "ultra_quality": "bicubic", "automatic": "bicubic", "default": "bilinear",
    "progressive": "bilinear", "hermite": "bilinear", "hanning": "bilinear", "blackman": "bilinear", "gaussian": "bilinear",
    "lanczos3": "lanczos", "lanczos5": "lanczos", "mitchellcubic": "bicubic", "bilinear_align_corners": "bilinear",
    "image": "box", "pytorch_nearest": "nearest", "pytorch_bilinear": "bilinear", "pytorch_area": "box",
    "catrom": "bicubic", "mitchell": "bicubic", "blackman_bessel": "lanczos", "blackman_sinc": "lanczos",
}  # fmt: skip
"""The Pillow filter that a filter of another library is held against."""

TURN = 3

Pixels = NDArray[np.uint8]
Times = dict[tuple[str, int], float]
"""Median milliseconds by (method, source side)."""


def picture(side: int) -> Pixels:
    """Smooth colour with some noise, as far from flat as a photograph."""
    y, x = np.mgrid[:side, :side]
    smooth = np.stack([x * 255 / side, y * 255 / side, (x + y) * 127 / side], axis=2)
    noise = np.random.default_rng(side).normal(0, 12, smooth.shape)
    return np.clip(smooth + noise, 0, 255).astype(np.uint8)


def one_core() -> None:
    """Pin this process and its children to one core, and every library to one thread."""
    import cv2
    import torch

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    torch.set_num_threads(1)


def measure(names: list[str], pictures: dict[int, Pixels], size: Size, rounds: int) -> dict[tuple[str, int], list[float]]:
    """Milliseconds of each call, the methods taking turns of one untimed and :data:`TURN` timed calls (as the oracle does)."""
    calls = {(name, side): _call(name, pixels, size) for name in names for side, pixels in pictures.items()}
    times: dict[tuple[str, int], list[float]] = {key: [] for key in calls}
    for number in range(-1, rounds):  # the first round compiles
        for key, found in times.items():
            call = calls[key]
            for turn in range(-1, TURN):
                start = time.perf_counter_ns()
                call()
                if number >= 0 and turn >= 0:
                    found.append((time.perf_counter_ns() - start) / 1e6)
    return times


def _call(name: str, pixels: Pixels, size: Size) -> Callable[[], object]:
    library, filter_name = name.split(".")
    if library != "pillow":
        return partial(METHODS[name].function, pixels, size)
    filter_name, _, gap = filter_name.partition("_gap")
    resampling = Image.Resampling[filter_name.upper()]
    return partial(Image.fromarray(pixels).resize, size[::-1], resampling, reducing_gap=float(gap) if gap else None)


def measure_java(names: list[str], pictures: dict[int, Pixels], size: Size, rounds: int) -> tuple[Times, list[str]]:
    """The real Java methods in one JVM, warmed up, and the versions; nothing where there is no JDK."""
    if missing_tools():
        return {}, []
    with tempfile.TemporaryDirectory() as folder:
        jdk = Jdk.compile(Path(folder))
        keys = [(name, side) for side in pictures for name in names if name.split(".")[0] in jdk.families]
        files = {side: write_raw(jdk.folder / f"{side}.raw", pixels) for side, pixels in pictures.items()}
        found = jdk.bench(rounds, [(name, files[side], size) for name, side in keys])
        return dict(zip(keys, found, strict=True)), [jdk.version, *jdk.jar_versions]


def pillow_filter(name: str) -> str:
    """The Pillow filter that a method is held against."""
    filter_name = name.split(".")[1].split("_gap")[0]
    return SAME_CLASS[filter_name if filter_name in SAME_CLASS else filter_name.removesuffix("_antialias")]


def table(times: Times, java: Times) -> str:
    """Markdown: a row for each method, four columns for each source side."""
    head = ["method"]
    for side in SOURCES:
        head += [f"{side}² ms", "× Pillow bilinear", "× Pillow's like", "× Java"]
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    for name in METHODS:
        if (name, SOURCES[0]) not in times:
            continue
        row = [f"`{name}`"]
        for side in SOURCES:
            own = times[name, side]
            like = times[f"pillow.{pillow_filter(name)}", side]
            row += [f"{own:.3f}", f"{times['pillow.bilinear', side] / own:.2f}", f"{like / own:.2f}"]
            row.append(f"{java[name, side] / own:.1f}" if (name, side) in java else "")
        lines.append(" | ".join(row))
    return "\n".join(f"| {line} |" for line in lines)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10, help="turns of each method (default: %(default)s)")
    parser.add_argument("--size", type=int, nargs=2, default=(224, 224), metavar=("H", "W"), help="target size in px")
    parser.add_argument("--methods", nargs="+", default=[], metavar="LIBRARY", help="only these, such as java2d (default: all)")
    arguments = parser.parse_args()
    one_core()
    size = (arguments.size[0], arguments.size[1])
    pictures = {side: picture(side) for side in SOURCES}
    half = max(1, arguments.rounds // 2)
    names = [name for name in METHODS if not arguments.methods or name.split(".")[0] in ("pillow", *arguments.methods)]
    first = measure(names, pictures, size, half)
    java, java_versions = measure_java([name for name in names if name in JAVA_METHODS], pictures, size, arguments.rounds)
    second = measure(names, pictures, size, half)
    times = {key: statistics.median(first[key] + second[key]) for key in first}
    libraries = [f"{name} {version}" for name, version in library_versions().items()]
    versions = ", ".join(libraries + java_versions)
    print(f"{size[0]} x {size[1]} px from square pictures; {2 * half} rounds, one core; commit {git_commit()}; {versions}\n")
    print(table(times, java))
    if not java:
        sys.stderr.write("no java and javac on the PATH: Java's column is empty\n")


if __name__ == "__main__":
    main()
