"""Everything that the separability suite measures and draws of one set of points, step by step.

    python benchmarks/speed/separability.py [--points N] [--width D] [--classes K] [--pictures N]

Maps of three seeds: t-SNE at perplexities 10, 30 and 100, UMAP, and PCA; the faithfulness of each; all measures with intervals
and chance levels in the original space, in 50 principal components and in a map; overlaps, nearest pairs, label-issue candidates.
Once through, machine code compiled before; seconds by the wall's clock and of all threads.
"""

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from maps import points as blobs
from markdown_table import show

from robustfashion.separability.assessment import assessed, class_overlap
from robustfashion.separability.embeddings import maps_of, reduced
from robustfashion.separability.faithfulness import faithfulness_of
from robustfashion.separability.label_issues import label_issues, out_of_fold
from robustfashion.separability.nearest import nearest_pairs
from robustfashion.separability.points import Points

SEEDS = (0, 1, 2)


class Clock:
    """Times steps."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []
        self.wall = self.cpu = 0.0

    def __call__(self, name: str, step: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the step gives
        """What a step gives, timed."""
        wall, cpu = time.perf_counter(), time.process_time()
        found = step()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        self.wall, self.cpu = self.wall + wall, self.cpu + cpu
        self.rows.append((name, f"{wall:.1f}", f"{cpu:.1f}"))
        return found


def made(n: int, width: int, classes: int, pictures: int) -> Points:
    """Points of products with so many pictures each; a tenth lie among another class."""
    features, labels = blobs(n, width, classes)
    order = np.argsort(labels, kind="stable")
    products = tuple(f"{label}-{k // pictures}" for label in range(classes) for k in range(int((labels == label).sum())))
    return Points(features[order], labels[order].astype(np.int64), tuple(f"class {c}" for c in range(classes)), products)


def everything(points: Points, clock: Clock) -> None:
    """All of it."""
    found, _ = clock("maps", lambda: maps_of(points.features, seeds=SEEDS))
    clock(
        f"faithfulness of {len(found)} maps",
        lambda: faithfulness_of(points.features, [one.positions for one in found], groups=points.groups),
    )
    clock("measures, original space", lambda: assessed(points, space="features"))
    fifty = clock("50 components", lambda: reduced(points.features, 50))
    clock("measures, 50 components", lambda: assessed(replace(points, features=fifty), space="pca"))
    positions = found[len(SEEDS)].positions.astype(np.float32)
    clock("measures, map", lambda: assessed(replace(points, features=positions), space="map"))
    clock("class overlap", lambda: class_overlap(points, space="features"))
    clock("nearest pairs", lambda: nearest_pairs(points))
    known = clock("out-of-fold probabilities", lambda: out_of_fold(points))
    clock("label issues", lambda: label_issues(points, known))


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=5000, help="(default: %(default)s)")
    parser.add_argument("--width", type=int, default=512, help="features (default: %(default)s)")
    parser.add_argument("--classes", type=int, default=4, help="(default: %(default)s)")
    parser.add_argument("--pictures", type=int, default=2, help="of a product (default: %(default)s)")
    asked = parser.parse_args()
    everything(made(600, asked.width, asked.classes, asked.pictures), Clock())  # machine code is compiled or read
    clock = Clock()
    everything(made(asked.points, asked.width, asked.classes, asked.pictures), clock)
    rows = [*clock.rows, ("all", f"{clock.wall:.1f}", f"{clock.cpu:.1f}")]
    show(f"{asked.points} points, {asked.width} features, {asked.classes} classes", "step | wall s | CPU s", rows)
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
