"""The pictures of the report, and how far pixels differ: rendered for what is shown and a sample, not for all."""

from collections.abc import Mapping

from robustfashion.bench.experiment.division import Part, union
from robustfashion.bench.experiment.pixel_table import pixel_table
from robustfashion.bench.experiment.session import Divisions, Session
from robustfashion.bench.experiment.workspace import Pixels
from robustfashion.bench.resize import figures, measures
from robustfashion.bench.resize.asking import Plan
from robustfashion.bench.resize.study import ResizeStudy
from robustfashion.result import Figure, Table

SAMPLE = 100
"""Pictures whose pixels are compared, the first by their SHA-256: at 224 px five million values for each method."""


def pictures(
    session: Session, divisions: Divisions, study: ResizeStudy, plan: Plan, java_method: str
) -> tuple[list[Figure], Table, dict[str, bytes]]:
    """Triptychs and gallery of the classifier that changes most under the Java method, and the table of pixel distances."""
    test = union([division["test"] for division in divisions.values()])
    hashes = test.catalogue.column("sha256")
    sample = test.take(sorted(range(len(test)), key=lambda row: str(hashes[row]))[:SAMPLE])
    table = pixel_table(study.reference, _rendered(session, sample, plan), len(test))
    others = study.methods[1:]
    if not others:
        return [], table, {}
    shown = java_method if java_method in others else others[0]
    c = max(study.classifiers, key=lambda c: measures.changed_classes(c, shown).mean())
    part = next(division["test"] for spec, division in divisions.items() if spec.name == c.task)
    moved = figures.changed_most(c.first, study.reference, shown)[: figures.TRIPTYCHS].tolist()
    flips = figures.flipped(c, others)[: figures.GALLERY].tolist()
    triptychs, first = figures.triptychs_of(c, _rendered(session, part.take(moved), plan, study.reference, shown), moved, shown)
    seen = _rendered(session, part.take(flips), plan, study.reference)[study.reference]
    gallery, second = figures.flip_gallery(c, seen, flips, others)
    return [triptychs, gallery], table, first | second


def _rendered(session: Session, part: Part, plan: Plan, *methods: str) -> Mapping[str, Pixels]:
    """Pictures of a part by method; without names, by all."""
    wanted = {method: plan.preprocessings[method] for method in methods or plan.methods}
    found = session.pixels(part, list(wanted.values()))
    return {method: found[p.name] for method, p in wanted.items()}
