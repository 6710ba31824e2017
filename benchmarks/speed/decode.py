"""Speed of decoding JPEGs to arrays, beside Pillow, OpenCV and torchvision, whose pixels are compared with Pillow's.

    python benchmarks/speed/decode.py [--images DIR] [--count N] [--rounds N] [--threads N ...]

Prints one Markdown table: milliseconds a picture, and median ratios to Pillow's time in the same turn, higher = faster.
"""

import argparse
import io
import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
import torch
from markdown_table import show
from numpy.typing import NDArray
from PIL import Image
from torchvision.io import ImageReadMode, decode_jpeg

from robustfashion.pictures.decode import decode_bytes
from robustfashion.provenance import git_commit, library_versions

Pixels = NDArray[np.uint8]
SIDES = (500, 1500)
"""Shorter sides, in px; the longer ones are 4/3 of them."""
KINDS: dict[str, dict[str, object]] = {
    "4:2:0": {"quality": 90},
    "4:4:4": {"quality": 90, "subsampling": 0},
    "progressive": {"quality": 90, "progressive": True},
    "gray": {"quality": 90, "mode": "L"},
}


def _pillow(data: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _opencv(data: bytes) -> Pixels:
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), flags), dtype=np.uint8)


def _torchvision(data: bytes) -> Pixels:
    found = decode_jpeg(torch.frombuffer(bytearray(data), dtype=torch.uint8), ImageReadMode.RGB)
    return np.asarray(found.permute(1, 2, 0).numpy(), dtype=np.uint8)


def _eighth(data: bytes) -> Pixels:
    """Little but entropy decoding."""
    return np.asarray(simplejpeg.decode_jpeg(data, min_height=1, min_width=1, strict=True), dtype=np.uint8)


DECODERS: dict[str, Callable[[bytes], Pixels]] = {
    "Pillow": _pillow,
    "ours": decode_bytes,
    "OpenCV": _opencv,
    "torchvision": _torchvision,
    "at 1/8": _eighth,
}


def files_of(side: int, options: dict[str, object], images: Sequence[Path], count: int) -> list[bytes]:
    """JPEGs of photographs, or of smooth colour with noise, of one size."""
    size = side, side * 4 // 3
    files = []
    for k in range(count):
        if images:
            picture = Image.open(images[k * len(images) // count]).convert("RGB").resize(size, Image.Resampling.LANCZOS)
        else:
            y, x = np.mgrid[: size[1], : size[0]]
            smooth = np.stack([x * 255 / size[0], y * 255 / size[1], (x + y) * 127 / sum(size)], axis=2)
            noise = np.random.default_rng(k).normal(0, 6, smooth.shape)
            picture = Image.fromarray(np.clip(smooth + noise, 0, 255).astype(np.uint8))
        buffer = io.BytesIO()
        wanted = dict(options)
        picture.convert(str(wanted.pop("mode", "RGB"))).save(buffer, "JPEG", **wanted)
        files.append(buffer.getvalue())
    return files


def turn(decoder: Callable[[bytes], Pixels], files: Sequence[bytes], threads: int) -> float:
    """Seconds for all files: of the core with one thread, by the wall's clock with several."""
    if threads == 1:
        start = time.thread_time()
        for data in files:
            decoder(data)
        return time.thread_time() - start
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(len, [b""] * threads))  # start them
        start = time.perf_counter()
        for _ in pool.map(lambda data: decoder(data).shape, files):
            pass
        return time.perf_counter() - start


def row(side: int, kind: str, files: Sequence[bytes], rounds: int, threads: int) -> list[object]:
    """Times, ratios, and how many pixels of ours, OpenCV's and torchvision's differ from Pillow's."""
    seconds: dict[str, list[float]] = {name: [] for name in DECODERS}
    for _, (name, decoder) in itertools.product(range(rounds + 1), DECODERS.items()):
        seconds[name].append(turn(decoder, files, threads))
    ms = {name: statistics.median(times[1:]) / len(files) * 1e3 for name, times in seconds.items()}
    peers = ("ours", "OpenCV", "torchvision")
    ratios = [statistics.median(p / s for p, s in zip(seconds["Pillow"][1:], seconds[n][1:], strict=True)) for n in peers]
    differing = sum(int((DECODERS[name](d) != _pillow(d)).any(axis=2).sum()) for name in peers for d in files)
    times = [f"{ms['Pillow']:.2f}", f"{ms['ours']:.2f}"]
    return [f"{side} px, {kind}", threads, *times, *(f"{r:.2f}" for r in ratios), f"{ms['at 1/8'] / ms['ours']:.0%}", differing]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, help="a folder of photographs, resized to the sizes timed (default: generated)")
    parser.add_argument("--count", type=int, default=6, help="pictures a turn (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each decoder (default: %(default)s)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    settings = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    images = sorted(settings.images.rglob("*.jpg")) if settings.images else []
    make = partial(files_of, images=images, count=settings.count)
    rows = (
        row(side, kind, make(side, options), settings.rounds, threads)
        for side, (kind, options), threads in itertools.product(SIDES, KINDS.items(), settings.threads)
    )
    columns = "picture | threads | Pillow, ms | ours, ms | ours × | OpenCV × | torchvision × | entropy share | pixels that differ"
    show(f"{git_commit()}, {library_versions()}", columns, rows)


if __name__ == "__main__":
    main()
