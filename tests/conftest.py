"""Settings that must hold before the first import of the libraries they concern."""

import os
import re

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # albumentations asks the network for its newest version otherwise
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny networks: threads that wait for each other cost more than they bring

from pathlib import Path

import pytest

REAL_PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "data" / "clothing-dataset-small"


IN_TURN = (
    "tests/test_readme.py",
    "tests/test_interruption.py",
    "tests/models/test_distributed.py",
    "tests/models/test_resume.py",
)
"""Slow tests that run one after another in one process: the README's commands build on one another, trainings are killed at a
moment. The others, simulations most of all, run beside them."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Slow tests are shared out by group; quick ones go to whichever process has nothing to do."""
    if re.search(r"(?<!not )\bslow\b", config.option.markexpr) and config.option.dist == "worksteal":
        config.option.dist = "loadgroup"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that do not stand company into one group."""
    for item in items:
        if item.nodeid.startswith(IN_TURN):
            item.add_marker(pytest.mark.xdist_group("in turn"))


@pytest.fixture(scope="session")
def exported_graphs(tmp_path_factory) -> Path:
    """Folder for ``graphs`` of a cache, one for all tests and all processes of a run: exporting a tiny network takes seconds.

    Graphs are named by all that they are made of. Tests that damage one work on a copy.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "graphs"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def graph_cache(tmp_path_factory, exported_graphs) -> Path:
    """A cache of a module's own, but for its graphs."""
    folder = tmp_path_factory.mktemp("cache")
    (folder / "graphs").symlink_to(exported_graphs)
    return folder


@pytest.fixture(scope="session")
def real_photos() -> Path:
    """Folder of CC0 photographs beside the checkout; tests that need it are skipped where it is absent."""
    if not REAL_PHOTOS.is_dir():
        pytest.skip("real photographs (../shared/data/clothing-dataset-small) are not on this machine")
    return REAL_PHOTOS
