"""The tables of a forecast."""

from collections.abc import Sequence

from robustfashion.bench.sensitivity.forecast.exposure import Exposure
from robustfashion.bench.sensitivity.forecast.lists import FILE, changed_under
from robustfashion.bench.sensitivity.forecast.numbers import MethodForecast
from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.decisions import NO_TAG
from robustfashion.result import Cell, ColumnOf, Table, table_of
from robustfashion.stats import Estimate, paired_change

SHOWN = 12
"""Exposed pictures that a report shows."""


def forecast_table(subject: Subject, found: Sequence[MethodForecast], within: float) -> Table:
    """A line for each serving method."""
    width = f"± {100 * within:g} points"
    of_all = "of all pictures of the catalogue, asked or not; 95 % interval, exact where all were asked"
    more = f"pictures, drawn like these, with which the interval of the tags that change is {width}"
    accuracy: list[ColumnOf[MethodForecast]] = [
        ("Δ accuracy", "points", "accuracy under this method minus under the training method, of the pictures that were asked; t "
         "interval over products with a pseudo-product each way", lambda of: _delta(subject, of.method)),
    ]  # fmt: skip
    whole = "" if subject.total_products is None else f" of {subject.total_products}"
    products = f"{len(set(subject.groups))}{whole} products"
    asked = f"All {subject.n} pictures were asked" if subject.complete else f"From {subject.n} of {subject.total} pictures"
    note = (
        f"{asked} ({products}). Deployed threshold on the top-1 confidence: {subject.run.thresholds.rule}. To be none of one "
        "label is no tag."
    )
    return table_of("forecast", "What will change", found, [
        ("Serving method", "text", "the method that resizes the pictures", lambda of: of.method),
        ("Tags that change", "share", f"share {of_all}", lambda of: of.tags.catalogue),
        ("Pictures", "count", f"how many that is {of_all}", lambda of: of.tags.count),
        ("Products", "share", "share of the catalogue's products with a picture whose tag changes; n/a: some were asked in part",
         lambda of: None if of.products is None else of.products.catalogue),
        ("Classes that change", "share", f"share {of_all}: another class is most probable", lambda of: of.classes.catalogue),
        ("Of pictures like these", "share", "tags that change, of pictures without end from where these come",
         lambda of: of.tags.general),
        (f"For {width}", "count", f"{more}, if the share is the one that was seen",
         lambda of: _number(of.tags.needed(within, surely=False))),
        (f"Surely for {width}", "count", f"{more}, whatever share in the interval is true; design effect as here",
         lambda of: _number(of.tags.needed(within, surely=True))),
        ("Design effect", "ratio", "pictures that are worth one independent picture, of the tags that change: those of a "
         "product change together (above 1), margins help (below 1)", lambda of: of.tags.seen.design_effect),
        *(accuracy if subject.labelled else []),
    ], note)  # fmt: skip


def _number(pictures: int | None) -> Cell:
    return "more than 10 million" if pictures is None else pictures


def _delta(subject: Subject, method: str) -> Estimate:
    return paired_change(subject.classifier.differences(method), subject.groups).estimate


def exposed_table(subject: Subject, found: Exposure) -> Table:
    """The most exposed of the pictures that were asked."""
    note = f"All pictures that were asked, in this order, are in {FILE} beside this report."
    if found.auc is not None:
        note += (
            f" A changed answer has a larger modelled probability than an unchanged one with probability {found.auc:.3f} (AUC; "
            "products that the model has not seen)."
        )
    confidence = subject.table.probabilities.max(axis=1)
    detail: list[ColumnOf[int]] = [
        ("Detail", "levels", "fine detail that the last reduction must remove or fold", lambda i: _of(subject.detail, i)),
    ]  # fmt: skip
    return table_of("exposed", "The most exposed pictures", found.order[:SHOWN], [
        ("Picture", "text", "its id", lambda i: subject.table.ids[i]),
        ("Tag", "text", "under the training method", lambda i: _tag(subject, i)),
        ("Confidence", "share", "top-1 probability under the training method", lambda i: float(confidence[i])),
        ("Margin", "number", "what its log-odds have to move until the tag is another", lambda i: float(subject.tag_margin[i])),
        *(detail if subject.detail is not None else []),
        ("Probability", "share", "modelled, that the tag changes, mean over methods: logistic regression on margin, detail "
         "where it is known, and method, of these very pictures; n/a: too few changes, so ordered by margin", found.mean),
        ("Changes under", "text", "methods under which the tag is another, and what it is then", lambda i: _under(subject, i)),
    ], note)  # fmt: skip


def _of(values: object, row: int) -> Cell:
    return None if values is None else float(values[row])  # type: ignore[index]


def _tag(subject: Subject, row: int) -> str:
    tag = int(subject.tags[row])
    return "none" if tag == NO_TAG else subject.table.classes[tag]


def _under(subject: Subject, row: int) -> str:
    return "; ".join(f"{method}: {tag}" for method, tag in changed_under(subject, row).items()) or "none"
