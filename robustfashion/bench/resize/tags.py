"""What a catalogue owner sees: products that lose, gain or change a tag when another method resizes their pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.measures import pooled_change
from robustfashion.bench.resize.study import Classifier, ResizeStudy
from robustfashion.decisions import NO_TAG
from robustfashion.resize import is_java
from robustfashion.result import Cell, Column, Table
from robustfashion.stats import Estimate, FloatArray, share_bootstrap

_EVENTS = ("change", "lose", "gain", "swap", "tagged")


@dataclass(frozen=True)
class TagChanges:
    """Shares of a catalogue's products, mean over seeds, under one method against the training method."""

    changed: Estimate
    """Lose, gain or change at least one tag; n is the number of products."""
    lost: Estimate
    gained: Estimate
    swapped: Estimate
    """Get another tag in place of one."""
    tagged: Estimate
    """Carry a tag under the training method."""

    @property
    def count(self) -> int:
        """Products that change, to the nearest one."""
        return round(self.changed.value * self.changed.n)


@lru_cache(maxsize=8)  # headline, table and claims ask for the same
def tag_changes(study: ResizeStudy, row: Row) -> dict[str, TagChanges]:
    """Products by what becomes of their tags under each method but the training method.

    A product is every picture of it and every task of the row's classifiers that it is evaluated for. A seed's changes are those
    of one network for each task. Intervals resample products.
    """
    classifiers = study.of_row(row)
    products = sorted({group for c in classifiers for group in c.groups})
    place = {product: k for k, product in enumerate(products)}
    seeds = min(len(c.runs) for c in classifiers)
    events = np.mean([_events(study, classifiers, place, seed) for seed in range(seeds)], axis=0)
    flat = events.reshape(len(products), -1)
    shares = [share for share in share_bootstrap(flat, np.ones_like(flat), products, shared.BOOTSTRAP_SEED) if share is not None]
    many = len(_EVENTS)
    return {method: TagChanges(*shares[many * k : many * (k + 1)]) for k, method in enumerate(study.methods[1:])}


def _events(study: ResizeStudy, classifiers: Sequence[Classifier], place: dict[str, int], seed: int) -> FloatArray:
    """Whether any picture of a product meets an event in any task: [products, methods, events] of 0 and 1."""
    found = np.zeros((len(place), len(study.methods) - 1, len(_EVENTS)))
    for c in classifiers:
        rows = np.array([place[group] for group in c.groups])
        before = c.runs[seed].tags[c.reference]
        for k, method in enumerate(study.methods[1:]):
            after = c.runs[seed].tags[method]
            changed, had, has = before != after, before != NO_TAG, after != NO_TAG
            met = np.stack([changed, had & ~has, ~had & has, changed & had & has, had], axis=1)
            np.maximum.at(found[:, k], rows, met.astype(np.float64))
    return found


def nearest_java(study: ResizeStudy, row: Row) -> str | None:
    """The Java method that changes the fewest products' tags, the earlier one of two; None where there is none."""
    found = {method: of for method, of in tag_changes(study, row).items() if is_java(method)}
    return min(found, key=lambda method: found[method].changed.value) if found else None


_POOLED = (
    "accuracy over all answers of all classifiers under this method minus under the training method, mean over seeds; t interval "
    "over products with a pseudo-product each way; with three or more seeds also over seeds"
)


def tags_table(study: ResizeStudy) -> Table:
    """A line for each row and method."""
    shown = "share of the products, mean over seeds; products resampled, with a pseudo-product each way"
    columns = [
        Column("Model", "text", "architecture and recipe of the classifiers that tag the products"),
        Column("Serving method", "text", "the method that resizes the pictures"),
        Column("Classifiers", "count", "that tag them and have learned: more tags, more to change; compare rows of equally many"),
        Column("Products", "count", "products that these are asked about"),
        Column("With a tag", "share", f"carry at least one under the training method: {shown}"),
        Column("Any change", "share", f"lose, gain or change at least one tag: {shown}"),
        Column("Lose one", "share", f"have a picture whose tag of some task nothing replaces: {shown}"),
        Column("Gain one", "share", f"have a picture that gets a tag of some task where it had none: {shown}"),
        Column("Another one", "share", f"have a picture that gets another tag in place of one: {shown}"),
        *([Column("Δ accuracy", "points", _POOLED)] if study.labelled else []),
    ]
    rows: list[list[Cell]] = []
    for row in study.rows:
        for method, found in tag_changes(study, row).items():
            shares = [found.tagged, found.changed, found.lost, found.gained, found.swapped]
            pooled = [pooled_change(study.of_row(row), method).estimate] if study.labelled else []
            rows.append([row.name, method, len(study.of_row(row)), found.changed.n, *shares, *pooled])
    told = ", ".join(dict.fromkeys(c.task or "given" for c in study.classifiers))
    rules = "; ".join(sorted({run.thresholds.rule for c in study.classifiers for run in c.runs}))
    note = (
        f"Tags of {told}. A product counts once, however many of its pictures and tags change. Of one label against the rest "
        f"only that label is a tag. Deployed threshold on the top-1 confidence: {rules}."
    )
    return Table("tags", "Products that lose, gain or change a tag", columns, rows, note)
