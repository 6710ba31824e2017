"""The outlier suite, end to end: sets, networks, answers, tables, claims, pictures, lists, an operating point."""

from dataclasses import replace
from functools import partial

from robustfashion.bench.experiment.beside import Beside
from robustfashion.bench.experiment.division import accounting
from robustfashion.bench.experiment.network import load_network
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.outliers import asking, figures, given, promises, resizing, surest, table4
from robustfashion.bench.outliers.claims import claims
from robustfashion.bench.outliers.headline import headline
from robustfashion.bench.outliers.lists import lists
from robustfashion.bench.outliers.operating import FILE, budget_table, operate, operating_point, points_table
from robustfashion.bench.outliers.scoring import auroc_map, scored, selective_table, tier_table
from robustfashion.bench.outliers.settings import OutliersSettings
from robustfashion.bench.outliers.study import OutlierStudy, outliers_of, tiers_of
from robustfashion.predictions import PredictionTable
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest, library_versions
from robustfashion.result import SuiteResult, Table, read_documentation, table_of


def outliers(settings: OutliersSettings, progress: Progress = silent) -> SuiteResult:
    """How many outliers get a tag, how many good products lose theirs, and which remedy is worth its price.

    Raises:
        InputError: data, networks or predictions that cannot be used; before any network is trained.
    """
    if settings.predictions:
        study, account = given.study_of(settings)
        table = study.first.noisy
        return _result(Session(settings, progress), study, Beside(content_digest(table.ids, table.labels.tolist()), [account]))
    network = None if settings.checkpoint is None else load_network(settings.checkpoint)
    if network is not None:
        settings = replace(settings.as_trained(network.seed, network.preprocessing), rows=(network.row,))
    session = Session(settings, progress)
    study, sets, left_out = asking.study_of(session, settings, network)
    shown, images = surest.surest_outliers(session, study.first, sets.noisy)
    note = " ".join(filter(None, [sets.division.note, session.note]))
    beside = Beside(
        sets.division.catalogue.fingerprint(), [accounting(sets.division, note)], [shown] if shown else [], images, left_out
    )
    return _result(session, study, beside)


def _result(session: Session, study: OutlierStudy, beside: Beside) -> SuiteResult:
    settings = session.settings
    assert isinstance(settings, OutliersSettings)  # the session is of this suite
    subject = study.first
    progress = session.workspace.progress
    progress(what := "scoring and resampling", 0, 2)
    found = scored(subject, settings.score_names)
    progress(what, 1, 2)
    operating = operate(subject, settings)
    kept = promises.kept(subject, found, settings.rules, settings.rule_scores)
    moved = resizing.moved(study)
    progress(what, 2, 2)
    resized = [resizing.refusals_table(moved, study), resizing.scores_table(study, found)] if moved else []
    yaml = operating_point(operating, subject, study.task, library_versions())
    return session.result(
        "outliers",
        read_documentation("robustfashion.bench.outliers"),
        beside.data_hash,
        beside.left_out,
        headline=headline(study, found, operating, moved),
        tables=[
            table4.table4(study), points_table(operating), budget_table(operating), promises.rules_table(kept, subject),
            selective_table(found), *resized, table4.models(study), _sets(study), *beside.tables, tier_table(found),
        ],
        figures=[*beside.figures, *figures.of(figures.front(operating), figures.risk_coverage(found, subject),
                                              figures.histograms(found, subject), auroc_map(found))],
        claims=claims(study, operating, settings.paper_scale),
        images=dict(beside.images),
        lists=lists(subject, operating) | ({FILE: yaml} if yaml else {}),
    )  # fmt: skip


def _sets(study: OutlierStudy) -> Table:
    """What each set holds: ordinary pictures and outliers by tier."""
    subject = study.first
    sets = [
        ("fits networks and scores", subject.fit), ("sets thresholds", subject.calibration), ("the noisy set", subject.noisy),
        ("the pool of outliers", subject.pool),
    ]  # fmt: skip
    tiers = sorted({tier for _, table in sets for tier in tiers_of(table) if tier is not None})
    return table_of("sets", "The sets, picture by picture", sets, [
        ("Set", "text", "what it is used for", lambda of: of[0]),
        ("Pictures", "count", "all of them", lambda of: len(of[1].ids)),
        ("Products", "count", "products; none is in two sets", lambda of: len(set(of[1].products))),
        ("Ordinary", "count", "pictures of products of the task", lambda of: int((~outliers_of(of[1])).sum())),
        *[(f"Outliers: {tier}", "count", "pictures of this tier", partial(_of_tier, tier)) for tier in tiers],
    ], " ".join(study.notes))  # fmt: skip


def _of_tier(tier: str, of: tuple[str, PredictionTable]) -> int:
    return sum(kind == tier for kind in tiers_of(of[1]))
