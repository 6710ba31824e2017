"""The separability suite, end to end: points, numbers, maps, tables, claims, lists."""

from collections.abc import Sequence

import numpy as np

from robustfashion.bench.experiment.beside import Beside
from robustfashion.bench.experiment.division import Part, accounting_by_task, union
from robustfashion.bench.experiment.network import load_network
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.separability import asking, checkpoint, figures, given, tables
from robustfashion.bench.separability.claims import claims
from robustfashion.bench.separability.findings import Findings, findings
from robustfashion.bench.separability.headline import headline
from robustfashion.bench.separability.lists import lists
from robustfashion.bench.separability.maps_figure import fig3
from robustfashion.bench.separability.questions import Asked
from robustfashion.bench.separability.settings import SeparabilitySettings
from robustfashion.bench.separability.study import Pixels, SeparabilityStudy
from robustfashion.bench.separability.subjects import whole
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest
from robustfashion.result import Figure, SuiteResult, read_documentation
from robustfashion.separability.measures import MEASURES


def separability(settings: SeparabilitySettings, progress: Progress = silent) -> SuiteResult:
    """How separable labels are, which classes overlap, which pictures lie on the wrong side, and what is the easier problem.

    Raises:
        InputError: data, networks or predictions that cannot be used; before any network is trained.
    """
    if settings.predictions:
        study, account = given.study_of(settings)
        data_hash = content_digest(*[(s.ids, s.points.labels.tolist()) for s in study.depth])
        found = findings(study, settings, progress)
        return _result(Session(settings, progress), study, found, Beside(data_hash, [account]))
    network = None if settings.checkpoint is None else load_network(settings.checkpoint)
    if network is not None:
        settings = settings.as_trained(network.seed, network.preprocessing)
    session = Session(settings, progress)
    make = asking.study_of(session, settings) if network is None else checkpoint.study_of(session, settings, network)
    study, asked, left_out = make
    found = findings(study, settings, progress)
    shown, images = _cards(session, study, found, asked)
    account = accounting_by_task(session.catalogue, asked.divisions, session.note)
    return _result(session, study, found, Beside(session.catalogue.fingerprint(), [account], shown, images, left_out))


def _cards(
    session: Session, study: SeparabilityStudy, found: Findings, asked: Asked
) -> tuple[Sequence[Figure], dict[str, bytes]]:
    """Contact sheets, whose pictures are prepared at the size that networks see."""
    ids = figures.wanted(found, study)
    pixels = _pixels(session, union([whole(division) for division in asked.divisions.values()]), ids)
    made = [figures.nearest_pairs(found, study, pixels), figures.candidates(found, study, pixels)]
    return [figure for figure, _ in made if figure], {name: data for _, images in made for name, data in images.items()}


def _pixels(session: Session, everything: Part, ids: Sequence[str]) -> dict[str, Pixels]:
    place = {name: row for row, name in enumerate(everything.ids)}
    known = [name for name in ids if name in place]
    if not known:
        return {}
    preprocessing = session.settings.preprocessing()
    part = everything.take([place[name] for name in known])
    return dict(zip(known, map(np.asarray, session.pixels(part, [preprocessing])[preprocessing.name]), strict=True))


def _without_maps(found: Findings, study: SeparabilityStudy) -> list[tuple[str, str]]:
    """Subjects of which no map could be drawn, with the reasons."""
    none = [subject for subject in study.depth if not found.layouts[subject.task].maps]
    return [(f"maps of {subject.name}", "; ".join(found.layouts[subject.task].reasons)) for subject in none]


def _result(session: Session, study: SeparabilityStudy, found: Findings, beside: Beside) -> SuiteResult:
    settings = session.settings
    assert isinstance(settings, SeparabilitySettings)  # the session is of this suite
    maps, sprite = fig3(found, study)
    depth = study.depth
    measure = figures.tasks_front(found.tasks, "probe_accuracy", MEASURES["probe_accuracy"].title)
    return session.result(
        "separability",
        read_documentation("robustfashion.bench.separability"),
        beside.data_hash,
        [*beside.left_out, *_without_maps(found, study)],
        headline=headline(found, study),
        tables=tables.some([
            tables.comparison_table(found), tables.networks_table(study), tables.missing_table(found),
            *(tables.classes_table(found, subject) for subject in depth[::-1]),
            tables.features_table(found, study), tables.correlation_table(found), tables.tasks_table(found),
            tables.noise_table(found.noise), *(tables.measures_table(found, subject) for subject in depth[::-1]),
            *(tables.faithfulness_table(found, subject) for subject in depth), *beside.tables,
        ]),
        figures=[f for f in (maps, *(figures.overlap_map(found, s) for s in depth[::-1]), *beside.figures, measure) if f],
        claims=claims(found, settings.paper_scale),
        images={**sprite, **beside.images},
        lists=lists(found, study),
    )  # fmt: skip
