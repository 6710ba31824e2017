"""The forecast with the margins of all pictures: what changes is told by the margin, and the margin of every picture is cheap.

The model-assisted difference estimator of survey sampling (Särndal, Swensson & Wretman 1992, *Model Assisted Survey Sampling*):
the modelled probability of every unseen picture, plus the mean residual of the seen ones. Whether the model is right decides how
narrow the interval is, not whether it holds.
"""

from dataclasses import replace

import numpy as np

from robustfashion.bench.sensitivity.forecast.exposure import features, model
from robustfashion.bench.sensitivity.forecast.numbers import Foreseen, MethodForecast
from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.stats import FloatArray
from robustfashion.stats.grouping import group_sums, members
from robustfashion.stats.unseen import Sampled, sampled, share_unseen, whole_share

LEAST = 5
"""Products with a change, and products without, below which a margin teaches nothing."""
_FOLDS = 5


def assist(subject: Subject, found: list[MethodForecast]) -> list[MethodForecast]:
    """The same forecasts of tags and classes, narrower where margins tell what changes; those of products stay.

    They stay as they are, too, where the whole catalogue was asked, or nobody knows the margins of what was not.
    """
    everyone = subject.everyone
    if everyone is None or subject.total == subject.n:
        return found
    seen = set(subject.table.ids)
    rest = np.array([name not in seen for name in everyone.ids])
    tags = subject.margins_of(everyone, of_tags=True)[rest]
    classes = subject.margins_of(everyone, of_tags=False)[rest]
    return [
        replace(
            of,
            tags=_assisted(of.tags, subject.tags_change(of.method), subject.groups, subject.tag_margin, tags),
            classes=_assisted(of.classes, subject.classes_change(of.method), subject.groups, subject.class_margin, classes),
        )
        for of in found
    ]


def _assisted(of: Foreseen, changed: FloatArray, groups: tuple[str, ...], margins: FloatArray, rest: FloatArray) -> Foreseen:
    ahead = sampled_with_margins(changed, groups, margins, rest)
    unseen = share_unseen(ahead, len(rest))
    return replace(of, seen=replace(of.seen, effective=ahead.effective), catalogue=whole_share(of.seen, unseen, of.total))


def sampled_with_margins(changed: FloatArray, groups: tuple[str, ...], margins: FloatArray, rest: FloatArray) -> Sampled:
    """What a sample and all margins say of the pictures that were not asked.

    Args:
        changed: 0 or 1 for each picture that was asked [n].
        groups: product of each of these [n].
        margins: of each of these [n], in logits.
        rest: margins of the pictures that were not [m].

    Returns:
        The share among these, and the number of independent pictures that would know it as well. Where too few products change
        for a model it is the count of the sample.
    """
    counted = sampled(changed, groups)
    member, products = members(groups)
    sums = group_sums(changed[:, None], member)[:, 0]
    if not LEAST <= int((sums > 0).sum()) <= products - LEAST:
        return counted
    design = features(margins, None)
    residuals = changed - _unseen_probabilities(design, changed, member)
    ahead = model().fit(design, changed).predict_proba(features(rest, None))[:, 1]
    share = float(np.clip(ahead.mean() + residuals.mean(), 0.0, 1.0))
    sizes = np.bincount(member)
    left, before = (
        float(((group_sums(of[:, None], member)[:, 0] - of.mean() * sizes) ** 2).sum()) for of in (residuals, changed)
    )
    # A pseudo-product each way in both: of few changes a model is not believed much.
    one = (len(changed) / products) ** 2
    gain = min(1.0, (left + one) / (before + one))
    return replace(counted, share=share, effective=counted.effective / gain)


def _unseen_probabilities(design: FloatArray, changed: FloatArray, member: np.ndarray) -> FloatArray:
    """Modelled probability of each picture by a model that has not seen its product, in product folds [n]."""
    from sklearn.model_selection import GroupKFold

    found = np.zeros(len(changed))
    for fit, test in GroupKFold(_FOLDS).split(design, changed, member):
        if changed[fit].min() == changed[fit].max():
            found[test] = changed[fit].mean()
        else:
            found[test] = model().fit(design[fit], changed[fit]).predict_proba(design[test])[:, 1]
    return found
