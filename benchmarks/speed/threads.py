"""Threads that wait, and memory that is given back: what a step costs, by itself and beside a busy process.

python benchmarks/speed/threads.py [--rounds N] [--steps N] [--work train numpy infer]
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

Cost = dict[str, float]
"""Per step: seconds by the wall, of user and of system time, and page faults."""


@dataclass(frozen=True)
class Way:
    """How one of the processes is set up."""

    name: str
    environment: dict[str, str] = field(default_factory=dict)
    ours: bool = False
    """Whether it calls our own set-up."""


PASSIVE, SPIN, ONE = {"OMP_WAIT_POLICY": "PASSIVE"}, {"GOMP_SPINCOUNT": "1000"}, {"OMP_NUM_THREADS": "1"}
WAYS: dict[str, list[Way]] = {
    "train": [
        Way("two threads that spin (torch's default)"),
        Way("two threads that spin 1000 times", SPIN),
        Way("two threads that sleep", PASSIVE),
        Way("two threads that sleep, memory kept (our commands)", ours=True),
        Way("one thread", ONE),
        Way("one thread, memory kept", ONE, ours=True),
    ],
    "numpy": [
        Way("two threads that spin (OpenBLAS's default)"),
        Way("two threads that sleep (our commands)", ours=True),
        Way("one thread", ONE),
    ],
    "infer": [Way("one thread", ONE), Way("one thread, memory kept (our commands)", ONE, ours=True)],
}


def _train() -> Callable[[], object]:
    import torch
    from torchvision.models import resnet18

    model = resnet18(num_classes=5).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), 0.01, 0.9)
    images = torch.randn(32, 3, 80, 80).to(memory_format=torch.channels_last)
    labels = torch.arange(32) % 5

    def step() -> None:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()  # type: ignore[no-untyped-call]  # torch's own
        optimizer.step()

    return step


def _infer() -> Callable[[], object]:
    import timm
    import torch

    model = timm.create_model("tf_efficientnet_lite0").eval()
    images = torch.randn(32, 3, 224, 224)

    @torch.inference_mode()
    def step() -> None:
        model(images)

    return step


def _numpy() -> Callable[[], object]:
    import numpy as np

    features = np.random.default_rng(0).normal(size=(600, 1280)).astype(np.float32)
    weight = np.zeros((1280, 12), np.float32)

    def step() -> None:
        """Descent of a head of twelve classes, a hundred times."""
        for _ in range(100):
            weight[:] -= 1e-9 * (features.T @ (features @ weight - 1))

    return step


_SAID = ("OMP_", "GOMP_", "OPENBLAS_", "KMP_", "MKL_", "MALLOC_")
"""Beginnings of variables that the processes do not get from this one."""
WORK: dict[str, Callable[[], Callable[[], object]]] = {"train": _train, "numpy": _numpy, "infer": _infer}


def _child(work: str, steps: int, ours: bool) -> None:
    """Answer every line on stdin with the cost of the next steps."""
    if ours:
        from robustfashion import machine

        machine.set_up()
    step = WORK[work]()
    step()
    step()
    for _ in sys.stdin:
        before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        for _ in range(steps):
            step()
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
        cost = {
            "wall": wall,
            "user": after.ru_utime - before.ru_utime,
            "system": after.ru_stime - before.ru_stime,
            "faults": float(after.ru_minflt - before.ru_minflt),
        }
        peak = {"peak MiB": after.ru_maxrss / 1024}
        print(json.dumps({name: value / steps for name, value in cost.items()} | peak), flush=True)


def _started(work: str, way: Way, steps: int) -> "subprocess.Popen[str]":
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_", "KMP_", "MKL_", "MALLOC_"))
    }
    command = [sys.executable, __file__, "--child", work, "--steps", str(steps), *(["--ours"] if way.ours else [])]
    return subprocess.Popen(command, env=clean | way.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _ask(process: "subprocess.Popen[str]") -> Cost:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    found: Cost = json.loads(process.stdout.readline())
    return found


@contextmanager
def _neighbour(busy: bool) -> Iterator[None]:
    """A process that is always busy, or nobody."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if busy else None
    try:
        yield
    finally:
        if process is not None:
            process.kill()
            process.wait()


def measure(work: str, steps: int, rounds: int) -> dict[bool, dict[str, Cost]]:
    """Medians over rounds in which the ways take turns; without and with a busy neighbour."""
    processes = {way.name: _started(work, way, steps) for way in WAYS[work]}
    found: dict[bool, dict[str, Cost]] = {}
    try:
        for process in processes.values():
            _ask(process)
        for busy in (False, True):
            with _neighbour(busy):
                turns = [{name: _ask(process) for name, process in processes.items()} for _ in range(rounds)]
            found[busy] = {name: {key: median(turn[name][key] for turn in turns) for key in turns[0][name]} for name in processes}
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
    return found


def _print(work: str, found: dict[bool, dict[str, Cost]]) -> None:
    first = WAYS[work][0].name
    print(f"\n| {work} | neighbour | wall ms | × first | user ms | system ms | page faults | peak MiB |\n|{' --- |' * 8}")
    for busy, costs in found.items():
        for name, cost in costs.items():
            milliseconds = {key: 1000 * cost[key] for key in ("wall", "user", "system")}
            print(
                f"| {name} | {'busy' if busy else 'none of ours'} | {milliseconds['wall']:.0f} | "
                f"{cost['wall'] / costs[first]['wall']:.2f} | {milliseconds['user']:.0f} | {milliseconds['system']:.0f} | "
                f"{cost['faults']:.0f} | {cost['peak MiB']:.0f} |"
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=2, help="of one turn")
    parser.add_argument("--work", nargs="+", choices=WORK, default=list(WORK))
    parser.add_argument("--child", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("--ours", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        _child(given.child, given.steps, given.ours)
        return
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs")
    for work in given.work:
        _print(work, measure(work, given.steps, given.rounds))


if __name__ == "__main__":
    main()
