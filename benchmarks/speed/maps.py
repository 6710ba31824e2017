"""t-SNE and UMAP from features to positions, beside openTSNE, scikit-learn and umap-learn run bare on the same points.

    python benchmarks/speed/maps.py [--points N] [--width D] [--repeats N] [--threads N] [--without PEER ...]

The peers take turns; best of the repeats, by the wall's clock and by the processors' time of all threads; machine code is
compiled before. KL: divergence from the same affinities by one function. kNN: accuracy of 10 neighbours in the map, by 5 folds.
"""

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from markdown_table import show
from numpy.typing import NDArray

from robustfashion.machine import thread_count
from robustfashion.separability.embeddings import neighbours, pca, start, tsne, umap
from robustfashion.separability.embeddings.by_tsne import affinities
from robustfashion.separability.embeddings.gradient import divergence

Array = NDArray[Any]
Maker = Callable[[Array, int], Array]
"""Positions of features, by so many threads."""
PERPLEXITY = 30


def points(n: int, width: int, classes: int = 12) -> tuple[Array, Array]:
    """Features after a ReLU around class centres, as a network's are, and labels, a tenth of them another class's."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) % classes
    mixed = np.where(rng.random(n) < 0.1, rng.integers(0, classes, n), labels)
    basis = rng.normal(size=(width, width)) * np.exp(-4 * np.arange(width) / width)[:, None]
    noise = rng.normal(size=(n, width)) @ basis * (2 / width**0.5) + rng.normal(size=(n, width)) * 0.3
    return np.maximum(np.abs(rng.normal(size=(classes, width)))[mixed] / 2 + noise, 0).astype(np.float32), labels


def ours(features: Array, threads: int) -> Array:
    """Ours, all of it: neighbours, components, t-SNE."""
    found = neighbours(features, 3 * PERPLEXITY, threads=threads)
    return tsne(found, start(pca(features)[0], 0), PERPLEXITY, 0, threads=threads).positions


def our_umap(features: Array, threads: int) -> Array:
    """umap-learn with our neighbours, seeded."""
    return umap(features, neighbours(features, 14, threads=threads), 0).positions


def open_tsne(features: Array, threads: int) -> Array:
    """As it comes."""
    from openTSNE import TSNE

    return np.asarray(TSNE(perplexity=PERPLEXITY, n_jobs=threads, random_state=0).fit(features))


def scikit_learn(features: Array, threads: int) -> Array:
    """As it comes."""
    from sklearn.manifold import TSNE

    return np.asarray(TSNE(perplexity=PERPLEXITY, n_jobs=threads, random_state=0).fit_transform(features))


def umap_learn(features: Array, threads: int) -> Array:
    """As it comes, without a seed: with one it works on one thread."""
    from umap import UMAP

    return np.asarray(UMAP(n_jobs=threads).fit_transform(features))


MAKERS: dict[str, Maker] = {
    "t-SNE (ours)": ours, "UMAP (ours: umap-learn, our neighbours)": our_umap,
    "openTSNE": open_tsne, "scikit-learn": scikit_learn, "umap-learn": umap_learn,
}  # fmt: skip


def timed(maker: Maker, features: Array, threads: int) -> tuple[float, float, Array]:
    """Seconds by the wall, seconds of processors, positions."""
    wall, cpu = time.perf_counter(), time.process_time()
    positions = maker(features, threads)
    return time.perf_counter() - wall, time.process_time() - cpu, positions


def accuracy(positions: Array, labels: Array) -> float:
    """Of the ten nearest in the map, by folds."""
    from sklearn.model_selection import cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    return float(cross_val_score(KNeighborsClassifier(10), positions, labels, cv=5).mean())


def speed(n: int, width: int, repeats: int, threads: int, without: list[str]) -> list[tuple[object, ...]]:
    """A row for each way."""
    features, labels = points(n, width)
    makers = {name: maker for name, maker in MAKERS.items() if name not in without}
    for maker in makers.values():
        maker(features[:400], threads)  # machine code is compiled or read
    joint = affinities(neighbours(features, 3 * PERPLEXITY), PERPLEXITY, threads).P
    best: dict[str, tuple[float, float]] = {}
    maps: dict[str, Array] = {}
    for _ in range(repeats):
        for name, maker in makers.items():
            wall, cpu, maps[name] = timed(maker, features, threads)
            least = best.get(name, (wall, cpu))
            best[name] = (min(wall, least[0]), min(cpu, least[1]))
    own = best["t-SNE (ours)"]
    return [
        (
            name, f"{wall:.1f}", f"{wall / own[0]:.1f}", f"{cpu:.1f}", f"{cpu / own[1]:.1f}",
            "" if "umap" in name.lower() else f"{divergence(maps[name], joint):.4f}", f"{accuracy(maps[name], labels):.3f}",
        )
        for name, (wall, cpu) in best.items()
    ]  # fmt: skip


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=5000, help="pictures (default: %(default)s)")
    parser.add_argument("--width", type=int, default=512, help="features (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="best of so many (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=thread_count(), help="of everyone (default: %(default)s)")
    parser.add_argument("--without", nargs="*", default=[], choices=[*MAKERS][1:], help="peers left out")
    arguments = parser.parse_args()
    rows = speed(arguments.points, arguments.width, arguments.repeats, arguments.threads, arguments.without)
    title = f"{arguments.points} points, {arguments.width} features, {arguments.threads} threads, perplexity {PERPLEXITY}"
    show(title, "way | wall s | × ours | CPU s | × ours | KL | kNN in the map", rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"\nPeak memory {peak:.2f} GiB.")


if __name__ == "__main__":
    main()
