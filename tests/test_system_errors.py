"""Places that cannot be written to: one line that names the part of the path that is in the way."""

import errno
import os
import pickle
import resource
import signal
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image
from safetensors.numpy import save_file

from robustfashion.atomic import atomic_path, write_text
from robustfashion.errors import InputError
from robustfashion.system_errors import WriteError, check_file, check_place, in_words, is_expected

ROOT = os.geteuid() == 0  # may write everywhere


@pytest.fixture
def file(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"x")
    return tmp_path / "a.jpg"


@pytest.mark.parametrize("below", ["", "out", "out/run/7"])
def test_a_file_in_the_way(file, below):
    """What is checked before the work, and what is met in it, say the same."""
    folder = file / below
    with pytest.raises(WriteError, match=f"{file} is a file, not a folder.*; choose another place") as before:
        check_place(folder)
    with pytest.raises(WriteError, match=f"{file} is a file, not a folder.*; choose another place") as met:
        write_text(folder / "table.csv", "1\n")
    assert met.value.errno in (errno.ENOTDIR, errno.EEXIST) and before.value.where == str(folder)
    assert file.read_bytes() == b"x"


def test_a_folder_of_the_files_name(tmp_path):
    (tmp_path / "out.parquet").mkdir()
    for writing in (lambda: check_file(tmp_path / "out.parquet"), lambda: write_text(tmp_path / "out.parquet", "x")):
        with pytest.raises(WriteError, match=r"out\.parquet: cannot be written.*; that is a folder; give the name of a file"):
            writing()
    assert list(tmp_path.iterdir()) == [tmp_path / "out.parquet"]


def test_a_name_that_is_too_long(tmp_path):
    for writing in (lambda: check_place(tmp_path / ("x" * 300)), lambda: write_text(tmp_path / ("x" * 300), "x")):
        with pytest.raises(WriteError, match="choose a shorter name") as found:
            writing()
        assert found.value.errno == errno.ENAMETOOLONG
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(ROOT, reason="root may write everywhere; ../shared/cases/17 takes that right away")
def test_a_folder_of_somebody_else(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(WriteError, match=f"{tmp_path}: Permission denied.*; choose a place that you may write to"):
        check_place(tmp_path / "out" / "run")


def test_the_kernels_word_counts_for_root_too(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(WriteError, match=rf"out: cannot be written \({tmp_path}: Permission denied\); choose a place") as found:
        check_place(tmp_path / "out")
    assert found.value.errno == errno.EACCES
    same = pickle.loads(pickle.dumps(found.value))  # as it comes out of a worker process
    assert (str(same), same.errno) == (str(found.value), errno.EACCES)


def test_nothing_is_made_by_looking(tmp_path):
    check_place(tmp_path / "out" / "run")
    check_file(tmp_path / "out" / "a.csv")
    assert not list(tmp_path.iterdir())


ZEROS = np.zeros((300, 400, 3), np.uint8)
NOISE = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (300, 400, 3), np.uint8)
WRITERS = {
    "text": lambda path: path.write_text("x" * 99_999),
    "pillow": lambda path: Image.fromarray(NOISE).save(path, "PNG"),
    "parquet": lambda path: pq.write_table(pa.table({"x": NOISE.reshape(-1)}), path),
    "torch": lambda path: torch.save({"x": torch.from_numpy(NOISE)}, path),
    "safetensors": lambda path: save_file({"x": ZEROS}, path),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_that_may_not_grow(writer, tmp_path):
    """Every library that writes here says it in words of its own; the limit stands for a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
        with (
            pytest.raises(WriteError, match=r"a\.bin: cannot be written \(.*\); ") as found,
            atomic_path(tmp_path / "a.bin") as temporary,
        ):
            WRITERS[writer](temporary)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, former)
    assert found.value.errno in (errno.EFBIG, errno.ENOSPC)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "error",
    [
        KeyError("a"),
        InputError("a.jpg: zero bytes"),
        FileNotFoundError(errno.ENOENT, "No such file", "source.jpg"),
        PermissionError(errno.EACCES, "Permission denied", "source.jpg"),
    ],
)
def test_other_errors_of_the_block_stay_what_they_are(error, tmp_path):
    with pytest.raises(type(error)) as found, atomic_path(tmp_path / "a.txt"):
        raise error
    assert found.value is error


def test_in_words():
    error = PermissionError(errno.EACCES, "Permission denied", b"/a/\xe9.jpg")
    assert is_expected(error) and in_words(error).startswith("/a/\udce9.jpg: Permission denied; choose")
    assert not is_expected(OSError("no number")) and not is_expected(OSError(errno.EINVAL, "Invalid argument", "a"))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own folders")
@pytest.mark.parametrize("place", ["/proc/nowhere/x", "/sys/x", "/proc/self"])
def test_places_that_are_closed_to_an_administrator_too(place):
    with pytest.raises(WriteError, match=rf"{place}: cannot be written"):
        check_place(Path(place))
