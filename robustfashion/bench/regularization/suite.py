"""The regularization suite, end to end: networks, answers, tables, claims, figures, lists."""

from robustfashion.bench.experiment.beside import Beside
from robustfashion.bench.experiment.division import accounting
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.regularization import figures, given, tables
from robustfashion.bench.regularization.asking import study_of
from robustfashion.bench.regularization.claims import claims
from robustfashion.bench.regularization.compared import compared
from robustfashion.bench.regularization.headline import headline
from robustfashion.bench.regularization.lists import lists
from robustfashion.bench.regularization.settings import RegularizationSettings
from robustfashion.bench.regularization.study import RegularizationStudy
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest
from robustfashion.result import SuiteResult, read_documentation


def regularization(settings: RegularizationSettings, progress: Progress = silent) -> SuiteResult:
    """What weight decay, other losses, a temperature and a validator each do against outliers, at the same coverage.

    Raises:
        InputError: data, predictions or settings that cannot be used; before any network is trained.
    """
    session = Session(settings, progress)
    if settings.predictions:
        study, account = given.study_of(settings)
        return _result(session, study, Beside(content_digest(study.noisy.ids, study.noisy.labels.tolist()), [account]))
    study, sets = study_of(session, settings)
    note = " ".join(filter(None, [study.note, sets.division.note, session.note]))
    account = accounting(sets.division, note)
    return _result(session, study, Beside(sets.division.catalogue.fingerprint(), [account]))


def _result(session: Session, study: RegularizationStudy, beside: Beside) -> SuiteResult:
    settings, progress = session.settings, session.workspace.progress
    assert isinstance(settings, RegularizationSettings)  # the session is of this suite
    progress(what := "resampling", 0, 1)
    found = compared(study, settings.coverages or (), settings.resamples)
    shown = [
        make(found)
        for make in (tables.table4, tables.matched, tables.differences, tables.temperature, tables.temperature_own, tables.tiers)
    ]
    progress(what, 1, 1)
    return session.result(
        "regularization",
        read_documentation("robustfashion.bench.regularization"),
        beside.data_hash,
        study.left_out,
        headline=headline(found),
        tables=[*shown, tables.networks(found), *beside.tables],
        figures=[figures.risk_coverage(found), figures.outliers_coverage(found)],
        claims=claims(found, settings.paper_scale),
        lists=lists(found),
    )
