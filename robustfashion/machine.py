"""What this process may use of its machine, and settings that our commands choose by it.

Standard library only: the settings count for what is loaded after them. Whoever imports robustfashion keeps their own; only
commands call :func:`set_up`.
"""

import ctypes
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Variables by which a user says how many threads torch works on; one of them set, and we say nothing."""
WAITING = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "KMP_LIBRARY")
"""Variables by which a user says how threads wait for one another."""
MEMORY = ("MALLOC_MMAP_MAX_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_")
"""Variables by which a user says when glibc gives memory back."""

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # malloc.h
_KEPT_BYTES = 2**31 - 1  # the largest that mallopt takes


def usable_cpus(root: Path = Path("/")) -> float:
    """CPUs that this process may use: those of its affinity, or fewer where a control group (version 1 or 2) has a quota.

    Args:
        root: folder that holds ``proc`` and ``sys``.

    Returns:
        More than 0; a quota may be a fraction, such as 1.5.
    """
    return min([float(len(_affinity())), *_quotas(root)])


def thread_count(root: Path = Path("/")) -> int:
    """Threads for work that keeps a core busy, at least 1: a core each, two hardware threads of one core counted once.

    Half a CPU of a quota or more counts as one: threads that wait asleep leave it to those that work.

    Args:
        root: folder that holds ``proc`` and ``sys``.
    """
    return max(1, int(min(float(_cores(root)), usable_cpus(root)) + 0.5))


def set_up(root: Path = Path("/")) -> None:
    """Choose for a command what its user has not chosen: number of threads, how they wait, what happens to freed memory.

    Does nothing where torch is loaded: it is too late then, and the process is somebody else's.

    Args:
        root: folder that holds ``proc`` and ``sys``.
    """
    if "torch" in sys.modules:
        return
    for name, value in settings(os.environ, root).items():
        os.environ[name] = value
    if not (any(name in os.environ for name in MEMORY) or "glibc.malloc" in os.environ.get("GLIBC_TUNABLES", "")):
        keep_memory()


def settings(environment: Mapping[str, str], root: Path = Path("/")) -> dict[str, str]:
    """Variables to set beside those of an environment, none of them in it.

    Args:
        environment: as ``os.environ``.
        root: folder that holds ``proc`` and ``sys``.
    """
    found: dict[str, str] = {}
    # OpenMP knows of affinity by itself. Where that is all there is, nothing is set, so that Lightning may still divide the cores
    # among the processes of several devices.
    if not any(name in environment for name in THREADS) and usable_cpus(root) < len(_affinity()):
        found["OMP_NUM_THREADS"] = str(thread_count(root))
        found["NUMBA_NUM_THREADS"] = found["OMP_NUM_THREADS"]  # UMAP's
    if not any(name in environment for name in WAITING):
        found["OMP_WAIT_POLICY"] = "PASSIVE"  # libgomp, which torch from PyPI brings; Intel's and LLVM's
        found["KMP_BLOCKTIME"] = "0"  # Intel's own word for it, with MKL of conda
    found["OPENBLAS_THREAD_TIMEOUT"] = "10"  # numpy's and scipy's threads wait for 2^10 cycles, not for 2^26
    return {name: value for name, value in found.items() if name not in environment}


def keep_memory() -> bool:
    """Keep freed memory for the next allocation, up to 2 GiB of it, where the C library is glibc.

    By itself glibc maps every large array anew and gives it back when it is freed: the kernel clears the pages of every
    activation of every batch. A process keeps about what it needed at its largest.

    Returns:
        Whether it is done.
    """
    try:
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018 - AttributeError elsewhere than in glibc
        done = [library.mallopt(_M_MMAP_MAX, 0), library.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)]
    except (OSError, AttributeError, TypeError):  # another C library, a static Python, Windows
        return False
    return all(done)


def _affinity() -> set[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))


def _cores(root: Path) -> int:
    """Cores among the CPUs of the affinity; every CPU is one where the kernel does not tell."""
    found = set()
    for cpu in _affinity():
        siblings = _text(root / f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        found.add(siblings or str(cpu))
    return len(found)


def _quotas(root: Path) -> Iterator[float]:
    """CPU quotas of this process's control groups and of those that they lie in.

    The path of a group may be one that only the host sees; its container's own group is the mount itself, which ends every path.
    """
    for line in _text(root / "proc/self/cgroup").splitlines():
        number, controllers, path = [*line.split(":", 2), "", ""][:3]
        if number == "0" and not controllers:
            mounts, read = ("sys/fs/cgroup", "sys/fs/cgroup/unified"), _quota_2
        elif "cpu" in controllers.split(","):
            mounts, read = (f"sys/fs/cgroup/{controllers}", "sys/fs/cgroup/cpu"), _quota_1
        else:
            continue
        group = Path(path.lstrip("/"))
        for folder in [root / mount / part for mount in mounts for part in (group, *group.parents)]:
            quota = read(folder)
            if quota is not None:
                yield quota


def _quota_2(folder: Path) -> float | None:
    """``cpu.max``: quota or ``max``, and period, in microseconds."""
    return _ratio(*[*_text(folder / "cpu.max").split(), "", ""][:2])


def _quota_1(folder: Path) -> float | None:
    """The quota is -1 where there is none."""
    return _ratio(_text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us"))


def _ratio(quota: str, period: str) -> float | None:
    if not (quota.isdecimal() and period.isdecimal() and int(quota) and int(period)):
        return None
    return int(quota) / int(period)


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, ValueError):
        return ""
