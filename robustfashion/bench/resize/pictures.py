"""The pictures of the report, and how far pixels differ: rendered for what is shown and a sample, not for all."""

from collections.abc import Mapping, Sequence

from robustfashion.bench.experiment.division import Part, union
from robustfashion.bench.experiment.pixel_table import pixel_table
from robustfashion.bench.experiment.session import Divisions, Session
from robustfashion.bench.experiment.workspace import Pixels
from robustfashion.bench.resize import figures
from robustfashion.bench.resize.asking import Plan
from robustfashion.bench.resize.study import ResizeStudy
from robustfashion.result import Figure, Table

SAMPLE = 64
"""Pictures whose pixels are compared, the first by their SHA-256: at 224 px ten million values for each method."""


def pictures(
    session: Session, divisions: Divisions, study: ResizeStudy, plan: Plan, java_method: str
) -> tuple[list[Figure], Table, dict[str, bytes]]:
    """Triptychs under the Java method, gallery of flips, and the table of pixel distances."""
    test = union([division["test"] for division in divisions.values()])
    table = pixel_table(study.reference, _rendered(session, test.first_by_hash(SAMPLE), plan), len(test))
    others = study.methods[1:]
    if not others:
        return [], table, {}
    method = java_method if java_method in others else others[0]
    parts = {spec.name: division["test"] for spec, division in divisions.items()}
    moved, flips = figures.moved_most(study, method), figures.flipped_most(study)
    triptychs, first = figures.triptychs_of(
        moved, _pixels(session, parts, moved, plan, (study.reference, method)), study.reference, method
    )
    gallery, second = figures.flip_gallery(study, flips, _pixels(session, parts, flips, plan, (study.reference,)))
    return [triptychs, gallery], table, first | second


def _pixels(
    session: Session, parts: Mapping[str, Part], shown: Sequence[figures.Shown], plan: Plan, methods: Sequence[str]
) -> list[Mapping[str, Pixels]]:
    """Pixels uint8 [S, S, 3] by method of each picture that is shown."""
    if not shown:
        return []
    pictures = [parts[c.task].take([i]) for c, i in shown]
    whole = union(pictures)
    rendered, place = _rendered(session, whole, plan, *methods), {name: row for row, name in enumerate(whole.ids)}
    return [{method: rendered[method][place[picture.ids[0]]] for method in methods} for picture in pictures]


def _rendered(session: Session, part: Part, plan: Plan, *methods: str) -> Mapping[str, Pixels]:
    """Pictures of a part by method; without names, by all."""
    wanted = {method: plan.preprocessings[method] for method in methods or plan.methods}
    found = session.pixels(part, list(wanted.values()))
    return {method: found[p.name] for method, p in wanted.items()}
