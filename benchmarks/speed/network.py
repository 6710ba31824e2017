"""Speed of a whole network's pass on the CPU: eager torch as people run it, and what this package runs in its place.

    python benchmarks/speed/network.py [--architectures NAME ...] [--batch 32] [--threads 2] [--rounds 9] [--count 1000]

Every way lives in a process of its own, with its own settings of threads and memory; they take turns, a batch a turn. Then each
network, with a head for the five product types, is asked about drawn pictures by torch and by onnxruntime, and the answers are
compared. Prints three Markdown tables. Pictures and graphs lie in the usual cache.
"""

import argparse
import copy
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from markdown_table import show
from numpy.typing import NDArray

from robustfashion.machine import MEMORY, THREADS, WAITING, set_up

SIZE = 224
PEER = "eager NCHW, plain process"
WAYS = (PEER, "eager NCHW, our process", "eager, ours", "onnxruntime, ours")
"""The peer; the same where memory is kept and waiting threads sleep; ``predict_arrays`` by torch and by an exported network."""
Row = tuple[object, ...]
Turn = tuple[float, float]
"""Seconds by the wall and of CPU, all threads and the kernel's share included."""


def peer(architecture: str, pictures: NDArray[np.uint8]) -> Callable[[], object]:
    """The network as timm gives it, on pixels that are float32 and scaled already, so that they cost nothing."""
    import timm
    import torch

    torch.manual_seed(0)
    model = timm.create_model(architecture, num_classes=5).eval()
    pixels = (torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous().float() - 127.5) / 63.75

    def ask() -> object:
        with torch.inference_mode():
            return model(pixels)

    return ask


def ours(architecture: str, pictures: NDArray[np.uint8], exported: bool) -> Callable[[], object]:
    """:func:`~robustfashion.models.inference.predict_arrays` on uint8 pixels, as suites call it."""
    import torch

    from robustfashion.data.cache import cache_root
    from robustfashion.models.classifier import Classifier
    from robustfashion.models.inference import predict_arrays
    from robustfashion.models.network_engines import open_network

    torch.manual_seed(0)
    model = Classifier(architecture, tuple("abcde"), normalisation="imagenet").eval()
    graph = open_network(model, SIZE, cache_root()).graph if exported else None
    if exported and graph is None:
        raise SystemExit(f"{architecture} cannot be exported")
    return lambda: predict_arrays(model, pictures, len(pictures), "cpu", graph=graph)


def work(way: str, architecture: str, batch: int, threads: int) -> None:
    """One process: a batch for each line on stdin."""
    if way != PEER:
        set_up()
    import torch

    torch.set_num_threads(threads)
    pictures = np.random.default_rng(0).integers(0, 256, (batch, SIZE, SIZE, 3), dtype=np.uint8)
    ask = peer(architecture, pictures) if way in WAYS[:2] else ours(architecture, pictures, way == WAYS[3])
    ask()
    print("ready", flush=True)
    for _line in sys.stdin:
        wall, core = time.perf_counter(), _cpu()
        ask()
        print(time.perf_counter() - wall, _cpu() - core, flush=True)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def speed_rows(architecture: str, batch: int, threads: int, rounds: int) -> Iterator[Row]:
    """Way, milliseconds of CPU and by the wall for a picture (medians), ratios to the peer (medians over rounds; best turns)."""
    chosen = {*THREADS, *WAITING, *MEMORY, "GLIBC_TUNABLES"}  # each way has its own, whatever the caller's shell says
    plain = {name: value for name, value in os.environ.items() if name not in chosen}
    command = [
        sys.executable,
        __file__,
        "--architectures",
        architecture,
        "--batch",
        str(batch),
        "--threads",
        str(threads),
        "--way",
    ]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": plain}
    workers: dict[str, Any] = {way: subprocess.Popen([*command, way], **pipes) for way in WAYS}
    for worker in workers.values():
        if worker.stdout.readline() != "ready\n":
            raise SystemExit("a process died; its message is above")
    turns: dict[str, list[Turn]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, worker in workers.items():
            worker.stdin.write("go\n")
            worker.stdin.flush()
            wall, core = map(float, worker.stdout.readline().split())
            turns[way].append((wall, core))
    for worker in workers.values():
        worker.communicate()
    for way, found in turns.items():
        ratios = [[theirs / our for theirs, our in zip(*pair, strict=True)] for pair in zip(turns[PEER], found, strict=True)]
        wall, core = (statistics.median(column) * 1e3 / batch for column in zip(*found, strict=True))
        by_wall, by_core = (statistics.median(column) for column in zip(*ratios, strict=True))
        best = min(wall for wall, _ in turns[PEER]) / min(wall for wall, _ in found)
        yield architecture, way, f"{core:.1f}", f"{wall:.1f}", f"{by_core:.2f}", f"{by_wall:.2f}", f"{best:.2f}"


def fitted(architecture: str, count: int, workers: int) -> tuple[Any, NDArray[np.uint8], NDArray[np.int64]]:
    """A network with a head for the five product types, drawn pictures, and their labels."""
    from robustfashion import taxonomy
    from robustfashion.data.cache import cache_root
    from robustfashion.data.pixels import build_pixels
    from robustfashion.data.preprocess import Preprocessing
    from robustfashion.data.sources.loading import rendered_catalogue
    from robustfashion.data.synthetic import SyntheticSettings
    from robustfashion.models.head_classifier import head_classifier
    from robustfashion.models.heads import HeadSettings, fit_head
    from robustfashion.models.lite0 import ARCHITECTURE
    from robustfashion.models.trunk import Trunk

    cache, preprocessing = cache_root(), Preprocessing(size=SIZE)
    catalogue = rendered_catalogue(SyntheticSettings(count=count, seed=1, long_side_px=(300, 300)), cache, workers)
    pixels = build_pixels(catalogue, [preprocessing], cache, workers)[preprocessing.name]
    labels = np.array([taxonomy.PRODUCT_TYPES.index(str(name)) for name in catalogue.column("product_type")])
    trunk = Trunk(architecture, "lite0" if architecture == ARCHITECTURE else "none", "imagenet")
    features = np.concatenate([trunk.embed(pixels[at : at + 32]) for at in range(0, len(pixels), 32)])
    groups = [str(name) for name in catalogue.column("group")]
    head = fit_head(features, labels, groups, taxonomy.PRODUCT_TYPES, settings=HeadSettings((0.01,)))
    return head_classifier(trunk, head), pixels, labels


def nchw_logits(model: Any, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:  # noqa: ANN401 - torch is imported late
    """The same network by eager torch in the usual layout of memory."""
    import torch

    backbone = copy.deepcopy(model.backbone).to(memory_format=torch.contiguous_format).eval()
    found = []
    with torch.inference_mode():
        for at in range(0, len(pixels), 32):
            images = torch.from_numpy(np.array(pixels[at : at + 32])).permute(0, 3, 1, 2).contiguous().float()
            found.append(backbone((images - model.mean) / model.std).numpy())
    return np.concatenate(found)


def answer_rows(architecture: str, count: int, workers: int) -> tuple[list[Row], Row]:
    """Agreement of each way with eager NCHW on drawn pictures, and seconds that exporting and opening take."""
    from robustfashion.data.cache import cache_root
    from robustfashion.models.inference import predict_arrays
    from robustfashion.models.network_engines import open_network

    model, pixels, labels = fitted(architecture, count, workers)
    seconds = []
    for _ in range(2):
        begin, core = time.perf_counter(), _cpu()
        engine = open_network(model, SIZE, cache_root())
        seconds.append(f"{_cpu() - core:.1f} ({time.perf_counter() - begin:.1f})")
    wanted, rows = nchw_logits(model, pixels), list[Row]()
    for way, graph in ((WAYS[2], None), (WAYS[3], engine.graph)):
        found, _ = predict_arrays(model, pixels, 32, "cpu", graph=graph)
        same, right = int((wanted.argmax(axis=1) == found.argmax(axis=1)).sum()), 100 * (found.argmax(axis=1) == labels).mean()
        differ = (f"{np.abs(wanted - found).max():.1e}", f"{np.abs(wanted).max():.1f}")
        rows.append((architecture, way, len(pixels), f"{right:.1f}", same, *differ))
    return rows, (architecture, *seconds)


def main() -> None:
    """Ask, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    networks = ["tf_efficientnet_lite0", "resnet18"]
    parser.add_argument("--architectures", nargs="+", default=networks, help="of timm (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=32, help="pictures in a call (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="of each way (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=9, help="of turns (default: %(default)s)")
    parser.add_argument(
        "--count", type=int, default=1000, help="drawn pictures; 0: answers are not compared (default: %(default)s)"
    )
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)  # what a process of its own is told
    arguments = parser.parse_args()
    if arguments.way:
        work(arguments.way, arguments.architectures[0], arguments.batch, arguments.threads)
        return
    from robustfashion.provenance import git_commit, library_versions

    versions = ", ".join(f"{name} {library_versions()[name]}" for name in ("torch", "timm", "onnxruntime"))
    print(f"commit {git_commit()}, {versions}, {SIZE} px, batch {arguments.batch}, {arguments.threads} threads")
    columns = "network | way | CPU ms per picture | wall ms per picture | × peer, CPU | × peer, wall | × peer, wall, best turns"
    turns = (arguments.batch, arguments.threads, arguments.rounds)
    show("Speed", columns, (row for name in arguments.architectures for row in speed_rows(name, *turns)))
    if arguments.count:
        set_up()
        found = [answer_rows(name, arguments.count, arguments.threads) for name in arguments.architectures]
        columns = "network | way | pictures | accuracy % | top-1 as eager NCHW's | logits differ at most | largest logit"
        show("Answers", columns, (row for rows, _ in found for row in rows))
        columns = "network | first opening: seconds of CPU (by the wall) | second"
        show("Exporting", columns, (row for _, row in found))


if __name__ == "__main__":
    main()
