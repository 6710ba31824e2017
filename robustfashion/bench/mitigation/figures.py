"""Pictures of the mitigation suite as data: what is removed at what price, and tag changes by remedy and serving method."""

from robustfashion.bench.mitigation.effects import Effect, Effects
from robustfashion.bench.mitigation.prices import training_times
from robustfashion.bench.mitigation.rule import advice
from robustfashion.bench.wording import percent, signed
from robustfashion.result import Axis, Figure, FrontPoint, Mark, front_figure, heat_map, pareto_front

FAR = 0.2
"""Loss of clean accuracy, or rise of tag changes, beyond which a remedy is left out of the figure of prices."""


def heat_map_of(effects: Effects) -> Figure:
    """Tag changes, remedies x serving methods; no remedy first."""
    study = effects.study
    names = [arm.name for arm in study.arms]
    values = [[float(arm.tag_changes(method).mean()) for method in study.methods] for arm in study.arms]
    doc = (
        f"Share of the pictures whose tag differs from that under {study.reference}, mean over seeds; each remedy against its "
        "own network's answers. The control is no remedy: what it changes is noise."
    )
    return heat_map(
        "tag-changes", "Tag changes by remedy and serving method", rows=names, columns=study.methods, values=values, unit="share",
        label="share of pictures with another tag", doc=doc,
    )  # fmt: skip


def price_figure(effects: Effects) -> Figure | None:
    """Clean accuracy across, tag changes removed up, under the serving method that does most damage; None without labels."""
    study = effects.study
    if not study.labelled:
        return None
    method = max(study.methods, key=lambda name: effects.damage(name).value)
    shown = [e for e in effects.of_method(method) if e.clean_change is not None and e.arm.learned and e.arm.kind != "control"]
    far = [e for e in shown if _is_far(e)]
    shown = [e for e in shown if not _is_far(e)]
    if not shown:
        return None
    x = Axis("Δ clean accuracy", "points", better="high")
    y = Axis("fall of tag changes", "points", better="high")
    points = [_point(effects, e) for e in shown]
    front = {shown[k].arm.name for k in pareto_front(points, x, y)}
    chosen = advice(effects, method).best
    marks = [
        _mark(e, chosen is not None and e.arm.name == chosen.arm.name)
        for e in shown
        if e.arm.name in front or (chosen is not None and e.arm.name == chosen.arm.name)
    ]
    timed = any(point.cost is not None for point in points)
    doc = (
        f"Each dot is a remedy where {method} serves: how many points fewer of the pictures change their tag, by what happens to "
        "accuracy under the training method (both with − without, mean over seeds). Networks that have not learned, and remedies "
        "that leave pictures to people, are left out. Marked are the front and what is recommended. No remedy lies at 0, 0."
    )
    if far:
        doc += f" Too far below to be drawn, see the tables: {', '.join(e.arm.name for e in far)}."
    return front_figure(
        "price", "What a remedy brings, and what it costs", x=x, y=y, points=points,
        cost=Axis("training time by that without a remedy", "ratio") if timed else None, marks=marks, doc=doc,
    )  # fmt: skip


def _is_far(effect: Effect) -> bool:
    """Whether a remedy does so much harm that the others would share a corner of the figure."""
    assert effect.clean_change is not None  # of those that are shown
    return min(effect.clean_change.value, -effect.change.value) < -FAR


def _point(effects: Effects, effect: Effect) -> FrontPoint:
    times = training_times(effect.arm, effects.study.plain)
    assert effect.clean_change is not None  # of those that are shown
    clean = effect.clean_change.value
    text = f"{effect.arm.name}: tag changes {percent(effect.after.value)}, clean accuracy {signed(100 * clean)} points"
    return FrontPoint(clean, -effect.change.value, None if times is None else times.ratio, text)


def _mark(effect: Effect, chosen: bool) -> Mark:
    clean, change = effect.clean_change, effect.change
    assert clean is not None  # of those that are shown
    return Mark(
        effect.arm.name, clean.value, -change.value, "chosen" if chosen else "rule",
        "recommended" if chosen else "on the front", (clean.low, clean.high), (-change.high, -change.low),
    )  # fmt: skip
