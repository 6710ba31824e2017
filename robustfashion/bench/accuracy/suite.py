"""The accuracy suite, end to end: data, tasks, networks, tables, claims, pictures."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from robustfashion.bench.accuracy import claims as paper_claims
from robustfashion.bench.accuracy import figures, measures
from robustfashion.bench.accuracy.documentation import METHODS_TEXT, QUESTION, TITLE
from robustfashion.bench.accuracy.headline import headline
from robustfashion.bench.accuracy.settings import AccuracySettings
from robustfashion.bench.accuracy.study import Classifier, Run, Study
from robustfashion.bench.accuracy.tasks import TaskSpec, task_material, task_spec, teachable
from robustfashion.bench.material import Material, Place
from robustfashion.bench.networks import ask, trained
from robustfashion.data.cache import cache_root
from robustfashion.data.catalogue import Catalogue
from robustfashion.data.sources import scanned_catalogue
from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.provenance import provenance
from robustfashion.result import Cell, Column, Figure, Refused, SuiteResult, Table

if TYPE_CHECKING:
    from robustfashion.models.training import TrainSettings


def accuracy(settings: AccuracySettings, progress: Progress = silent) -> SuiteResult:
    """How well each classifier of the paper tells its labels, with what certainty, and how far its confidence can be believed.

    Raises:
        InputError: data or settings that cannot be used; before any network is trained.
    """
    cache = settings.cache if settings.cache is not None else cache_root()
    place = Place(cache, settings.workers, progress, settings.accelerator)
    catalogue, note = scanned_catalogue(
        settings.data, synthetic=settings.synthetic, cache=cache, workers=settings.workers, progress=progress
    )
    materials, left_out = _materials(settings, catalogue)
    _check_transfer(settings, materials)
    study = _study(settings, materials, left_out, place)
    shown, images = _figures(study)
    refused = [Refused(item, reason) for item, reason in (*catalogue.refused(), *study.left_out)]
    return SuiteResult(
        suite="accuracy",
        title=TITLE,
        question=QUESTION,
        scale=settings.scale or "smoke",
        headline=headline(study),
        provenance=provenance(settings.seeds[0], _device(settings), catalogue.fingerprint()).to_dict(),
        settings=_plain(settings),
        tables=_tables(study, catalogue, note),
        figures=shown,
        claims=paper_claims.claims(study, settings.paper_scale),
        methods=list(METHODS_TEXT),
        refused=refused,
        images=images,
    )


def _materials(settings: AccuracySettings, catalogue: Catalogue) -> tuple[dict[TaskSpec, Material], list[tuple[str, str]]]:
    """Data of every task; tasks that nobody asked for by name and that cannot be trained are left out with a reason."""
    found: dict[TaskSpec, Material] = {}
    left_out: list[tuple[str, str]] = []
    for name in settings.tasks or teachable(catalogue):
        spec = task_spec(name, catalogue)
        try:
            found[spec] = task_material(spec, catalogue, settings)
        except InputError as error:
            if settings.tasks:
                raise
            left_out.append((f"task {name}", str(error)))
    if not found:
        raise InputError(left_out[0][1])
    return found, left_out


def _check_transfer(settings: AccuracySettings, materials: dict[TaskSpec, Material]) -> None:
    names = {spec.name for spec in materials}
    for task, base in (settings.transfer or {}).items():
        if task not in names:
            raise InputError(f"transfer names the task {task!r}, which is not trained; tasks are {', '.join(sorted(names))}")
        if base not in names and base not in ("imagenet", "lite0") and not Path(base).is_file():
            raise InputError(
                f"transfer of {task} starts from {base!r}; name a task of this run, imagenet, lite0, or a checkpoint file"
            )


def _study(
    settings: AccuracySettings, materials: dict[TaskSpec, Material], left_out: list[tuple[str, str]], place: Place
) -> Study:
    classifiers: list[Classifier] = []
    pixels = {}
    paths: dict[tuple[str, int], Path] = {}
    for spec, material in materials.items():
        pixels[spec.name] = place.render(material.test, [settings.preprocessing()])[settings.preprocessing().name]
        plain = _train_settings(settings, spec, material)
        runs = []
        for seed in settings.seeds:
            run, paths[spec.name, seed] = _run(settings, material, replace(plain, seed=seed), place, pixels[spec.name])
            runs.append(run)
        classifiers.append(Classifier(spec, plain.architecture, "scratch", material, tuple(runs)))
    for spec, material in materials.items():
        base = (settings.transfer or {}).get(spec.name)
        if base is None:
            continue
        plain = _train_settings(settings, spec, material)
        runs = []
        for seed in settings.seeds:
            start = str(paths.get((base, seed), base))
            moved = replace(plain, seed=seed, pretrained=start, freeze=settings.freeze)
            runs.append(_run(settings, material, moved, place, pixels[spec.name])[0])
        classifiers.append(Classifier(spec, plain.architecture, _base_name(base), material, tuple(runs)))
    return Study(tuple(classifiers), tuple(left_out), pixels)


def _base_name(base: str) -> str:
    return Path(base).name


def _train_settings(settings: AccuracySettings, spec: TaskSpec, material: Material) -> "TrainSettings":
    from robustfashion.models.recipes import resolve_recipe
    from robustfashion.models.training import TrainSettings

    return TrainSettings(
        architecture=settings.architectures.get(spec.name, settings.architecture),
        recipe=replace(resolve_recipe(settings.recipe), schedule=settings.lr_schedule),
        classes=material.task.classes,
        max_epochs=settings.max_epochs,
        max_steps=-1 if settings.max_steps is None else settings.max_steps,
        batch_size=settings.batch_size,
        accelerator=settings.accelerator,
        precision=settings.precision,
        overfit_gap=settings.overfit_gap,
    )


def _run(
    settings: AccuracySettings, material: Material, training: "TrainSettings", place: Place, pixels: figures.Pixels
) -> tuple[Run, Path]:
    """Train, or find in the cache; ask about the test images."""
    from robustfashion.models.checkpoint import history_of

    preprocessing = settings.preprocessing()
    told = material.task.positive or material.task.column
    named = replace(place, progress=lambda what, done, total: place.progress(f"{told}: {what}", done, total))
    network = trained(named, material.train, preprocessing, training, material.catalogue.fingerprint(), material.validation)
    table = ask(place, network, material.test, preprocessing, pixels, material.task.classes)
    return Run(training.seed, table, history_of(network[0])), network[0]


def _tables(study: Study, catalogue: Catalogue, note: str) -> list[Table]:
    kinds = (
        ("attribute", "table1", "Table 1: attribute classifiers"),
        ("product type", "table3", "Table 3: product-type validators"),
        ("labels", "own-labels", "Your labels"),
    )
    found = [measures.accuracy_table(study.scratch(kind), name, title) for kind, name, title in kinds if study.scratch(kind)]
    found += [measures.transfer_table(study)] if study.pairs() else []
    return [*found, measures.calibration_table(study), measures.labels_table(study), measures.training_table(study),
            _accounting(study, catalogue, note)]  # fmt: skip


def _accounting(study: Study, catalogue: Catalogue, note: str) -> Table:
    """What became of the images, task by task."""
    columns = [
        Column("Classifier", "text", "task"),
        Column("Train", "count", "images that it learnt from"),
        Column("Validation", "count", "images watched after every epoch"),
        Column("Test", "count", "images of every number of this report"),
        Column("Not for this task", "count", "usable images without a label of the task, or beyond max_images"),
        Column("Splits", "text", "how they came about"),
    ]
    usable = len(catalogue.usable())
    rows: list[list[Cell]] = []
    for c in study.scratch():
        parts = [len(part.labels) for part in (c.material.train, c.material.validation, c.material.test)]
        rows.append([c.name, *parts, usable - sum(parts), c.material.split_note])
    text = f"{len(catalogue)} files were found, {usable} are usable, {len(catalogue.refused())} are refused. {note}".strip()
    return Table("accounting", "Every image accounted for", columns, rows, text)


def _figures(study: Study) -> tuple[list[Figure], dict[str, bytes]]:
    found: list[Figure] = []
    kinds = (("attribute", "attributes"), ("product type", "product types"), ("labels", "your labels"))
    for kind, words in kinds:
        of_kind = study.scratch(kind)
        if of_kind:
            name = kind.replace(" ", "-")
            found.append(figures.reliability_diagram(of_kind, f"reliability-{name}", f"Reliability: {words}"))
            curves = figures.training_curves(of_kind, f"curves-{name}", f"Training: {words}")
            found += [curves] if curves else []
    found += [figures.confusion_matrix(c) for c in study.scratch()]
    gallery, images = figures.mistakes(study, study.images)
    return [*found, gallery], images


def _plain(settings: AccuracySettings) -> dict[str, object]:
    """As JSON knows them; ``--config`` reads the same structure."""
    return {key: str(value) if isinstance(value, Path) else value for key, value in asdict(settings).items()}


def _device(settings: AccuracySettings) -> str:
    from robustfashion.models.inference import device_name

    return device_name(settings.accelerator)
