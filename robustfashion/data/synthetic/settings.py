"""What a synthetic catalogue is to contain, and how hard it is."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from robustfashion.data.synthetic.fixed import checked
from robustfashion.data.synthetic.outlier_kinds import check_kinds
from robustfashion.data.synthetic.parameters import ranges
from robustfashion.errors import InputError
from robustfashion.provenance import content_digest, source_digest
from robustfashion.taxonomy import PRODUCT_TYPES, attributes

PRODUCT_TYPE = "product_type"
"""What ``biased`` and ``coupled`` are where they are no attribute."""
MAX_SIDE_PX = 4000
MAX_NUISANCE = 2.0


def _equal_mix() -> dict[str, float]:
    return dict.fromkeys(PRODUCT_TYPES, 1.0)


@dataclass(frozen=True)
class SyntheticSettings:
    """Parameters of a synthetic catalogue; item i depends on all of them but ``count``."""

    count: int = 1000
    """Number of images."""
    seed: int = 0
    """Another seed gives other products."""
    mix: dict[str, float] = field(default_factory=_equal_mix)
    """Share of images per product type (any scale; absent types do not occur)."""
    long_side_px: tuple[int, int] = (500, 2000)
    """Longer side of the files, smallest and largest, in px; evenly spread in the logarithm."""
    fine_pattern_share: float = 0.4
    """Share of products whose fabric repeats every 3 to 6 px once scaled to 500 px, where resizers differ most."""
    attribute_mix: dict[str, dict[str, float]] = field(default_factory=dict)
    """Weights of an attribute's labels by attribute name (labels left out do not occur); attributes left out are balanced."""
    ambiguity: float = 0.2
    """Share of products, per attribute, whose cue lies on the way to a neighbouring label; the label is the nearer one."""
    ambiguity_width: float = 0.4
    """How far from the border between two labels ambiguous cues begin: near 0 all lie at the border, 1 reaches the clear cue."""
    label_noise: float = 0.0
    """Share of wrong attribute labels in train; true ones stand in ``factors.parquet``. Above 0 the split column is written."""
    nuisance: float = 1.0
    """Strength of pose, framing, light, background, overlays and noise: 0 = none of them, 1 = as in ``ranges/``, at most 2."""
    bias: float = 0.0
    """Share of training pictures whose background follows from ``biased``'s label. Above 0 the split column is written."""
    biased: str = "product_type"
    """What ``bias`` ties to the background: ``product_type`` or an attribute."""
    texture_coupling: float = 0.0
    """Share of products, in every split, whose cloth repeats at a period that follows from ``coupled``'s label: 2.7 to 4.4 px."""
    coupled: str = "product_type"
    """What ``texture_coupling`` ties to the cloth: ``product_type`` or an attribute."""
    # text before numbers: a parser that tries numbers first reads "4:2:0" as 14520, in base 60
    fixed: dict[str, str | float] = field(default_factory=dict)
    """Parameters of ``ranges/scene.yaml`` and ``fabric.yaml`` with one value in every picture, as ``{noise: 2, file: png}``."""
    outlier_share: float = 0.0
    """Share of products that are no product of the type they are filed under; see ``outlier_kinds``."""
    outlier_kinds: dict[str, float] = field(default_factory=dict)
    """Weights of tiers (``near``, ``junk``, ``far``) or kinds (``junk/size chart``); empty: tiers alike, kinds alike in each."""
    mis_filed: float = 0.0
    """Share of ordinary products that are filed under another product type's label."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "long_side_px", tuple(self.long_side_px))
        if self.count < 1:
            raise InputError(f"count is {self.count}; a catalogue needs at least 1 image")
        if self.seed < 0:
            raise InputError(f"seed is {self.seed}; it must be 0 or greater")
        _check_shares(self)
        _check_sizes(self.long_side_px)
        _check_weights("mix", self.mix, PRODUCT_TYPES, "product type")
        _check_attribute_mix(self.attribute_mix)
        check_kinds(self.outlier_kinds)
        for name in ("biased", "coupled"):
            if getattr(self, name) not in (PRODUCT_TYPE, *attributes()):
                raise InputError(f"{name} is {getattr(self, name)!r}; use {PRODUCT_TYPE} or one of {', '.join(attributes())}")
        object.__setattr__(self, "fixed", checked(self.fixed))
        _check_unfixed(self)

    def weights(self) -> dict[str, float]:
        """Shares that sum to 1, in the taxonomy's order, types that do not occur left out."""
        total = sum(self.mix.values())
        return {name: self.mix[name] / total for name in PRODUCT_TYPES if self.mix.get(name, 0.0) > 0}

    def item_digest(self) -> str:
        """Hash of all that one item depends on: these settings without ``count``, and the source of the generator."""
        values = asdict(self) | {"mix": self.weights(), "long_side_px": list(self.long_side_px)}
        del values["count"]
        return content_digest(json.dumps(values, sort_keys=True), source_digest("data/synthetic"))

    def digest(self) -> str:
        """Hash (hex) of the whole catalogue: the same digest means the same files; the key for caching it."""
        return content_digest(self.item_digest(), self.count)


def _check_sizes(sizes: tuple[int, ...]) -> None:
    if len(sizes) != 2 or not 16 <= sizes[0] <= sizes[1] <= MAX_SIDE_PX:
        raise InputError(
            f"long_side_px is {list(sizes)}; give the smallest and the largest long side in px, both between 16 and {MAX_SIDE_PX}"
        )


def _check_shares(settings: SyntheticSettings) -> None:
    for name in (
        "fine_pattern_share",
        "ambiguity",
        "ambiguity_width",
        "label_noise",
        "bias",
        "texture_coupling",
        "outlier_share",
        "mis_filed",
    ):
        value = getattr(settings, name)
        if not 0 <= value <= 1:
            raise InputError(f"{name} is {value}; it is a share, so between 0 and 1")
    if settings.outlier_share + settings.mis_filed > 1:
        raise InputError(
            f"outlier_share {settings.outlier_share} and mis_filed {settings.mis_filed} are together more than all products"
        )
    if not 0 <= settings.nuisance <= MAX_NUISANCE:
        raise InputError(f"nuisance is {settings.nuisance}; it must lie between 0 and {MAX_NUISANCE:g}")


def _check_unfixed(settings: SyntheticSettings) -> None:
    """What follows from a label cannot have one value."""
    for dial, names in (("bias", ("background", "background_level")), ("texture_coupling", tuple(ranges("texture")))):
        for name in names:
            if getattr(settings, dial) > 0 and name in settings.fixed:
                raise InputError(
                    f"fixed names {name}, which {dial} {getattr(settings, dial)} ties to a label; leave one of them out"
                )


def _check_weights(field_name: str, weights: Mapping[str, float], known: Sequence[str], what: str) -> None:
    unknown = sorted(set(weights) - set(known))
    if unknown:
        raise InputError(f"{field_name} names the {what} {unknown[0]!r}; use {', '.join(known)}")
    if any(not 0 <= share < math.inf for share in weights.values()) or sum(weights.values()) <= 0:
        raise InputError(f"{field_name} is {dict(weights)}; shares must be 0 or greater, and one of them above 0")


def _check_attribute_mix(mix: Mapping[str, Mapping[str, float]]) -> None:
    known = attributes()
    for name, weights in mix.items():
        if name not in known:
            raise InputError(f"attribute_mix names the attribute {name!r}; use {', '.join(known)}")
        _check_weights(f"attribute_mix of {name}", weights, known[name].labels, "label")
