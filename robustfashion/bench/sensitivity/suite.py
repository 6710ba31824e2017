"""The sensitivity suite, end to end: every condition's networks, their answers under every method, one model, the claims."""

from robustfashion.bench.experiment.division import Division
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.tasks import TaskSpec
from robustfashion.bench.sensitivity import claims, figures, headline, mechanism, tables
from robustfashion.bench.sensitivity.asking import Opened, ask_surface, open_all
from robustfashion.bench.sensitivity.modelled import Modelled, modelled
from robustfashion.bench.sensitivity.responses import Response, all_responses
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.bench.sensitivity.study import Surface
from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest
from robustfashion.result import ColumnOf, SuiteResult, Table, read_documentation, table_of


def sensitivity(settings: SensitivitySettings, progress: Progress = silent) -> SuiteResult:
    """When does the resizer matter: the surface of all conditions; of a given network the forecast of what will change.

    Raises:
        InputError: data, conditions, checkpoint or predictions that cannot be used; before any network is trained.
    """
    if settings.forecasts:
        from robustfashion.bench.sensitivity.forecast.suite import forecast

        return forecast(settings, progress)
    if not settings.design:
        raise InputError("conditions is empty, and no network is given; name at least one condition")
    session = Session(settings, progress)
    opened, left_out = open_all(session, settings)
    surface, missing = ask_surface(opened)
    found = all_responses(surface)
    model = modelled(surface)
    return session.result(
        "sensitivity",
        read_documentation("robustfashion.bench.sensitivity"),
        _hash(opened),
        [*left_out, *missing],
        headline=headline.headline(surface, found, model, settings),
        tables=_tables(surface, found, model, opened, settings),
        figures=figures.figures_of(surface, found, model, settings),
        claims=[*claims.claims(surface, settings), *mechanism.claims(surface, settings)],
    )


def _tables(
    surface: Surface, found: list[Response], model: Modelled, opened: list[Opened], settings: SensitivitySettings
) -> list[Table]:
    from robustfashion.bench.sensitivity.forecast.promise import promise_table

    optional = [
        mechanism.mechanism_table(surface, settings), tables.recalibrated_table(found), *model.tables(),
        promise_table(surface.studies, settings.pictures),
    ]  # fmt: skip
    return [
        tables.design_table(surface), tables.surface_table(found), *(table for table in optional if table is not None),
        tables.cells_table(surface), figures.published_table(), _accounting(opened),
    ]  # fmt: skip


def _accounting(opened: list[Opened]) -> Table:
    """Every picture of every condition and task, once."""
    lines = [(one, spec, division) for one in opened for spec, division in one.divisions.items()]
    notes = list(dict.fromkeys(division.note for _, _, division in lines))
    common = notes[0] if len(notes) == 1 else ""
    rest = "The rest of the files has no label of the task, or is more than the condition's limit on training pictures."
    splits: list[ColumnOf[tuple[Opened, TaskSpec, Division]]] = [("Splits", "text", "how they came about", lambda of: of[2].note)]
    return table_of("accounting", "Every image accounted for", lines, [
        ("Condition", "text", "of the design", lambda of: of[0].condition.label),
        ("Task", "text", "what is told", lambda of: of[1].name),
        ("Files", "count", "found or drawn", lambda of: len(of[0].session.catalogue)),
        ("Train", "count", "images that it learnt from", lambda of: len(of[2]["train"])),
        ("Validation", "count", "images for the threshold, and for BatchNorm where it is re-estimated",
         lambda of: len(of[2]["validation"])),
        ("Test", "count", "images of every number of this report", lambda of: len(of[2]["test"])),
        ("Test products", "count", "products among them", lambda of: len(set(of[2]["test"].groups))),
        ("Refused", "count", "files that cannot be used; see the list of reasons",
         lambda of: len(of[0].session.catalogue.refused())),
        *([] if common else splits),
    ], " ".join(filter(None, [common, rest])))  # fmt: skip


def _hash(opened: list[Opened]) -> str:
    hashes = sorted({division.catalogue.fingerprint() for one in opened for division in one.divisions.values()})
    return hashes[0] if len(hashes) == 1 else content_digest(hashes)
