"""Tables of the separability suite."""

from collections.abc import Sequence

import numpy as np

from robustfashion.bench.measures import balanced_skill, is_enough
from robustfashion.bench.separability.findings import OF_TASKS, Assessed, Findings, NoiseCheck, above_chance, without
from robustfashion.bench.separability.layouts import Layouts
from robustfashion.bench.separability.study import ALL, SeparabilityStudy, Subject
from robustfashion.bench.separability.wrong_side import AMONG
from robustfashion.bench.verdicts import LEARNED
from robustfashion.result import Cell, Column, ColumnOf, Table, table_of
from robustfashion.separability.measures import MEASURES
from robustfashion.separability.points import Points
from robustfashion.stats import Estimate, holm, wilson

SPACES = {"features": "the original space", "pca": "50 principal components", "map": "the map that is shown large"}


def comparison_table(found: Findings) -> Table | None:
    """Product type against attribute, in each kind of features: is it the problem, or the network? None: nothing is compared."""
    known = [(one.pair, one.found) for one in found.compared if one.found is not None]
    if not known:
        return None
    records = list(zip(known, holm([of.p for _, of in known]), strict=True))
    title = "Is the product type the easier problem, and is it the problem or the network?"
    return table_of("comparison", title, records, [
        ("Product type", "text", "told from the rest", lambda r: r[0][0].first.task),
        ("Attribute", "text", "told among pictures of that type", lambda r: r[0][0].second.task),
        ("Features", "text", "whose, see below; a network's features of its own training pictures would look more separable",
         lambda r: _whose(r[0][0].first)),
        ("Products in both", "count", "products of the type that the attribute is told of", lambda r: r[0][1].shared),
        ("Products a class", "count", "as many of each class in both problems", lambda r: r[0][1].per_class),
        ("Product type's skill", "share", "balanced skill out of product folds: 0 guessing, 1 always right; mean over draws",
         lambda r: r[0][1].first),
        ("Attribute's skill", "share", "the same, mean over all pairs of its classes", lambda r: r[0][1].second),
        ("Difference", "points", "product type minus attribute, the same products in both", lambda r: r[0][1].difference),
        ("p, Holm", "p", "that there is no difference, corrected for the lines of this table", lambda r: r[1]),
    ])  # fmt: skip


def _whose(subject: Subject) -> str:
    return subject.features if subject.which == ALL else f"{subject.features} ({subject.which})"


def networks_table(study: SeparabilityStudy) -> Table | None:
    """Whether the tasks' own networks have learned what they are compared on. None: there are none."""
    known = {
        (of.features, of.name): (of, of.answers)
        for pair in study.pairs
        for of in (pair.first, pair.second)
        if of.answers is not None
    }
    if not known:
        return None
    return table_of("networks", "What the tasks' own networks have learned", list(known.values()), [
        ("Task", "text", "what is told", lambda r: r[0].name),
        ("Network", "text", "one for each seed", lambda r: r[0].features),
        ("Pictures", "count", "that it has not seen, on which it is compared", lambda r: len(r[0].ids)),
        ("Balanced skill", "share", "of the network itself on these pictures: 0 guessing, 1 always right; n/a: one class",
         lambda r: balanced_skill(r[1])),
        ("Verdict", "text", f"learned: balanced skill of {LEARNED:g} and more, above 0 by its whole interval",
         lambda r: _verdict(r[0].learned)),
    ], "Where a network has not learned, its features say nothing of the problem: no claim is made of them.")  # fmt: skip


def _verdict(learned: bool) -> str:
    return "learned" if learned else "not learned"


def missing_table(found: Findings) -> Table | None:
    """What could not be compared, and classes that were left out of a comparison; features of the same fate share a line."""
    lines: dict[tuple[str, str, str, str], list[str]] = {}
    for one in found.compared:
        if why := without(one):
            kind = "no" if one.found is None else "in part"
            lines.setdefault((one.pair.first.task, one.pair.second.task, kind, why), []).append(one.pair.first.features)
    if not lines:
        return None
    return table_of("not-compared", "What was left out of the comparison", list(lines.items()), [
        ("Product type", "text", "told from the rest", lambda r: r[0][0]),
        ("Attribute", "text", "told among pictures of that type", lambda r: r[0][1]),
        ("Features", "text", "whose", lambda r: ", ".join(dict.fromkeys(r[1]))),
        ("Compared", "text", "in part: without classes that are too small; no: fewer than two are large enough",
         lambda r: r[0][2]),
        ("Why", "text", "classes, with their numbers of products", lambda r: r[0][3]),
    ])  # fmt: skip


def measures_table(found: Findings, subject: Subject) -> Table:
    """Every measure of one subject, in each space."""
    records = [(a, name) for a in found.assessed if a.subject is subject for name in MEASURES]
    return table_of(
        f"measures-{safe_id(subject.task)}", f"How separable: {subject.name} ({subject.features})", records,
        [("Space", "text", "where distances are taken", lambda r: SPACES[r[0].space]), *_OF_MEASURES],
        f"{_counts(subject.points)} Measures are taken at equal class sizes; intervals leave out groups of products.",
    )  # fmt: skip


_OF_MEASURES: list[ColumnOf[tuple[Assessed, str]]] = [
    ("Measure", "text", "see the glossary and docs/separability_measures.md", lambda r: MEASURES[r[1]].title),
    ("Better", "text", "which end separable classes are at", lambda r: MEASURES[r[1]].better),
    ("Value", "number", "with its 95 % interval over products", lambda r: r[0].measures[r[1]].value),
    ("Chance", "number", "mean under shuffled labels, and the range of 95 % of them", lambda r: r[0].measures[r[1]].chance),
    ("Above chance", "number", "(value − chance) / (best − chance); n/a where there is no best",
     lambda r: r[0].measures[r[1]].corrected),
    ("p", "p", "share of shuffled labels that are as separable", lambda r: r[0].measures[r[1]].p),
    ("Pictures", "count", "of a draw with equal classes", lambda r: r[0].measures[r[1]].n or None),
    ("Products", "count", "of that draw", lambda r: r[0].measures[r[1]].products or None),
    ("Not available", "text", "why there is no value", lambda r: r[0].measures[r[1]].reason),
]  # fmt: skip


def features_table(found: Findings, study: SeparabilityStudy) -> Table | None:
    """The same measures in every kind of features, above chance where they have a best value."""
    subjects = [a for a in found.assessed if a.space == "features"]
    if len(subjects) <= len(study.depth):
        return None
    columns = [Column("Measure", "text", "0 as shuffled labels, 1 the best there is, where not said otherwise")]
    columns += [
        Column(f"{a.subject.task}, {a.subject.features}", "number", f"{len(a.subject.ids)} pictures, {a.subject.which}")
        for a in subjects
    ]
    rows: list[list[Cell]] = []
    for name, measure in MEASURES.items():
        as_it_is = measure.best is None or name.startswith("bayes")  # an error is read as it is
        title = f"{measure.title}, as it is" if as_it_is else f"{measure.title}, above chance"
        cells = [a.measures[name].value if as_it_is else a.measures[name].corrected for a in subjects]
        rows.append([title, *cells])
    return Table("features", "The same labels in other features", columns, rows, "Original spaces only.")


def classes_table(found: Findings, subject: Subject) -> Table:
    """Class by class: how compact it is, and how many of its pictures lie among another."""
    wrong, points = found.wrong[subject.task], subject.points
    measures = found.of(subject)

    def by_class(name: str, k: int) -> Estimate | None:
        """A measure of one class."""
        return measures[name].by_class.get(points.classes[k])

    def astray(k: int) -> Estimate | None:
        """Share of a class's pictures that lie among another."""
        mine = points.labels == k
        return wilson(int((wrong.wrong & mine).sum()), int(mine.sum())) if mine.any() else None

    def most(k: int) -> str:
        """The class that most of them lie among."""
        among = wrong.among[wrong.wrong & (points.labels == k)]
        if not len(among):
            return ""
        counts = np.bincount(among, minlength=len(points.classes))
        return f"{points.classes[int(counts.argmax())]} ({int(counts.max())})"

    return table_of(f"classes-{safe_id(subject.task)}", f"Class by class: {subject.name}", range(len(points.classes)), [
        ("Class", "text", "label", lambda k: points.classes[k]),
        ("Pictures", "count", "all of them", lambda k: int(points.counts[k])),
        ("Products", "count", "product groups",
         lambda k: len({g for g, y in zip(points.groups, points.labels, strict=True) if y == k})),
        ("Silhouette", "number", "mean over its pictures, at equal class sizes", lambda k: by_class("silhouette", k)),
        ("Purity of 5", "share", "of the five nearest pictures of other products, of the same class",
         lambda k: by_class("knn_purity_5", k)),
        ("Linear probe", "share", "its pictures that a linear classifier of other products knows",
         lambda k: by_class("probe_accuracy", k)),
        ("Among another class", "share", f"pictures with more than half of their {AMONG} nearest in another; Wilson", astray),
        ("Mostly among", "text", "which one, and how many pictures", most),
    ], f"In the original space of the {subject.features}.")  # fmt: skip


def faithfulness_table(found: Findings, subject: Subject) -> Table | None:
    """How far each layout can be believed; None: there is none."""
    layouts = found.layouts[subject.task]
    if not layouts.maps:
        return None
    records = list(zip(layouts.maps, layouts.faithful, strict=True))
    return table_of(f"faithfulness-{safe_id(subject.task)}", f"How faithful are the maps: {subject.name}", records, [
        ("Map", "text", "method, perplexity, seed", lambda r: r[0].name),
        ("Trustworthiness", "share", "1: nothing is near on the map that is far in the original space",
         lambda r: r[1].trustworthiness),
        ("Continuity", "share", "1: nothing that is near in the original space is torn apart", lambda r: r[1].continuity),
        ("Neighbours kept", "share", "of the 12 nearest", lambda r: r[1].preservation),
        ("Distances", "number", "rank correlation of distances on the map and in the original space", lambda r: r[1].distances),
        ("Divergence", "number", "Kullback-Leibler divergence of t-SNE, in nats", lambda r: r[0].loss),
    ], _about_maps(layouts, subject))  # fmt: skip


def _about_maps(layouts: Layouts, subject: Subject) -> str:
    shown, of = len(layouts.rows), len(subject.ids)
    which = f"All {of} pictures." if shown == of else f"{shown} of {of} pictures, the first by the SHA-256 of their ids."
    left_out = " ".join(f"Left out: {why}." for why in layouts.reasons)
    return " ".join(filter(None, [which, left_out]))


def tasks_table(found: Findings) -> Table | None:
    """Separability beside accuracy, task by task."""
    if not found.tasks:
        return None
    head = [
        Column("Task", "text", "what is told"), Column("Kind", "text", "attribute, product type, or labels of one's own"),
        Column("Classes", "count", "that occur"), Column("Pictures", "count", "train, validation and test"),
        Column("Balanced skill", "share", "of a head on the shared network, on test pictures; 0 guessing, 1 always right"),
        Column("Head", "text", f"learned: balanced skill of {LEARNED:g} and more, above 0 by its whole interval"),
        *(Column(MEASURES[name].title, "number", f"above chance where it has a best. {MEASURES[name].doc}") for name in OF_TASKS),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            task.told.subject.task, task.told.subject.kind, len(task.told.subject.points.classes), len(task.told.subject.ids),
            task.told.skill, _head(task.told.skill), *(above_chance(task.measures[name]) for name in OF_TASKS),
        ]
        for task in found.tasks
    ]  # fmt: skip
    features = found.tasks[0].told.subject.features
    return Table("tasks", "Separability and accuracy, task by task", head, rows, f"Separability in features of the {features}.")


def _head(skill: Estimate | None) -> str:
    return "n/a" if skill is None else _verdict(is_enough(skill))


def correlation_table(found: Findings) -> Table | None:
    """Whether more separable tasks are told better."""
    if not found.correlations:
        return None
    records = list(found.correlations.items())
    return table_of("correlation", "Does separability foretell accuracy?", records, [
        ("Measure", "text", "turned round where it falls as classes part", lambda r: MEASURES[r[0]].title),
        ("Rank correlation", "number", "Spearman's, of the measure with balanced skill over tasks; interval by Bonett and Wright",
         lambda r: r[1]),
        ("Tasks", "count", "of which both are known", lambda r: r[1].n),
    ], "Tasks share pictures: they are fewer independent cases than lines. The linear probe and the heads are much alike: "
       "both are linear in the same features.")  # fmt: skip


def noise_table(check: NoiseCheck | None) -> Table | None:
    """Whether the candidates are what they are called, where the truth is known."""
    if check is None or not check.precision:
        return None
    noisy = check.noisy
    n, wrong = len(noisy.wrong), int(noisy.wrong.sum())
    note = (
        f"The {n} training pictures of {noisy.subject.name} with the labels of a drawn catalogue with label noise: {wrong} "
        "of them "
        f"({check.wrong_products} products) are wrong on purpose. Pictures of a product are mis-filed together and count once. "
        f"{len(check.ranked)} pictures are candidates; picked at random, {100 * wrong / n:.1f} % would be wrong."
    )
    return table_of("label-noise", "Are the candidates for wrong labels wrong?", list(check.precision.items()), [
        ("First candidates", "count", "products at the head of the list", lambda r: r[0]),
        ("Precision", "share", "of them wrong indeed; Wilson interval", lambda r: r[1]),
    ], note)  # fmt: skip


def _counts(points: Points) -> str:
    shown = [f"{name} {count}" for name, count in zip(points.classes[:12], points.counts.tolist(), strict=False)]
    more = "" if len(points.classes) <= 12 else f" and {len(points.classes) - 12} more classes"
    return f"{len(points.labels)} pictures of {len(set(points.groups))} products ({', '.join(shown)}{more})."


def some(tables: Sequence[Table | None]) -> list[Table]:
    """Those that there are."""
    return [table for table in tables if table is not None]


def safe_id(task: str) -> str:
    """A task's name as an id: a label of one's own may hold any character."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in task)
