"""The forecast, end to end: a network and pictures, a sample of them under every method, and what that says of all."""

from dataclasses import replace

from robustfashion.bench.experiment.beside import Beside
from robustfashion.bench.experiment.detail import detail_of
from robustfashion.bench.experiment.division import accounting
from robustfashion.bench.experiment.network import Network, load_network
from robustfashion.bench.experiment.originals import originals_table
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.resize.study import Run
from robustfashion.bench.sensitivity.asking import reduction
from robustfashion.bench.sensitivity.forecast import given
from robustfashion.bench.sensitivity.forecast.assisted import assist
from robustfashion.bench.sensitivity.forecast.exposure import Exposure, exposure
from robustfashion.bench.sensitivity.forecast.headline import headline
from robustfashion.bench.sensitivity.forecast.lists import FILE, exposed
from robustfashion.bench.sensitivity.forecast.numbers import MethodForecast, forecasts
from robustfashion.bench.sensitivity.forecast.own import own_figures
from robustfashion.bench.sensitivity.forecast.pictures import exposed_pictures
from robustfashion.bench.sensitivity.forecast.refusing import refusing_figure, refusing_table
from robustfashion.bench.sensitivity.forecast.sample import chosen, larger_than_asked, products_of
from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.bench.sensitivity.forecast.tables import exposed_table, forecast_table
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest
from robustfashion.result import SuiteResult, read_documentation


def forecast(settings: SensitivitySettings, progress: Progress = silent) -> SuiteResult:
    """How many tags of a catalogue will change under each serving method, told from a sample.

    Raises:
        InputError: neither a checkpoint nor predictions are given, they or the data cannot be used, or there is no method to
            compare.
    """
    settings.check_unused({"row": None}, "a network is given, which is as it is")
    if settings.predictions:
        subject, account = given.subject_of(settings)
        table = subject.table
        beside = Beside(content_digest(table.ids, table.labels.tolist()), [account])
        return _result(Session(settings, progress), subject, forecasts_of(subject), exposure(subject), beside)
    if settings.checkpoint is None:
        raise InputError("a forecast is of a given network; give a checkpoint (--checkpoint), or its answers (--predictions)")
    network = load_network(settings.checkpoint)
    settings = replace(settings.as_trained(network.seed, network.preprocessing), row=network.row)
    if len(settings.methods) < 2:
        raise InputError(
            f"serve_methods is {list(settings.serve_methods)} and the network was trained with {settings.reference}; name at "
            "least one other method"
        )
    return _of_pictures(Session(settings, progress), network)


def forecasts_of(subject: Subject) -> list[MethodForecast]:
    """Those of the sample, helped by the margins of all pictures where they are known."""
    return assist(subject, forecasts(subject))


def _of_pictures(session: Session, network: Network) -> SuiteResult:
    settings = session.settings
    assert isinstance(settings, SensitivitySettings)  # the session is of this suite
    division = session.divide_for(network)
    whole = division["test"]
    sample = whole.take(chosen(whole.groups, settings.pictures, settings.split_seed))
    asked = {method: settings.preprocessing(method) for method in settings.methods}
    tables = session.ask(network, sample, asked, "asking the sample")
    # Of data without validation pictures the threshold is the sample's mean confidence, not that of pictures nobody asked about.
    thresholds = session.thresholds(
        network, replace(division, parts={**division.parts, "test": sample}), asked[settings.reference]
    )
    everyone = session.predictions(network, whole, asked[settings.reference]) if settings.assisted else None
    subject = Subject(
        Run(network.seed, thresholds, tables), len(whole), products_of(whole.groups, sample.groups),
        detail_of(session.workspace, sample, asked[settings.reference]), network.row,
        beyond=larger_than_asked(whole.groups, sample.groups), everyone=everyone,
    )  # fmt: skip
    found, order = forecasts_of(subject), exposure(subject)
    zone = own_figures(subject, found, reduction(settings, sample))
    figure, images = exposed_pictures(session, sample, subject, order, found)
    note = " ".join(filter(None, [division.note, session.note]))
    files = originals_table(sample, settings.preprocessing(), settings.workers)
    return _result(
        session, subject, found, order,
        Beside(division.catalogue.fingerprint(), [files, accounting(division, note)], [*zone, figure], images),
    )  # fmt: skip


def _result(session: Session, subject: Subject, found: list[MethodForecast], order: Exposure, beside: Beside) -> SuiteResult:
    settings = session.settings
    assert isinstance(settings, SensitivitySettings)  # the session is of this suite
    curve = refusing_figure(subject)
    refused = 0 if settings.predictions else len(session.catalogue.refused())
    lines = headline(subject, found, settings.java_method, settings.within)
    if refused:
        lines.append(f"{refused:,} {'file' if refused == 1 else 'files'} cannot be used and count nowhere; the list has reasons.")
    return session.result(
        "sensitivity",
        read_documentation("robustfashion.bench.sensitivity.forecast"),
        beside.data_hash,
        beside.left_out,
        headline=lines,
        tables=[
            forecast_table(subject, found, settings.within),
            refusing_table(subject),
            exposed_table(subject, order),
            *beside.tables,
        ],
        figures=[*([curve] if curve else []), *beside.figures],
        images=dict(beside.images),
        lists={FILE: exposed(subject, order)},
    )  # fmt: skip
