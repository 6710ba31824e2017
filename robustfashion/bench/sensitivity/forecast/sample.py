"""Which pictures of a catalogue are asked about: whole products in the order of a hash."""

import hashlib
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def chosen(groups: Sequence[str], pictures: int, seed: int) -> NDArray[np.int64]:
    """Rows of a sample, rising: products in random order as long as all of their pictures fit in.

    A smaller sample of the same seed is part of a larger one, and what other products there are does not move a product's place.
    Of a first product that is larger than the sample only its first pictures are taken.

    Args:
        groups: product of each picture [n].
        pictures: at most so many, 1 or more.
        seed: of the order of products.
    """
    names, member = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    place = np.argsort([hashlib.sha256(f"{seed}\0{name}".encode()).digest() for name in names.tolist()])
    sizes = np.bincount(member)[place]
    kept = place[np.cumsum(sizes) <= pictures]
    if not len(kept):
        return np.flatnonzero(member == place[0])[:pictures]
    return np.flatnonzero(np.isin(member, kept))


def larger_than_asked(groups: Sequence[str], asked: Sequence[str]) -> int:
    """How many pictures of a catalogue lie in products with more pictures than any product of the sample.

    A sample of whole products has no room for the largest ones. Where the pictures of such a product change together, they move
    the catalogue's share by more than the smaller products tell.

    Args:
        groups: product of each picture of the catalogue [n].
        asked: product of each picture of the sample [m].
    """
    largest = max(Counter(asked).values(), default=0)
    return sum(count for count in Counter(groups).values() if count > largest)


def products_of(groups: Sequence[str], asked: Sequence[str]) -> int | None:
    """How many products a catalogue has; None where the sample holds some of a product's pictures and not the others.

    Of such a product nobody knows whether any of its pictures changes, so that products cannot be counted.

    Args:
        groups: product of each picture of the catalogue [n].
        asked: product of each picture of the sample [m].
    """
    whole = Counter(groups)
    return len(whole) if all(whole[name] == count for name, count in Counter(asked).items()) else None
