"""Speed of drawing the synthetic catalogue: where a picture's CPU time goes, and how many are drawn a second.

    python benchmarks/speed/drawing.py [--sizes PX ...] [--count N] [--rounds N] [--workers N] [--against FOLDER]

Prints two Markdown tables: CPU milliseconds a picture by stage, and whole runs of ``render``. Another checkout's root, given by
``--against``, takes turns with this one; the ratio of the two is what a change brought.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parents[2]
STAGES = (
    "specification",
    "parts and pose",
    "background",
    "painting",
    "shadow and stamps",
    "noise and sharpening",
    "JPEG or PNG",
    "file",
)
"""What a picture goes through."""
TOTAL, WALL, CPU = "total", "wall", "cpu"
Costs = dict[str, float]
"""Seconds a picture, by stage; or by the wall and of all processes."""


class Stopwatch:
    """CPU time of wrapped functions, each without what it calls of the others."""

    def __init__(self) -> None:
        self.spent: Costs = dict.fromkeys(STAGES, 0.0)
        self._inside: list[float] = []

    def wrap(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """The function, timed."""

        @wraps(function)
        def timed(*arguments: object) -> object:
            """Call, and book the time."""
            self._inside.append(0.0)
            start = time.process_time()
            try:
                return function(*arguments)
            finally:
                whole = time.process_time() - start
                self.spent[stage] += whole - self._inside.pop()
                if self._inside:
                    self._inside[-1] += whole

        return timed


def _timed() -> Stopwatch:
    """Put a stopwatch around the stages; what has none of its own is left to the stage around it."""
    from robustfashion.data.synthetic import canvas, files, rendering
    from robustfashion.data.synthetic.products import PRODUCTS

    watch = Stopwatch()
    for owner, name, stage in (
        (files, "_write_item", "file"), (files, "sample_spec", "specification"), (files, "render_image", "shadow and stamps"),
        (files, "encode", "JPEG or PNG"), (rendering, "place", "parts and pose"), (rendering, "_camera", "noise and sharpening"),
        (canvas.Canvas, "paint", "painting"),
    ):  # fmt: skip
        setattr(owner, name, watch.wrap(getattr(owner, name), stage))
    PRODUCTS.update({key: watch.wrap(draw, "parts and pose") for key, draw in PRODUCTS.items()})
    rendering.BACKGROUNDS.update({key: watch.wrap(draw, "background") for key, draw in rendering.BACKGROUNDS.items()})
    return watch


def _child(size: int, count: int, workers: int) -> Costs:
    """Costs of stages, or of a whole run by worker processes, in this process's checkout."""
    from robustfashion import machine
    from robustfashion.data.synthetic import SyntheticSettings, files, render_catalogue

    machine.set_up()
    settings = SyntheticSettings(count=count, seed=1, long_side_px=(size, size))
    with tempfile.TemporaryDirectory() as folder:
        if workers:
            start, before = time.perf_counter(), _all_cpu()
            render_catalogue(Path(folder), settings, workers)
            return {WALL: (time.perf_counter() - start) / count, CPU: (_all_cpu() - before) / count}
        for index in range(count, count + 20):  # ranges and tables are read once
            files._write_item(Path(folder), settings, index)
        start_cpu = time.process_time()
        for index in range(count):
            files._write_item(Path(folder), settings, index)
        total = (time.process_time() - start_cpu) / count
    with tempfile.TemporaryDirectory() as folder:
        watch = _timed()
        for index in range(count):
            files._write_item(Path(folder), settings, index)
    return {stage: spent / count for stage, spent in watch.spent.items()} | {TOTAL: total}


def _all_cpu() -> float:
    """CPU seconds of this process and of those that it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _measured(root: Path, size: int, count: int, workers: int) -> Costs:
    """What a process of its own finds in a checkout."""
    command = [sys.executable, __file__, "--child", json.dumps([size, count, workers])]
    environment = os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: Costs = json.loads(done.stdout)
    return found


def _turns(roots: list[Path], rounds: int, size: int, count: int, workers: int) -> list[Costs]:
    """Medians for each checkout, the checkouts taking turns."""
    turns = [[_measured(root, size, count, workers) for root in roots] for _ in range(rounds)]
    return [{key: median(turn[k][key] for turn in turns) for key in turns[0][k]} for k in range(len(roots))]


def _ratio(costs: list[Costs], key: str) -> str:
    return f"{costs[1][key] / costs[0][key]:.2f}" if len(costs) > 1 and costs[0][key] > 0 else ""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 1200], metavar="PX", help="long sides (default: 500 1200)")
    parser.add_argument("--count", type=int, default=200, help="pictures by stage (default: %(default)s)")
    parser.add_argument("--run", type=int, default=1000, help="pictures of a whole run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each checkout (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes of a whole run; 0: none (default: %(default)s)")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="root of another checkout")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(_child(*json.loads(given.child))))
        return
    roots = [HERE, *([given.against.resolve()] if given.against else [])]
    print("| long side | stage | CPU ms a picture | × encoding | × against |\n|" + " --- |" * 5)
    for size in given.sizes:
        costs = _turns(roots, given.rounds, size, given.count, 0)
        for stage in (*STAGES, TOTAL):
            own = costs[0][stage]
            print(f"| {size} | {stage} | {1000 * own:.2f} | {own / costs[0]['JPEG or PNG']:.2f} | {_ratio(costs, stage)} |")
    if given.workers:
        print(
            f"\n| long side | pictures a second, {given.workers} workers | CPU ms a picture | × against, wall | CPU |\n|"
            + " --- |" * 5
        )
        costs = _turns(roots, given.rounds, given.sizes[0], given.run, given.workers)
        rates = f"{1 / costs[0][WALL]:.0f} | {1000 * costs[0][CPU]:.1f}"
        print(f"| {given.sizes[0]} | {rates} | {_ratio(costs, WALL)} | {_ratio(costs, CPU)} |")


if __name__ == "__main__":
    main()
