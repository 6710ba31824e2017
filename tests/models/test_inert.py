"""Checkpoints of training scripts give their tensors; whatever they ask to be called stays uncalled, with no exception."""

import argparse
import copyreg
import datetime
import enum
import os
import pickle
import subprocess
import sys
import types
from collections import defaultdict
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from robustfashion.errors import InputError
from robustfashion.models.inert import Placeholder, inert_names, load_inert, plain_table
from robustfashion.models.weights import read_weights

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.zeros(5)}


class Calls:
    """Pickled as a call of any function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


class WithState:
    """Writes a file as soon as it is given a state."""

    def __init__(self, proof):
        self.proof = str(proof)

    def __getstate__(self):
        return {"proof": self.proof}

    def __setstate__(self, state):
        Path(state["proof"]).touch()


class Settings(dict):
    """As EasyDict and its kind."""


class Names(list):
    """A list of one's own."""


class Colour(enum.Enum):
    RED = 1


def touch(path):
    Path(path).touch()


BESIDE = {
    "namespace": argparse.Namespace(model="resnet18", lr=0.1, deep=argparse.Namespace(x=Path("/x"))),
    "numpy scalars": {"float64": np.float64(91.2), "int64": np.int64(3), "dtype": np.dtype("float32"), "bool": np.bool_(True)},
    "numpy arrays": {"plain": np.arange(6).reshape(2, 3), "objects": np.array([{"a": 1}, None], dtype=object)},
    "paths": {"hyper_parameters": {"data": Path("/data/x"), "pure": PurePosixPath("a/b"), "lr": 0.1}},
    "simple namespace": types.SimpleNamespace(a=1),
    "times": [datetime.datetime(2026, 3, 4), datetime.timedelta(seconds=5)],
    "sets": ({1, 2}, frozenset({3})),
    "containers": {"d": defaultdict(list, {"a": [1]}), "e": Settings(lr=0.1, deep=Settings(x=1)), "n": Names([1, 2])},
    "classes and functions": {
        "class": argparse.Namespace,
        "function": touch,
        "type": int,
        "range": range(3),
    },
    "enum": Colour.RED,
    "a key": {Path("/key"): 1},
}


@pytest.mark.parametrize("zipped", [True, False], ids=["archive", "legacy"])
@pytest.mark.parametrize("name", BESIDE)
def test_what_lies_beside_the_weights_does_not_matter(tmp_path, name, zipped):
    path = tmp_path / "model_best.pth.tar"
    torch.save({"epoch": 4, "state_dict": STATE, "beside": BESIDE[name]}, path, _use_new_zipfile_serialization=zipped)
    found = read_weights(path)
    assert set(found.tensors) == set(STATE)
    assert torch.equal(found.tensors["a.weight"], STATE["a.weight"])


def test_placeholders_stand_for_objects_and_plain_values_stay(tmp_path):
    torch.save(
        {"args": argparse.Namespace(lr=0.1), "epoch": 4, "names": Names([1]), "settings": Settings(a=2)}, tmp_path / "a.pt"
    )
    before = torch.serialization.get_safe_globals()
    found = load_inert(tmp_path / "a.pt")
    assert set(torch.serialization.get_safe_globals()) == set(before)
    assert isinstance(found["args"], Placeholder) and found["args"].asks_for == "argparse.Namespace"
    assert not hasattr(found["args"], "lr") and not hasattr(found["args"], "__dict__")
    assert plain_table(found["args"]) == {"lr": 0.1} and plain_table({"a": [1, "b"], "c": found["args"]}) == {"a": [1, "b"]}
    assert plain_table(3) == {}
    assert found["epoch"] == 4 and found["names"] == [1] and dict(found["settings"]) == {"a": 2}
    assert inert_names(found) == ["argparse.Namespace"]


HOSTILE = {
    "os.system": lambda proof: Calls(os.system, f"touch {proof}"),
    "subprocess": lambda proof: Calls(subprocess.check_output, ["touch", str(proof)]),
    "eval": lambda proof: Calls(eval, f"open({str(proof)!r}, 'w')"),
    "exec": lambda proof: Calls(exec, f"open({str(proof)!r}, 'w')"),
    "getattr": lambda proof: Calls(getattr, Calls(Path, str(proof)), "touch"),
    "hub": lambda proof: Calls(torch.hub.load, str(proof), "model"),
    "import": lambda _: Calls(__import__, "this"),
}


@pytest.mark.parametrize("zipped", [True, False], ids=["archive", "legacy"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_calls_are_refused_by_name(tmp_path, name, zipped):
    proof, path = tmp_path / "proof", tmp_path / "w.pt"
    torch.save({"state_dict": STATE, "beside": HOSTILE[name](proof)}, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(InputError, match=r"refused, nothing of it was run: it is a pickle that asks for '[\w.]+'"):
        read_weights(path)
    assert not proof.exists()


UNLISTED = {
    "a function of its own": lambda proof: Calls(touch, str(proof)),
    "a class with a state": WithState,
    "a path that is made": lambda proof: Calls(os.fspath, Calls(Path, str(proof))),
    "reconstructed": lambda _: Calls(copyreg._reconstructor, WithState, object, None),
    "numpy load": lambda proof: Calls(np.fromfile, str(proof)),
    "torch load": lambda proof: Calls(torch.load, str(proof)),
    "open": lambda proof: Calls(os.open, str(proof), os.O_CREAT),
    "objects in an array": lambda proof: np.array([Calls(touch, str(proof)), WithState(proof)], dtype=object),
}


@pytest.mark.parametrize("name", UNLISTED)
def test_what_is_on_no_list_is_not_called_either(tmp_path, name):
    """Safety is the placeholder's, not the list of hostile names'."""
    proof, path = tmp_path / "proof", tmp_path / "w.pt"
    torch.save({"state_dict": STATE, "beside": UNLISTED[name](proof)}, path)
    try:
        assert set(read_weights(path).tensors) == set(STATE)
    except InputError as error:
        assert "\n" not in str(error)
    assert not proof.exists()


def test_the_same_bytes_do_run_without_care(tmp_path):
    proof, path = tmp_path / "proof", tmp_path / "w.pt"
    torch.save({"state_dict": STATE, "a": WithState(proof)}, path)
    torch.load(path, weights_only=False)
    assert proof.exists()


def test_nothing_is_imported_for_a_name(tmp_path, monkeypatch):
    package = tmp_path / "hostile_package.py"
    package.write_text("class Config:\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    from hostile_package import Config

    torch.save({"state_dict": STATE, "c": Config()}, tmp_path / "w.pt")
    package.write_text("raise SystemExit('imported')\n")
    monkeypatch.delitem(sys.modules, "hostile_package")
    assert set(read_weights(tmp_path / "w.pt").tensors) == set(STATE)
    assert "hostile_package" not in sys.modules


@pytest.mark.parametrize(
    "code",
    [
        b"cos\nsystem\n(S'touch PROOF'\ntR.",  # REDUCE
        b"(S'touch PROOF'\nios\nsystem\n.",  # INST
        b"c__builtin__\neval\n(S'1'\ntR.",
        b"\x80\x02cargparse\nNamespace\n)\x81}X\x08\x00\x00\x00__call__cos\nsystem\nsb.",  # BUILD with a hostile attribute
        b"\x80\x02cargparse\nNamespace\nX\x04\x00\x00\x00exec\x85R(cposix\nsystem\nX\x01\x00\x00\x00xtR.",
        b"\x80\x02ctorch._tensor\n_rebuild_from_type_v2\n(cargparse\nNamespace\ncargparse\nNamespace\n)}X\x01\x00\x00\x00aK\x01sttR.",
    ],
)
def test_pickles_written_by_hand(tmp_path, code):
    import zipfile

    proof, path = tmp_path / "proof", tmp_path / "w.pt"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/data.pkl", code.replace(b"PROOF", str(proof).encode()))
        file.writestr("archive/version", "3")
    with pytest.raises(InputError):
        read_weights(path)
    (tmp_path / "bare.pt").write_bytes(code.replace(b"PROOF", str(proof).encode()))
    with pytest.raises(InputError):
        read_weights(tmp_path / "bare.pt")
    assert not proof.exists()


def test_whole_networks_are_refused_with_the_way_out(tmp_path):
    network = torch.nn.Linear(2, 3)
    for content in (network, {"model": network, "epoch": 3}, {"ema": {"deep": network}}):
        torch.save(content, tmp_path / "w.pt")
        with pytest.raises(InputError, match=r"asks for 'torch\.nn\.modules\.linear\.Linear'.*save model\.state_dict\(\)"):
            read_weights(tmp_path / "w.pt")


def test_a_network_beside_the_weights(tmp_path):
    torch.save({"state_dict": STATE, "model": torch.nn.Linear(2, 3)}, tmp_path / "w.pt")
    assert set(read_weights(tmp_path / "w.pt").tensors) == set(STATE)
    torch.save({"state_dict": STATE, "model": torch.nn.Linear(2, 3)}, tmp_path / "w.pt", _use_new_zipfile_serialization=False)
    with pytest.raises(InputError, match=r"asks for 'torch\.nn\.Module'"):
        read_weights(tmp_path / "w.pt")


def test_names_that_libraries_allowed_are_not_allowed_here(tmp_path):
    torch.save({"state_dict": STATE, "a": WithState(tmp_path / "proof")}, tmp_path / "w.pt")
    with torch.serialization.safe_globals([WithState]):
        assert set(read_weights(tmp_path / "w.pt").tensors) == set(STATE)
    assert not (tmp_path / "proof").exists()


def test_a_wrong_suffix_does_not_matter(tmp_path):
    torch.save(STATE, tmp_path / "w.safetensors")
    save_file(STATE, tmp_path / "w.bin")
    for name in ("w.safetensors", "w.bin"):
        assert torch.equal(read_weights(tmp_path / name).tensors["a.weight"], STATE["a.weight"])


def test_metadata_must_be_plain(tmp_path):
    torch.save({"state_dict": STATE, "robustfashion": {"classes": argparse.Namespace()}}, tmp_path / "w.pt")
    with pytest.raises(InputError, match=r"asks for 'argparse\.Namespace'"):
        read_weights(tmp_path / "w.pt")


def test_a_pickle_of_a_later_protocol_says_so(tmp_path):
    torch.save({"state_dict": STATE}, tmp_path / "w.pt", pickle_protocol=pickle.HIGHEST_PROTOCOL)
    with pytest.raises(InputError, match=r"pickle_protocol"):
        read_weights(tmp_path / "w.pt")
