"""Maps of points: t-SNE, UMAP, PCA, from one neighbour search; and the search itself.

Libraries do the work where they are quick: openTSNE (its optimiser; its gradient for many points), umap-learn, scikit-learn
(PCA), pynndescent (many points). Own: an exact neighbour search and the exact gradient of t-SNE for few points, see
``docs/separability_maps.md`` for what they gain. Heavy libraries are loaded when they are first used.
"""

from robustfashion.separability.embeddings.by_pca import pca, reduced
from robustfashion.separability.embeddings.by_tsne import start, tsne
from robustfashion.separability.embeddings.by_umap import umap
from robustfashion.separability.embeddings.many import maps_of
from robustfashion.separability.embeddings.projection import project
from robustfashion.separability.embeddings.search import Neighbours, nearest, neighbours

__all__ = ["Neighbours", "maps_of", "nearest", "neighbours", "pca", "project", "reduced", "start", "tsne", "umap"]
