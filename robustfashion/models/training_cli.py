"""``robustfashion {fit,validate,test,predict}``: LightningCLI over the classifier and the datamodule."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from jsonargparse import Namespace
from lightning_fabric.utilities.exceptions import MisconfigurationException
from pytorch_lightning.cli import LightningArgumentParser, LightningCLI, SaveConfigCallback

from robustfashion.data.datamodule import FashionDataModule
from robustfashion.errors import InputError
from robustfashion.models.callbacks import EpochSeed
from robustfashion.models.checkpoint import base_trained_on, provenance_of
from robustfashion.models.classifier import Classifier
from robustfashion.models.description import Description, RecordedPreprocessing, read_description
from robustfashion.models.device_augmentation import RecipeAugmentation
from robustfashion.models.given_checkpoint import GivenCheckpoint, open_checkpoint
from robustfashion.models.input_size import check_takes
from robustfashion.models.preliminary import GOES_ON, SPLITS, begun, check_table, checkpoint_file
from robustfashion.models.quiet import interruptible, is_lightnings, quiet_lightning, refusal, refusals_of
from robustfashion.models.recipes import TWO_METHODS
from robustfashion.models.trained_on import TrainedOn
from robustfashion.models.weights import read_weights
from robustfashion.progress import Progress, silent
from robustfashion.settings_parser import OneLine

# runs/version_0/{config.yaml,metrics.csv,checkpoints/}; Lightning's own choice depends on what else is installed.
_LOGGER = {"class_path": "pytorch_lightning.loggers.CSVLogger", "init_args": {"save_dir": "runs", "name": ""}}

_CHECKPOINTS = {"class_path": "robustfashion.models.checkpoint_io.AtomicCheckpointIO"}

_OF_NETWORK = ("architecture", "recipe", "normalisation", "drop_rate")
"""Settings that a training that goes on takes from its checkpoint, where they are not given."""

_WARNINGS = (
    "LightningCLI's args parameter",  # torchgeo met it, too: the arguments come from our own entry point
    # Lightning 2.6 calls jsonargparse by its older names.
    r"\s*By default only one JsonargparseDeprecationWarning",
    # A resumed run has a folder of its own; so its best checkpoint is the best since then (docs/distributed.md).
    "The dirpath has changed from",
    r"\s*\S+( parameter)? was deprecated in v4\.\d+\.0 and will be removed in v5",
)


class _Parser(OneLine, LightningArgumentParser):
    """Lightning's parser with the manners of our command lines."""


class TrainingCLI(LightningCLI):
    """LightningCLI with what ties model and data together: a training in ``fit``, a given checkpoint in the other commands."""

    model: Classifier
    datamodule: FashionDataModule
    given: GivenCheckpoint | None = None
    """That is asked; None in ``fit``."""
    _resumed: Description | None = None
    """Of the checkpoint that a training goes on from."""
    steps_before: int = 0
    """Optimiser steps of the training that goes on."""
    _command: str = "fit"
    """Whose parser is being made."""

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """In a training the data know the classes and the model is told; elsewhere its checkpoint knows them."""
        if self._command == "fit":
            parser.link_arguments("data.classes", "model.classes", apply_on="instantiate")
            parser.link_arguments("data.image_size", "model.image_size", apply_on="instantiate")
        if self._command == "predict":
            parser.add_argument(
                "--predictions", type=Path, default=Path("predictions.parquet"), help="where the table is written"
            )

    def _prepare_subcommand_parser(self, klass: type, subcommand: str, **kwargs: Any) -> LightningArgumentParser:  # noqa: ANN401
        self._command = subcommand
        return super()._prepare_subcommand_parser(klass, subcommand, **kwargs)

    def parse_arguments(self, parser: LightningArgumentParser, args: Any) -> None:  # noqa: ANN401 - Lightning's
        """Parse, and keep what was given apart from what stands for it by default."""
        super().parse_arguments(parser, args)
        self._said = parser.parse_args(args, defaults=False)

    def _parse_ckpt_path(self) -> None:
        """Not as Lightning does it, which reads the file without care and lets its settings win over given ones."""

    def before_instantiate_classes(self) -> None:
        """Read the checkpoint before anything is built, so that what is wrong with it is told at once.

        Raises:
            InputError: it cannot be asked, or a training cannot go on from it.
        """
        path = None if self.subcommand is None else self._get(self.config, "ckpt_path")
        if self.subcommand == "fit":
            self._follow_root()
        if self.subcommand == "predict":
            check_table(self._get(self.config, "predictions"))
        if self.subcommand in SPLITS:
            said = {name: _plain(self._get(self._said, name)) for name in ("data", "model")}
            self.given = open_checkpoint(checkpoint_file(self.subcommand, path), self.subcommand, **said)
        elif path is not None and path not in GOES_ON:
            self._resumed, self.steps_before = _goes_on_from(begun(path))
            found, said = self._resumed.network.to_dict(), _plain(self._get(self._said, "model"))
            for name in _OF_NETWORK:
                if name not in said:
                    self.config[self.subcommand]["model"][name] = found[name]

    def _follow_root(self) -> None:
        """A folder that is given for the trainer's outputs is where our logger writes, too, unless another logger is given."""
        said = _plain(self._get(self._said, "trainer"))
        if said.get("default_root_dir") is not None and "logger" not in said:
            self.config["fit"]["trainer"]["logger"]["init_args"]["save_dir"] = str(said["default_root_dir"])

    def instantiate_classes(self) -> None:
        """A given checkpoint's network stands in the place of a new one.

        Raises:
            InputError: the trainer's settings do not fit this machine or each other.
        """
        if self.given is not None:
            model = self.given.model
            self.parser.add_instantiator(lambda *_, **__: model, Classifier, prepend=True)
        try:
            super().instantiate_classes()
        except (ImportError, ValueError) as error:  # the parser's, of a logger or callback whose package is not there
            missing = _import_error(error)
            if isinstance(error, InputError) or missing is None:
                raise
            raise InputError(f"settings: {missing}; install the package, or leave out what needs it") from error

    def instantiate_trainer(self, **kwargs: Any) -> pl.Trainer:  # noqa: ANN401 - Lightning's
        """As Lightning does it; what it refuses is one line."""
        with refusals_of("trainer"):
            return super().instantiate_trainer(**kwargs)

    def after_instantiate_classes(self) -> None:
        """The model knows the recipe, the data the preprocessing; each is told before Lightning prepares either."""
        data = self.datamodule
        if self.given is not None:
            data.network, data.serve_preprocessing = self.given.asked, self.given.preprocessing
            return
        data.augment, data.pairs = RecipeAugmentation(self.model.recipe), self.model.recipe.pairs
        if self.subcommand == "fit":
            self._begin_training()

    def _begin_training(self) -> None:
        data = self.datamodule
        if self.model.recipe.outlier_exposure > 0:
            raise InputError(
                f"recipe {self.model.recipe.name!r}: outlier_exposure is {self.model.recipe.outlier_exposure:g}, and this "
                "training has no free outliers; bench regularization brings some"
            )
        if data.pairs is not None and len(data.train_preprocessings) < 2:
            raise InputError(f"recipe {self.model.recipe.name!r} wants consistency, and methods names one; {TWO_METHODS}")
        if self._resumed is not None:
            self._resumed.check_pixels(
                str(self._get(self.config, "ckpt_path")), RecordedPreprocessing.of(data.serve_preprocessing)
            )
        batch = min(data.batch_size, len(data.rows("train")))
        check_takes(self.model.backbone, data.image_size, batch, training=True)
        self.trainer.callbacks.append(EpochSeed(data.seed))  # type: ignore[attr-defined]  # a list, unknown to its types
        self.model.count_classes(torch.from_numpy(data.class_counts("train")))
        rows = data.rows("train")
        trained_on = TrainedOn.of(rows.column("sha256"), rows.column("group"))
        self.model.trained_on = trained_on.joined(base_trained_on(self.model.pretrained))
        self.model.description = provenance_of(
            self.model, data.serve_preprocessing, seed=data.seed, data_hash=data.catalogue.fingerprint()
        )

    def _run_subcommand(self, subcommand: str) -> None:
        """As Lightning does it; settings that it refuses only then are one line."""
        try:
            super()._run_subcommand(subcommand)
        except (MisconfigurationException, RuntimeError, ValueError, ZeroDivisionError) as error:
            if isinstance(error, InputError) or not is_lightnings(error):
                raise
            raise refusal("trainer", error) from error

    def _prepare_subcommand_kwargs(self, subcommand: str) -> dict[str, Any]:
        """What Lightning's trainer is called with: the weights of a given checkpoint are in the model already."""
        found: dict[str, Any] = super()._prepare_subcommand_kwargs(subcommand)
        return found if self.given is None else found | {"ckpt_path": None}


def run(arguments: list[str], progress: Progress = silent) -> TrainingCLI:
    """Parse, build and run one sub-command.

    Args:
        arguments: the sub-command's name and its options.
        progress: told while pictures are read and prepared; the training has Lightning's bar.

    Raises:
        InputError: data, checkpoint or settings that cannot be used.
    """
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
        parser_class=_Parser,
        auto_configure_optimizers=False,
        load_from_checkpoint_support=False,  # the classifier saves its own arguments
        parser_kwargs={"prog": "robustfashion"},
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


def _plain(options: Namespace | None) -> dict[str, Any]:
    found: dict[str, Any] = {} if options is None else options.as_dict()
    return found


def _import_error(error: BaseException | None) -> ImportError | None:
    """The one that an error comes from."""
    while error is not None and not isinstance(error, ImportError):
        error = error.__cause__ or error.__context__
    return error


def _goes_on_from(path: Path) -> tuple[Description, int]:
    """What the checkpoint says that a training goes on from, and how many steps it has behind it.

    Raises:
        InputError: not a robustfashion checkpoint, a pickle with code in it, or one that holds no training's state.
    """
    said = read_description(read_weights(path).metadata, str(path))
    content = {} if path.suffix == ".safetensors" else torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    if not content.get("optimizer_states"):
        raise InputError(
            f"{path}: holds a network, but no state of a training that could go on; begin one from it, with --model.pretrained "
            f"{path}"
        )
    return said, int(content.get("global_step", 0))
