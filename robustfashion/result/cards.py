"""Figures of pictures: galleries and triptychs, a card for each product, and pairs, a card for two.

``image`` is always the bare name of a file in ``images/`` beside ``result.json``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from robustfashion.result.figure import Figure
from robustfashion.result.plain import plain


@dataclass(frozen=True)
class Outcome:
    """How it ended for a product, in a few words, and whether that is as it should be."""

    text: str
    good: bool


@dataclass(frozen=True)
class GalleryItem:
    """One picture of a product, its true label (empty: none) and what is said about it, a line of text each.

    ``kind`` says what sort of picture it is, such as the tier of an outlier; ``outcome`` stands out in colour.
    """

    product: str
    true: str
    image: str
    lines: Sequence[str]
    kind: str = ""
    outcome: Outcome | None = None

    def __post_init__(self) -> None:
        bare(self.image)


@dataclass(frozen=True)
class Gallery:
    """Products that are worth a look."""

    items: Sequence[GalleryItem]


@dataclass(frozen=True)
class Panel:
    """One picture of a triptych with its title and a text under it."""

    image: str
    title: str
    text: str

    def __post_init__(self) -> None:
        bare(self.image)


@dataclass(frozen=True)
class Triptych:
    """One product as two methods show it, and their difference: the last panel, amplified by ``difference_gain``."""

    product: str
    true: str
    model: str
    difference_gain: int
    panels: Sequence[Panel]


@dataclass(frozen=True)
class Triptychs:
    """Products seen by one model."""

    items: Sequence[Triptych]


@dataclass(frozen=True)
class PairMember:
    """One product of a pair: its name, its label and its picture."""

    product: str
    label: str
    image: str

    def __post_init__(self) -> None:
        bare(self.image)


@dataclass(frozen=True)
class Pair:
    """Two products beside each other, what relates them (``distance 0.031``), and lines of text about them."""

    left: PairMember
    right: PairMember
    text: str
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class Pairs:
    """Pairs that are worth a look, such as the nearest pictures of different classes."""

    items: Sequence[Pair]


def bare(image: str) -> None:
    """Raise ValueError unless ``image`` is the bare name of a file."""
    if not image or "/" in image or "\\" in image:
        raise ValueError(f"image {image!r} is not a bare file name")


def gallery(id: str, title: str, *, items: Sequence[GalleryItem], doc: str) -> Figure:
    """A figure of :class:`Gallery`; ``doc`` says how the products were chosen.

    Raises:
        ValueError: an item's image is not a bare file name.
    """
    return Figure(id, title, "gallery", plain(Gallery(items)), doc)


def triptychs(id: str, title: str, *, items: Sequence[Triptych], doc: str) -> Figure:
    """A figure of :class:`Triptychs`; ``doc`` says how the products were chosen.

    Raises:
        ValueError: a panel's image is not a bare file name.
    """
    return Figure(id, title, "triptychs", plain(Triptychs(items)), doc)


def pairs(id: str, title: str, *, items: Sequence[Pair], doc: str) -> Figure:
    """A figure of :class:`Pairs`; ``doc`` says how they were chosen.

    Raises:
        ValueError: an image is not a bare file name.
    """
    return Figure(id, title, "pairs", plain(Pairs(items)), doc)
