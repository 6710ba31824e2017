"""The regularization suite, end to end: networks, answers, tables, claims, figures, lists."""

from robustfashion.bench.experiment.division import accounting
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.regularization import figures, tables
from robustfashion.bench.regularization.asking import study_of
from robustfashion.bench.regularization.claims import claims
from robustfashion.bench.regularization.compared import compared
from robustfashion.bench.regularization.headline import headline
from robustfashion.bench.regularization.lists import lists
from robustfashion.bench.regularization.settings import RegularizationSettings
from robustfashion.progress import Progress, silent
from robustfashion.result import SuiteResult, read_documentation


def regularization(settings: RegularizationSettings, progress: Progress = silent) -> SuiteResult:
    """What weight decay, other losses, a temperature and a validator each do against outliers, at the same coverage.

    Raises:
        InputError: data or settings that cannot be used; before any network is trained.
    """
    session = Session(settings, progress)
    study, sets = study_of(session, settings)
    progress(what := "resampling", 0, 1)
    found = compared(study, settings.coverages or (), settings.resamples)
    shown = [
        make(found)
        for make in (tables.table4, tables.matched, tables.differences, tables.temperature, tables.temperature_own, tables.tiers)
    ]
    progress(what, 1, 1)
    note = " ".join(filter(None, [study.note, sets.division.note, session.note]))
    return session.result(
        "regularization",
        read_documentation("robustfashion.bench.regularization"),
        sets.division.catalogue.fingerprint(),
        study.left_out,
        headline=headline(found),
        tables=[*shown, tables.networks(found), accounting(sets.division, note)],
        figures=[figures.risk_coverage(found), figures.outliers_coverage(found)],
        claims=claims(found, settings.paper_scale),
        lists=lists(found),
    )
