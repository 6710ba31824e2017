"""Speed of every resize method on one core, beside Pillow, OpenCV, torchvision and the warmed-up JDK, in one run.

    python benchmarks/speed/resize.py [--rounds N] [--size H W]

Prints one Markdown table: milliseconds (median of interleaved turns) and ratios of throughput, higher = faster. Pillow is
timed on images of its own, the others on arrays: what Pillow's methods spend on conversion is not held against Pillow.
"""

import argparse
import os
import shutil
import statistics
import struct
import subprocess
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

ORACLE = Path(__file__).resolve().parents[2] / "tests" / "resize" / "java" / "ResizeOracle.java"
SOURCES = (500, 1000)
"""Sides of the square source pictures, in px."""
SAME_CLASS = {
    "nearest": "nearest", "nearest_exact": "nearest", "replicate": "nearest", "bilinear": "bilinear", "linear": "bilinear",
    "linear_exact": "bilinear", "bilinear_antialias": "bilinear", "bicubic": "bicubic", "cubic": "bicubic",
    "bicubic_antialias": "bicubic", "smooth": "box", "area": "box", "box": "box", "lanczos": "lanczos", "lanczos4": "lanczos",
    "hamming": "hamming",
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


def measure_jdk(pictures: dict[int, Pixels], size: Size, rounds: int) -> Times:
    """The real Java methods in one JVM, warmed up; empty where there is no JDK."""
    if not shutil.which("java") or not shutil.which("javac"):
        return {}
    names = [name for name in METHODS if name.startswith("java")]
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        subprocess.run(["javac", "-d", folder, ORACLE], check=True)
        lines, keys = [], []
        for side, pixels in pictures.items():
            raw = folder / f"{side}.raw"
            raw.write_bytes(struct.pack(">ii", side, side) + pixels.tobytes())
            lines += [f"{name}\t{raw}\t{size[0]}\t{size[1]}" for name in names]
            keys += [(name, side) for name in names]
        (folder / "jobs.tsv").write_text("\n".join(lines))
        java = ["java", "-Djava.awt.headless=true", "-XX:+UseSerialGC", "-cp", text, "ResizeOracle"]
        told = subprocess.run(
            [*java, "bench", str(rounds), folder / "jobs.tsv"], check=True, capture_output=True, text=True
        ).stdout
    return {key: float(line.split("\t")[1]) for key, line in zip(keys, told.splitlines(), strict=True)}


def table(times: Times, jdk: Times) -> str:
    """Markdown: a row for each method, four columns for each source side."""
    head = ["method"]
    for side in SOURCES:
        head += [f"{side}² ms", "× Pillow bilinear", "× Pillow's like", "× JDK"]
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    for name in METHODS:
        if (name, SOURCES[0]) not in times:
            continue
        row = [f"`{name}`"]
        for side in SOURCES:
            own = times[name, side]
            like = times[f"pillow.{SAME_CLASS[name.split('.')[1].split('_gap')[0]]}", side]
            row += [f"{own:.3f}", f"{times['pillow.bilinear', side] / own:.2f}", f"{like / own:.2f}"]
            row.append(f"{jdk[name, side] / own:.1f}" if (name, side) in jdk else "")
        lines.append(" | ".join(row))
    return "\n".join(f"| {line} |" for line in lines)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="turns of each method (default: %(default)s)")
    parser.add_argument("--size", type=int, nargs=2, default=(224, 224), metavar=("H", "W"), help="target size in px")
    arguments = parser.parse_args()
    one_core()
    size = (arguments.size[0], arguments.size[1])
    pictures = {side: picture(side) for side in SOURCES}
    half = max(1, arguments.rounds // 2)
    first = measure(list(METHODS), pictures, size, half)
    jdk = measure_jdk(pictures, size, arguments.rounds)
    second = measure(list(METHODS), pictures, size, half)
    times = {key: statistics.median(first[key] + second[key]) for key in first}
    versions = ", ".join(f"{name} {version}" for name, version in library_versions().items())
    print(f"{size[0]} x {size[1]} px from square pictures; {2 * half} rounds, one core; commit {git_commit()}; {versions}\n")
    print(table(times, jdk))
    if not jdk:
        sys.stderr.write("no java and javac on the PATH: the JDK's column is empty\n")


if __name__ == "__main__":
    main()
