"""The cheapest remedy: no automatic tag where the margin is small. What is refused, and which changes that removes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.sensitivity.forecast.margins import tag_margin
from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.result import Axis, Cell, Column, Curve, CurveRole, Figure, Table, curve_figure
from robustfashion.stats import Estimate, FloatArray, share_bootstrap

SHARES = (0.05, 0.1, 0.2, 0.3)
"""Of pictures that are refused."""
_HIGHLIGHTED = 5


@dataclass(frozen=True)
class Refusal:
    """What becomes of one method's changes where the pictures with the least margins are refused."""

    method: str
    refused: float
    """Share of the pictures, 0..1."""
    margin: float
    """Pictures below it are refused, in logits."""
    removed: Estimate | None
    """Share of the changes that are among the refused pictures; None: nothing changes."""
    left: Estimate
    """Share of the answered pictures whose tag changes."""
    accuracy: Estimate | None
    """Share of the answered pictures whose class is right under the method; None: no labels."""


def served_margin(subject: Subject, method: str) -> FloatArray:
    """Tag margin of each picture as the method shows it [n]: a service knows no other."""
    return tag_margin(subject.run.tables[method], subject.run.thresholds)


def refusals(subject: Subject, shares: Sequence[float] = SHARES) -> list[Refusal]:
    """Every method at every share of refused pictures. Intervals resample products, the margin's limit as it is here."""
    return [_refusal(subject, method, share) for method in subject.others for share in shares]


def _refusal(subject: Subject, method: str, share: float) -> Refusal:
    margin, changed = served_margin(subject, method), subject.tags_change(method)
    count = round(share * len(margin))
    refused = np.zeros(len(margin))
    refused[np.argsort(margin, kind="stable")[:count]] = 1
    answered, right = 1 - refused, subject.run.tables[method].correct.astype(np.float64)
    counted = np.stack([changed * refused, changed * answered, right * answered], axis=1)
    among = np.stack([changed, answered, answered], axis=1)
    removed, left, accuracy = share_bootstrap(counted, among, subject.groups, shared.BOOTSTRAP_SEED)
    limit = float(np.sort(margin)[min(count, len(margin) - 1)])
    assert left is not None  # a share below 1 leaves something
    return Refusal(method, count / len(margin), limit, removed, left, accuracy if subject.labelled else None)


def refusing_table(subject: Subject) -> Table:
    """A line for each method and share of refused pictures."""
    shown = "products resampled, with a pseudo-product each way"
    of_accuracy = Column("Accuracy", "share", f"share of the other pictures whose class is right under this method; {shown}")
    columns = [
        Column("Serving method", "text", "the method that resizes the pictures"),
        Column("Refused", "share", "share of the pictures that get no tag by themselves: those with the least margin"),
        Column("Margin", "number", "below it a picture is refused: what its log-odds have to move until the tag is another"),
        Column("Changes removed", "share", f"share of the tag changes that are among the refused pictures; {shown}"),
        Column("Changes left", "share", f"share of the other pictures whose tag changes; {shown}"),
        *([of_accuracy] if subject.labelled else []),
    ]
    rows: list[list[Cell]] = [
        [of.method, of.refused, of.margin, of.removed, of.left, *([of.accuracy] if subject.labelled else [])]
        for of in refusals(subject)
    ]
    note = (
        "The margin is the served picture's own, for a service knows no other. Of the pictures that were asked, which set the "
        "limit, too: the refused share of others differs by chance."
    )
    return Table("refusing", "What a threshold on the margin buys", columns, rows, note)


def refusing_figure(subject: Subject) -> Figure | None:
    """Tag changes among the answered pictures by the share that is answered; None where nothing changes."""
    changes = {method: subject.tags_change(method) for method in subject.others}
    most = sorted((m for m in changes if changes[m].any()), key=lambda m: -float(changes[m].sum()))
    if not most:
        return None
    curves = []
    for method in most:
        surest = np.argsort(-served_margin(subject, method), kind="stable")
        answered = np.arange(1, subject.n + 1)
        left = np.cumsum(changes[method][surest]) / answered
        role: CurveRole = "highlighted" if method in most[:_HIGHLIGHTED] else "muted"
        curves.append(Curve(method, (answered / subject.n).tolist(), left.tolist(), role=role))
    return curve_figure(
        "refusing", "The least sure pictures refused, how many tags still change",
        x=Axis("pictures that are answered", "share", 0, 1), y=Axis("of these, tags that change", "share", 0, better="low"),
        curves=curves,
        doc="From all pictures on the right to the surest alone, by the tag margin under the serving method; methods under which "
        "any tag changes. The table has intervals.",
    )  # fmt: skip
