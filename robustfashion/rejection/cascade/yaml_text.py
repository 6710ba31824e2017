"""Operating points as YAML: short, to be read by people, and data only."""

from typing import Any, cast

import yaml

from robustfashion.errors import InputError
from robustfashion.rejection.cascade.answers import MAX_SOFTMAX
from robustfashion.rejection.cascade.budget import Unit
from robustfashion.rejection.cascade.choose import ChoiceRule
from robustfashion.rejection.cascade.measures import MEASURES, Costs, Weighing
from robustfashion.rejection.cascade.operating_point import FORMAT, Chosen, OperatingPoint
from robustfashion.rejection.cascade.point import MODES, Mode, Point
from robustfashion.rejection.cascade.strict_yaml import Fields, load
from robustfashion.stats import Estimate

_AT_LEAST, _AT_MOST, _JOINT = "confidence_at_least", "score_at_most", "joint_probability_at_least"
_COSTS = tuple(Costs.__dataclass_fields__)


def to_yaml(point: OperatingPoint) -> str:
    """The text form; :func:`read_operating_point` reads the same point from it.

    A score other than max softmax has its threshold as ``score_at_most``, its own sign; a confidence is ``confidence_at_least``.
    """
    parts: dict[str, Any] = {
        "format": FORMAT,
        "attribute": point.attribute,
        "classes": list(point.classes),
        "classifier": _classifier(point),
        "gate": _gate(point),
        "preprocessing": point.preprocessing,
    }
    if point.chosen is not None:
        parts["chosen"] = _chosen(point.chosen)
    if point.promised:
        figures = {name: _estimate(point.promised[name]) for name in MEASURES if name in point.promised}
        parts["promised"] = {"on": point.assessed_on, "interval": "95 %, products resampled", "figures": figures}
    if point.made_by:
        parts["made_by"] = dict(point.made_by)
    blocks = [yaml.safe_dump({name: part}, sort_keys=False, allow_unicode=True, width=120) for name, part in parts.items()]
    return "".join(blocks)


def read_operating_point(text: str, where: str) -> OperatingPoint:
    """Read the text form.

    Args:
        text: YAML.
        where: its file, for messages.

    Raises:
        InputError: no YAML, a newer format, a field that is missing, misspelt or out of range; the message has its value.
    """
    fields = Fields(load(text, where), where)
    version = fields.count("format")
    if version != FORMAT:
        newer = "a newer version of robustfashion wrote it; update" if version > FORMAT else "there is no such format"
        raise InputError(f"format is {version}, this version reads {FORMAT}; {newer}", where)
    try:
        return _read(fields)
    except InputError as error:
        if error.where is not None:
            raise
        raise InputError(error.why, where) from error


def _read(fields: Fields) -> OperatingPoint:
    attribute, classes = fields.text("attribute"), fields.texts("classes")
    classifier, gate = fields.below("classifier"), fields.below("gate")
    mode = gate.text("mode")
    if mode not in MODES:
        raise gate.wrong("mode", mode, f"one of {', '.join(MODES)}")
    network, score = classifier.text("network"), classifier.text("score")
    digests: dict[str, str] = {}
    point = _read_point(classifier, gate, mode, score, digests)
    classifier.end()
    gate.end()
    preprocessing = fields.text("preprocessing")
    chosen = _read_chosen(fields.below("chosen")) if "chosen" in fields else None
    promised, assessed_on = _read_promised(fields.below("promised")) if "promised" in fields else ({}, "")
    made_by = fields.below("made_by").each(Fields.text) if "made_by" in fields else {}
    fields.end()
    return OperatingPoint(attribute, classes, point, network, digests, preprocessing, chosen, promised, assessed_on, made_by)


def _read_point(classifier: Fields, gate: Fields, mode: Mode, score: str, digests: dict[str, str]) -> Point:
    """The thresholds; fills in the digests of the validators."""
    by_class = {}
    if mode == "soft":
        threshold = gate.number(_JOINT)
    else:
        sign, name = (1, _AT_LEAST) if score == MAX_SOFTMAX else (-1, _AT_MOST)
        threshold = sign * classifier.number(name)
        if f"{name}_by_class" in classifier:
            by_class = {key: sign * value for key, value in classifier.below(f"{name}_by_class").each(Fields.number).items()}
    if mode == "no gate":
        return Point(mode, threshold, class_thresholds=by_class, score=score)
    levels: list[tuple[str, ...]] = []
    thresholds: dict[str, float] = {}
    for level in gate.items("levels"):
        validators = level.below("any_of")
        level.end()
        names = tuple(validators.each(lambda inside, name: _read_validator(inside.below(name), mode, name, digests, thresholds)))
        levels.append(names)
    if len(digests) < sum(map(len, levels)):
        raise gate.wrong("levels", [list(level) for level in levels], "levels that name each validator once")
    return Point(mode, threshold, tuple(levels), thresholds, by_class, score)


def _read_validator(fields: Fields, mode: Mode, name: str, digests: dict[str, str], thresholds: dict[str, float]) -> None:
    digests[name] = fields.text("network")
    if mode == "hard":
        thresholds[name] = fields.number(_AT_LEAST)
    fields.end()


def _read_chosen(fields: Fields) -> Chosen:
    rule, on = ChoiceRule.parse(fields.text("rule")), fields.text("on")
    pictures, products = fields.count("pictures"), fields.count("products")
    inside = fields.below("costs")
    costs = Costs(**{name: inside.number(name) for name in _COSTS})
    inside.end()
    unit = fields.text("unit")
    if unit not in ("pictures", "products"):
        raise fields.wrong("unit", unit, "pictures or products")
    share = fields.number("outlier_share") if "outlier_share" in fields else None
    fields.end()
    return Chosen(rule, Weighing(costs, share, cast(Unit, unit)), pictures, products, on)


def _read_promised(fields: Fields) -> tuple[dict[str, Estimate], str]:
    on, _ = fields.text("on"), fields.text("interval")
    figures = fields.below("figures").each(lambda inside, name: _read_estimate(inside.below(name)))
    fields.end()
    return dict(figures), on


def _read_estimate(fields: Fields) -> Estimate:
    found = Estimate(fields.number("value"), fields.number("low"), fields.number("high"), fields.count("pictures"))
    fields.end()
    if not found.low <= found.value <= found.high:
        raise fields.wrong("value", found.value, f"within its interval {found.low} to {found.high}")
    return found


def _classifier(operating: OperatingPoint) -> dict[str, Any]:
    point = operating.point
    found: dict[str, Any] = {"network": operating.network, "score": point.score}
    if point.mode == "soft":
        return found
    sign, name = (1, _AT_LEAST) if point.score == MAX_SOFTMAX else (-1, _AT_MOST)
    found[name] = sign * float(point.threshold)
    if point.class_thresholds:
        found[f"{name}_by_class"] = {key: sign * float(value) for key, value in point.class_thresholds.items()}
    return found


def _gate(operating: OperatingPoint) -> dict[str, Any]:
    point = operating.point
    found: dict[str, Any] = {"mode": point.mode}
    if point.mode == "soft":
        found[_JOINT] = float(point.threshold)
    if point.levels:
        found["levels"] = [{"any_of": {name: _validator(operating, name) for name in level}} for level in point.levels]
    return found


def _validator(operating: OperatingPoint, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"network": operating.validators[name]}
    if operating.point.mode == "hard":
        found[_AT_LEAST] = float(operating.point.gate_thresholds[name])
    return found


def _chosen(chosen: Chosen) -> dict[str, Any]:
    weighing = chosen.weighing
    found: dict[str, Any] = {"rule": str(chosen.rule), "on": chosen.on, "pictures": chosen.pictures, "products": chosen.products}
    found |= {"costs": {name: float(getattr(weighing.costs, name)) for name in _COSTS}, "unit": weighing.unit}
    return found if weighing.outlier_share is None else found | {"outlier_share": float(weighing.outlier_share)}


def _estimate(estimate: Estimate) -> dict[str, float | int]:
    # An upper bound may be infinite nowhere here: all are shares, or costs within the largest.
    return {"value": float(estimate.value), "low": float(estimate.low), "high": float(estimate.high), "pictures": estimate.n}
