"""Every score of every tier of outliers, with intervals and paired tests against max softmax."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.outliers.study import Subject, label_told, tag_rows, tiers_of
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.rejection import SCORES
from robustfashion.rejection.contract import FittedScore
from robustfashion.rejection.judged import Judged
from robustfashion.rejection.measures import Levels
from robustfashion.rejection.resampled import Resampled, resampled
from robustfashion.result import Cell, Column, Figure, Table, heat_map
from robustfashion.stats import FloatArray, holm

REFERENCE = "max_softmax"
ALL = "all tiers"
OF_TIERS = ("auroc", "ood_accepted@id95", "id_rejected@ood95", "aupr_outlier")
OF_ORDINARY = ("augrc", "aurc", "e_aurc", "risk@coverage", "coverage@risk")
OF_MIXTURE = ("scod_risk",)


@dataclass(frozen=True)
class Scored:
    """The scores of one classifier, fitted, and what they say of all its pictures."""

    fitted: Mapping[str, FittedScore]
    missing: Mapping[str, str]
    """Why a score could not be had, by name."""
    judged: Judged
    """Noisy set and pool, rows whose class is a tag; tiers as kinds."""
    natural: Judged
    """The noisy set alone, likewise."""
    by_tier: Mapping[str, Resampled]
    """What was found of each tier against all ordinary pictures, and of all tiers together."""
    whole: tuple[int, int]
    """Pictures of the noisy set and outliers among them, whatever they are called."""
    label: str | None
    """The one label that is told from the rest: rows are those that are called so."""
    ordinary: Resampled | None
    """Of all tiers together: selective prediction, and the mixture at the noisy set's share of outliers; None: no picture."""

    def title(self, name: str) -> str:
        """A score's title in reports."""
        return SCORES[name].title


def scored(subject: Subject, names: Sequence[str]) -> Scored:
    """Fit and apply scores, and resample all measures.

    Raises:
        InputError: not even max softmax can be had.
    """
    fitted: dict[str, FittedScore] = {}
    missing: dict[str, str] = {}
    values: dict[str, FloatArray] = {}
    rows = tag_rows(subject.every)
    table = subject.every.take(rows)
    for name in names:
        try:
            fitted[name] = SCORES[name]().fit(_rows_for(subject, name))
            values[name] = fitted[name](table)
        except InputError as error:
            if name == REFERENCE:
                raise
            fitted.pop(name, None)
            missing[name] = str(error)
    judged = replace(Judged.of(table, values), tiers=tiers_of(table))
    natural = _take(judged, np.flatnonzero(rows < len(subject.noisy.ids)))
    reference = REFERENCE if len(values) > 1 else None
    tiers = sorted({tier for tier in judged.tiers if tier is not None})
    levels = Levels(outlier_share=float(natural.outlier.mean())) if len(natural.products) else Levels()
    parts = {tier: judged.in_tier(tier) for tier in tiers} | ({ALL: judged} if len(tiers) > 1 else {})
    found = {tier: resampled(part, reference, shared.BOOTSTRAP_SEED, levels) for tier, part in parts.items()}
    whole = next(reversed(found.values()), None)
    ordinary = whole or (resampled(natural, reference, shared.BOOTSTRAP_SEED) if len(natural.products) else None)
    counts = len(subject.outlier), int(subject.outlier.sum())
    return Scored(fitted, missing, judged, natural, found, counts, label_told(subject.noisy.classes), ordinary)


def _rows_for(subject: Subject, name: str) -> PredictionTable:
    """Rows that a score is fitted on; of those that learn nothing any will do.

    Raises:
        InputError: there are none.
    """
    part = SCORES[name].fit_on
    wanted = {"train": subject.fit, "validation": subject.calibration, "nothing": subject.noisy.ordinary()}[part]
    if not len(wanted.ids):
        where = {"train": "no pictures that taught the network are at hand", "validation": "no validation pictures are at hand"}
        raise InputError(f"{where.get(part, 'no ordinary pictures are at hand')}, and {name} is fitted on them")
    return wanted


def _take(judged: Judged, rows: "np.ndarray") -> Judged:
    return replace(
        judged, scores=judged.scores[rows], outlier=judged.outlier[rows], wrong=judged.wrong[rows],
        products=tuple(judged.products[i] for i in rows), tiers=tuple(judged.tiers[i] for i in rows),
    )  # fmt: skip


def tier_table(found: Scored) -> Table:
    """A line for each score and tier."""
    if not found.by_tier:
        return _without(
            "scores", "Scores by tier of outliers", found, "There is no outlier, so that no score can be held against one."
        )
    first = next(iter(found.by_tier.values()))
    measures = [first.measures[name] for name in OF_TIERS]
    columns = [
        Column("Score", "text", "what refuses; higher = refused first; fitted on ordinary pictures only"),
        Column("Tier", "text", "kind of outliers that ordinary pictures are told from"),
        Column("Outliers", "count", "pictures of this tier, of the noisy set and the pool"),
        *[
            Column(m.title, "share", f"{m.doc} {'Higher' if m.higher_is_better else 'Lower'} is better. Products resampled")
            for m in measures
        ],
        Column("Δ AUROC", "points", "AUROC minus that of max softmax on the same pictures; paired resamples"),
        Column("p (Holm)", "p", "that AUROC is the same as of max softmax; Holm-adjusted over all rows of this table"),
    ]
    adjusted = _adjusted(found)
    rows: list[list[Cell]] = []
    for tier, of in found.by_tier.items():
        n = int((found.judged.outlier if tier == ALL else np.array([t == tier for t in found.judged.tiers])).sum())
        for name in found.judged.names:
            cells: list[Cell] = [of.values[m.name][name].estimate for m in measures]
            difference = of.differences.get("auroc", {}).get(name)
            rows.append(
                [found.title(name), tier, n, *cells, difference.estimate if difference else None, adjusted.get((tier, name))]
            )
    return Table("scores", "Scores by tier of outliers", columns, rows, _note(found))


def _adjusted(found: Scored) -> dict[tuple[str, str], float]:
    keys, values = [], []
    for tier, of in found.by_tier.items():
        for name, difference in of.differences.get("auroc", {}).items():
            keys.append((tier, name))
            values.append(difference.p_value)
    return dict(zip(keys, holm(values), strict=True)) if keys else {}


def selective_table(found: Scored) -> Table:
    """A line for each score: which mistakes it puts last, and the mixture of the noisy set."""
    title = "Scores and the classifier's own mistakes"
    if found.ordinary is None:
        return _without("selective", title, found, "No picture gets a class that is a tag.")
    of = found.ordinary
    measures = [of.measures[name] for name in (*OF_ORDINARY, *OF_MIXTURE)]
    columns = [
        Column("Score", "text", "what refuses"),
        *[
            Column(m.title, "share", f"{m.doc} {'Higher' if m.higher_is_better else 'Lower'} is better. Products resampled")
            for m in measures
        ],
        Column("Δ AUGRC", "points", "AUGRC minus that of max softmax on the same pictures; paired resamples"),
        Column("p (Holm)", "p", "that AUGRC is the same; Holm-adjusted over scores"),
    ]
    rows: list[list[Cell]] = []
    for name in found.judged.names:
        difference = of.differences.get("augrc", {}).get(name)
        cells: list[Cell] = [of.values[m.name][name].estimate for m in measures]
        rows.append(
            [found.title(name), *cells, difference.estimate if difference else None, difference.p_holm if difference else None]
        )
    reasons = {of.values[m.name][REFERENCE].reason for m in measures} - {""}
    note = " ".join(f"n/a: {reason}." for reason in sorted(reasons))
    return Table("selective", title, columns, rows, " ".join(filter(None, [_shares(found), note, _note(found)])))


def _shares(found: Scored) -> str:
    """Which share of outliers the mixture has."""
    n, k = len(found.natural.outlier), int(found.natural.outlier.sum())
    if not n or not k:
        return ""
    if found.label is None:
        return f"SCOD risk is at {100 * k / n:.1f} % of outliers, their share of the noisy set."
    of_all = 100 * found.whole[1] / found.whole[0]
    return (
        f"Counted are pictures called {found.label}: SCOD risk is at {100 * k / n:.1f} % of outliers, their share of these. Of "
        f"all pictures of the noisy set {of_all:.1f} % are outliers: what points of operation heed."
    )


def _without(id: str, title: str, found: Scored, why: str) -> Table:
    columns = [Column("Score", "text", "what refuses"), Column("Result", "text", "n/a, with the reason in the note")]
    return Table(id, title, columns, [[found.title(name), None] for name in found.judged.names], f"{why} {_note(found)}".strip())


def _note(found: Scored) -> str:
    return " ".join(f"{SCORES[name].title}: n/a, {reason}." for name, reason in found.missing.items())


def best_scores(found: Scored) -> list[str]:
    """Names of scores whose AUROC over all tiers is above that of max softmax, Holm-adjusted p < 0.05; best first."""
    if not found.by_tier:
        return []
    tier = ALL if ALL in found.by_tier else next(iter(found.by_tier))
    adjusted, differences = _adjusted(found), found.by_tier[tier].differences.get("auroc", {})
    better = [n for n, d in differences.items() if d.estimate.value > 0 and adjusted[tier, n] < 0.05]
    return sorted(better, key=lambda name: -differences[name].estimate.value)


def auroc_map(found: Scored) -> Figure | None:
    """AUROC of every score by tier."""
    if not found.by_tier:
        return None
    values = [
        [(cell.estimate.value if (cell := of.values["auroc"][name]).estimate else None) for of in found.by_tier.values()]
        for name in found.judged.names
    ]
    return heat_map(
        "auroc", "Who tells which outliers from products", rows=[found.title(name) for name in found.judged.names],
        columns=list(found.by_tier), values=values, unit="share", label="AUROC",
        doc="Probability that an outlier of the tier is refused before an ordinary picture; 50 % is chance.",
    )  # fmt: skip
