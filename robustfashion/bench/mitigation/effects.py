"""What each remedy does under each serving method, paired with no remedy: network by network, picture by picture."""

from collections.abc import Sequence
from dataclasses import dataclass
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
        changes = _simultaneous(study)
        damage = {method: _shown(study, study.plain, method) for method in study.methods}
        found = {
            (arm.name, method): _effect(study, arm, method, changes.get((arm.name, method)), damage[method])
            for arm in study.others
            for method in study.methods
        }
        return cls(study, found)

    def of_method(self, method: str) -> list[Effect]:
        """Of all remedies and the control under one serving method."""
        return [self.found[arm.name, method] for arm in self.study.others]

    def damage(self, method: str) -> Estimate:
        """Pictures that change their tag without a remedy; t interval, with three or more seeds also over seeds."""
        return paired_change(self.study.plain.tag_changes(method), self.study.groups).estimate

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
        return share_of(changed, self.study.groups)

    @cached_property
    def seed_churn(self) -> Estimate | None:
        """Pictures whose class differs between two trainings without a remedy, same pixels; None: trained once."""
        tables = [run.before.predicted for run in self.study.plain.runs]
        pairs = [a != b for k, a in enumerate(tables) for b in tables[k + 1 :]]
        return share_of(np.mean(pairs, axis=0, dtype=np.float64), self.study.groups) if pairs else None


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


def _shown(study: MitigationStudy, plain: Arm, method: str) -> bool:
    return paired_change(plain.tag_changes(method), study.groups).estimate.low > 0


def _effect(study: MitigationStudy, arm: Arm, method: str, change: Estimate | None, hurt: bool) -> Effect:
    plain, groups = study.plain, study.groups
    without, with_it = plain.tag_changes(method), arm.tag_changes(method)
    refused = arm.refused(method)
    refuses = bool(refused.any())
    return Effect(
        arm, method,
        before=share_of(without.mean(axis=1), groups), after=share_of(with_it.mean(axis=1), groups),
        change=paired_change(with_it - without, groups).estimate if change is None else change,
        removed=removed(without.mean(axis=1), with_it.mean(axis=1), groups) if hurt else None,
        classes_before=share_of(plain.class_changes(method).mean(axis=1), groups),
        classes_after=share_of(arm.class_changes(method).mean(axis=1), groups),
        served=_answered(arm.correct_served(method), refused, groups) if study.labelled else None,
        served_change=_paired(plain.correct_served(method), arm.correct_served(method), study, refuses),
        clean=shared.accuracy(arm.correct_clean(method).mean(axis=1)) if study.labelled else None,
        clean_change=_paired(plain.correct_clean(method), arm.correct_clean(method), study, refuses),
        refused=share_of(refused.mean(axis=1), groups),
    )  # fmt: skip


def removed(without: FloatArray, with_it: FloatArray, groups: Sequence[str]) -> Estimate | None:
    """Share of the damage that is gone, 1 − with / without; products resampled through both.

    Args:
        without: share of seeds that change each picture's tag, [n] in 0..1.
        with_it: the same with a remedy.
        groups: product of each picture.

    Returns:
        At most 1, below 0 where the damage grew; None where there is none, or so little that the ratio has no bound.
    """
    (ratio,) = ratio_bootstrap(with_it[:, None], without[:, None], groups, shared.BOOTSTRAP_SEED)
    if ratio is None or not np.isfinite(ratio.high):
        return None
    return Estimate(1 - ratio.value, 1 - ratio.high, 1 - ratio.low, ratio.n)


def share_of(values: FloatArray, groups: Sequence[str]) -> Estimate:
    """Mean of one number in 0..1 a picture [n]; products resampled, with a pseudo-product each way."""
    (found,) = share_bootstrap(values[:, None], np.ones((len(values), 1)), groups, shared.BOOTSTRAP_SEED)
    assert found is not None  # every picture counts below
    return found


def _answered(correct: FloatArray, refused: FloatArray, groups: Sequence[str]) -> Estimate | None:
    """Accuracy of the pictures that are answered, all seeds together; None where none is."""
    answered = 1 - refused
    return share_bootstrap((correct * answered).sum(axis=1)[:, None], answered.sum(axis=1)[:, None], groups, 0)[0]


def _paired(without: FloatArray, with_it: FloatArray, study: MitigationStudy, refuses: bool) -> Estimate | None:
    if refuses or not study.labelled:
        return None
    return paired_change(with_it - without, study.groups).estimate
