"""Measures of separability: one draw of pictures and many labellings of it in, one number for each labelling out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from robustfashion.separability.measures.neighbour import bayes_lower, csg, knn_accuracy, nearest_ratio, purity
from robustfashion.separability.measures.probe import probe_accuracy
from robustfashion.separability.measures.sample import Labelings, Metric, Sample
from robustfashion.separability.measures.scatter import calinski_harabasz, davies_bouldin, dsi, fisher_ratio, silhouette
from robustfashion.separability.measures.tree import crossing_edges
from robustfashion.stats import FloatArray

__all__ = ["MEASURES", "Labelings", "Measure", "Metric", "Sample"]


@dataclass(frozen=True)
class Measure:
    """One way to say how separable labels are."""

    title: str
    doc: str
    better: Literal["high", "low"]
    function: Callable[[Sample, Labelings], FloatArray]
    """Values [e, 1 + k] of the labellings: of all pictures, then of each class, NaN where there is none."""
    needs: int = 5
    """Pictures that each class must have."""
    best: float | None = None
    """Value of perfectly separated classes; None: there is none, or shares of the way to it mean nothing."""
    low: float = 0.0
    high: float = float("inf")
    share: bool = False
    """A share of pictures: of few errors the interval is a Wilson interval."""
    of_products: bool = False
    """A share of things of which a product has about one, however many pictures it has."""
    unseen: float = 0.0
    """How far it is from its best value for each further class and share of neighbours that are of another class, at most."""
    then: Callable[[float, int], float] | None = None
    """Rising function of the value and the number of classes that is taken at the very end."""


def _share(title: str, doc: str, function: Callable[[Sample, Labelings], FloatArray], needs: int) -> Measure:
    return Measure(title, doc, "high", function, needs=needs, best=1.0, high=1.0, share=True)


def _nn_error(sample: Sample, labelings: Labelings) -> FloatArray:
    return 1 - purity(sample, labelings, 1)


_BAYES = (
    "1-NN error e among other products; the error of the best possible classifier lies between the two if there are "
    "many pictures (Cover & Hart 1967). "
)

MEASURES: dict[str, Measure] = {
    "silhouette": Measure(
        "Silhouette",
        "Mean over pictures of (b - a) / max(a, b): a the mean distance to its class, b to the nearest other (Rousseeuw "
        "1987); cosine distance in feature space, Euclidean elsewhere; without pictures of the same product.",
        "high",
        silhouette,
        best=1.0,
        low=-1.0,
        high=1.0,
    ),
    "knn_purity_1": _share(
        "Purity of 1 neighbour",
        "Share of pictures whose nearest picture of another product is of their class: 1 - N3 (Thornton's index).",
        partial(purity, k=1),
        5,
    ),
    "knn_purity_5": _share(
        "Purity of 5 neighbours",
        "Share of the 5 nearest pictures of other products that are of the same class.",
        partial(purity, k=5),
        10,
    ),
    "knn_purity_20": _share(
        "Purity of 20 neighbours",
        "Share of the 20 nearest pictures of other products that are of the same class.",
        partial(purity, k=20),
        30,
    ),
    "probe_accuracy": _share(
        "Linear probe",
        "Balanced accuracy, by product folds, of linear discriminant analysis with the shrinkage of Ledoit & Wolf (2004):"
        " how well a linear last layer could tell the classes.",
        probe_accuracy,
        10,
    ),
    "knn_accuracy": _share(
        "20-NN accuracy", "Balanced accuracy, by product folds, of the vote of the 20 nearest pictures.", knn_accuracy, 30
    ),
    "n1": Measure(
        "N1, crossing edges",
        "Share of the edges of the minimum spanning tree over products that join two classes (Friedman & Rafsky 1979; N1 "
        "of Ho & Basu 2002 counts nodes).",
        "low",
        crossing_edges,
        best=0.0,
        high=1.0,
        share=True,
        of_products=True,
    ),
    "n2": Measure(
        "N2, intra by inter",
        "Sum of the distances to the nearest product of the own class, by that to the nearest of another (Ho & Basu 2002).",
        "low",
        nearest_ratio,
        best=0.0,
    ),
    "fisher_ratio": Measure(
        "Fisher ratio, best feature",
        "r / (1 + r), r the scatter between classes by that within them of the one feature where it is largest: 1 - F1 of"
        " Lorena et al. (2019). The best of many features is large by chance; a rotation changes it.",
        "high",
        fisher_ratio,
        best=1.0,
        high=1.0,
    ),
    "davies_bouldin": Measure(
        "Davies-Bouldin",
        "Mean over classes of the worst (spread + spread) / distance of centroids (Davies & Bouldin 1979). Not corrected for "
        "chance: by chance centroids nearly meet, and it is without bounds.",
        "low",
        davies_bouldin,
    ),
    "calinski_harabasz": Measure(
        "Calinski-Harabasz",
        "Variance between classes by that within (Calinski & Harabasz 1974). Grows with the number of pictures.",
        "high",
        calinski_harabasz,
    ),
    "dsi": Measure(
        "DSI",
        "Mean over classes of the Kolmogorov-Smirnov distance between the distances inside a class and those to others "
        "(Guan & Loew 2022). Above 0 by chance where pictures are few.",
        "high",
        dsi,
        best=1.0,
        high=1.0,
    ),
    "csg": Measure(
        "CSG",
        "Sum of the cumulated maximum of the normalised eigengaps of the Laplacian of the classes' similarity: where the "
        "5 nearest pictures of other products are (Branchaud-Charron et al. 2019, without dividing by the volume of the "
        "neighbourhood). Of two classes it is the overlap of their neighbourhoods.",
        "low",
        csg,
        needs=10,
        best=0.0,
        unseen=2.0,
    ),
    "bayes_low": Measure(
        "Bayes error, at least",
        _BAYES + "(k - 1) / k (1 - sqrt(1 - k e / (k - 1))).",
        "low",
        _nn_error,
        best=0.0,
        high=1.0,
        share=True,
        then=bayes_lower,
    ),
    "bayes_high": Measure("Bayes error, at most", _BAYES + "e.", "low", _nn_error, best=0.0, high=1.0, share=True),
}
"""By the name that tables and files use."""
