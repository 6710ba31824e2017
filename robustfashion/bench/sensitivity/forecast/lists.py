"""The sampled pictures, the most exposed first, as a table for spreadsheets and scripts: ``exposed.csv``."""

from collections.abc import Iterator

from robustfashion.bench.csv_lists import csv_text
from robustfashion.bench.sensitivity.forecast.exposure import Exposure
from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.bench.spreadsheet import harmless
from robustfashion.decisions import NO_TAG

FILE = "exposed.csv"

COLUMNS = (
    "picture", "product", "tag", "class", "confidence", "class_margin", "tag_margin", "detail", "probability", "changes",
    "changed_under",
)  # fmt: skip
"""Under the training method: tag (empty: none), class, top-1 confidence in 0..1, margins in logits, detail in grey levels (empty:
not known), modelled mean probability over methods that the tag changes (empty: not modelled); then under how many methods it
does, and under which, with the tag that each gives."""


def exposed(subject: Subject, found: Exposure) -> str:
    """CSV with one line for each sampled picture; texts that a spreadsheet would run as a formula follow an apostrophe."""
    return csv_text(COLUMNS, _lines(subject, found))


def changed_under(subject: Subject, row: int) -> dict[str, str]:
    """Tag of one picture by method that changes it; ``no tag`` where it has none."""
    after = {method: int(subject.run.tags[method][row]) for method in subject.others}
    return {method: _name(subject, tag) or "no tag" for method, tag in after.items() if tag != subject.tags[row]}


def _name(subject: Subject, tag: int) -> str:
    return "" if tag == NO_TAG else subject.table.classes[tag]


def _lines(subject: Subject, found: Exposure) -> Iterator[list[str]]:
    table = subject.table
    confidence = table.probabilities.max(axis=1)
    for row in found.order:
        under, mean = changed_under(subject, row), found.mean(row)
        tag, told = _name(subject, int(subject.tags[row])), table.classes[table.predicted[row]]
        yield [
            *map(harmless, (table.ids[row], subject.groups[row], tag, told)),
            f"{confidence[row]:.6f}", f"{subject.class_margin[row]:.4f}", f"{subject.tag_margin[row]:.4f}",
            "" if subject.detail is None else f"{subject.detail[row]:.4f}", "" if mean is None else f"{mean:.6f}",
            str(len(under)), harmless("; ".join(f"{method}: {tag}" for method, tag in under.items())),
        ]  # fmt: skip
