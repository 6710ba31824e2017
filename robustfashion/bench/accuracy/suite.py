"""The accuracy suite, end to end: data, tasks, networks, tables, claims, pictures."""

from pathlib import Path

from robustfashion.bench.accuracy import claims as paper_claims
from robustfashion.bench.accuracy import figures, measures
from robustfashion.bench.accuracy.given import study_of
from robustfashion.bench.accuracy.headline import headline
from robustfashion.bench.accuracy.settings import AccuracySettings
from robustfashion.bench.accuracy.study import AccuracyStudy, Answers, ImageCounts, TaskResult
from robustfashion.bench.experiment.division import Division
from robustfashion.bench.experiment.network import Network, load_network
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Divisions, Session
from robustfashion.bench.experiment.tasks import TaskSpec, spec_of_classes, teachable
from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest
from robustfashion.result import Figure, SuiteResult, Table, read_documentation

KINDS = (
    ("attribute", "table1", "Table 1: attribute classifiers", "attributes"),
    ("product type", "table3", "Table 3: product-type validators", "product types"),
    ("labels", "own-labels", "Your labels", "your labels"),
)
"""Kind of task, id and title of its table, and its name in titles of figures."""


def accuracy(settings: AccuracySettings, progress: Progress = silent) -> SuiteResult:
    """How well each classifier of the paper tells its labels, with what certainty, and how far its confidence can be believed.

    Raises:
        InputError: data, settings, checkpoint or predictions that cannot be used; before any network is trained.
    """
    if settings.predictions:
        study, account = study_of(settings)
        data_hash = content_digest(*[(c.first.table.ids, c.labels.tolist()) for c in study.results])
        return _result(Session(settings, progress), study, account, data_hash)
    if settings.checkpoint is not None:
        network = load_network(settings.checkpoint)
        session = Session(settings.as_trained(network.seed, network.preprocessing), progress)
        study = _checkpoint_study(session, network, settings.max_images)
    else:
        session = Session(settings, progress)
        study = _trained_study(session, settings)
    return _result(session, study, _accounting(study, session), session.catalogue.fingerprint())


def _result(session: Session, study: AccuracyStudy, account: Table, data_hash: str) -> SuiteResult:
    shown, images = _figures(study)
    return session.result(
        "accuracy",
        read_documentation("robustfashion.bench.accuracy"),
        data_hash,
        study.left_out,
        headline=headline(study),
        tables=[*_tables(study), account],
        figures=shown,
        claims=paper_claims.claims(study, session.settings.paper_scale),
        images=images,
    )


def _checkpoint_study(session: Session, network: Network, max_images: int | None) -> AccuracyStudy:
    """A given network on the data's test pictures."""
    division = session.divide_for(network, max_images)
    if not (division["test"].labels >= 0).any():
        raise InputError(f"{division.catalogue.root}: no image has a label, and without labels there is no accuracy")
    spec = spec_of_classes(network.classes)
    told = _asked(session, spec, network.row, "scratch", division, [network])
    preprocessing = session.settings.preprocessing()
    pixels = session.pixels(division["test"], [preprocessing])[preprocessing.name]
    return AccuracyStudy((told,), images={spec.name: pixels})


def _trained_study(session: Session, settings: AccuracySettings) -> AccuracyStudy:
    """Every task with every seed from scratch, then the transfers."""
    divisions, left_out = session.divisions(
        settings.named_tasks, teachable(session.catalogue), settings.max_images, bool(settings.balanced_validators)
    )
    _check_transfer(settings, divisions)
    session.check_rows([settings.row(spec.name) for spec in divisions])
    names = {spec.name for spec in divisions}
    divisions = {spec: session.check_bases(_rows(settings, spec, names), division) for spec, division in divisions.items()}
    preprocessing = settings.preprocessing()
    results, pixels = [], {}
    trained: dict[tuple[str, int], Network] = {}
    for spec, division in divisions.items():
        pixels[spec.name] = session.pixels(division["test"], [preprocessing])[preprocessing.name]
        row = settings.row(spec.name)
        networks = [session.train(row, seed, division, name=_told(division)) for seed in settings.seeds]
        trained |= {(spec.name, network.seed): network for network in networks}
        results.append(_asked(session, spec, row, "scratch", division, networks))
    for spec, division in divisions.items():
        base = (settings.transfer or {}).get(spec.name)
        if base is None:
            continue
        networks = []
        for seed in settings.seeds:
            start = str(trained[base, seed].path) if (base, seed) in trained else base
            row = settings.transferred(spec.name, start)
            networks.append(session.train(row, seed, division, name=_told(division)))
        results.append(_asked(session, spec, row, Path(base).name, division, networks))
    return AccuracyStudy(tuple(results), tuple(left_out), pixels)


def _rows(settings: AccuracySettings, spec: TaskSpec, names: set[str]) -> list[Row]:
    """Rows of a task whose base is there before the run, which trains networks for the tasks of these names."""
    base = (settings.transfer or {}).get(spec.name)
    files = [base] if base is not None and base not in names else []
    return [settings.row(spec.name), *(settings.transferred(spec.name, file) for file in files)]


def _asked(session: Session, spec: TaskSpec, row: Row, base: str, division: Division, networks: list[Network]) -> TaskResult:
    preprocessing = session.settings.preprocessing()
    answers = [
        Answers(network.seed, session.predictions(network, division["test"], preprocessing), network.history())
        for network in networks
    ]
    counts = ImageCounts(*(len(division[split]) for split in ("train", "validation", "test")))
    given, foreign = session.given_thresholds(networks[0]), session.settings.checkpoint is not None
    return TaskResult(spec, _described(row), base, counts, division.note, tuple(answers), given, foreign)


def _described(row: Row) -> str:
    """Architecture, and where its weights come from where they come from anywhere."""
    frozen = {"none": "", "body": ", frozen body", "gradual": ", gradual thaw"}[row.freeze]
    base = row.base if row.base in ("imagenet", "lite0") else Path(row.base).name
    return row.architecture if row.base == "none" else f"{row.architecture} ({base}{frozen})"


def _told(division: Division) -> str:
    return division.task.positive or division.task.column


def _check_transfer(settings: AccuracySettings, divisions: Divisions) -> None:
    names = {spec.name for spec in divisions}
    for task, base in (settings.transfer or {}).items():
        if task not in names:
            raise InputError(f"transfer names the task {task!r}, which is not trained; tasks are {', '.join(sorted(names))}")
        if base not in names and base not in ("imagenet", "lite0") and not Path(base).is_file():
            raise InputError(f"transfer of {task} starts from {base!r}; name a task of this run, imagenet, or a checkpoint file")


def _tables(study: AccuracyStudy) -> list[Table]:
    found = [measures.accuracy_table(study.scratch(kind), name, title) for kind, name, title, _ in KINDS if study.scratch(kind)]
    found += [measures.transfer_table(study)] if study.pairs() else []
    tags = measures.tags_table(study)
    found += [tags] if tags else []
    return [*found, measures.calibration_table(study), measures.labels_table(study), measures.training_table(study)]


def _accounting(study: AccuracyStudy, session: Session) -> Table:
    """What became of the images, task by task."""
    catalogue = session.catalogue
    ordinary, outliers = len(catalogue.ordinary().usable()), len(catalogue.usable().outliers())
    refused = len(catalogue.refused())
    found = f"{len(catalogue)} files were found, {ordinary + outliers} are usable, {refused} are refused."
    return measures.accounting_table(study, ordinary, outliers, f"{found} {session.note}".strip())


def _figures(study: AccuracyStudy) -> tuple[list[Figure], dict[str, bytes]]:
    found: list[Figure] = []
    for kind, _, _, words in KINDS:
        of_kind = study.scratch(kind)
        if of_kind:
            name = kind.replace(" ", "-")
            found.append(figures.reliability_diagram(of_kind, f"reliability-{name}", f"Reliability: {words}"))
            curves = figures.training_curves(of_kind, f"curves-{name}", f"Training: {words}")
            found += [curves] if curves else []
    found += [figures.confusion_matrix(c) for c in study.scratch()]
    if study.images is None:
        return found, {}
    shown, images = figures.mistakes(study, study.images)
    return [*found, shown], images
