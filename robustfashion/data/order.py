"""The order in which images are seen in training, on one process or many."""

from collections.abc import Callable, Iterator

import numpy as np
from torch import distributed
from torch.utils.data import DistributedSampler


class SeededOrder(DistributedSampler[int]):
    """A permutation of ``n`` places that depends on seed and epoch alone, and not on how often a loader was started.

    torch's own RandomSampler draws from one stream, which a loader with worker processes and a resumed run read further than
    others do. Lightning calls :meth:`set_epoch`.

    In a distributed run process r of W takes every W-th place from r on, so that the k-th batches of all processes together are
    the k-th batch, W times as large, of a run on one process. Nothing is repeated; up to W - 1 places at the end, others in
    every epoch, are left out, since all processes take the same number of steps. Being torch's DistributedSampler by its type, it
    is not wrapped into another one by Lightning.

    Args:
        n: images.
        seed: at least 0.
        tell: called with the epoch when it is chosen: augmentation depends on it, too.
    """

    def __init__(self, n: int, seed: int, tell: Callable[[int], None] | None = None) -> None:
        # The parent's constructor wants the process group, which a sampler is made without.
        self.n = n
        self.seed = seed
        self.epoch = 0
        self.tell = tell

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order comes next."""
        self.epoch = epoch
        if self.tell is not None:
            self.tell(epoch)

    def __len__(self) -> int:
        return self.n // _processes()[1]

    def __iter__(self) -> Iterator[int]:
        stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, self.epoch])))
        rank, world = _processes()
        return iter(stream.permutation(self.n)[rank : len(self) * world : world].tolist())


def _processes() -> tuple[int, int]:
    """Number of this process, and how many there are."""
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1
