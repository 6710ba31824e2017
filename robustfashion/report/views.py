"""What the template of a figure is given."""

from dataclasses import dataclass, field

from markupsafe import Markup

from robustfashion.report.drawing import Drawing
from robustfashion.report.embed import Care
from robustfashion.report.page import TableView
from robustfashion.result import MarkKind, Outcome


@dataclass(frozen=True)
class PanelView:
    """One picture of a card with its caption."""

    image: str
    alt: str
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class CardView:
    """One product: its pictures and what was said about it."""

    product: str
    true: str
    model: str
    panels: list[PanelView]
    lines: list[str] = field(default_factory=list)
    kind: str = ""
    outcome: Outcome | None = None


@dataclass(frozen=True)
class MarkView:
    """One marked point of a drawing: what it stands for, where it lies and what is said about it."""

    kind: MarkKind
    name: str
    place: str
    text: str


@dataclass(frozen=True)
class SwatchView:
    """One line of a legend with the mark that it explains: classes of colour and shape, path, width of its line (0: filled)."""

    text: str
    count: int
    colour: str
    shape: int
    path: str
    width: float


@dataclass(frozen=True)
class LegendView:
    """Legend of one colouring; ``used``: it is one in which a map is drawn at first."""

    name: str
    doc: str
    swatches: list[SwatchView]
    used: bool
    joined: str
    """Says which categories share a mark; empty: none do."""


@dataclass(frozen=True)
class LayoutView:
    """One drawing of a map, with the index of the colouring in which it is drawn at first."""

    index: int
    title: str
    caption: str
    svg: Markup
    large: bool
    colouring: int


@dataclass(frozen=True)
class MapView:
    """A map: drawings, legends, and JSON for the script."""

    layouts: list[LayoutView]
    legends: list[LegendView]
    data: Markup
    sprite: str | None
    """Name of the picture that holds all thumbnails."""


@dataclass(frozen=True)
class FigureView:
    """A figure: drawings and their numbers, or cards."""

    id: str
    title: str
    kind: str
    doc: str
    drawings: list[Drawing] = field(default_factory=list)
    axes: str = ""
    """What runs across and up, where the drawings do not say it themselves."""
    marks: list[MarkView] = field(default_factory=list)
    table: TableView | None = None
    cards: list[CardView] = field(default_factory=list)
    map: MapView | None = None

    def uses(self) -> list[tuple[str, Care]]:
        """Every picture shown, and with which care: the last panel of a triptych is the amplified difference."""
        if self.kind != "triptychs":
            return [(panel.image, Care.SHOWN) for card in self.cards for panel in card.panels]
        return [
            (panel.image, Care.EXACT if panel is card.panels[-1] else Care.COMPARED)
            for card in self.cards
            for panel in card.panels
        ]
