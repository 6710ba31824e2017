"""``robustfashion {fit,validate,test,predict}``: LightningCLI over the classifier and the datamodule."""

import warnings
from pathlib import Path

from pytorch_lightning.cli import LightningArgumentParser, LightningCLI

from robustfashion.data.datamodule import FashionDataModule
from robustfashion.models.checkpoint import provenance_of
from robustfashion.models.classifier import Classifier
from robustfashion.models.quiet import quiet_lightning
from robustfashion.models.recipes import augmentation


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
        self.datamodule.augment = augmentation(self.model.recipe)
        self.model.description = provenance_of(self.model, self.datamodule.serve_preprocessing, seed=self.datamodule.seed)


def run(arguments: list[str]) -> TrainingCLI:
    """Parse, build and run one sub-command.

    Raises:
        InputError: data, checkpoint or settings that cannot be used.
    """
    with quiet_lightning(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="LightningCLI's args parameter")
        return TrainingCLI(
            Classifier,
            FashionDataModule,
            args=arguments,
            seed_everything_default=0,
            parser_kwargs={"prog": "robustfashion"},
        )
