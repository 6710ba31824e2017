"""Every tag that changes with and without each remedy, as a table for spreadsheets and scripts: ``changed_tags.csv``."""

from collections.abc import Iterator

import numpy as np

from robustfashion.bench.csv_lists import csv_text
from robustfashion.bench.mitigation.study import Arm, MitigationStudy, Run
from robustfashion.bench.spreadsheet import harmless
from robustfashion.decisions import NO_TAG

FILE = "changed_tags.csv"
COLUMNS = (
    "image", "product", "label", "remedy", "seed", "served_with", "outcome", "tag_before", "tag_after", "tag_without_remedy",
)  # fmt: skip
"""``outcome``: ``saved`` (changed without the remedy, not with it), ``broken`` (the other way round), ``changed`` (both),
``refused`` (changed without the remedy, and left to people with it: ``tag_after`` is then what would have gone out)."""


def changed_tags(study: MitigationStudy) -> str:
    """CSV with a line for each picture, network and serving method whose tag changes with the remedy or without.

    ``tag_before`` is the remedy's own network's under the training method; no tag is an empty cell. Texts that a spreadsheet
    would run as a formula are preceded by an apostrophe.
    """
    return csv_text(COLUMNS, (line for arm in study.remedies for line in _of_arm(study, arm)))


def _of_arm(study: MitigationStudy, arm: Arm) -> Iterator[list[str]]:
    for run, plain in zip(arm.runs, study.plain.runs, strict=True):
        for method in study.methods:
            yield from _lines(arm, run, plain, method)


def _lines(arm: Arm, run: Run, plain: Run, method: str) -> Iterator[list[str]]:
    table = arm.given
    changed, without, refused = run.tag_changed(method), plain.tag_changed(method), run.refused(method)
    after, before, unhelped = run.tags(method), run.tags_before, plain.tags(method)

    def named(tag: np.int64) -> str:
        """The tag's class; empty: none."""
        return "" if tag == NO_TAG else table.classes[tag]

    for i in np.flatnonzero(changed | without).tolist():
        label = table.classes[table.labels[i]] if table.labels[i] >= 0 else ""
        kept = "refused" if refused[i] else "saved"
        outcome = "changed" if changed[i] and without[i] else "broken" if changed[i] else kept
        texts = (table.ids[i], table.products[i], label, arm.name, str(run.seed), method, outcome, named(before[i]))
        yield [harmless(text) for text in (*texts, named(after[i]), named(unhelped[i]))]
