"""Data sets and data module: the same stream however it is drawn, and what a YAML can ask for."""

import os

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")

import albumentations as A
import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from robustfashion.data.datamodule import FashionDataModule
from robustfashion.data.pixel_dataset import PixelDataset, as_gathered
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from tests.data.images import put


def arrays(count=1, n=11, side=6):
    """Array k holds image i as the value 20 i + k in every pixel, but for a marked corner."""
    made = [np.repeat(20 * np.arange(n) + k, side * side * 3).reshape(n, side, side, 3).astype(np.uint8) for k in range(count)]
    for array in made:
        array[:, 0, 0] = 255
    return made


def brighten(image, rng):
    return image // 2 + rng.integers(100, dtype=np.uint8)


def stream(dataset, epochs=3, num_workers=0, seed=0, shuffle=True):
    """Every image of some epochs, by (epoch, index)."""
    loader = DataLoader(
        dataset, batch_size=4, shuffle=shuffle, num_workers=num_workers, persistent_workers=num_workers > 0,
        generator=torch.Generator().manual_seed(seed), collate_fn=as_gathered,
    )  # fmt: skip
    found = {}
    for epoch in range(epochs):
        for batch in loader:
            for index, image in zip(batch["index"].tolist(), batch["image"].numpy(), strict=True):
                found[epoch, index] = image
    return found


def equal(one, other):
    return one.keys() == other.keys() and all((one[key] == other[key]).all() for key in one)


def test_items():
    (array,) = arrays()
    array.flags.writeable = False
    dataset = PixelDataset([array], np.array([3, -1, *[0] * 9]))
    item = dataset[1]
    assert item["image"].dtype == torch.uint8
    assert item["image"].shape == (3, 6, 6)
    np.testing.assert_array_equal(item["image"].permute(1, 2, 0).numpy(), array[1])
    assert (item["label"].dtype, item["label"].item(), item["index"].item()) == (torch.int64, -1, 1)
    assert len(dataset) == 11
    batch = next(iter(DataLoader(dataset, batch_size=5, collate_fn=as_gathered)))
    assert batch["image"].shape == (5, 3, 6, 6)
    assert batch["label"].tolist() == [3, -1, 0, 0, 0]
    assert batch["index"].tolist() == [0, 1, 2, 3, 4]


def test_without_augmentation_every_epoch_is_the_same():
    found = stream(PixelDataset(arrays(), np.zeros(11, int)))
    assert all((found[0, k] == found[2, k]).all() for k in range(11))


def test_order_does_not_change_what_happens_to_an_image():
    def made(seed=5):
        return PixelDataset(arrays(3), np.zeros(11, int), augment=brighten, seed=seed)

    want = stream(made(), shuffle=False)
    assert equal(stream(made(), seed=1), want)
    assert equal(stream(made(), seed=2), want)
    assert not equal(stream(made(6), seed=1), want)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded, use of fork:DeprecationWarning")
@pytest.mark.parametrize(
    "augment", [brighten, A.Compose([A.HorizontalFlip(p=0.5), A.GaussNoise(p=0.7)])], ids=["function", "Compose"]
)
def test_worker_processes_give_the_same_stream(augment):
    want = stream(PixelDataset(arrays(2), np.zeros(11, int), augment=augment), num_workers=0)
    assert equal(stream(PixelDataset(arrays(2), np.zeros(11, int), augment=augment), num_workers=2), want)


def test_epochs_differ_and_every_preprocessing_is_drawn():
    found = stream(PixelDataset(arrays(3), np.zeros(11, int)), epochs=40)
    kinds = np.array([[int(found[epoch, k][0, 3, 3]) - 20 * k for k in range(11)] for epoch in range(40)])
    assert set(np.unique(kinds)) == {0, 1, 2}
    for kind in range(3):
        assert 0.2 < (kinds == kind).mean() < 0.5
    assert len({tuple(row) for row in kinds}) > 30


def test_transforms_of_a_compose_draw_independently():
    augment = A.Compose([A.HorizontalFlip(p=0.5), A.InvertImg(p=0.5)])
    array = np.zeros((400, 4, 4, 3), np.uint8)
    array[:, :, 0] = 10
    found = stream(PixelDataset([array], np.zeros(400, int), augment=augment), epochs=1)
    flipped = np.array([image[0, 0, 0] in (0, 255) for image in found.values()])
    inverted = np.array([image.mean() > 100 for image in found.values()])
    assert 0.4 < flipped.mean() < 0.6
    assert 0.4 < inverted.mean() < 0.6
    assert abs(np.corrcoef(flipped, inverted)[0, 1]) < 0.15


def test_global_random_state_is_neither_used_nor_changed():
    torch.manual_seed(0)
    before = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002 - looked at, not used
    one = stream(PixelDataset(arrays(2), np.zeros(11, int), augment=A.Compose([A.ColorJitter()])), shuffle=False)
    assert (np.random.get_state()[1] == before[1]).all()  # noqa: NPY002 - as above
    torch.manual_seed(1)
    assert equal(stream(PixelDataset(arrays(2), np.zeros(11, int), augment=A.Compose([A.ColorJitter()])), shuffle=False), one)


@pytest.mark.parametrize("sides", [[(5, 6, 6, 3), (5, 6, 6, 3)], [(4, 6, 6, 3), (4, 7, 7, 3)], [(4, 6, 6)], []])
def test_arrays_and_labels_must_fit(sides):
    with pytest.raises(InputError, match="pixel arrays are"):
        PixelDataset([np.zeros(shape, np.uint8) for shape in sides], np.zeros(4, int))


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Three classes of 10 images."""
    root = tmp_path_factory.mktemp("photos")
    for k in range(30):
        put(root / ("dress", "hat", "shoe")[k % 3] / f"{k:02}.jpg", 40 + k, 33, seed=k)
    return root


def _module(photos, tmp_path, **options):
    return FashionDataModule(str(photos), canvas=50, size=20, batch_size=4, cache_dir=tmp_path, **options)


def test_data_module(photos, tmp_path):
    module = _module(photos, tmp_path)
    assert (module.num_classes, module.classes) == (3, ("dress", "hat", "shoe"))
    assert "divided by product" in module.note
    module.prepare_data()
    module.setup("fit")
    module.setup("test")
    module.setup("predict")
    assert len(module._datasets["train"]) == 21
    train, validation, test = list(module.train_dataloader()), list(module.val_dataloader()), list(module.test_dataloader())
    assert [len(batch["label"]) for batch in train] == [4] * 5
    assert sum(len(batch["label"]) for batch in validation) == 3
    rows = module.rows("test")
    assert torch.cat([batch["index"] for batch in test]).tolist() == list(range(len(rows))) == list(range(6))
    assert torch.cat([batch["label"] for batch in test]).tolist() == rows.targets(module.task).tolist()
    want = Preprocessing.parse("pillow.bilinear", canvas=50, size=20).load(photos / str(rows.column("path")[2]))
    np.testing.assert_array_equal(test[0]["image"][2].permute(1, 2, 0).numpy(), want)
    assert len(list(module.predict_dataloader())) == 8


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded, use of fork:DeprecationWarning")
def test_training_batches_do_not_depend_on_workers(photos, tmp_path):
    def batches(num_workers):
        module = _module(photos, tmp_path, num_workers=num_workers, methods=["pillow.bilinear", "pillow.nearest"])
        module.augment = brighten
        module.setup("fit")
        loader = module.train_dataloader()
        return [batch for _ in range(3) for batch in loader]

    for one, other in zip(batches(0), batches(2), strict=True):
        assert one["index"].tolist() == other["index"].tolist()
        assert torch.equal(one["image"], other["image"])


def test_policy_in_training(photos, tmp_path):
    methods = ["pillow.bicubic+shorter=20+crop=16", "opencv.area"]
    module = FashionDataModule(str(photos), methods=methods, batch_size=4, cache_dir=tmp_path)
    assert [p.name for p in module.train_preprocessings] == [f"{m}+shorter=20+crop=16" for m in ("pillow.bicubic", "opencv.area")]
    module.setup("fit")
    assert next(iter(module.train_dataloader()))["image"].shape[1:] == (3, 16, 16)
    assert module.serve_preprocessing.name == "pillow.bicubic+shorter=20+crop=16"
    with pytest.raises(InputError, match="its square has 16 px, but size is 20"):
        _module(photos, tmp_path, methods="pillow.bicubic+shorter=20+crop=16")


def test_positive_and_methods(photos, tmp_path):
    module = _module(photos, tmp_path, positive="hat", methods=["pillow.bilinear", "opencv.linear"], serve_method="opencv.linear")
    assert module.classes == ("other", "hat")
    module.augment = brighten
    module.setup("fit")
    train, validation = module._datasets["train"], module._datasets["validation"]
    assert [len(train.arrays), len(validation.arrays)] == [2, 1]
    assert train.augment is brighten
    assert validation.augment is None
    assert train.labels.float().mean().item() == pytest.approx(1 / 3)
    want = Preprocessing.parse("opencv.linear", canvas=50, size=20).load(
        photos / str(module.rows("validation").column("path")[0])
    )
    np.testing.assert_array_equal(validation.arrays[0][0], want)


def test_unlabelled_images_are_predicted_only(photos, tmp_path):
    table = ["path,label,split"]
    for k in range(30):
        label = ("dress", "hat", "shoe")[k % 3]
        table.append(
            f"{photos}/{label}/{k:02}.jpg,{'' if k in (3, 20, 29) else label},{('train', 'validation', 'test')[k // 10]}"
        )
    (tmp_path / "m.csv").write_text("\n".join(table))
    module = _module(tmp_path / "m.csv", tmp_path)
    for stage in ("fit", "test", "predict"):
        module.setup(stage)
    assert {name: len(dataset) for name, dataset in module._datasets.items()} == {
        "train": 9, "validation": 10, "test": 8, "predict": 30,
    }  # fmt: skip
    labels = [-1 if k in (3, 20, 29) else k % 3 for k in range(30)]
    assert module._datasets["predict"].labels.tolist() == labels


def test_outliers_are_neither_trained_nor_validated_on(tmp_path):
    drawn = SyntheticSettings(
        count=60, seed=5, long_side_px=(24, 30), mix={"dress": 0.5, "watch": 0.5}, outlier_share=0.15, mis_filed=0.2
    )
    module = FashionDataModule("synthetic", synthetic=drawn, canvas=50, size=20, cache_dir=tmp_path)
    kinds = {
        split: module.catalogue.usable().in_split(split).outliers().column("outlier_kind") for split in ("train", "validation")
    }
    assert "mis-filed" in kinds["train"]
    assert len(set(kinds["train"])) > 1
    assert kinds["validation"]
    for split in ("train", "validation"):
        rows = module.rows(split)
        assert rows.column("outlier_kind") == [None] * len(rows)
        assert rows.column("label") == rows.column("product_type")
        assert len(rows) + len(kinds[split]) == len(module.catalogue.usable().in_split(split))
        assert module.class_counts(split).sum() == len(rows)
    module.setup("fit")
    assert len(module._datasets["train"]) == len(module.rows("train"))
    assert len(module.rows("test").outliers()) > 0
    assert len(module.rows("test", labelled=False).outliers()) >= len(module.rows("test").outliers())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"positive": "trousers"}, "no image has label 'trousers'; use one of dress, hat, shoe"),
        ({"column": "product_type"}, "no image has a value in column 'product_type'"),
    ],
)
def test_classes_that_are_not_there(photos, tmp_path, options, message):
    with pytest.raises(InputError, match=message):
        _ = _module(photos, tmp_path, **options).num_classes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"methods": []}, "methods is empty"),
        ({"methods": "pillow.wobbly"}, "unknown resize method"),
        ({"num_workers": -1}, "num_workers is -1"),
        ({"workers": 0}, "workers is 0"),
    ],
)
def test_settings_are_checked_before_anything_is_read(options, message):
    with pytest.raises(InputError, match=message):
        FashionDataModule("nowhere", **options)
