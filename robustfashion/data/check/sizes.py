"""Sizes, aspect ratios and encoders of the files, and what they say about libraries that handled them before."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustfashion.data.check.factor import Factor
from robustfashion.data.check.store import FeatureStore

SIZE_CLASSES_PX = (224, 500, 1000, 2000)
"""Upper ends of the size classes, in px of the longer side: a network's input, the paper's canvas, twice and four times it."""
CLUSTER_SHARE = 0.2
CLUSTER_IMAGES = 20

RESIZED_RULE = (
    f"A length that at least {100 * CLUSTER_SHARE:.0f} % of the images (and {CLUSTER_IMAGES} of them) share as their shorter or "
    "longer side is taken for a target size: scaling to a fixed side is what libraries do."
)

Numbers = NDArray[np.float64]


def size_class(store: FeatureStore) -> Factor:
    """Class of the longer side."""
    longer = np.maximum(store.numbers["width"], store.numbers["height"])
    lows = (1, *(px + 1 for px in SIZE_CLASSES_PX))
    names = [f"{low} to {high} px" for low, high in zip(lows, SIZE_CLASSES_PX, strict=False)] + [f"over {SIZE_CLASSES_PX[-1]} px"]
    codes = np.searchsorted(SIZE_CLASSES_PX, longer).astype(np.int32)
    return Factor("size_class", codes, tuple(names)).take(np.ones(len(store), dtype=np.bool_))


def shape_class(store: FeatureStore) -> Factor:
    """Portrait, square (sides within 5 %) or landscape."""
    ratio = store.numbers["width"] / store.numbers["height"]
    codes = np.where(ratio < 1 / 1.05, 0, np.where(ratio > 1.05, 2, 1)).astype(np.int32)
    return Factor("shape", codes, ("portrait", "square", "landscape")).take(np.ones(len(store), dtype=np.bool_))


def measures(store: FeatureStore) -> dict[str, Numbers]:
    """Arrays [n]: width, height, longer and shorter side in px, aspect ratio, kilobytes, bits per pixel."""
    width, height = (store.numbers[name].astype(np.float64) for name in ("width", "height"))
    size = store.numbers["bytes"].astype(np.float64)
    return {
        "Width, px": width,
        "Height, px": height,
        "Longer side, px": np.maximum(width, height),
        "Shorter side, px": np.minimum(width, height),
        "Width / height": width / height,
        "File size, kB": size / 1000,
        "Bits per pixel": 8 * size / (width * height),
    }


@dataclass(frozen=True)
class SideCluster:
    """Images that share the length of a side."""

    side: str
    """``shorter side`` or ``longer side``."""
    px: int
    images: int
    share: float
    written_by: str
    """The most frequent encoder and quality among them."""
    written_share: float


def side_clusters(store: FeatureStore) -> list[SideCluster]:
    """Lengths that :data:`RESIZED_RULE` takes for target sizes, most images first."""
    width, height = store.numbers["width"], store.numbers["height"]
    found = []
    for side, lengths in (("shorter side", np.minimum(width, height)), ("longer side", np.maximum(width, height))):
        values, counts = np.unique(lengths, return_counts=True)
        for px, images in zip(values.tolist(), counts.tolist(), strict=True):
            if images >= max(CLUSTER_IMAGES, CLUSTER_SHARE * len(store)):
                encodings = _encodings(store, np.flatnonzero(lengths == px))
                name, written = encodings.most_common(1)[0]
                found.append(SideCluster(side, px, images, images / len(store), name, written / images))
    return sorted(found, key=lambda cluster: -cluster.images)


def _encodings(store: FeatureStore, rows: NDArray[np.int64]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for encoding in encodings(store, rows):
        counts[encoding.name] += encoding.images
    return counts


@dataclass(frozen=True)
class Encoding:
    """Files that were written the same way."""

    kind: str
    encoder: str
    """Empty where the file is not a JPEG."""
    quality: int
    exact: bool
    subsampling: str
    progressive: bool
    images: int

    @property
    def name(self) -> str:
        """In words."""
        if not self.encoder:
            return self.kind
        about = "" if self.exact else "about "
        return f"{self.kind}, {self.encoder}, quality {about}{self.quality}"


def encodings(store: FeatureStore, rows: NDArray[np.int64] | None = None) -> list[Encoding]:
    """Kinds of encoding among some or all images, most frequent first."""
    chosen = np.arange(len(store)) if rows is None else rows
    parts = [store.factors[name].codes[chosen] for name in ("kind", "encoder", "subsampling")]
    parts += [store.numbers[name][chosen] for name in ("quality", "exact", "progressive")]
    values, counts = np.unique(np.stack([part.astype(np.int64) for part in parts], axis=1), axis=0, return_counts=True)
    kind, encoder, subsampling = (store.factors[name].values for name in ("kind", "encoder", "subsampling"))
    found = [
        Encoding(kind[v[0]], encoder[v[1]], int(v[3]), bool(v[4]), subsampling[v[2]], bool(v[5]), int(count))
        for v, count in zip(values, counts, strict=True)
    ]
    return sorted(found, key=lambda encoding: -encoding.images)


def extremes(store: FeatureStore, count: int) -> tuple[list[int], list[int]]:
    """Rows of the images with the fewest pixels, and of those with the most; no row in both."""
    pixels = store.numbers["width"].astype(np.int64) * store.numbers["height"]
    order = np.argsort(pixels, kind="stable")
    count = min(count, len(order) // 2) or 1
    return [int(row) for row in order[:count]], [int(row) for row in order[::-1][:count] if len(order) > 1]
