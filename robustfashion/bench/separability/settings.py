"""Parameters of the separability suite. Every default is the CPU smoke run on the drawn catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.smoke import BASE, CATALOGUE, TRUNK
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.result.scatter_maps import MOST_POINTS
from robustfashion.separability.maps import Method

FROZEN = Row(TRUNK, base=BASE, freeze="body", label="frozen EfficientNet-Lite0")
PAPERS_TYPE = "watch"
"""Fig. 3 shows watches against the rest, and watches by display type."""

Features = Literal["own", "pretrained", "pixels"]
FEATURES: tuple[Features, ...] = ("pretrained", "own", "pixels")
METHODS: tuple[Method, ...] = ("tsne", "umap", "pca")
PERPLEXITIES = (10.0, 30.0, 100.0)
NEIGHBOURS = 15
LEAST_POINTS = 30
"""Pictures of a task below which no map is drawn and nothing is measured."""
LABEL_NOISE = 0.1
UNSEEN = SyntheticSettings(count=420, seed=37, long_side_px=(500, 500))
"""The pictures on which the outlier suite sets thresholds."""


@dataclass(frozen=True)
class SeparabilitySettings(ExperimentSettings):
    """Parameters of ``python -m robustfashion.bench separability``."""

    synthetic: SyntheticSettings = field(default_factory=lambda: CATALOGUE)
    out: Path = Path("reports/separability")
    seeds: tuple[int, ...] = (0,)
    """One own network for each of these and each task."""
    trunk_row: Row | None = None
    """The one pretrained network that all tasks share: architecture (any of timm), base, and how heads on it are fitted, whose
    accuracy separability is held against. Default: EfficientNet-Lite0."""
    row: Row | None = None
    """How each task's own network is made. One with a frozen body has nothing of its own but its logits, which then are its
    features; of a trained body they are the input of the last layer. Default: a head on the frozen EfficientNet-Lite0."""
    features: tuple[Features, ...] = FEATURES
    """Where pictures are compared: in what the pretrained network makes of them, in what each task's own network does, in their
    raw pixels. The first is studied in depth, with maps."""
    measure: Literal["probe", "knn20"] = "probe"
    """By which classifier the product type is held against its attributes: a linear one, or 20 neighbours."""
    methods: tuple[Method, ...] = METHODS
    """Maps to draw: ``tsne``, ``umap``, ``pca``."""
    map_seeds: tuple[int, ...] = (0, 1, 2)
    """Seeds of the maps: each perplexity of t-SNE, and UMAP, is drawn with each of these."""
    perplexities: tuple[float, ...] = PERPLEXITIES
    """Perplexities of t-SNE; one that the pictures are too few for is left out, with the reason."""
    neighbours: int = NEIGHBOURS
    """Neighbours of UMAP."""
    max_images: int | None = None
    """Images per task, at most, as many of each class where there are; default: no limit."""
    max_points: int = 5000
    """Pictures in a map, at most: the first by their SHA-256."""
    permutations: int = 100
    """Shuffles of the labels behind each chance level."""
    unseen: SyntheticSettings = field(default_factory=lambda: UNSEEN)
    """More drawn pictures of the first product type, which no network has seen: own networks are judged on them, and on those of
    validation and test."""
    label_noise: float | None = None
    """Share of wrong labels in a copy of the drawn training pictures, on which label-issue candidates are judged; 0: none is
    made. Default: 0.1 on drawn data."""

    def __post_init__(self) -> None:
        if self.checkpoint is not None:
            self.check_unused(self._of_own_networks(), "a checkpoint is given, whose features are compared")
        super().__post_init__()
        for name, known in (("features", FEATURES), ("methods", METHODS), ("map_seeds", ()), ("perplexities", ())):
            self._check_different(name, known)
        self._check_numbers_of_maps()
        self._check_noise()
        if "tsne" not in self.methods:
            self.check_unused({"perplexities": PERPLEXITIES}, "no t-SNE is drawn")
        if "umap" not in self.methods:
            self.check_unused({"neighbours": NEIGHBOURS}, "no UMAP is drawn")
        if "own" not in self.features:
            self.check_unused({"row": None, "unseen": UNSEEN}, "own networks are not among the features")
        if not self.drawn:
            self.check_unused({"unseen": UNSEEN}, "the data is not drawn")
        elif self.unseen.seed == self.synthetic.seed:
            raise InputError(
                f"unseen is drawn with seed {self.unseen.seed}, as the training pictures are: networks would know its products; "
                "give it another seed"
            )

    def _check_different(self, name: str, known: Sequence[object]) -> None:
        """Refuse a list that is empty, names something twice, or names what is none of ``known`` (empty: anything is)."""
        values = getattr(self, name)
        if not values or len(set(values)) != len(values) or (known and not set(values) <= set(known)):
            of = f" of {', '.join(map(str, known))}" if known else " numbers"
            raise InputError(f"{name} is {list(values)}; give one or more different ones{of}".replace("ones numbers", "numbers"))

    def _check_numbers_of_maps(self) -> None:
        least = {"max_images": LEAST_POINTS, "max_points": LEAST_POINTS, "permutations": 20, "neighbours": 2}
        for name, value in least.items():
            if getattr(self, name) is not None and getattr(self, name) < value:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least {value}")
        if min(self.perplexities) < 2:
            raise InputError(f"perplexities is {list(self.perplexities)}; a perplexity is at least 2")
        for seed in self.map_seeds:
            if not 0 <= seed < 2**31:
                raise InputError(f"a seed of the maps is {seed}; seeds lie in 0..{2**31 - 1}")
        if self.max_points > MOST_POINTS:
            raise InputError(f"max_points is {self.max_points}; a page holds {MOST_POINTS} at most")

    def _check_noise(self) -> None:
        if self.label_noise is not None and not 0 <= self.label_noise < 1:
            raise InputError(f"label_noise is {self.label_noise}; it is a share, at least 0 and below 1")
        if not self.drawn and self.label_noise:
            raise InputError("label_noise is given, and which labels are wrong is known of drawn data only; leave it out")
        if (self.trunk_row or FROZEN).base == "none" and not self._given:
            raise InputError("trunk_row has no base, so that nothing is pretrained; name one (lite0, imagenet, a path)")

    @property
    def _given(self) -> bool:
        """Whether features are somebody's own: of a checkpoint, or of prediction tables."""
        return self.checkpoint is not None or bool(self.predictions)

    @property
    def head_row(self) -> Row:
        """Heads on the shared pretrained network."""
        return replace(self.trunk_row or FROZEN, freeze="body")

    @property
    def own_row(self) -> Row:
        """Each task's own network."""
        return self.row or FROZEN

    @property
    def bases(self) -> tuple[str, ...]:
        """Those of the shared network and of the own ones."""
        if self._given:
            return ()
        return (self.head_row.base, *((self.own_row.base,) if "own" in self.features else ()))

    @property
    def trains(self) -> bool:
        """Whether any own network is trained by optimiser steps."""
        return super().trains and "own" in self.features and not self.own_row.on_trunk

    @property
    def paper_scale(self) -> bool:
        """Whether claims may be held against the paper's: its data, all of it."""
        return self.paper_data and self.scale == "full" and self.max_images is None

    def _defaults(self) -> dict[str, Any]:
        noise = {"label_noise": LABEL_NOISE} if self.drawn and self.checkpoint is None else {}
        return super()._defaults() | noise | ({"max_steps": 200} if self.drawn and self.trains else {})

    def _of_own_networks(self) -> dict[str, Any]:
        """Options that mean nothing where features are given, and their values where nobody gives them."""
        return {"trunk_row": None, "row": None, "features": FEATURES, "label_noise": None, "unseen": UNSEEN}

    def _needs_data(self) -> dict[str, Any]:
        return super()._needs_data() | self._of_own_networks() | {"max_images": None}
