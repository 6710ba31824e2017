"""Speed of a frozen trunk and of heads on it: engines side by side, one pass over a drawn catalogue, fourteen heads.

    python benchmarks/speed/trunk.py [--count 3000] [--side 500] [--workers 2] [--rounds 3] [--folds 3]

Prints three Markdown tables: CPU and wall time of a picture through each engine; the pass over all pictures (from files to
features in the cache; a second run reads them from there and says so); time and accuracy of each of the fourteen heads on
products that were left out. Pictures and features lie in the usual cache.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from markdown_table import show
from numpy.typing import NDArray

from robustfashion import taxonomy
from robustfashion.data.cache import cache_root
from robustfashion.data.catalogue import Catalogue, make_task
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.sources.loading import rendered_catalogue
from robustfashion.data.splits import assign_splits
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.models.features import features_of
from robustfashion.models.heads import HeadSettings, fit_head, head_logits
from robustfashion.models.trunk import Trunk
from robustfashion.models.trunk_engines import Engine, open_engine, torch_engine
from robustfashion.provenance import git_commit, library_versions

SIZE = 224
Row = tuple[object, ...]


def in_batches(engine: Engine, pictures: NDArray[np.uint8], size: int) -> None:
    """Ask about all pictures."""
    for at in range(0, len(pictures), size):
        engine.embed(pictures[at : at + size])


def engine_rows(trunk: Trunk, cache: Path, rounds: int) -> Iterator[Row]:
    """Engine, threads, batch, milliseconds of CPU and by the wall for each picture; all take turns, medians."""
    pictures = np.random.default_rng(0).integers(0, 256, (16, SIZE, SIZE, 3), dtype=np.uint8)
    asked: dict[tuple[str, int, int], Callable[[], None]] = {}
    for threads in (1, 2):
        for engine in (open_engine(trunk, SIZE, cache, threads, "cpu"), torch_engine(trunk, threads, "cpu")):
            for batch in (1, 8, 16):
                asked[engine.name, threads, batch] = partial(in_batches, engine, pictures, batch)
    times: dict[tuple[str, int, int], list[tuple[float, float]]] = {key: [] for key in asked}
    for turn in range(rounds + 1):
        for key, ask in asked.items():
            wall, core = time.perf_counter(), time.process_time()
            ask()
            if turn:  # the first one warms up
                times[key].append((time.process_time() - core, time.perf_counter() - wall))
    for key, found in times.items():
        core, wall = (1e3 / len(pictures) * statistics.median(column) for column in zip(*found, strict=True))
        yield *key, f"{core:.1f}", f"{wall:.1f}"


def head_rows(catalogue: Catalogue, features: NDArray[np.float32], settings: HeadSettings) -> Iterator[Row]:
    """Task, classes, pictures to learn from and to ask about, penalty, accuracy, balanced accuracy, seconds."""
    divided = np.array(assign_splits(catalogue, seed=0, shares=(0.8, 0.0, 0.2)).column("split"))
    for name in (*taxonomy.PRODUCT_TYPES, *taxonomy.attributes()):
        product_type = name in taxonomy.PRODUCT_TYPES
        task = make_task(catalogue, name, "product_type") if product_type else make_task(catalogue, column=name)
        labels = catalogue.targets(task)
        rows = np.flatnonzero(labels >= 0)
        splits = divided[rows]
        train, test = rows[splits != "test"], rows[splits == "test"]
        begin = time.perf_counter()
        groups = [str(group) for group in catalogue.take(train).column("group")]
        head = fit_head(features[train], labels[train], groups, task.classes, settings=settings)
        seconds = time.perf_counter() - begin
        right = head_logits(head, features[test]).argmax(axis=1) == labels[test]
        balanced = np.mean([right[labels[test] == k].mean() for k in np.unique(labels[test])])
        counts = (len(task.classes), len(train), len(test), f"{head.penalty:g}")
        yield name, *counts, f"{100 * right.mean():.1f}", f"{100 * balanced:.1f}", f"{seconds:.1f}"


def main() -> None:
    """Draw, ask, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=3000, help="drawn pictures (default: %(default)s)")
    parser.add_argument("--side", type=int, default=500, help="their longer side in px (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the drawing (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="threads, and processes that draw (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of the engines; 0 leaves them out (default: %(default)s)")
    parser.add_argument("--folds", type=int, default=HeadSettings.folds, help="of products (default: %(default)s)")
    arguments = parser.parse_args()
    cache, trunk = cache_root(), Trunk()
    versions = library_versions()
    print(f"commit {git_commit()}, torch {versions['torch']}, timm {versions['timm']}, {trunk.architecture}, {SIZE} px")
    if arguments.rounds:
        columns = "engine | threads | batch | CPU ms per picture | wall ms per picture"
        show("Engines", columns, engine_rows(trunk, cache, arguments.rounds))
    side = (arguments.side, arguments.side)
    settings = SyntheticSettings(count=arguments.count, seed=arguments.seed, long_side_px=side)
    catalogue = rendered_catalogue(settings, cache, arguments.workers)
    asked: list[int] = []
    begin, core = time.perf_counter(), time.process_time()
    preprocessing = Preprocessing(size=SIZE)
    found = features_of(catalogue, [preprocessing], trunk, cache, arguments.workers, lambda *told: asked.append(told[1]), "cpu")
    core, wall = (1e3 / len(catalogue) * spent for spent in (time.process_time() - core, time.perf_counter() - begin))
    passed = (len(catalogue), len(asked), f"{core:.1f}", f"{wall:.1f}")
    columns = "pictures | not in the cache | CPU ms per picture | wall ms per picture"
    show("Files to features", columns, iter([passed]))
    columns = "task | classes | learnt from | asked about | penalty | accuracy % | balanced % | seconds"
    begin, core = time.perf_counter(), time.process_time()
    show("Heads", columns, head_rows(catalogue, found[preprocessing.name], HeadSettings(folds=arguments.folds)))
    print(f"\nfourteen heads: {time.perf_counter() - begin:.1f} s by the wall, {time.process_time() - core:.1f} s of CPU")


if __name__ == "__main__":
    main()
