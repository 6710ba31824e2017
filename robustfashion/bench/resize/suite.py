"""The resize suite, end to end: data, networks, answers under every method, tables, claims, pictures."""

import shlex
from dataclasses import replace

from robustfashion.bench.experiment.beside import Beside
from robustfashion.bench.experiment.division import accounting, accounting_by_task, union
from robustfashion.bench.experiment.network import load_network
from robustfashion.bench.experiment.originals import originals_table
from robustfashion.bench.experiment.session import Divisions, LeftOut, Session
from robustfashion.bench.experiment.tasks import spec_of_classes
from robustfashion.bench.resize import claims as paper_claims
from robustfashion.bench.resize import figures, models, options, products, tags
from robustfashion.bench.resize.asking import Plan, ask_all, trainings
from robustfashion.bench.resize.changes import changes
from robustfashion.bench.resize.given import study_of
from robustfashion.bench.resize.headline import headline
from robustfashion.bench.resize.pictures import pictures
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.resize.study import ResizeStudy
from robustfashion.progress import Progress, silent
from robustfashion.provenance import content_digest
from robustfashion.result import SuiteResult, Table, read_documentation


def resize(settings: ResizeSettings, progress: Progress = silent) -> SuiteResult:
    """Which products change their tag when the resize library changes, by which classifiers, with what certainty.

    Raises:
        InputError: data, methods, checkpoint or predictions that cannot be used; before any network is trained.
    """
    if settings.predictions:
        study, account = study_of(settings)
        data_hash = content_digest(study.everyone[0].ids, study.everyone[0].labels.tolist())
        return _result(Session(settings, progress), settings, study, Beside(data_hash, [account]))
    network = None if settings.checkpoint is None else load_network(settings.checkpoint)
    if network is not None:
        settings = replace(settings.as_trained(network.seed, network.preprocessing), rows=(network.row,))
    session = Session(settings, progress)
    left_out: LeftOut = ()
    if network is not None:
        divisions: Divisions = {spec_of_classes(network.classes): session.divide_for(network)}
    else:
        session.check_rows(settings.rows)
        divisions, left_out = session.divisions(settings.named_tasks, settings.usual_tasks)
        divisions = {spec: session.check_bases(settings.rows, division) for spec, division in divisions.items()}
    preprocessings = {method: settings.preprocessing(method) for method in settings.methods}
    plan = Plan(settings.rows, settings.reference, preprocessings, network)
    study = ask_all(session, divisions, plan)
    shown, table, images = pictures(session, divisions, study, plan, settings.java_method)
    more, missing = options.figures_of(session, settings, divisions, plan)
    test = union([division["test"] for division in divisions.values()])
    files = originals_table(test, settings.preprocessing(), settings.workers)
    tables = [table, replace(files, note=f"{files.note} {missing}".strip()), _accounting(session, divisions)]
    beside = Beside(_hash(divisions), tables, [*more, *shown], images, left_out)
    return _result(session, settings, study, beside)


def _result(session: Session, settings: ResizeSettings, study: ResizeStudy, beside: Beside) -> SuiteResult:
    compared = len(study.methods) > 1
    margin = figures.margin_figure(study) if compared else None
    tables = [
        *([tags.tags_table(study)] if compared else []),
        *([models.table2(study)] if study.labelled else []),
        changes(study),
        *([models.recalls(study)] if study.labelled and compared else []),
        models.models(study, trainings(settings)),
        *beside.tables,
    ]
    return session.result(
        "resize",
        read_documentation("robustfashion.bench.resize"),
        beside.data_hash,
        beside.left_out,
        headline=[*headline(study, settings.java_method), *_policy(settings), _forecast(settings)],
        tables=tables,
        figures=[figures.heat_map_of(study), *([margin] if margin else []), *beside.figures],
        claims=paper_claims.claims(study, settings.java_method, settings.paper_scale),
        images=dict(beside.images),
        lists={products.FILE: products.changed_products(study)},
    )


def _policy(settings: ResizeSettings) -> list[str]:
    """What all methods share where that is not the paper's canvas."""
    policy = None if settings.predictions else settings.preprocessing().policy
    if policy is None:
        return []
    others = [method for method in settings.methods if settings.preprocessing(method).policy != policy]
    but = f", but for {', '.join(others)}" if others else ""
    return [f"All methods share the training's own preprocessing ({policy.name}){but}, and differ in the resizer alone."]


def _forecast(settings: ResizeSettings) -> str:
    """Where a user goes on: what will change for a network and pictures of his own."""
    if settings.predictions:
        given = f"--predictions {shlex.join(map(str, settings.predictions))}"
    else:
        network = "YOUR.ckpt" if settings.checkpoint is None else shlex.quote(str(settings.checkpoint))
        given = f"--checkpoint {network} --data {'PICTURES' if settings.drawn else shlex.quote(settings.data)}"
    return (
        "How many tags will change for one network on a whole catalogue, from at most 200 of its pictures, labels not needed: "
        f"python -m robustfashion.bench sensitivity {given}"
    )


def _hash(divisions: Divisions) -> str:
    """Of the data, whichever tasks it is divided for."""
    hashes = sorted({division.catalogue.fingerprint() for division in divisions.values()})
    return hashes[0] if len(hashes) == 1 else content_digest(hashes)


def _accounting(session: Session, divisions: Divisions) -> Table:
    (only, *others) = divisions.values()
    if others:
        return accounting_by_task(session.catalogue, {spec.name: of for spec, of in divisions.items()}, session.note)
    return accounting(only, " ".join(filter(None, [only.note, session.note])))
