"""The specification of one picture: everything is decided here, before a pixel is drawn."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from robustfashion.data.synthetic.labels import Doubt
from robustfashion.data.synthetic.parameters import Value

Colour = tuple[int, int, int]

STREAM_BLOCK, STREAM_STYLE, STREAM_VIEW, STREAM_MIX, STREAM_SPLIT = range(5)
COLOURS = ("ground", "contrast", "accent")
"""Names of the three colours of a picture."""
MIS_FILED = "mis-filed"
"""``outlier_kind`` of an ordinary product that is filed under another product type."""


def stream(seed: int, *key: int) -> np.random.Generator:
    """Random numbers that depend on ``seed`` and ``key`` alone."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *key])))


def style_stream(seed: int, style: int, purpose: str) -> np.random.Generator:
    """Random numbers for details that all pictures of a style share."""
    return stream(seed, STREAM_STYLE, style, zlib.crc32(purpose.encode()))


@dataclass(frozen=True)
class ProductSpec:
    """One product photograph, before pixels."""

    seed: int
    index: int
    label: str
    """Product type that the picture is filed under."""
    product_type: str | None
    """Product type that it shows; None where it shows none of them."""
    style: int
    """Number of the product; pictures of one style share everything but colours and the scene."""
    view: int
    """Number of the picture within its style."""
    labels: Mapping[str, str]
    """True attribute labels, by attribute."""
    shape: Mapping[str, Value]
    """Silhouette, from ``ranges/<product type>.yaml``, and the labels."""
    fabric: Mapping[str, Value]
    """Material and pattern, from ``ranges/fabric.yaml``."""
    colours: tuple[Colour, Colour, Colour]
    """Ground, contrast and accent colour, RGB."""
    palette: str
    """Name of the ground colour in ``ranges/colours.yaml``."""
    scene: Mapping[str, Value]
    """Pose, framing, light, background and file, from ``ranges/scene.yaml``."""
    size: tuple[int, int]
    """Native (height, width) in px."""
    doubts: Mapping[str, Doubt] = field(default_factory=dict)
    """Ambiguous cues, by attribute."""
    wrong: Mapping[str, str] = field(default_factory=dict)
    """Attribute labels that the catalogue gets wrong, by attribute."""
    outlier: str | None = None
    """Kind of outlier, ``tier/kind`` or :data:`MIS_FILED`; None = an ordinary product of its label."""
    split: str | None = None
    """Where noise or bias depend on it: train, validation or test."""
    texture: str | None = None
    """Label that the cloth's period follows from; None: it follows from none."""

    def number(self, name: str) -> float:
        """A numeric parameter of the silhouette, the fabric or the scene."""
        return float(self._find(name))

    def word(self, name: str) -> str:
        """A named choice of the silhouette, the fabric or the scene."""
        return str(self._find(name))

    def _find(self, name: str) -> Value:
        for part in (self.shape, self.fabric, self.scene):
            if name in part:
                return part[name]
        raise KeyError(name)

    def colour(self, part: str) -> Colour:
        """Colour of a part whose choice in the silhouette is ``ground``, ``contrast`` or ``accent``."""
        return self.colours[COLOURS.index(self.word(part))]

    def doubt(self, attribute: str, toward: str | None = None) -> float:
        """How far the cue of an attribute lies on the way to another label (to ``toward``, if given), in [0, 1)."""
        found = self.doubts.get(attribute)
        return 0.0 if found is None or toward not in (None, found.toward) else found.amount

    def style_stream(self, purpose: str) -> np.random.Generator:
        """Random numbers for details that all pictures of the style share."""
        return style_stream(self.seed, self.style, purpose)

    def view_stream(self, purpose: str) -> np.random.Generator:
        """Random numbers for details of this picture alone."""
        return stream(self.seed, STREAM_VIEW, self.index, zlib.crc32(purpose.encode()))

    @property
    def period(self) -> float:
        """Period of the pattern in px of the file, never below what its pixels can carry.

        One that follows from a label is kept by files below 500 px, which are not scaled down before the resize under study.
        """
        scale = max(self.size) / 500
        return max(self.number("period") * (scale if self.texture is None else max(scale, 1.0)), 2.6)

    @property
    def group(self) -> str:
        """Identity of the product: pictures of one group never lie in two splits."""
        return f"synthetic-{self.seed}-style-{self.style:06d}"

    @property
    def image_id(self) -> str:
        """Unique name of the picture."""
        return f"synthetic-{self.seed}-{self.index:06d}"

    @property
    def file_name(self) -> str:
        """Path of the file below the catalogue's folder."""
        return f"images/{self.index // 1000:03d}/{self.image_id}.{self.word('file')}"

    @property
    def subject(self) -> str:
        """Name of what is drawn: a product type, or a kind of outlier."""
        return self.product_type or str(self.outlier)

    def attributes(self) -> dict[str, str]:
        """Attribute labels as the catalogue has them: the true ones but for the wrong ones."""
        return {**self.labels, **self.wrong}
