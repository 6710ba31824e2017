"""Reading weight files: nothing in them is ever run, and every failure is one clear error."""

import argparse
import io
import json
import os
import pickle
import random
import re
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from robustfashion.errors import InputError
from robustfashion.models.glance import describes_itself
from robustfashion.models.weights import read_weights


class Malicious:
    """Runs a command when it is unpickled without care."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self):
        return (Path.write_text, (self.proof, "executed"))


class Shell:
    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self):
        return (os.system, (f"touch {self.proof}",))


@pytest.mark.parametrize("kind", [Malicious, Shell])
@pytest.mark.parametrize("form", ["archive", "legacy archive", "bare pickle", "inside a state dict"])
def test_code_in_a_pickle_is_refused_and_not_run(tmp_path, kind, form):
    proof, path = tmp_path / "proof", tmp_path / "model.ckpt"
    payload = {"state_dict": {"w": torch.ones(2)}, "extra": kind(proof)}
    if form == "archive":
        torch.save(payload, path)
    elif form == "legacy archive":
        torch.save(payload, path, _use_new_zipfile_serialization=False)
    elif form == "bare pickle":
        path.write_bytes(pickle.dumps(kind(proof)))
    else:
        torch.save({"state_dict": {"w": kind(proof)}}, path)
    with pytest.raises(InputError, match=r"model\.ckpt: refused, nothing of it was run") as caught:
        read_weights(path)
    assert not proof.exists()
    message = str(caught.value)
    assert "save model.state_dict()" in message and "\n" not in message
    assert re.search(r"asks for '(posix\.system|(__builtin__\.)?getattr|pathlib\.(_local\.)?Path\.write_text)'", message), message
    with path.open("rb") as file:  # the test's own proof: read without care, the same bytes do run
        if form == "bare pickle":
            pickle.load(file)
            assert proof.exists()


def test_a_whole_model_is_refused_with_the_way_out(tmp_path):
    torch.save(torch.nn.Linear(2, 3), tmp_path / "model.pt")
    with pytest.raises(InputError, match=r"refused.*torch\.nn\.modules\.linear\.Linear.*save model\.state_dict\(\)"):
        read_weights(tmp_path / "model.pt")


def test_plain_and_wrapped_state_dicts(tmp_path):
    state = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.zeros(2, dtype=torch.bfloat16)}
    for number, content in enumerate([state, OrderedDict(state), {"state_dict": state, "epoch": 4}, {"model": state}]):
        path = tmp_path / f"{number}.pth"
        torch.save(content, path)
        found = read_weights(path)
        assert found.metadata is None
        assert set(found.tensors) == set(state)
        assert torch.equal(found.tensors["a.weight"], state["a.weight"])


def test_safetensors(tmp_path):
    state = {"w": torch.arange(6.0).reshape(2, 3)}
    save_file(state, tmp_path / "a.safetensors")
    save_file(state, tmp_path / "b.safetensors", metadata={"robustfashion": json.dumps({"classes": ["x"]})})
    assert read_weights(tmp_path / "a.safetensors").metadata is None
    assert torch.equal(read_weights(tmp_path / "a.safetensors").tensors["w"], state["w"])
    assert read_weights(tmp_path / "b.safetensors").metadata == {"classes": ["x"]}
    save_file(state, tmp_path / "c.safetensors", metadata={"robustfashion": "{"})
    with pytest.raises(InputError, match=r"c\.safetensors: not a readable"):
        read_weights(tmp_path / "c.safetensors")
    save_file(state, tmp_path / "d.safetensors", metadata={"robustfashion": "[1]"})
    with pytest.raises(InputError, match=r"d\.safetensors: .*damaged"):
        read_weights(tmp_path / "d.safetensors")


def _archive(path: Path, content: object) -> bytes:
    torch.save(content, path)
    return path.read_bytes()


@pytest.mark.parametrize("suffix", [".ckpt", ".safetensors"])
@pytest.mark.parametrize(
    "content", [b"", b"hello, this is text\n" * 20, b"\x89PNG\r\n\x1a\n" + bytes(200), b"\x80\x04.", b"PK\x03\x04" + bytes(64)]
)
def test_not_a_checkpoint(tmp_path, suffix, content):
    path = tmp_path / f"x{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"x\{suffix}: .*(not a|damaged)") as caught:
        read_weights(path)
    assert "\n" not in str(caught.value)


def test_truncated_at_every_tenth(tmp_path):
    whole = _archive(tmp_path / "whole.ckpt", {"state_dict": {"w": torch.rand(50, 40)}})
    for tenth in range(10):
        path = tmp_path / f"{tenth}.ckpt"
        path.write_bytes(whole[: len(whole) * tenth // 10])
        with pytest.raises(InputError, match=path.name):
            read_weights(path)


def test_zip_without_pickle(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.ckpt", "w") as file:
        file.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match=r"a\.ckpt: not a readable checkpoint"):
        read_weights(tmp_path / "a.ckpt")


def test_torchscript(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:  # what makes torch take an archive for TorchScript
        file.writestr("model/constants.pkl", pickle.dumps(()))
        file.writestr("model/data.pkl", pickle.dumps({}))
        file.writestr("model/version", "3")
    (tmp_path / "a.pt").write_bytes(buffer.getvalue())
    with pytest.raises(InputError, match=r"a\.pt: "):
        read_weights(tmp_path / "a.pt")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "holds a list"),
        ({"a": 1}, "holds no weights"),
        ({"state_dict": {}}, "holds no weights"),
        (torch.ones(2), "holds a Tensor"),
        ({"robustfashion": 3, "state_dict": {"w": torch.ones(1)}}, "damaged"),
    ],
)
def test_other_contents(tmp_path, content, message):
    torch.save(content, tmp_path / "a.pt")
    with pytest.raises(InputError, match=message):
        read_weights(tmp_path / "a.pt")


def test_folder(tmp_path):
    with pytest.raises(InputError, match="no such checkpoint file"):
        read_weights(tmp_path)


def _whole(form: str, path: Path) -> bytes:
    state = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.zeros(2, dtype=torch.bfloat16)}
    if form == "safetensors":
        save_file(state, path, metadata={"robustfashion": json.dumps({"classes": ["x", "y"]})})
    else:
        content = {"state_dict": state, "args": argparse.Namespace(lr=0.1, sizes=[1, [2]]), "epoch": 3}
        torch.save(content, path, _use_new_zipfile_serialization=form == "archive")
    return path.read_bytes()


def _pickle_damaged(whole: bytes, damage: Callable[[bytes], bytes]) -> bytes:
    """The archive with its pickle damaged, and checksums that fit: what the reader of zip files lets through."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, damage(data) if entry.filename.endswith("data.pkl") else data)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["archive", "pickle of an archive", "legacy", "safetensors"])
def test_damaged_in_any_place(tmp_path, form):
    """Cut anywhere, or any byte changed: weights or one clear error, never another exception."""
    draw, path = random.Random(f"damage {form}"), tmp_path / "w.pth"
    kind = form.rpartition(" ")[2]
    whole, refused = _whole(kind, path), 0

    def damage(data: bytes) -> bytes:
        place = draw.randrange(len(data))
        return data[:place] if draw.random() < 0.3 else data[:place] + bytes([draw.randrange(256)]) + data[place + 1 :]

    for _ in range(250):
        path.write_bytes(damage(whole) if kind == form else _pickle_damaged(whole, damage))
        assert describes_itself(path) in (True, False, None)
        try:
            assert read_weights(path).tensors
        except InputError as error:
            assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
            refused += 1
    assert refused > 25


def _zip_with(method: int = 0, flags: int = 0, cut: bool = False) -> bytes:
    """An archive whose headers say another compression, or a password."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a/data.pkl", bytes(range(256)) * 9 + b"storage" * 50)
    data = bytearray(buffer.getvalue())
    central = data.find(b"PK\x01\x02")
    if method:
        data[8] = data[central + 10] = method
    data[6] |= flags
    data[central + 8] |= flags
    if cut:
        data[60:90] = b"\xff" * 30
    return bytes(data)


@pytest.mark.parametrize("content", [_zip_with(method=99), _zip_with(flags=1), _zip_with(cut=True)], ids=["99", "locked", "zlib"])
def test_archives_that_zipfile_cannot_open(tmp_path, content):
    (tmp_path / "w.pth").write_bytes(content)
    assert describes_itself(tmp_path / "w.pth") is None
    with pytest.raises(InputError, match=r"w\.pth: "):
        read_weights(tmp_path / "w.pth")


def test_values_that_contain_themselves_or_lie_too_deep(tmp_path):
    circle: list[object] = [1]
    circle.append(circle)
    table: dict[str, object] = {}
    table["a"] = table
    wide: object = "x"
    for _ in range(12):
        wide = [wide] * 40  # 40 lists in memory, 40 ** 12 when written out
    deep: object = 1
    for _ in range(100):
        deep = [deep]
    state = {"w": torch.ones(2)}
    arguments = argparse.Namespace(lr=0.1, circle=circle, deep=deep, wide=wide, shared=[[2], [2]])
    torch.save({"state_dict": state, "args": arguments, "beside": [table, wide, circle]}, tmp_path / "w.pth")
    found = read_weights(tmp_path / "w.pth")
    assert dict(found.arguments) == {"lr": 0.1, "shared": [[2], [2]]}
    torch.save({"a": wide, "b": table}, tmp_path / "n.pth")
    with pytest.raises(InputError, match="holds no weights"):
        read_weights(tmp_path / "n.pth")
    torch.save({"state_dict": state, "robustfashion": {"a": wide, "b": table}}, tmp_path / "m.ckpt")
    assert read_weights(tmp_path / "m.ckpt").metadata is not None
    save_file(state, tmp_path / "d.safetensors", metadata={"robustfashion": "[" * 100_000})
    with pytest.raises(InputError, match=r"d\.safetensors: not a readable"):
        read_weights(tmp_path / "d.safetensors")


@pytest.mark.parametrize(
    ("kind", "tensor"),
    [
        ("sparse", torch.eye(3).to_sparse()),
        ("empty", torch.empty(3, device="meta")),
    ],
)
def test_tensors_that_are_no_ordinary_ones(tmp_path, kind, tensor):
    torch.save({"state_dict": {"a": torch.ones(1), "b.weight": tensor}}, tmp_path / "w.pth")
    with pytest.raises(InputError, match=rf"w\.pth: weight 'b\.weight' is a {kind} tensor"):
        read_weights(tmp_path / "w.pth")
