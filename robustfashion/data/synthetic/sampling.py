"""From a seed and an index to a specification; item i depends on nothing else, whatever the order and the number of items."""

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from robustfashion import taxonomy
from robustfashion.data.synthetic.fixed import of as fixed_of
from robustfashion.data.synthetic.labels import NONE, Doubt, draw_doubts, joint, label_rules
from robustfashion.data.synthetic.nuisances import nuisances
from robustfashion.data.synthetic.outlier_kinds import OTHER_PRODUCT, outlier_kinds, outlier_parameters
from robustfashion.data.synthetic.parameters import ParameterSet, Value, parameters
from robustfashion.data.synthetic.settings import PRODUCT_TYPE, SyntheticSettings
from robustfashion.data.synthetic.spec import (
    MIS_FILED,
    STREAM_BLOCK,
    STREAM_MIX,
    STREAM_SPLIT,
    STREAM_STYLE,
    STREAM_VIEW,
    Colour,
    ProductSpec,
    stream,
    style_stream,
)
from robustfashion.data.synthetic.texture import texture, texture_label
from robustfashion.errors import InputError

_ASPECTS = {"1:1": 1.0, "3:4": 3 / 4, "4:5": 4 / 5, "2:3": 2 / 3, "16:9": 16 / 9}
_BLOCK = 6
"""Pictures per block; each block holds one style with one picture, one with two and one with three, in random order."""
_GOLDEN = (5**0.5 - 1) / 2
_SILVER = 2**0.5 - 1
"""Second irrational step: with the first it spreads splits evenly over product types."""
_SPLITS = (("train", 0.7), ("validation", 0.8), ("test", 1.0))


@dataclass(frozen=True)
class Place:
    """Where an item stands in the catalogue."""

    style: int
    view: int
    label: str
    """Product type that the style is filed under."""
    split: str


def place(seed: int, index: int, settings: SyntheticSettings) -> Place:
    """Style, view, label and split of item ``index``.

    Labels follow a golden-ratio sequence per style size, so that any number of items meets the mix within a few items; splits
    follow a second such sequence, so that they are divided evenly within each label.
    """
    block, position = divmod(index, _BLOCK)
    sizes = stream(seed, STREAM_BLOCK, block).permutation([1, 2, 3])
    first = np.concatenate([[0], np.cumsum(sizes)])
    number = int(np.searchsorted(first, position, side="right")) - 1
    size = int(sizes[number])
    names = list(settings.weights())
    edges = np.cumsum(list(settings.weights().values()))
    level = (_offset(seed, STREAM_MIX, size) + block * _GOLDEN) % 1.0
    label = names[min(int(np.searchsorted(edges, level, "right")), len(names) - 1)]
    where = (_offset(seed, STREAM_SPLIT, size) + block * _SILVER) % 1.0
    split = next(name for name, edge in _SPLITS if where < edge)
    return Place(3 * block + number, position - int(first[number]), label, split)


@lru_cache(maxsize=64)
def _offset(seed: int, sequence: int, size: int) -> float:
    return float(stream(seed, sequence, size).random())


@dataclass(frozen=True)
class _Style:
    """What all pictures of a product share."""

    product_type: str | None
    outlier: str | None
    labels: Mapping[str, str]
    doubts: Mapping[str, Doubt]
    fabric: Mapping[str, Value]
    shape: Mapping[str, Value]
    texture: str | None = None


def sample_spec(seed: int, index: int, settings: SyntheticSettings) -> ProductSpec:
    """Specification of item ``index``; the same whatever was sampled before and however many items there are.

    Raises:
        InputError: ``index`` or ``seed`` is negative, or the settings allow no combination of labels.
    """
    if index < 0 or seed < 0:
        raise InputError(f"seed {seed}, index {index}: both must be 0 or greater")
    at = place(seed, index, settings)
    style = _style(seed, at, settings)
    view_rng = stream(seed, STREAM_VIEW, index)
    scene = parameters("scene").sample(view_rng)
    palette = parameters("colours").sample(view_rng)
    low, high = settings.long_side_px
    long_side = low * (high / low) ** view_rng.random()
    scene = nuisances(scene, settings.nuisance, stream(seed, STREAM_VIEW, index, 1))
    scene |= _bias(seed, index, at, style, settings)
    scene |= fixed_of("scene", settings.fixed)
    return ProductSpec(
        seed=seed, index=index, label=at.label, product_type=style.product_type, style=at.style, view=at.view,
        labels=style.labels, shape=style.shape, fabric=style.fabric, scene=scene, doubts=style.doubts, outlier=style.outlier,
        colours=_colours(palette, float(style.fabric["contrast"])), palette=str(palette["name"]),
        size=_size(long_side, str(scene["aspect"])), wrong=_wrong_labels(seed, at, style, settings),
        split=at.split if settings.label_noise > 0 or settings.bias > 0 else None, texture=style.texture,
    )  # fmt: skip


def _style(seed: int, at: Place, settings: SyntheticSettings) -> _Style:
    rng = stream(seed, STREAM_STYLE, at.style)
    scale = "fine" if rng.random() < settings.fine_pattern_share else "coarse"
    product_type, outlier = _shown(seed, at, settings)
    given = {"scale": scale, **fixed_of("fabric", settings.fixed)}
    if product_type is None:
        fabric = parameters("fabric").sample(rng, given)
        return _Style(None, outlier, {}, {}, fabric, outlier_parameters(str(outlier)).sample(rng, fabric))
    drawn = joint(product_type, settings.attribute_mix).draw(style_stream(seed, at.style, "labels").random())
    coupled = texture_label(seed, at.style, product_type, drawn, settings)
    fabric = parameters("fabric").sample(rng, given if coupled is None else given | texture(coupled, settings))
    doubts = draw_doubts(
        style_stream(seed, at.style, "doubts"), product_type, drawn, settings.ambiguity, settings.ambiguity_width
    )
    kept = {"pattern": fabric["pattern"], **drawn}
    shape = parameters(product_type).sample(rng, kept)
    shape |= _between(parameters(product_type), shape, doubts)
    del shape["pattern"]
    labels = {name: label for name, label in drawn.items() if label != NONE}
    return _Style(product_type, outlier, labels, doubts, fabric, shape, coupled)


def _shown(seed: int, at: Place, settings: SyntheticSettings) -> tuple[str | None, str | None]:
    """Product type that a style shows, and its kind of outlier."""
    if settings.outlier_share == 0 and settings.mis_filed == 0:
        return at.label, None
    chance, which, other = style_stream(seed, at.style, "outlier").random(3).tolist()
    others = [name for name in taxonomy.PRODUCT_TYPES if name != at.label]
    if chance < settings.outlier_share:
        kinds = outlier_kinds(at.label, settings.outlier_kinds)
        edges = np.cumsum(list(kinds.values()))
        kind = list(kinds)[min(int(np.searchsorted(edges, which * edges[-1], "right")), len(kinds) - 1)]
        return (others[int(other * len(others))], kind) if kind == OTHER_PRODUCT else (None, kind)
    if chance < settings.outlier_share + settings.mis_filed:
        return others[int(other * len(others))], MIS_FILED
    return at.label, None


def _between(rules: ParameterSet, shape: Mapping[str, Value], doubts: Mapping[str, Doubt]) -> dict[str, Value]:
    """Parameters of ambiguous cues: between the label's own interval and the middle of the gap to the other label's."""
    moved: dict[str, Value] = {}
    for attribute, doubt in doubts.items():
        parameter = label_rules()["between"].get(attribute)
        if parameter is None:
            continue
        own = sorted(float(rules.rules[parameter](u, shape)) for u in (0.0, 1.0))
        other = sorted(float(rules.rules[parameter](u, {**shape, attribute: doubt.toward})) for u in (0.0, 1.0))
        start, end = (own[1], other[0]) if sum(own) < sum(other) else (own[0], other[1])
        if (end - start) * (sum(other) - sum(own)) > 0:
            moved[parameter] = start + (end - start) / 2 * doubt.amount
    return moved


def _wrong_labels(seed: int, at: Place, style: _Style, settings: SyntheticSettings) -> dict[str, str]:
    """Label noise: wrong labels of the whole style, in train only."""
    if settings.label_noise == 0 or at.split != "train":
        return {}
    rng, wrong = style_stream(seed, at.style, "noise"), {}
    for name, label in style.labels.items():
        others = [other for other in taxonomy.attributes()[name].labels if other != label]
        chance, which = rng.random(2).tolist()
        if chance < settings.label_noise:
            wrong[name] = others[int(which * len(others))]
    return wrong


def _bias(seed: int, index: int, at: Place, style: _Style, settings: SyntheticSettings) -> dict[str, Value]:
    """In train, a background that follows from the label."""
    if settings.bias == 0 or at.split != "train" or stream(seed, STREAM_VIEW, index, 2).random() >= settings.bias:
        return {}
    if settings.biased == PRODUCT_TYPE:
        number = taxonomy.PRODUCT_TYPES.index(at.label)
    elif settings.biased in style.labels:
        number = taxonomy.classes(settings.biased).index(style.labels[settings.biased])
    else:
        return {}
    kinds = ("white", "grey", "lifestyle", "off-white")
    return {"background": kinds[number % len(kinds)], "background_level": (number // len(kinds)) / 2}


def _size(long_side: float, aspect: str) -> tuple[int, int]:
    ratio = _ASPECTS[aspect]
    height, width = (long_side, long_side * ratio) if ratio <= 1 else (long_side / ratio, long_side)
    return max(round(height), 8), max(round(width), 8)


def _colours(palette: Mapping[str, Value], distance: float) -> tuple[Colour, Colour, Colour]:
    """Ground, contrast and accent colour; ground and contrast differ in luma by ``distance``."""
    found = []
    for prefix in ("", "contrast_", "accent_"):
        hue, saturation, value = (float(palette[f"{prefix}{part}"]) for part in ("hue", "saturation", "value"))
        found.append(255 * np.array(colorsys.hsv_to_rgb(hue % 1.0, saturation, value)))
    ground, contrast = _apart(found[0], found[1], distance)
    return _rgb(ground), _rgb(contrast), _rgb(found[2])


def _luma(colour: np.ndarray) -> float:
    return float(colour @ (0.299, 0.587, 0.114))


def _apart(first: np.ndarray, second: np.ndarray, distance: float) -> tuple[np.ndarray, np.ndarray]:
    """Two colours, both moved until their lumas differ by ``distance``: the darker to black, the lighter to white.

    It treats both alike, so that colours drawn alike stay alike in distribution.
    """
    if _luma(first) > _luma(second):
        second, first = _apart(second, first, distance)
        return first, second
    dark, light = _luma(first), _luma(second)
    missing = max(distance - (light - dark), 0.0)
    down = min(missing / 2, dark)
    up = min(missing - down, 255 - light)
    down = missing - up
    return first * (dark - down) / max(dark, 1.0), second + (255 - second) * up / max(255 - light, 1.0)


def _rgb(colour: np.ndarray) -> Colour:
    r, g, b = (int(np.clip(round(c), 0, 255)) for c in colour.tolist())
    return r, g, b
