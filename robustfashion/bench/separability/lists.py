"""Labels to look at, and pictures that lie among another class, as tables for spreadsheets and scripts."""

from collections.abc import Iterator

import numpy as np

from robustfashion.bench.csv_lists import csv_text
from robustfashion.bench.separability.findings import Findings
from robustfashion.bench.separability.study import SeparabilityStudy, Subject
from robustfashion.bench.spreadsheet import harmless

ISSUES, WRONG_SIDE = "label_issues.csv", "wrong_side.csv"
ISSUE_COLUMNS = ("path", "product", "given", "suggested", "score")
"""``score`` is the probability of the given label, 0..1, by a classifier that has not seen the product, the smallest first."""
WRONG_COLUMNS = ("path", "product", "task", "label", "among", "share")
"""``share`` of its five nearest pictures of other products are of class ``among``, 0..1."""


def lists(found: Findings, study: SeparabilityStudy) -> dict[str, str]:
    """CSV texts by file name."""
    return {
        ISSUES: csv_text(ISSUE_COLUMNS, _issues(found, study)),
        WRONG_SIDE: csv_text(WRONG_COLUMNS, _wrong(found, study)),
    }


def _issues(found: Findings, study: SeparabilityStudy) -> Iterator[list[str]]:
    subject = study.question
    for issue in found.issues:
        texts = (*_who(study, subject, issue.row), issue.given, issue.suggested)
        yield [*map(harmless, texts), f"{issue.score:.6f}"]


def _wrong(found: Findings, study: SeparabilityStudy) -> Iterator[list[str]]:
    for subject in study.depth:
        side = found.wrong[subject.task]
        rows = np.flatnonzero(side.wrong)
        classes = subject.points.classes
        for row in rows[np.argsort(-side.share[rows], kind="stable")].tolist():
            label, among = classes[subject.points.labels[row]], classes[side.among[row]]
            yield [*map(harmless, (*_who(study, subject, row), subject.task, label, among)), f"{side.share[row]:.6f}"]


def _who(study: SeparabilityStudy, subject: Subject, row: int) -> tuple[str, str]:
    """File of a picture (its id where no file is known), and its product."""
    name = subject.ids[row]
    return study.paths.get(name, name), subject.points.groups[row]
