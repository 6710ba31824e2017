"""Batches gathered whole: equal to their items, for every kind of augmentation, order and process."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from robustfashion.data.pixel_dataset import Compose, OnDevice, PixelDataset, as_gathered
from robustfashion.errors import InputError
from robustfashion.models.recipes import Recipe, augmentation


class Darker:
    """Subtracts a level that was drawn, and notes a number that was drawn in a corner."""

    draws = 2

    def factors(self, uniform):
        return (uniform * [20, 256]).astype(np.float32)

    def carry_out(self, images, factors):
        darker = images - factors[:, 0].to(torch.uint8)[:, None, None, None]
        darker[:, 0, 0, 0] = factors[:, 1].to(torch.uint8)
        return darker


def arrays(count=1, n=11, side=6):
    """Array k holds image i as the value 20 i + k in every pixel, but for a marked corner."""
    made = [np.repeat(20 * np.arange(n) + k, side * side * 3).reshape(n, side, side, 3).astype(np.uint8) for k in range(count)]
    for array in made:
        array[:, 0, 0] = (255, 0, 7)
        array.flags.writeable = False
    return made


def brighten(image, rng):
    return image // 2 + rng.integers(100, dtype=np.uint8)


def stream(dataset, num_workers=0, batch_size=4, epochs=3):
    """The bytes of every image in every epoch."""
    found = {}
    loader = DataLoader(dataset, batch_size=batch_size, shuffle=True, num_workers=num_workers, collate_fn=as_gathered,
                        persistent_workers=num_workers > 0, generator=torch.Generator().manual_seed(batch_size))  # fmt: skip
    for epoch in range(epochs):
        for batch in loader:
            for index, image in zip(batch["index"].tolist(), batch.to("cpu")["image"], strict=True):
                found[epoch, index] = image.numpy().tobytes()
    return found


def test_a_batch_is_channels_last_and_writable():
    dataset = PixelDataset(arrays(), np.arange(11) % 3)
    batch = dataset.__getitems__([7, 2, 7])
    assert sorted(batch) == ["image", "index", "label"]
    assert (batch["image"].shape, batch["image"].dtype) == ((3, 3, 6, 6), torch.uint8)
    assert batch["image"].is_contiguous(memory_format=torch.channels_last)
    np.testing.assert_array_equal(batch["image"].permute(0, 2, 3, 1).numpy(), dataset.arrays[0][[7, 2, 7]])
    assert (batch["label"].tolist(), batch["index"].tolist()) == ([1, 2, 1], [7, 2, 7])
    batch["image"].fill_(1)  # a copy: the arrays may be read-only maps


@pytest.mark.parametrize("augment", [None, brighten, Darker()], ids=["none", "function", "drawn"])
@pytest.mark.parametrize("kinds", [1, 3])
def test_a_batch_is_its_items(augment, kinds):
    whole = PixelDataset(arrays(kinds), np.zeros(11, int), augment, seed=4).__getitems__([3, 0, 9]).to("cpu")
    assert list(whole) == ["image", "label", "index"]
    single = PixelDataset(arrays(kinds), np.zeros(11, int), augment, seed=4)
    for place, index in enumerate([3, 0, 9]):
        item = single[index]
        assert all(torch.equal(item[key], whole[key][place]) for key in whole)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded, use of fork:DeprecationWarning")
def test_what_is_drawn_depends_on_image_and_epoch_alone():
    def made(seed=5):
        return PixelDataset(arrays(3), np.zeros(11, int), Darker(), seed)

    want = stream(made())
    assert len(set(want.values())) == 33
    assert stream(made(), batch_size=3) == want
    assert stream(made(), batch_size=11, num_workers=2) == want
    assert stream(made(6)) != want


def test_every_preprocessing_is_drawn_for_factors_too():
    dataset = PixelDataset(arrays(3), np.zeros(11, int), Darker())
    kinds = np.array([dataset.__getitems__(range(11))["image"][:, 0, 3, 3].numpy() - 20 * np.arange(11) for _ in range(60)])
    assert [0.25 < (kinds == kind).mean() < 0.42 for kind in range(3)] == [True] * 3


def test_which_augmentation_is_which():
    assert isinstance(Darker(), OnDevice)
    assert not isinstance(Darker(), Compose)
    assert not isinstance(brighten, OnDevice)


def kinds_of(images, index):
    """Number of each image's array, from a pixel that no augmentation marks."""
    return images[:, 0, 3, 3].numpy().astype(int) - 20 * np.asarray(index)


@pytest.mark.parametrize("pairs", ["mix", "first"])
def test_partners_are_the_same_pictures_under_another_preprocessing(pairs):
    dataset, index = PixelDataset(arrays(4), np.zeros(11, int), pairs=pairs), list(range(11))
    found = [dataset.__getitems__(index) for _ in range(80)]
    first, other = (np.array([kinds_of(batch[name], index) for batch in found]) for name in ("image", "partner"))
    assert (first != other).all() and {*other.ravel()} <= {0, 1, 2, 3}
    if pairs == "first":
        assert not first.any()
        assert [round(3 * (other == kind).mean()) for kind in (1, 2, 3)] == [1, 1, 1]
    else:  # each ordered pair as often as the others: a twelfth of 880, some 9 either way
        counts = np.array([((first == a) & (other == b)).sum() for a in range(4) for b in range(4) if a != b])
        assert counts.sum() == 880 and counts.min() > 40 and counts.max() < 110


@pytest.mark.parametrize("augment", [None, brighten, Darker()], ids=["none", "function", "drawn"])
def test_pairs_of_a_mix_hold_the_pictures_of_the_mix(augment):
    plain, paired = (PixelDataset(arrays(3), np.zeros(11, int), augment, 4, pairs) for pairs in (None, "mix"))
    for _ in range(3):
        batches = [dataset.__getitems__([3, 0, 9]).to("cpu") for dataset in (plain, paired)]
        assert torch.equal(batches[0]["image"], batches[1]["image"]) and "partner" not in batches[0]


@pytest.mark.parametrize("augment", [brighten, Darker()], ids=["function", "drawn"])
def test_partners_are_augmented_alike(augment):
    """The arrays hold the same pictures, so that whatever differs is the augmentation."""
    same = [arrays()[0], arrays()[0].copy()]
    batch = PixelDataset(same, np.zeros(11, int), augment, pairs="mix").__getitems__(range(11)).to("cpu")
    assert torch.equal(batch["image"], batch["partner"])
    assert not np.array_equal(batch["image"].permute(0, 2, 3, 1).numpy(), same[0])
    assert batch["partner"].is_contiguous(memory_format=torch.channels_last)


def test_partners_are_augmented_alike_by_albumentations():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (12, 8, 8, 3)).astype(np.uint8)
    strong = augmentation(Recipe("strong", brightness=0.4, hue=0.1, pca_noise=0.1, grayscale_p=0.3))
    batch = PixelDataset([image, image.copy()], np.zeros(12, int), strong, pairs="first").__getitems__(range(12))
    assert torch.equal(batch["image"], batch["partner"])
    assert (
        len(
            {tuple(sorted(found)) for found in (batch["image"] - torch.from_numpy(image).permute(0, 3, 1, 2)).flatten(1).tolist()}
        )
        == 12
    )


def test_one_preprocessing_has_no_pairs():
    with pytest.raises(InputError, match="there is one"):
        PixelDataset(arrays(1), np.zeros(11, int), pairs="mix")
