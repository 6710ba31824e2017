"""What a synthetic catalogue is to contain."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from robustfashion.errors import InputError
from robustfashion.provenance import content_digest, source_digest
from robustfashion.taxonomy import PRODUCT_TYPES

MAX_SIDE_PX = 4000


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

    def __post_init__(self) -> None:
        object.__setattr__(self, "long_side_px", tuple(self.long_side_px))
        if self.count < 1:
            raise InputError(f"count is {self.count}; a catalogue needs at least 1 image")
        if self.seed < 0:
            raise InputError(f"seed is {self.seed}; it must be 0 or greater")
        if not 0 <= self.fine_pattern_share <= 1:
            raise InputError(f"fine_pattern_share is {self.fine_pattern_share}; it is a share, so between 0 and 1")
        _check_sizes(self.long_side_px)
        _check_mix(self.mix)

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


def _check_mix(mix: Mapping[str, float]) -> None:
    unknown = sorted(set(mix) - set(PRODUCT_TYPES))
    if unknown:
        raise InputError(f"mix names the product type {unknown[0]!r}; use {', '.join(PRODUCT_TYPES)}")
    if any(not 0 <= share < float("inf") for share in mix.values()) or sum(mix.values()) <= 0:
        raise InputError(f"mix is {dict(mix)}; shares must be 0 or greater, and one of them above 0")
