"""Settings that must hold before the first import of the libraries they concern."""

import os
import re

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # albumentations asks the network for its newest version otherwise
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny networks: threads that wait for each other cost more than they bring

from pathlib import Path

import pytest

REAL_PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "data" / "clothing-dataset-small"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Slow tests run one after another: the README's commands build on one another, trainings are killed at a moment."""
    return 0 if re.search(r"(?<!not )\bslow\b", config.option.markexpr) else None  # None: xdist counts the cores


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
