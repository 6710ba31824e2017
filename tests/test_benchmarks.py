"""Benchmark scripts are loaded whole, so that none is left behind when what it imports moves."""

import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = sorted((ROOT / "benchmarks").glob("*/*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_script_loads(path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(path.parent), *sys.path])  # as Python itself does for a script
    shared = ("markdown_table", "step_clock", "training_peers")
    assert "main" in runpy.run_path(str(path), run_name="loaded") or path.stem in shared
