"""From pixels to prediction tables: train a row or load a checkpoint, ask it under every method, keep both in the cache."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from robustfashion.bench.material import Material, Part, Pixels, Place
from robustfashion.bench.networks import ask, trained
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.resize.study import Row, Run
from robustfashion.data.preprocess import Preprocessing
from robustfashion.predictions import PredictionTable


@dataclass(frozen=True)
class Network:
    """A checkpoint on disk and what it needs to be asked."""

    path: Path
    digest: str
    row: Row
    seed: int
    threshold: float | None


@dataclass(frozen=True)
class Given:
    """A user's checkpoint, and the settings that follow from it."""

    network: Network
    classes: tuple[str, ...]
    settings: ResizeSettings


@dataclass(frozen=True)
class Asker:
    """Asks networks about splits under methods; loads a network only where the cache does not know the answer."""

    material: Material
    settings: ResizeSettings
    place: Place

    def ask(self, network: Network, part: Part, preprocessing: Preprocessing, pixels: Pixels) -> PredictionTable:
        """Prediction table of one split under one preprocessing."""
        return ask(self.place, (network.path, network.digest), part, preprocessing, pixels, self.material.task.classes)

    def run(
        self, network: Network, rendered: Mapping[str, tuple[Preprocessing, Pixels]], validation: tuple[Preprocessing, Pixels]
    ) -> Run:
        """One network under every rendered method; its threshold comes from validation images under the training method."""
        what = f"asking {network.row.name}, seed {network.seed}"
        tables = {}
        for done, (method, (preprocessing, pixels)) in enumerate(rendered.items()):
            self.place.progress(what, done, len(rendered))
            tables[method] = self.ask(network, self.material.test, preprocessing, pixels)
        self.place.progress(what, len(rendered), len(rendered))
        evaluated = next(tables[method] for method, (preprocessing, _) in rendered.items() if preprocessing == validation[0])
        threshold, rule = self._threshold(network, evaluated, *validation)
        return Run(network.row, network.seed, threshold, rule, tables)

    def _threshold(
        self, network: Network, evaluated: PredictionTable, preprocessing: Preprocessing, pixels: Pixels
    ) -> tuple[float, str]:
        if self.settings.threshold is not None:
            return self.settings.threshold, "given on the command line"
        if network.threshold is not None:
            return network.threshold, "carried by the checkpoint"
        if not len(pixels):
            return _mean_confidence(evaluated), "mean confidence on the evaluated images, as there are no validation images"
        table = self.ask(network, self.material.validation, preprocessing, pixels)
        return _mean_confidence(table), "mean confidence on validation images (the paper's rule)"


def _mean_confidence(table: PredictionTable) -> float:
    return float(table.probabilities.max(axis=1).mean())


def train_network(row: Row, seed: int, material: Material, settings: ResizeSettings, method: str, place: Place) -> Network:
    """Train one row with one seed on pictures resized by ``method``, or find it in the cache."""
    from robustfashion.models.recipes import resolve_recipe
    from robustfashion.models.training import TrainSettings

    train_settings = TrainSettings(
        architecture=row.architecture,
        recipe=replace(resolve_recipe(row.recipe), schedule=settings.lr_schedule),
        pretrained=row.base,
        classes=material.task.classes,
        max_epochs=settings.max_epochs,
        max_steps=-1 if settings.max_steps is None else settings.max_steps,
        batch_size=settings.batch_size,
        seed=seed,
        accelerator=settings.accelerator,
    )
    data_hash = material.catalogue.fingerprint()
    path, digest = trained(place, material.train, settings.preprocessing(method), train_settings, data_hash)
    return Network(path, digest, row, seed, None)


def given_network(settings: ResizeSettings) -> Given | None:
    """The checkpoint that the settings name, with its own preprocessing as training method; None where they name none.

    Raises:
        InputError: not a checkpoint of this project, or one with code in it.
    """
    if settings.checkpoint is None:
        return None
    from robustfashion.models.checkpoint import checkpoint_digest, checkpoint_preprocessing, load_classifier

    path = settings.checkpoint
    model = load_classifier(path)
    row = Row(model.architecture, recipe=model.recipe.name, base=model.pretrained)
    said = model.description
    preprocessing = checkpoint_preprocessing(model)
    seed = said.seed or 0
    settings = replace(settings, rows=(row,), seeds=(seed,))
    if preprocessing is not None:
        name, canvas, size = preprocessing.name, preprocessing.canvas, preprocessing.size
        settings = replace(settings, train_method=name, canvas=canvas, size=size)
    threshold = None if said.thresholds is None else said.thresholds.overall
    network = Network(path, checkpoint_digest(path), row, seed, threshold)
    return Given(network, tuple(model.classes), settings)
