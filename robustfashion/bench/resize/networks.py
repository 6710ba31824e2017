"""From pixels to prediction tables: train a row or load a checkpoint, ask it under every method, keep both in the cache."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from robustfashion.bench.resize.material import Material, Part, Pixels, Progress, render
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.resize.study import Row, Run
from robustfashion.data.preprocess import Preprocessing
from robustfashion.predictions import PredictionTable, cached_predictions
from robustfashion.provenance import content_digest, library_versions, source_digest


@dataclass(frozen=True)
class Network:
    """A checkpoint on disk and what it needs to be asked."""

    path: Path
    digest: str
    row: Row
    seed: int
    threshold: float | None


@dataclass(frozen=True)
class Asker:
    """Asks networks about splits under methods; loads a network only where the cache does not know the answer."""

    material: Material
    settings: ResizeSettings
    progress: Progress

    def ask(self, network: Network, part: Part, preprocessing: Preprocessing, pixels: Pixels) -> PredictionTable:
        """Prediction table of one split under one preprocessing."""
        from robustfashion.models.checkpoint import load_classifier
        from robustfashion.models.inference import predict_arrays

        classes = self.material.task.classes
        key = content_digest(
            network.digest, preprocessing.digest(), part.digest(), classes, source_digest("models"), library_versions()["torch"]
        )

        def compute() -> PredictionTable:
            model = load_classifier(network.path, classes=classes)
            logits, features = predict_arrays(model, pixels, accelerator=self.settings.accelerator)
            ids = tuple(str(name) for name in part.catalogue.column("id"))
            return PredictionTable(ids, part.labels, logits, features, classes)

        return cached_predictions(self.material.cache / "predictions" / f"{key}.parquet", compute)

    def run(
        self, network: Network, rendered: Mapping[str, tuple[Preprocessing, Pixels]], validation: tuple[Preprocessing, Pixels]
    ) -> Run:
        """One network under every rendered method; its threshold comes from validation images under the training method."""
        what = f"asking {network.row.name}, seed {network.seed}"
        threshold, rule = self._threshold(network, *validation)
        tables = {}
        for done, (method, (preprocessing, pixels)) in enumerate(rendered.items()):
            self.progress(what, done, len(rendered))
            tables[method] = self.ask(network, self.material.test, preprocessing, pixels)
        self.progress(what, len(rendered), len(rendered))
        return Run(network.row, network.seed, threshold, rule, tables)

    def _threshold(self, network: Network, preprocessing: Preprocessing, pixels: Pixels) -> tuple[float, str]:
        if self.settings.threshold is not None:
            return self.settings.threshold, "given on the command line"
        if network.threshold is not None:
            return network.threshold, "carried by the checkpoint"
        table = self.ask(network, self.material.validation, preprocessing, pixels)
        return float(table.probabilities.max(axis=1).mean()), "mean confidence on validation images (the paper's rule)"


def train_network(row: Row, seed: int, material: Material, settings: ResizeSettings, method: str, progress: Progress) -> Network:
    """Train one row with one seed on pictures resized by ``method``, or find it in the cache."""
    from robustfashion.models.checkpoint import checkpoint_digest, load_classifier, save_checkpoint
    from robustfashion.models.training import TrainSettings, train

    preprocessing = settings.preprocessing(method)
    train_settings = TrainSettings(
        architecture=row.architecture,
        recipe=row.recipe,
        pretrained=row.base,
        classes=material.task.classes,
        max_epochs=settings.max_epochs,
        max_steps=settings.max_steps,
        batch_size=settings.batch_size,
        seed=seed,
        accelerator=settings.accelerator,
    )
    data = (preprocessing.digest(), material.train.digest(), _base_digest(row.base))
    key = content_digest(repr(train_settings), *data, source_digest("models", "data"), library_versions())
    path = material.cache / "networks" / f"{key}.ckpt"
    if not path.is_file():
        pixels = render(material, material.train, [preprocessing], settings.workers, progress)[preprocessing.name]
        model = train(pixels, material.train.labels, train_settings, progress=progress)
        save_checkpoint(model, path, preprocessing=preprocessing, seed=seed)
    load_classifier(path, classes=material.task.classes)
    return Network(path, checkpoint_digest(path), row, seed, None)


def _base_digest(base: str) -> str:
    from robustfashion.models.checkpoint import checkpoint_digest

    return base if base in ("none", "imagenet") else checkpoint_digest(Path(base))
