"""Pixel arrays as a torch data set that hands out whole batches: one gather, not a tensor per image."""

import copy
import random
from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from robustfashion.data.batch import AUGMENT, PARTNER, Batch, Pending
from robustfashion.data.streams import uniforms
from robustfashion.errors import InputError

Pixels = NDArray[np.uint8]


@runtime_checkable
class OnDevice(Protocol):
    """An augmentation of whole batches that is carried out where the network runs; here its factors are drawn."""

    @property
    def draws(self) -> int:
        """Uniform numbers that one image takes."""

    def factors(self, uniform: NDArray[np.float64]) -> NDArray[np.float32]:
        """Numbers [n, draws] in [0, 1) to factors [n, f]."""

    def carry_out(self, images: Tensor, factors: Tensor) -> Tensor:
        """Images uint8 [n, 3, S, S] on any device, which may be overwritten, and factors in main memory to images."""


@runtime_checkable
class Compose(Protocol):
    """What is needed of ``albumentations.Compose``."""

    def set_random_state(self, random_generator: np.random.Generator, py_random: random.Random) -> None:
        """Make all transforms draw from these."""

    def __call__(self, *, image: Pixels) -> dict[str, Any]:
        """Augment; the result is under ``image``."""


PerImage = Compose | Callable[[Pixels, np.random.Generator], Pixels]
"""An albumentations ``Compose``, or a function of an image uint8 [S, S, 3] and a random generator."""
Augment = OnDevice | PerImage
"""One for batches where the network runs, or one for each image where it is read."""


Pairs = Literal["mix", "first"]
"""Which preprocessing a picture of a pair has, beside its partner's: one that is drawn for it, or the first."""


def as_gathered(batch: Any) -> Any:  # noqa: ANN401 - torch expects a function of a list
    """``collate_fn`` of loaders of a :class:`PixelDataset`, whose batches are whole already."""
    return batch


class PixelDataset(Dataset[Batch]):
    """Images of one or several pixel arrays, augmented reproducibly.

    What happens to image i when it is drawn for the e-th time (in training: in epoch e) depends on the seed, i and e alone: on
    neither the order nor the number of worker processes. How often each was drawn is counted in memory that workers share.

    Args:
        arrays: uint8 [n, S, S, 3]: the same images under several preprocessings; each draw takes one of them at random.
        labels: class numbers int64 [n].
        augment: applied to each image as it is drawn, or to each batch as it is moved to the network.
        seed: another seed gives another stream.
        pairs: give each picture as its partner, too: augmented alike, under one of the other preprocessings, drawn evenly. With
            ``mix`` the pictures themselves are those of a data set without pairs, to the bit.

    Raises:
        InputError: arrays and labels that do not fit together; pairs of one array.
    """

    def __init__(
        self,
        arrays: Sequence[Pixels],
        labels: NDArray[np.int64],
        augment: Augment | None = None,
        seed: int = 0,
        pairs: Pairs | None = None,
    ) -> None:
        shapes = [list(array.shape) for array in arrays]
        if not shapes or any(shape != shapes[0] for shape in shapes) or len(shapes[0]) != 4 or shapes[0][0] != len(labels):
            raise InputError(f"pixel arrays are {shapes} for {len(labels)} labels; they must be equal [n, S, S, 3], n labels")
        if pairs is not None and len(shapes) < 2:
            raise InputError("pictures are to be paired under two preprocessings, and there is one; name another one")
        self.arrays = list(arrays)
        self.pairs = pairs
        self.labels = torch.from_numpy(np.array(labels, dtype=np.int64))
        self.augment = augment
        self.seed = seed
        self.draws = torch.zeros(len(labels), dtype=torch.int64)
        """int64 [n]: how often each image was drawn at random so far."""
        self.draws.share_memory_()  # type: ignore[no-untyped-call]

    def __len__(self) -> int:
        return len(self.labels)

    def start_epoch(self, epoch: int) -> None:
        """Set the number of draws, so that augmentation follows the epoch: after a resume, and for images that one left out."""
        self.draws.fill_(epoch)

    def __getitem__(self, index: int) -> Batch:
        """One image [3, S, S], augmented, with its ``label`` and ``index`` []."""
        return Batch({key: value[0] for key, value in self.__getitems__([index]).to("cpu").items()})

    def __getitems__(self, indices: Sequence[int]) -> Batch:
        """A whole batch; torch's loaders look for this method and hand its result to their ``collate_fn``."""
        index = np.array(indices, np.int64)
        views, pending = self._drawn(index)
        # [n, S, S, 3] in memory: the channels-last layout that networks want.
        image, *partner = (torch.from_numpy(view).permute(0, 3, 1, 2) for view in views)
        batch = Batch(image=image, label=self.labels[index], index=torch.from_numpy(index))
        if partner:
            batch[PARTNER] = partner[0]
        if pending is not None:
            batch[AUGMENT] = pending
        return batch

    def _drawn(self, index: NDArray[np.int64]) -> tuple[list[Pixels], Pending | None]:
        """Copies of some images, each under a preprocessing drawn for it, and their partners, where there are any.

        They are augmented, or come with what is left to do.
        """
        if self.augment is None and len(self.arrays) == 1:
            return [_gathered(self.arrays, np.zeros(len(index), np.int64), index)], None
        if self.augment is not None and not isinstance(self.augment, OnDevice):
            augmented = [self._augmented_image(self.augment, int(i)) for i in index]
            return [np.stack(view) for view in zip(*augmented, strict=True)], None
        epoch = self.draws[index].numpy()
        self.draws[index] += 1
        own = 1 if self.augment is None else 1 + self.augment.draws
        uniform = uniforms(self.seed, index, epoch, own + (self.pairs is not None))
        images = [_gathered(self.arrays, kind, index) for kind in self._kinds(uniform[:, 0], uniform[:, -1])]
        if self.augment is None:
            return images, None
        return images, Pending(self.augment.carry_out, torch.from_numpy(self.augment.factors(uniform[:, 1:own])))

    def _kinds(self, member: NDArray[np.float64], partner: NDArray[np.float64]) -> list[NDArray[np.int64]]:
        """Number of the preprocessing of each image, and of its partner, which has another one; of uniform numbers [n]."""
        many = len(self.arrays)
        first = np.zeros(len(member), np.int64) if self.pairs == "first" else (many * member).astype(np.int64)
        if self.pairs is None:
            return [first]
        other = ((many - 1) * partner).astype(np.int64)
        return [first, other + (other >= first)]

    def _augmented_image(self, augment: PerImage, index: int) -> list[Pixels]:
        """Copies of one image (the arrays may be read-only maps), under preprocessings drawn for it, augmented alike."""
        stream = np.random.SeedSequence([self.seed, index, int(self.draws[index])])
        self.draws[index] += 1
        rng = np.random.Generator(np.random.PCG64(stream))
        member = rng.random(1)
        kinds = self._kinds(member, np.random.Generator(np.random.PCG64(stream.spawn(1)[0])).random(1))
        # Each begins where the other began, so that both are flipped or none is.
        return [_augmented(augment, np.array(self.arrays[int(kind[0])][index]), copy.deepcopy(rng)) for kind in kinds]


def _gathered(arrays: Sequence[Pixels], kind: NDArray[np.int64], index: NDArray[np.int64]) -> Pixels:
    """Image ``index[k]`` of array ``kind[k]``: [n, S, S, 3], a copy in memory of its own (the arrays may be read-only maps)."""
    if len(arrays) == 1:
        return np.asarray(arrays[0]).take(index, axis=0)
    images = np.empty((len(index), *arrays[0].shape[1:]), np.uint8)
    for number, array in enumerate(arrays):
        (places,) = np.nonzero(kind == number)
        images[places] = np.asarray(array)[index[places]]
    return images


def _augmented(augment: PerImage, image: Pixels, rng: np.random.Generator) -> Pixels:
    if not isinstance(augment, Compose):
        return augment(image, rng)
    # Compose's own set_random_seed would start every transform on the same stream: a flip and a gray would then coincide.
    augment.set_random_state(rng, random.Random(int(rng.integers(2**63))))
    result: Pixels = augment(image=image)["image"]
    return result
