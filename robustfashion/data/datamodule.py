"""The Lightning data module that a YAML configures."""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from robustfashion.data.asked import AskedNetwork
from robustfashion.data.batch import Batch
from robustfashion.data.cache import usable_cache
from robustfashion.data.catalogue import Catalogue, Task, make_task
from robustfashion.data.network_task import strangers
from robustfashion.data.order import SeededOrder
from robustfashion.data.pixel_dataset import Augment, Pairs, PixelDataset, as_gathered
from robustfashion.data.pixels import build_pixels
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.sources import load_catalogue, scanned_catalogue
from robustfashion.data.splits import Target
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent

Pixels = NDArray[np.uint8]


class FashionDataModule(pl.LightningDataModule):
    """Pictures of a catalogue for training, validation, test and prediction.

    Batches are dicts of ``image`` (uint8 [b, 3, size, size], scaled in the model), ``label`` (int64 [b]) and ``index``
    (int64 [b], place in the split). Unlabelled images are left out but in :meth:`predict_dataloader`, which gives every usable
    image of the data. Outliers (:meth:`~robustfashion.data.catalogue.Catalogue.outliers`) are in the test split alone.

    Where a trained network is asked (:attr:`network`), its classes are the classes, and the splits follow from what it has seen.

    Args:
        data: ``synthetic``, a folder with one sub-folder per class, or a CSV/Parquet manifest.
        positive: class to be told from all others; None: every class is a class.
        column: column of the catalogue that holds the classes.
        methods: preprocessings of the training pictures; of several, each epoch draws one per image.
        serve_method: preprocessing of validation, test and prediction; None: the first of ``methods``. Texts that name no policy
            (``shorter=256+crop=224``, say) have that of the first of ``methods``.
        canvas: side of the white square that pictures are padded to, in px; of no meaning with a policy.
        size: side of the network's input, in px; None: what the policy says, else 224.
        batch_size: images per batch.
        num_workers: processes that augment; 0 = the main one.
        seed: divides the products where the data brings no splits; orders and augments the training images.
        synthetic: what to render where ``data`` is ``synthetic``.
        workers: threads that decode and resize.
        cache_dir: folder for scans, rendered catalogues and pixels; None: the user's cache folder.
    """

    augment: Augment | None = None
    """Applied to training images; set by whoever knows the recipe, before the fit."""
    pairs: Pairs | None = None
    """How training images are paired with others of the ``methods``; set with :attr:`augment`."""
    network: AskedNetwork | None = None
    """A trained network that is asked about the pictures; set before the first use. None: one is trained on them."""
    progress: Progress = staticmethod(silent)
    """Called while pictures are read and prepared."""

    def __init__(  # noqa: PLR0913 - one argument per line of the YAML
        self,
        data: str = "synthetic",
        positive: str | None = None,
        column: str = "label",
        methods: str | list[str] = "pillow.bilinear",
        serve_method: str | None = None,
        canvas: int = 500,
        size: int | None = None,
        batch_size: int = 32,
        num_workers: int = 0,
        seed: int = 0,
        synthetic: SyntheticSettings | None = None,
        workers: int = 2,
        cache_dir: Path | None = None,
    ) -> None:
        super().__init__()
        for name, value, least in (("batch_size", batch_size, 1), ("num_workers", num_workers, 0), ("workers", workers, 1)):
            if value < least:
                raise InputError(f"{name} is {value}; it must be at least {least}")
        texts = [methods] if isinstance(methods, str) else list(methods)
        if not texts:
            raise InputError("methods is empty; name at least one preprocessing, such as pillow.bilinear")
        self.data = data
        self.target = Target(positive, column)
        first = Preprocessing.parse(texts[0], canvas, size)
        self.train_preprocessings = [Preprocessing.parse(text, canvas, first.size, first.policy) for text in texts]
        self.serve_preprocessing = Preprocessing.parse(serve_method or texts[0], canvas, first.size, first.policy)
        self.batch_size = batch_size
        self.num_workers = num_workers
        self.seed = seed
        self.synthetic = synthetic
        self.workers = workers
        self.cache = usable_cache(None if cache_dir is None else Path(cache_dir))
        self._datasets: dict[str, PixelDataset] = {}

    @cached_property
    def _loaded(self) -> tuple[Catalogue, str]:
        reading: dict[str, Any] = {
            "synthetic": self.synthetic,
            "cache": self.cache,
            "workers": self.workers,
            "progress": self.progress,
        }
        if self.network is None:
            return load_catalogue(self.data, seed=self.seed, target=self.target, **reading)
        catalogue, opened = scanned_catalogue(self.data, **reading)
        divided, note = self.network.divided(catalogue)
        return divided, " ".join(filter(None, [note, opened]))

    @property
    def catalogue(self) -> Catalogue:
        """All rows, refused ones included; opened, scanned and split at the first use."""
        return self._loaded[0]

    @property
    def note(self) -> str:
        """How the splits came about and what was left out, in words."""
        unknown = "" if self.network is None else strangers(self.catalogue, self.task, left_out=self.network.split is not None)
        return " ".join(filter(None, [self._loaded[1], unknown]))

    @cached_property
    def task(self) -> Task:
        """What is told apart."""
        if self.network is not None:
            return self.network.task(self.catalogue, self.target)
        return make_task(self.catalogue, self.target.positive, self.target.column)

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in class order."""
        return self.task.classes

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)

    @property
    def image_size(self) -> int:
        """Side of the network's input, in px."""
        return self.serve_preprocessing.size

    def rows(self, split: str, labelled: bool = True) -> Catalogue:
        """Usable rows of a split, of train and validation the ordinary ones; their order is that of ``index``."""
        found = self.catalogue.usable().in_split(split)
        if split != "test":
            found = found.ordinary()
        return found.take(np.flatnonzero(found.targets(self.task) >= 0)) if labelled else found

    @cached_property
    def asked(self) -> Catalogue:
        """The pictures that :attr:`network` is asked about; without one, all usable ones. Their order is that of ``index``.

        Raises:
            InputError: there are none.
        """
        return self.catalogue.usable() if self.network is None else self.network.rows(self.catalogue, self.task)

    def class_counts(self, split: str) -> NDArray[np.int64]:
        """Labelled images of each class in a split: int64 [k]."""
        return np.bincount(self.rows(split).targets(self.task), minlength=self.num_classes).astype(np.int64)

    def prepare_data(self) -> None:
        """Render, scan and prepare all pictures, once per machine; everything lands in the cache."""
        if self.network is not None:
            self._pixels(self.asked, "asked")
            return
        for split in ("train", "validation", "test"):
            self._pixels(self.rows(split, labelled=split != "test"), split)

    def setup(self, stage: str) -> None:
        """Open the pictures of the stage (``fit``, ``validate``, ``test``, ``predict``)."""
        for name in _STAGES[stage]:
            rows = self.asked if self.network is not None or name == "predict" else self.rows(name)
            augment, pairs = (self.augment, self.pairs) if name == "train" else (None, None)
            self._datasets[name] = PixelDataset(self._pixels(rows, name), rows.targets(self.task), augment, self.seed, pairs)

    def _pixels(self, rows: Catalogue, split: str) -> list[Pixels]:
        wanted = self.train_preprocessings if split == "train" else [self.serve_preprocessing]
        return list(build_pixels(rows, wanted, self.cache, self.workers, self.progress).values())

    def train_dataloader(self) -> "DataLoader[Batch]":
        """Shuffled by the seed; a last batch that would be smaller is left out, another one every epoch."""
        dataset = self._datasets["train"]
        return DataLoader(
            dataset,
            batch_size=min(self.batch_size, max(1, len(dataset) // self._processes)),
            sampler=SeededOrder(len(dataset), self.seed, dataset.start_epoch),
            # Else starting a loader draws from torch's global numbers, at another time in a resumed run than in the first.
            generator=torch.Generator().manual_seed(self.seed),
            drop_last=True,
            collate_fn=as_gathered,
            num_workers=self.num_workers,
            persistent_workers=self.num_workers > 0,
            pin_memory=torch.cuda.is_available(),
        )

    @property
    def _processes(self) -> int:
        """Among which Lightning shares out the pictures."""
        return 1 if self.trainer is None else self.trainer.world_size

    def val_dataloader(self) -> "DataLoader[Batch]":
        """Labelled validation images, in order."""
        return self._in_order("validation")

    def test_dataloader(self) -> "DataLoader[Batch]":
        """Labelled test images, in order."""
        return self._in_order("test")

    def predict_dataloader(self) -> "DataLoader[Batch]":
        """All usable images of the data, in order; unlabelled ones have label -1."""
        return self._in_order("predict")

    def _in_order(self, name: str) -> "DataLoader[Batch]":
        return DataLoader(
            self._datasets[name],
            batch_size=self.batch_size,
            collate_fn=as_gathered,
            num_workers=self.num_workers,
            persistent_workers=self.num_workers > 0,
            pin_memory=torch.cuda.is_available(),
        )


_STAGES: dict[str, tuple[str, ...]] = {
    "fit": ("train", "validation"),
    "validate": ("validation",),
    "test": ("test",),
    "predict": ("predict",),
}
