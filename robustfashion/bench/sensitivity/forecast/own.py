"""Where the user's own network lies in the danger zone."""

from collections.abc import Sequence
from dataclasses import replace

from robustfashion.bench.sensitivity.danger import Own, danger_zone
from robustfashion.bench.sensitivity.forecast.numbers import MethodForecast
from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.result import Figure
from robustfashion.stats import paired_change


def own_points(subject: Subject, found: Sequence[MethodForecast], reduction: float) -> list[Own]:
    """A point for each serving method: classes that change in the catalogue, and the change of accuracy of those asked.

    Args:
        subject: what was asked; without labels there is no change of accuracy.
        found: of each method.
        reduction: of the last resize.
    """
    deltas = [paired_change(subject.classifier.differences(of.method), subject.groups).estimate for of in found]
    return [
        Own(of.method, reduction, of.classes.catalogue, delta if subject.labelled else None)
        for of, delta in zip(found, deltas, strict=True)
    ]


def own_figures(subject: Subject, found: Sequence[MethodForecast], reduction: float) -> list[Figure]:
    """The danger zone with these points beside what others have published; without labels that of classes alone."""
    doc = (
        f"The given network under every method, {subject.reference} its training method. Bars: 95 % intervals, each by "
        "itself: of classes that of the catalogue, of accuracy a t interval over the products that were asked. The report of the "
        "surface (bench sensitivity without a checkpoint) shows networks under many conditions."
    )
    published = " Diamonds: Table 2 of the paper. Squares: SysNoise, mean over its resizers; it states no reduction."
    figures = danger_zone([], [], own_points(subject, found, reduction))
    return [replace(of, doc=doc + published * of.id.endswith("accuracy")) for of in figures]
