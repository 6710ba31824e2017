"""The mitigation suite, end to end: data, networks, remedies, tables, claims, figures."""

from collections.abc import Mapping

from robustfashion.bench.experiment.division import Division, accounting
from robustfashion.bench.experiment.network import Network, load_network
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.tasks import TaskSpec, spec_of_classes
from robustfashion.bench.mitigation import figures, lists, saved, tables
from robustfashion.bench.mitigation.asking import Asking, study_of
from robustfashion.bench.mitigation.claims import claims
from robustfashion.bench.mitigation.effects import Effects
from robustfashion.bench.mitigation.headline import headline
from robustfashion.bench.mitigation.settings import MitigationSettings
from robustfashion.progress import Progress, silent
from robustfashion.result import Figure, SuiteResult, read_documentation


def mitigation(settings: MitigationSettings, progress: Progress = silent) -> SuiteResult:
    """What removes how much of the damage that the serving resizer does, at what price, and which remedy is recommended.

    Raises:
        InputError: data, remedies or a checkpoint that cannot be used; before any network is trained.
    """
    network = None if settings.checkpoint is None else load_network(settings.checkpoint)
    if network is not None:
        settings = settings.as_trained(network.seed, network.preprocessing)
    session = Session(settings, progress)
    spec, division = _divided(session, settings, network)
    networks = [network] if network else [session.train(settings.plain_row, s, division, name=spec.name) for s in settings.seeds]
    study, left_out = study_of(Asking(session, settings, division, spec.name, networks))
    effects = Effects.of(study)
    price = figures.price_figure(effects)
    looks, images = _looks(session, division, effects)
    note = " ".join(filter(None, [division.note, session.note]))
    return session.result(
        "mitigation",
        read_documentation("robustfashion.bench.mitigation"),
        division.catalogue.fingerprint(),
        left_out,
        headline=headline(effects),
        tables=[
            tables.recommendations(effects), tables.removals(effects), tables.prices(effects), accounting(division, note)
        ],
        figures=[*([price] if price else []), figures.heat_map_of(effects), *looks],
        claims=claims(study, settings.paper_scale),
        images=dict(images),
        lists={lists.FILE: lists.changed_tags(study)},
    )  # fmt: skip


def _looks(session: Session, division: Division, effects: Effects) -> tuple[list[Figure], Mapping[str, bytes]]:
    shown = saved.shown_of(effects)
    if shown is None:
        return [], {}
    trained = session.settings.preprocessing()
    pixels = session.pixels(division["test"].take(shown.rows), [trained])[trained.name]
    figure, images = saved.gallery_of(effects, shown, pixels)
    return [figure], images


def _divided(session: Session, settings: MitigationSettings, network: Network | None) -> tuple[TaskSpec, Division]:
    if network is not None:
        return spec_of_classes(network.classes), session.divide_for(network)
    rows = list(settings.rows())
    session.check_rows(rows)
    divisions, _ = session.divisions(settings.named_tasks, settings.usual_tasks)
    ((spec, division),) = divisions.items()
    return spec, session.check_bases(rows, division)
