"""``robustfashion {fit,validate,test,predict}``: LightningCLI over the classifier and the datamodule."""

import argparse
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning.cli import LightningArgumentParser, LightningCLI, SaveConfigCallback

from robustfashion.data.datamodule import FashionDataModule
from robustfashion.models.callbacks import EpochSeed
from robustfashion.models.checkpoint import base_trained_on, provenance_of
from robustfashion.models.classifier import Classifier
from robustfashion.models.device_augmentation import RecipeAugmentation
from robustfashion.models.quiet import interruptible, quiet_lightning
from robustfashion.models.trained_on import TrainedOn
from robustfashion.models.weights import read_weights
from robustfashion.progress import Progress, silent

# runs/version_0/{config.yaml,metrics.csv,checkpoints/}; Lightning's own choice depends on what else is installed.
_LOGGER = {"class_path": "pytorch_lightning.loggers.CSVLogger", "init_args": {"save_dir": "runs", "name": ""}}

_CHECKPOINTS = {"class_path": "robustfashion.models.checkpoint_io.AtomicCheckpointIO"}

_WARNINGS = (
    "LightningCLI's args parameter",  # torchgeo met it, too: the arguments come from our own entry point
    # Lightning 2.6 calls jsonargparse by its older names.
    r"\s*By default only one JsonargparseDeprecationWarning",
    # A resumed run has a folder of its own; so its best checkpoint is the best since then (docs/distributed.md).
    "The dirpath has changed from",
    r"\s*\S+( parameter)? was deprecated in v4\.\d+\.0 and will be removed in v5",
)


class TrainingCLI(LightningCLI):
    """LightningCLI with what ties model and data together."""

    model: Classifier
    datamodule: FashionDataModule

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """The data know the classes; the model is told."""
        parser.link_arguments("data.classes", "model.classes", apply_on="instantiate")
        parser.add_argument(
            "--predictions", type=Path, default=Path("predictions.parquet"), help="where `predict` writes its table"
        )

    def after_instantiate_classes(self) -> None:
        """The model knows the recipe, the data the preprocessing; each is told before Lightning prepares either."""
        data = self.datamodule
        data.augment = RecipeAugmentation(self.model.recipe)
        if self.subcommand == "fit":
            self.trainer.callbacks.append(EpochSeed(data.seed))  # type: ignore[attr-defined]  # a list, unknown to its types
            self.model.count_classes(torch.from_numpy(data.class_counts("train")))
            rows = data.rows("train")
            trained_on = TrainedOn.of(rows.column("sha256"), rows.column("group"))
            self.model.trained_on = trained_on.joined(base_trained_on(self.model.pretrained))
            self.model.description = provenance_of(
                self.model, data.serve_preprocessing, seed=data.seed, data_hash=data.catalogue.fingerprint()
            )


def run(arguments: list[str], progress: Progress = silent) -> TrainingCLI:
    """Parse, build and run one sub-command.

    Args:
        arguments: the sub-command's name and its options.
        progress: told while pictures are read and prepared; the training has Lightning's bar.

    Raises:
        InputError: data, checkpoint or settings that cannot be used.
    """
    _check_checkpoint(arguments)
    fit = arguments[0] == "fit"
    with _quiet(fit), _told_by_the_data(progress):
        return build(arguments, save_config_callback=SaveConfigCallback if fit else None)


def build(arguments: list[str], **options: Any) -> TrainingCLI:  # noqa: ANN401 - LightningCLI's own
    """The command line as it is configured here; tests build it with ``run=False``."""
    return TrainingCLI(
        Classifier,
        FashionDataModule,
        args=arguments,
        seed_everything_default=0,
        trainer_defaults={"logger": _LOGGER if arguments[0] == "fit" else False, "plugins": [_CHECKPOINTS]},
        auto_configure_optimizers=False,
        load_from_checkpoint_support=False,  # the classifier saves its own arguments
        parser_kwargs={"prog": "robustfashion", **{name: {"allow_abbrev": False} for name in TrainingCLI.subcommands()}},
        **options,
    )


@contextmanager
def _quiet(fit: bool) -> Iterator[None]:
    with quiet_lightning(), interruptible(), warnings.catch_warnings():
        for message in _WARNINGS:
            warnings.filterwarnings("ignore", message=message)
        if not fit:  # nothing is trained or written, so that the callbacks of the training do not matter
            warnings.filterwarnings("ignore", message="Be aware that when using `ckpt_path`, callbacks used to create")
        yield


@contextmanager
def _told_by_the_data(progress: Progress) -> Iterator[None]:
    """Pictures are prepared while the datamodule is built, before an instance could be told whom to tell."""
    before = FashionDataModule.progress
    FashionDataModule.progress = staticmethod(progress)
    try:
        yield
    finally:
        FashionDataModule.progress = staticmethod(before)


def _check_checkpoint(arguments: list[str]) -> None:
    """Read ``--ckpt_path`` before Lightning does, whose errors are tracebacks; a pickle with code in it is refused."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--ckpt_path")
    path = parser.parse_known_args(arguments)[0].ckpt_path
    if path not in (None, "null", "best", "last", "hpc", "registry"):
        read_weights(Path(path))
