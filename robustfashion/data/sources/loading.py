"""From what a user names to a catalogue that a study can use: open or render, scan, split."""

from pathlib import Path

import pyarrow.compute as pc

from robustfashion.data.cache import usable_cache
from robustfashion.data.catalogue import Catalogue, make_task
from robustfashion.data.catalogue_file import read_catalogue
from robustfashion.data.scan import scan
from robustfashion.data.sources.opening import CATALOGUE_FILE, open_with_note
from robustfashion.data.splits import EVERY_LABEL, Target, prepare_splits
from robustfashion.data.synthetic import SyntheticSettings, render_catalogue
from robustfashion.progress import Progress, silent

SYNTHETIC = "synthetic"


def load_catalogue(
    data: str | Path,
    *,
    synthetic: SyntheticSettings | None = None,
    seed: int = 0,
    target: Target = EVERY_LABEL,
    cache: Path | None = None,
    workers: int = 2,
    progress: Progress = silent,
) -> tuple[Catalogue, str]:
    """Open or render ``data``, read every image once, and settle train, validation and test.

    Args:
        data: ``synthetic``, a folder of classes, a manifest, or a catalogue file; ``./synthetic`` is a folder of that name.
        synthetic: what to render where ``data`` is ``synthetic``.
        seed: divides products where the data brings no splits.
        target: what is to be told apart: its classes have to occur in every split.
        cache: folder for rendered catalogues and scans; None: :func:`~robustfashion.data.cache.cache_root`.
        workers: threads.
        progress: called as the work goes on.

    Returns:
        The catalogue (refused rows included) and a note in words: how the splits came about, what was left out or joined.

    Raises:
        InputError: nothing usable there, or a class that is absent from a split.
    """
    catalogue, opened = scanned_catalogue(data, synthetic=synthetic, cache=cache, workers=workers, progress=progress)
    if target.positive is not None:
        make_task(catalogue, target.positive, target.column)  # a misspelt class is told at once
    catalogue, split = prepare_splits(catalogue, seed, target)
    return catalogue, " ".join(filter(None, [split, opened]))


def scanned_catalogue(
    data: str | Path,
    *,
    synthetic: SyntheticSettings | None = None,
    cache: Path | None = None,
    workers: int = 2,
    progress: Progress = silent,
) -> tuple[Catalogue, str]:
    """The first half of :func:`load_catalogue`: splits stay as the data brings them, or absent.

    Raises:
        InputError: nothing usable there.
    """
    place = usable_cache(cache)
    if str(data) == SYNTHETIC:
        return rendered_catalogue(synthetic or SyntheticSettings(), place, workers, progress), ""
    catalogue, opened = open_with_note(data)
    catalogue = scan(catalogue, workers, progress, place, data)
    return catalogue, " ".join(filter(None, [opened, _duplicates_note(catalogue)]))


def rendered_catalogue(settings: SyntheticSettings, cache: Path, workers: int = 2, progress: Progress = silent) -> Catalogue:
    """The synthetic catalogue of these settings: from ``cache/synthetic`` where it was rendered before."""
    out = cache / "synthetic" / settings.digest()[:24]
    file = out / CATALOGUE_FILE
    if file.is_file():
        return read_catalogue(file)
    catalogue = render_catalogue(out, settings, workers=workers, progress=progress)
    if not file.is_file():
        catalogue.write(file)
    return catalogue


def _duplicates_note(catalogue: Catalogue) -> str:
    hashes = catalogue.usable().table["sha256"]
    copies = len(hashes) - pc.count_distinct(hashes, mode="all").as_py()
    return f"{copies} files are exact copies of others; copies count as one product." if copies else ""
