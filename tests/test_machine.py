"""What a process may use, by fake files; what commands set, in processes of their own, since settings count from the start."""

import json
import os
import subprocess
import sys

import pytest

from robustfashion import machine

HEAVY = ("numpy", "torch", "numba", "cv2", "onnxruntime")


def _clean(**variables):
    """This process's environment without what users or tests say of threads and memory."""
    ours = (*machine.THREADS, *machine.WAITING, *machine.MEMORY, "NUMBA_NUM_THREADS", "OPENBLAS_THREAD_TIMEOUT", "GLIBC_TUNABLES")
    return {name: value for name, value in os.environ.items() if name not in ours} | variables


def _python(code, **variables):
    run = subprocess.run([sys.executable, "-c", code], env=_clean(**variables), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def _files(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return root


@pytest.fixture
def eight(monkeypatch):
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


V2 = "0::/kubepods/pod1"
V1 = "4:memory:/docker/a\n2:cpu,cpuacct:/docker/a\n1:name=systemd:/docker/a"


@pytest.mark.parametrize(
    ("files", "usable", "threads"),
    [
        ({}, 8, 8),
        ({"proc/self/cgroup": V2}, 8, 8),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/kubepods/pod1/cpu.max": "max 100000"}, 8, 8),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/kubepods/pod1/cpu.max": "200000 100000"}, 2, 2),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/kubepods/pod1/cpu.max": "150000 100000"}, 1.5, 2),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/kubepods/pod1/cpu.max": "140000 100000"}, 1.4, 1),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/kubepods/pod1/cpu.max": "25000 100000"}, 0.25, 1),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/kubepods/pod1/cpu.max": "6400000 100000"}, 8, 8),
        # The parent's quota is smaller; a container that sees its own group as the mount.
        (
            {
                "proc/self/cgroup": V2,
                "sys/fs/cgroup/kubepods/pod1/cpu.max": "400000 100000",
                "sys/fs/cgroup/kubepods/cpu.max": "300000 100000",
            },
            3,
            3,
        ),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "50000 50000"}, 1, 1),
        ({"proc/self/cgroup": V1, "sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_quota_us": "-1"}, 8, 8),
        (
            {
                "proc/self/cgroup": V1,
                "sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_quota_us": "250000",
                "sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_period_us": "100000",
            },
            2.5,
            3,
        ),
        (
            {
                "proc/self/cgroup": V1,
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "100000",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "50000",
            },
            2,
            2,
        ),
        # The quota of another controller's group counts nothing; damaged files neither.
        ({"proc/self/cgroup": "3:cpuset:/a", "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "1"}, 8, 8),
        ({"proc/self/cgroup": "nonsense\n0::/", "sys/fs/cgroup/cpu.max": "0 0"}, 8, 8),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": ""}, 8, 8),
    ],
)
def test_quotas(files, usable, threads, tmp_path, eight):
    root = _files(tmp_path, files)
    assert machine.usable_cpus(root) == usable
    assert machine.thread_count(root) == threads


def test_two_hardware_threads_of_one_core_are_one_thread(tmp_path, eight):
    siblings = {f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list": f"{cpu % 4},{cpu % 4 + 4}" for cpu in range(8)}
    root = _files(tmp_path, siblings | {"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "600000 100000"})
    assert (machine.usable_cpus(root), machine.thread_count(root)) == (6, 4)


def test_this_machine():
    assert 0 < machine.usable_cpus() <= (os.cpu_count() or 1)
    assert machine.thread_count() >= 1


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs Linux")
def test_affinity():
    code = (
        "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from robustfashion import machine\nmachine.set_up()\nimport torch\n"
        "print(machine.usable_cpus(), machine.thread_count(), torch.get_num_threads())"
    )
    assert _python(code) == "1.0 1 1\n"


BLAS = {"OPENBLAS_THREAD_TIMEOUT": "10"}
PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0"} | BLAS


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {"OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"} | PASSIVE),
        ({"OMP_NUM_THREADS": "7"}, PASSIVE),
        ({"MKL_NUM_THREADS": "7"}, PASSIVE),
        ({"NUMBA_NUM_THREADS": "7"}, {"OMP_NUM_THREADS": "2"} | PASSIVE),
        ({"OMP_WAIT_POLICY": "ACTIVE"}, {"OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"} | BLAS),
        ({"GOMP_SPINCOUNT": "9"}, {"OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"} | BLAS),
        ({"KMP_BLOCKTIME": "200", "OMP_NUM_THREADS": "", "OPENBLAS_THREAD_TIMEOUT": "26"}, {}),
    ],
)
def test_the_user_decides(given, wanted, tmp_path, eight):
    root = _files(tmp_path, {"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "200000 100000"})
    assert machine.settings(given, root) == wanted


def test_without_a_quota_openmp_counts_by_itself(tmp_path, eight):
    assert machine.settings({}, tmp_path) == PASSIVE


SET_UP = """
import json, os, pathlib, sys
from robustfashion import machine
machine.os.sched_getaffinity = lambda _: set(range(8))
machine.set_up(pathlib.Path(ROOT))
import torch
print(json.dumps([torch.get_num_threads(), os.environ.get("OMP_WAIT_POLICY"), os.environ.get("OMP_NUM_THREADS")]))
"""


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, [1, "PASSIVE", "1"]),
        ({"OMP_NUM_THREADS": "2"}, [min(2, os.cpu_count() or 1), "PASSIVE", "2"]),
        ({"MKL_NUM_THREADS": "2"}, [min(2, os.cpu_count() or 1), "PASSIVE", None]),
    ],
)
def test_torch_works_on_that_many_threads(given, wanted, tmp_path):
    root = _files(tmp_path, {"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "100000 100000"})
    assert json.loads(_python(SET_UP.replace("ROOT", repr(str(root))), **given)) == wanted


def test_too_late_behind_torch():
    code = (
        "import os, sys\nsys.modules['torch'] = os\nfrom robustfashion import machine\nmachine.set_up()\n"
        "print(os.environ.get('OMP_WAIT_POLICY'))"
    )
    assert _python(code) == "None\n"


def test_importing_changes_nothing():
    code = (
        "import os\nbefore = dict(os.environ)\n"
        "import robustfashion, robustfashion.machine, robustfashion.commandline, robustfashion.__main__, robustfashion.resize\n"
        "import robustfashion.bench.__main__, robustfashion.models.__main__\nprint(before == dict(os.environ))"
    )
    assert _python(code) == "True\n"


WATCHED = """
import importlib.abc, os, runpy, sys
early = []
class Watch(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in WATCHED and os.environ.get("OMP_WAIT_POLICY") != "PASSIVE":
            early.append(name)
sys.meta_path.insert(0, Watch())
sys.argv = ARGV
try:
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
except SystemExit:
    pass
print(file=sys.stdout)
print(os.environ.get("OMP_WAIT_POLICY"), early, "torch" in sys.modules)
"""


@pytest.mark.parametrize(
    ("argv", "torch"),
    [
        (["robustfashion", "fit", "--help"], True),
        (["robustfashion", "bench", "resize", "--help"], None),
        (["robustfashion.bench", "resize", "--help"], None),
        (["robustfashion.resize", "nowhere.jpg", "nowhere.png", "--size", "4", "4"], None),
        (["robustfashion.data", "check", "nowhere"], None),
        (["robustfashion.models", "threshold", "nowhere.ckpt", "other.ckpt"], None),
        (["robustfashion.report", "nowhere"], None),
    ],
)
def test_every_command_is_set_up_before_heavy_libraries_are_loaded(argv, torch):
    # `import robustfashion.resize` is numpy's; Python runs it before the command's own first line.
    watched = tuple(name for name in HEAVY if name != "numpy" or argv[0] != "robustfashion.resize")
    lines = _python(WATCHED.replace("WATCHED", repr(watched)).replace("ARGV", repr(argv))).splitlines()
    policy, early = lines[-1].split(" ", 1)
    assert policy == "PASSIVE" and early.startswith("[] ")
    if torch:
        assert early == "[] True", "the test sees torch"


FAULTS = """
import ctypes, resource
from robustfashion import machine
if KEEP:
    machine.set_up()
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        block = ctypes.CDLL(None).malloc
        block.restype, block.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
        free = ctypes.CDLL(None).free
        free.argtypes = [ctypes.c_void_p]
        place = block(64 << 20)
        ctypes.memset(place, 1, 64 << 20)
        free(place)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""
MIB_64_PAGES = 64 * 256


def _glibc():
    return sys.platform == "linux" and "glibc" in (os.confstr("CS_GNU_LIBC_VERSION") or "")


@pytest.mark.skipif(not _glibc(), reason="needs glibc")
@pytest.mark.parametrize(
    ("keep", "given", "kept"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"MALLOC_MMAP_MAX_": "65536"}, False),
        (True, {"GLIBC_TUNABLES": "glibc.malloc.mmap_max=65536"}, False),
    ],
)
def test_freed_memory_is_kept_unless_the_user_says_otherwise(keep, given, kept):
    found = int(_python(FAULTS.replace("KEEP", str(keep)), **given))
    assert found < 100 if kept else found > 20 * MIB_64_PAGES / 600, found


@pytest.mark.parametrize("broken", [OSError("no library"), TypeError("Windows")])
def test_another_c_library(broken, monkeypatch):
    def load(_):
        raise broken

    monkeypatch.setattr(machine.ctypes, "CDLL", load)
    assert machine.keep_memory() is False
    monkeypatch.setattr(machine.ctypes, "CDLL", lambda _: object())
    assert machine.keep_memory() is False
