"""How strongly a picture differs from a calm one: the dial ``nuisance``."""

from typing import Any

import numpy as np

from robustfashion.data.synthetic.parameters import Value, parameters, ranges


def _calm() -> dict[str, Any]:
    return ranges("calm")


def nuisances(scene: dict[str, Value], strength: float, rng: np.random.Generator) -> dict[str, Value]:
    """The scene with its nuisances at another strength.

    Numbers keep ``strength`` times their distance from the calm value, within limits; a word is kept with probability
    ``strength``, and above 1 a calm word gets a second chance.

    Args:
        scene: drawn from ``ranges/scene.yaml``.
        strength: 0 = calm, 1 = as drawn, at most 2.
        rng: decides on words.
    """
    if strength == 1:
        return scene
    changed = dict(scene)
    chances = rng.random((len(_calm()), 2)).tolist()
    for (name, calm), (chance, again) in zip(_calm().items(), chances, strict=True):
        if isinstance(calm, list):
            middle, low, high = calm
            changed[name] = min(max(middle + strength * (float(scene[name]) - middle), low), high)
        elif strength < 1:
            changed[name] = scene[name] if chance < strength else calm
        elif scene[name] == calm and chance < strength - 1:
            changed[name] = parameters("scene").rules[name](again, changed)
    return changed
