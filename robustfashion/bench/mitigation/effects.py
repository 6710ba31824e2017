"""What each remedy does under each serving method, paired with no remedy: network by network, picture by picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.mitigation.study import Arm, MitigationStudy
from robustfashion.stats import (
    Estimate,
    FloatArray,
    paired_change,
    ratio_bootstrap,
    share_bootstrap,
    simultaneous_changes,
)


@dataclass(frozen=True)
class Effect:
    """One remedy under one serving method. Shares are of pictures and mean over seeds; differences are with − without."""

    arm: Arm
    method: str
    before: Estimate
    """Pictures that change their tag without a remedy."""
    after: Estimate
    """The same with it."""
    change: Estimate
    """Difference of the two; the interval holds for all remedies and serving methods at once. Of networks that have not learned
    by itself."""
    removed: Estimate | None
    """Share of the damage that is gone, below 0 where it grew; None: no damage is shown without a remedy, or no bound is."""
    classes_before: Estimate
    classes_after: Estimate
    served: Estimate | None
    """Accuracy when served, of the pictures that are answered; None without labels."""
    served_change: Estimate | None
    """Against no remedy under the same serving method; None: pictures are refused, or have no labels."""
    clean: Estimate | None
    """Accuracy under the training method."""
    clean_change: Estimate | None
    refused: Estimate
    """Pictures that are left to people."""

    @property
    def class_change(self) -> float:
        """Difference of the shares of pictures that change their class."""
        return self.classes_after.value - self.classes_before.value


@dataclass(frozen=True, eq=False)
class Effects:
    """All effects of a study."""

    study: MitigationStudy
    found: dict[tuple[str, str], Effect]
    """By names of arm and serving method."""

    @classmethod
    def of(cls, study: MitigationStudy) -> "Effects":
        """Measure them."""
        keys = [(arm, method) for method in study.methods for arm in study.arms]
        changes, rates, gone = _simultaneous(study), _rates(study, keys), _removed(study)
        found = {}
        for arm in study.others:
            for method in study.methods:
                key, without, own = (arm.name, method), rates[study.plain.name, method], rates[arm.name, method]
                found[key] = _effect(study, arm, method, (without, own), (changes.get(key), gone.get(key)))
        return cls(study, found)

    def of_method(self, method: str) -> list[Effect]:
        """Of all remedies and the control under one serving method."""
        return [self.found[arm.name, method] for arm in self.study.others]

    def damage(self, method: str) -> Estimate:
        """Pictures that change their tag without a remedy; t interval, with three or more seeds also over seeds."""
        found = paired_change(self.study.plain.tag_changes(method), self.study.groups).estimate
        return replace(found, low=max(0.0, found.low))  # a share

    def is_hurt(self, method: str) -> bool:
        """Whether there is damage to remove: its interval lies above 0, and the network has learned."""
        return self.study.plain.learned and self.damage(method).low > 0

    def tied(self, method: str, best: str, others: Sequence[str]) -> set[str]:
        """Of other arms those whose tag changes cannot be told from the best one's: paired, intervals for all at once."""
        if not others:
            return set()
        first = self.study.arm(best).tag_changes(method)
        blocks = [(self.study.arm(name).tag_changes(method) - first)[:, :, None] for name in others]
        found = simultaneous_changes(blocks, [self.study.groups] * len(blocks), shared.BOOTSTRAP_SEED)
        return {name for name, (change,) in zip(others, found, strict=True) if change.estimate.low <= 0}

    def own_changes(self, arm: Arm) -> Estimate:
        """Pictures whose tag is another than without the remedy before any other resizer comes in: what training again costs."""
        pairs = zip(arm.runs, self.study.plain.runs, strict=True)
        changed = np.mean([a.tags_before != b.tags_before for a, b in pairs], axis=0, dtype=np.float64)
        return share_of(np.asarray(changed), self.study.groups)

    @cached_property
    def seed_churn(self) -> Estimate | None:
        """Pictures whose class differs between two trainings without a remedy, same pixels; None: trained once."""
        tables = [run.before.predicted for run in self.study.plain.runs]
        pairs = [a != b for k, a in enumerate(tables) for b in tables[k + 1 :]]
        return share_of(np.asarray(np.mean(pairs, axis=0, dtype=np.float64)), self.study.groups) if pairs else None


def _simultaneous(study: MitigationStudy) -> dict[tuple[str, str], Estimate]:
    """With − without of tag changes, of all arms that have learned under all serving methods."""
    arms = [arm for arm in study.others if arm.learned]
    if not arms:
        return {}
    without = np.stack([study.plain.tag_changes(method) for method in study.methods], axis=2)
    blocks = [np.stack([arm.tag_changes(method) for method in study.methods], axis=2) - without for arm in arms]
    found = simultaneous_changes(blocks, [study.groups] * len(blocks), shared.BOOTSTRAP_SEED)
    return {
        (arm.name, method): change.estimate
        for arm, changes in zip(arms, found, strict=True)
        for method, change in zip(study.methods, changes, strict=True)
    }


@dataclass(frozen=True)
class _Rates:
    """Shares of one arm under one serving method."""

    tags: Estimate
    classes: Estimate
    refused: Estimate
    right: Estimate | None
    """Of the pictures that are answered; None where none is."""


def _rates(study: MitigationStudy, keys: Sequence[tuple[Arm, str]]) -> dict[tuple[str, str], _Rates]:
    """All of them on the same resamples of products."""
    counted, among = [], []
    for arm, method in keys:
        answered = 1 - arm.refused(method)
        right = arm.correct_served(method) * answered
        for values in (arm.tag_changes(method), arm.class_changes(method), 1 - answered):
            counted.append(values.sum(axis=1))
            among.append(np.full(len(values), float(values.shape[1])))
        counted.append(right.sum(axis=1))
        among.append(answered.sum(axis=1))
    found = share_bootstrap(np.stack(counted, axis=1), np.stack(among, axis=1), study.groups, shared.BOOTSTRAP_SEED)
    rates = {}
    for k, (arm, method) in enumerate(keys):
        tags, classes, refused, right_of = found[4 * k : 4 * k + 4]
        assert tags is not None and classes is not None and refused is not None  # every picture counts below
        rates[arm.name, method] = _Rates(tags, classes, refused, right_of)
    return rates


def _removed(study: MitigationStudy) -> dict[tuple[str, str], Estimate | None]:
    """Under the serving methods that do damage."""
    found: dict[tuple[str, str], Estimate | None] = {}
    for method in study.methods:
        without = study.plain.tag_changes(method)
        if study.others and paired_change(without, study.groups).estimate.low > 0:
            with_it = np.stack([arm.tag_changes(method).mean(axis=1) for arm in study.others], axis=1)
            gone = removed(without.mean(axis=1), with_it, study.groups)
            found |= {(arm.name, method): of for arm, of in zip(study.others, gone, strict=True)}
    return found


def _effect(
    study: MitigationStudy,
    arm: Arm,
    method: str,
    rates: tuple[_Rates, _Rates],
    found: tuple[Estimate | None, Estimate | None],
) -> Effect:
    """Of the rates without and with, the difference where it is one of all, and the share of the damage that is gone."""
    (without, own), (change, gone) = rates, found
    plain = study.plain
    alone = paired_change(arm.tag_changes(method) - plain.tag_changes(method), study.groups).estimate
    refuses = bool(arm.refused(method).any())
    return Effect(
        arm, method, before=without.tags, after=own.tags, change=alone if change is None else change, removed=gone,
        classes_before=without.classes, classes_after=own.classes, served=own.right if study.labelled else None,
        served_change=_paired(plain.correct_served(method), arm.correct_served(method), study, refuses),
        clean=shared.accuracy(arm.correct_clean(method).mean(axis=1)) if study.labelled else None,
        clean_change=_paired(plain.correct_clean(method), arm.correct_clean(method), study, refuses),
        refused=own.refused,
    )  # fmt: skip


def removed(without: FloatArray, with_it: FloatArray, groups: Sequence[str]) -> list[Estimate | None]:
    """Share of the damage that is gone by remedy, 1 − with / without; products resampled through both.

    Args:
        without: share of seeds that change each picture's tag, [n] in 0..1.
        with_it: the same with each remedy, [n, r].
        groups: product of each picture.

    Returns:
        At most 1, below 0 where the damage grew; None where there is none, or so little that the ratio has no bound.
    """
    below = np.repeat(without[:, None], with_it.shape[1], axis=1)
    ratios = ratio_bootstrap(with_it, below, groups, shared.BOOTSTRAP_SEED)
    return [
        None
        if ratio is None or not np.isfinite(ratio.high)
        else Estimate(1 - ratio.value, 1 - ratio.high, 1 - ratio.low, ratio.n)
        for ratio in ratios
    ]


def share_of(values: FloatArray, groups: Sequence[str]) -> Estimate:
    """Mean of one number in 0..1 a picture [n]; products resampled, with a pseudo-product each way."""
    (found,) = share_bootstrap(values[:, None], np.ones((len(values), 1)), groups, shared.BOOTSTRAP_SEED)
    assert found is not None  # every picture counts below
    return found


def _paired(without: FloatArray, with_it: FloatArray, study: MitigationStudy, refuses: bool) -> Estimate | None:
    if refuses or not study.labelled:
        return None
    return paired_change(with_it - without, study.groups).estimate
