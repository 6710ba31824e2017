"""Random parameters whose ranges are data: the YAML files of ``ranges/``.

A file maps each parameter to how it is drawn:

* ``[low, high]``: uniform; ``{log: [low, high]}``: uniform in the logarithm; ``{integer: [low, high]}``: both ends included
* ``{choice: {name: weight, ...}}``: one name
* ``{by: other, of: {name: rule, ..., otherwise: rule}}``: depends on an earlier choice
* a number or a word: constant

Every parameter consumes exactly one uniform number, so that a changed range never shifts the other parameters.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

Value = float | str
Rule = Callable[[float, Mapping[str, Value]], Value]
"""From a uniform number in [0, 1) and the values drawn before to the value."""


@dataclass(frozen=True)
class ParameterSet:
    """The parameters of one file, in its order."""

    rules: Mapping[str, Rule]

    def sample(self, rng: np.random.Generator, given: Mapping[str, Value] | None = None) -> dict[str, Value]:
        """Draw all parameters; ``given`` values are visible to ``by`` and are not redrawn."""
        values: dict[str, Value] = dict(given or {})
        for (name, rule), u in zip(self.rules.items(), rng.random(len(self.rules)).tolist(), strict=True):
            if name not in values:
                values[name] = rule(u, values)
        return values


def _constant(value: Value) -> Rule:
    return lambda _u, _values: value


def _uniform(low: float, high: float) -> Rule:
    return lambda u, _values: low + (high - low) * u


def _log(low: float, high: float) -> Rule:
    return lambda u, _values: low * math.exp(math.log(high / low) * u)


def _integer(low: int, high: int) -> Rule:
    return lambda u, _values: float(low + int((high - low + 1) * u))


def _choice(weights: Mapping[str, float]) -> Rule:
    names = [str(name) for name in weights]
    edges = np.cumsum(np.array(list(weights.values()), dtype=np.float64) / sum(weights.values())).tolist()
    return lambda u, _values: names[min(sum(edge <= u for edge in edges), len(names) - 1)]


def _conditional(other: str, rules: Mapping[str, Rule]) -> Rule:
    def draw(u: float, values: Mapping[str, Value]) -> Value:
        """Draw by the rule for the other parameter's value."""
        return rules[str(values[other]) if values[other] in rules else "otherwise"](u, values)

    return draw


def _rule(text: Any) -> Rule:  # noqa: ANN401 - any YAML value
    if isinstance(text, int | float | str):
        return _constant(text if isinstance(text, str) else float(text))
    if isinstance(text, list):
        return _uniform(*text)
    if "by" in text:
        return _conditional(text["by"], {str(name): _rule(rule) for name, rule in text["of"].items()})
    kind, argument = next(iter(text.items()))
    if kind == "choice":
        return _choice(argument)
    return {"log": _log, "integer": _integer}[kind](*argument)


def parameter_set(rules: Mapping[str, Any]) -> ParameterSet:
    """Parameters from rules as they stand in YAML."""
    return ParameterSet({key: _rule(rule) for key, rule in rules.items()})


@cache
def ranges(name: str) -> dict[str, Any]:
    """Content of ``ranges/<name>.yaml``."""
    text = resources.files("robustfashion.data.synthetic").joinpath("ranges", f"{name}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@cache
def parameters(name: str) -> ParameterSet:
    """Parameters of ``ranges/<name>.yaml``."""
    return parameter_set(ranges(name))
