"""Maps: two numbers for each point, and what made them."""

from dataclasses import dataclass
from typing import Literal

from robustfashion.stats import FloatArray

Method = Literal["tsne", "umap", "pca"]


@dataclass(frozen=True)
class Map:
    """Positions in a plane."""

    positions: FloatArray
    """[n, 2]."""
    method: Method
    seed: int
    perplexity: float | None = None
    """Of t-SNE; None for others."""
    neighbours: int | None = None
    """Of UMAP; None for others."""
    loss: float | None = None
    """Kullback-Leibler divergence of t-SNE, in nats; None: the method has none."""

    @property
    def name(self) -> str:
        """For titles: ``t-SNE, perplexity 30, seed 0``."""
        words = {"tsne": "t-SNE", "umap": "UMAP", "pca": "PCA"}[self.method]
        size = "" if self.perplexity is None else f", perplexity {self.perplexity:g}"
        size += "" if self.neighbours is None else f", {self.neighbours} neighbours"
        return words + size + ("" if self.method == "pca" else f", seed {self.seed}")
