"""The order in which images are seen in training."""

from collections.abc import Iterator

import numpy as np
from torch.utils.data import Sampler


class SeededOrder(Sampler[int]):
    """A permutation of ``n`` places that depends on seed and epoch alone, and not on how often a loader was started.

    torch's own RandomSampler draws from one stream, which a loader with worker processes and a resumed run read further than
    others do. Lightning calls :meth:`set_epoch`.
    """

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order comes next."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.n

    def __iter__(self) -> Iterator[int]:
        stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, self.epoch])))
        return iter(stream.permutation(self.n).tolist())
