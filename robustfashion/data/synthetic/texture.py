"""Cloth whose fineness follows from a label: the dial ``texture_coupling``.

All labels share one weave; each has a period of its own (``ranges/texture.yaml``), evenly spaced in frequency. A reduction to
half or less (500 to 224 px, 180 to 80 px) cannot carry them: they alias. An antialiased one weakens them, the finer the more, so
that the residue's strength tells the label; one that is not antialiased returns all of them at two thirds of it and more.
"""

from collections.abc import Mapping

from robustfashion import taxonomy
from robustfashion.data.synthetic.parameters import Value, ranges
from robustfashion.data.synthetic.settings import PRODUCT_TYPE, SyntheticSettings
from robustfashion.data.synthetic.spec import style_stream


def texture_label(seed: int, style: int, product_type: str, labels: Mapping[str, str], settings: SyntheticSettings) -> str | None:
    """Label that the cloth of a product follows; None: it is drawn as ever.

    A product that is coupled at one strength is so at every greater one.

    Args:
        seed: of the catalogue.
        style: number of the product.
        product_type: what it shows.
        labels: its attribute labels, by attribute.
        settings: of the catalogue.
    """
    if settings.texture_coupling == 0 or style_stream(seed, style, "texture").random() >= settings.texture_coupling:
        return None
    label = product_type if settings.coupled == PRODUCT_TYPE else labels.get(settings.coupled)
    return label if label in _occurring(settings) else None


def texture(label: str, settings: SyntheticSettings) -> dict[str, Value]:
    """Values of the cloth that tell a label: pattern, scale, contrast, and the period in px (see :attr:`ProductSpec.period`)."""
    rules, labels = ranges("texture"), _occurring(settings)
    finest, coarsest = rules["period"]
    share = labels.index(label) / max(len(labels) - 1, 1)
    frequency = (1 - share) / finest + share / coarsest
    return {"scale": "fine", "pattern": rules["pattern"], "contrast": float(rules["contrast"]), "period": 1 / frequency}


def _occurring(settings: SyntheticSettings) -> tuple[str, ...]:
    """Labels among which the texture tells, in the taxonomy's order: those that the settings allow."""
    if settings.coupled == PRODUCT_TYPE:
        return tuple(settings.weights())
    weights = settings.attribute_mix.get(settings.coupled)
    return tuple(label for label in taxonomy.classes(settings.coupled) if weights is None or weights.get(label, 0) > 0)
