"""Stamps and digests."""

import subprocess
import sys

import pytest

from robustfashion import provenance as p


def test_digest_separates_parts_and_is_stable_across_processes():
    assert p.content_digest("ab", "c") != p.content_digest("a", "bc")
    assert p.content_digest({"a": 1, "b": [2.5, None]}) == p.content_digest({"b": [2.5, None], "a": 1})
    code = "from robustfashion.provenance import content_digest; print(content_digest('x', 1, b'y'))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert other == p.content_digest("x", 1, b"y")


def test_file_digest(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert p.file_digest(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_source_digest_differs_by_package():
    assert p.source_digest("bench") != p.source_digest("taxonomy.py")


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("/x/site-packages/robustfashion/bench/__main__.py", "python -m robustfashion.bench resize 'a b'"),
        ("/x/robustfashion/__main__.py", "python -m robustfashion resize 'a b'"),
        ("/usr/bin/robustfashion", "robustfashion resize 'a b'"),
    ],
)
def test_command_line(monkeypatch, program, expected):
    monkeypatch.setattr(sys, "argv", [program, "resize", "a b"])
    assert p.command_line() == expected


def test_stamp_has_what_changes_pixels():
    stamp = p.provenance(3, "cpu", "abc", note="x").to_dict()
    assert {"python", "numpy", "Pillow", "torch"} <= set(stamp["versions"])
    assert (stamp["seed"], stamp["data_hash"], stamp["extra"]) == (3, "abc", {"note": "x"})
