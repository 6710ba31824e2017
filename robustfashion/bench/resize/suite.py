"""The resize suite, end to end: data, networks, answers under every method, tables, claims, pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from robustfashion.bench.experiment.division import Division, accounting, target_of
from robustfashion.bench.experiment.network import Network, load_network
from robustfashion.bench.experiment.pixel_table import pixel_table
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.workspace import Pixels
from robustfashion.bench.resize import claims as paper_claims
from robustfashion.bench.resize import figures, measures, products
from robustfashion.bench.resize.changes import changes
from robustfashion.bench.resize.given import study_of
from robustfashion.bench.resize.headline import headline
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.resize.study import ResizeStudy, Run
from robustfashion.data.preprocess import Preprocessing
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest
from robustfashion.result import Figure, SuiteResult, Table, read_documentation


def resize(settings: ResizeSettings, progress: Progress = silent) -> SuiteResult:
    """Which products change their tag when the resize library changes, for which networks, with what certainty.

    Raises:
        InputError: data, methods, checkpoint or predictions that cannot be used; before any network is trained.
    """
    if settings.predictions:
        study, table = study_of(settings)
        data_hash = content_digest(study.ids, study.labels.tolist())
        return _result(Session(settings, progress), settings, study, data_hash, [table])
    network = None if settings.checkpoint is None else load_network(settings.checkpoint)
    if network is not None:
        settings = replace(settings.as_trained(network.seed, network.preprocessing), rows=(network.row,))
    session = Session(settings, progress)
    if network is not None:
        division, networks = session.divide_for(network), [network]
    else:
        session.check_rows(settings.rows)
        division = session.check_bases(settings.rows, session.divide(target_of(settings.positive, session.catalogue)))
        networks = trained(session, division, settings.rows, settings.train_method)
    preprocessings = {method: settings.preprocessing(method) for method in settings.methods}
    study = ask_all(session, division, networks, preprocessings, settings.train_method)
    rendered = session.pixels(division["test"], list(preprocessings.values()))
    pixels = {method: rendered[p.name] for method, p in preprocessings.items()}
    shown, images = _pictures(study, settings, pixels)
    tables = [pixel_table(study.reference, pixels), accounting(division, " ".join(filter(None, [division.note, session.note])))]
    options = _options(session, settings, division, networks)
    return _result(session, settings, study, division.catalogue.fingerprint(), tables, [*options, *shown], images)


def _result(
    session: Session,
    settings: ResizeSettings,
    study: ResizeStudy,
    data_hash: str,
    tables: Sequence[Table],
    shown: Sequence[Figure] = (),
    images: Mapping[str, bytes] | None = None,
) -> SuiteResult:
    return session.result(
        "resize",
        read_documentation("robustfashion.bench.resize"),
        data_hash,
        headline=headline(study, settings.java_method),
        tables=[
            *([measures.table2(study)] if study.labelled else []), changes(study), measures.models(study), *tables,
        ],
        figures=[figures.heat_map_of(study), *shown],
        claims=paper_claims.claims(study, paper_claims.Scale(settings.paper_scale, settings.java_method)),
        images=dict(images or {}),
        lists={products.FILE: products.changed_products(study)},
    )  # fmt: skip


def trained(session: Session, division: Division, rows: Sequence[Row], method: str) -> list[Network]:
    """All rows and seeds, trained on pictures resized by ``method``."""
    return [session.train(row, seed, division, method) for row in rows for seed in session.settings.seeds]


def ask_all(
    session: Session,
    division: Division,
    networks: Sequence[Network],
    preprocessings: Mapping[str, Preprocessing],
    reference: str,
) -> ResizeStudy:
    """Ask every network about the test pictures under every method."""
    test = division["test"]
    order = tuple(dict.fromkeys((reference, *preprocessings)))
    runs = []
    for network in networks:
        tables = session.ask(network, test, preprocessings, f"asking {network.row.name}, seed {network.seed}")
        thresholds = session.thresholds(network, division, preprocessings[reference])
        runs.append(Run(network.row, network.seed, thresholds, tables))
    own = session.settings.checkpoint is None
    return ResizeStudy(reference, order, tuple(runs), test.ids, test.groups, division.task.classes, own)


def _pictures(
    study: ResizeStudy, settings: ResizeSettings, pixels: Mapping[str, Pixels]
) -> tuple[list[Figure], dict[str, bytes]]:
    """Triptychs and gallery of the first network; without other methods there is nothing to show."""
    others = study.methods[1:]
    if not others:
        return [], {}
    run = study.runs[0]
    shown = settings.java_method if settings.java_method in others else others[0]
    compared, first = figures.triptychs_of(study, run, pixels, shown)
    flips, second = figures.flip_gallery(study, run, pixels[study.reference])
    return [compared, flips], first | second


def _options(session: Session, settings: ResizeSettings, division: Division, networks: Sequence[Network]) -> list[Figure]:
    """The N x N matrix and the sweep of reduction factors, where asked for."""
    found = []
    if settings.matrix_methods and settings.checkpoint is None:
        found.append(_matrix(session, settings, division))
    if settings.scale_factors:
        found.append(_sweep(session, settings, division, networks[: len(settings.seeds)]))
    return found


def _matrix(session: Session, settings: ResizeSettings, division: Division) -> Figure:
    """Train the first row with each method, serve each with all."""
    methods = settings.matrix_methods
    preprocessings = {method: settings.preprocessing(method) for method in methods}
    row = replace(settings.rows[0], train_methods=())  # of a row that learns from several, each alone
    studies = {
        method: ask_all(session, division, trained(session, division, [row], method), preprocessings, method)
        for method in methods
    }
    values = figures.accuracy_matrix(studies, methods)
    return figures.matrix_figure(list(studies), methods, values, len(division["test"]))


def _sweep(session: Session, settings: ResizeSettings, division: Division, networks: Sequence[Network]) -> Figure:
    """Every plain method at several reduction factors of the last stage; the first stage is always the training method's."""
    studies = []
    fit = settings.preprocessing().fit_method or settings.preprocessing().method
    for factor in settings.scale_factors:
        canvas = round(factor * settings.size)
        preprocessings = {
            method: replace(settings.preprocessing(method), fit_method=fit, canvas=canvas)
            for method in settings.methods
            if "+" not in method or method == settings.train_method
        }
        studies.append(ask_all(session, division, networks, preprocessings, settings.train_method))
    return figures.sweep_figure(settings.scale_factors, studies, str(settings.size))
