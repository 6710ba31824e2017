"""Linear probe by product folds: discriminant analysis with shrinkage, whose refits are sums and small systems of equations."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.separability.measures.sample import Labelings, Sample, by_class
from robustfashion.stats import FloatArray
from robustfashion.threads import one_blas_thread

MOST_DIMENSIONS = 512
"""Features beyond are taken by their leading principal components, which know no labels."""


_COLUMNS = 1024
"""Labelings times classes that are solved for at once: their indicators are as large as the features."""


def probe_accuracy(sample: Sample, labelings: Labelings) -> FloatArray:
    """Recall out of fold of linear discriminant analysis, mean over classes and by class, [e, 1 + classes].

    Equal priors, within-class covariance with a ridge. Its size is that of Ledoit & Wolf (2004) for all features, which knows no
    labels. Each labelling is learned anew: without a group of products, that group neither teaches nor is asked.
    """
    features = reduced(sample)
    with one_blas_thread():  # at these sizes more threads cost more than they bring
        predicted = out_of_fold_classes(features, sample.fold, labelings)
    return np.stack(
        [by_class(p == labels, labels, labelings.classes) for p, labels in zip(predicted, labelings.matrix, strict=True)]
    )


def reduced(sample: Sample) -> FloatArray:
    """Centred features [n, d], d at most 512 and less than n: the same distances where nothing is dropped."""
    features = sample.features.astype(np.float64)
    features -= features.mean(axis=0)
    n, d = features.shape
    if d <= min(MOST_DIMENSIONS, n - 1):
        return features
    if n <= 2 * MOST_DIMENSIONS:
        values, vectors = np.linalg.eigh(features @ features.T)
        top = slice(None, -1 - min(MOST_DIMENSIONS, n - 1), -1)
        return np.asarray(vectors[:, top] * np.sqrt(np.maximum(values[top], 0)))
    from sklearn.decomposition import PCA

    found = PCA(MOST_DIMENSIONS, svd_solver="randomized", random_state=0).fit_transform(features.astype(np.float32))
    return np.asarray(found, np.float64)


def ridge_share(features: FloatArray) -> float:
    """Ledoit and Wolf's weight of the identity in the covariance of all features, at least 0.0001: it must be inverted.

    As :func:`sklearn.covariance.ledoit_wolf_shrinkage` of centred features [n, d], from inner products: of few pictures with
    many features the covariance itself is what takes the time.
    """
    n, d = features.shape
    gram = features @ features.T if d > n else features.T @ features
    squares = float((gram**2).sum()) / n**2
    lengths = np.einsum("nd,nd->n", features, features)
    mean = float(lengths.sum()) / (n * d)
    spread = squares / d - mean**2
    noise = min((float((lengths**2).sum()) / n - squares) / (d * n), spread)
    return min(max(noise / spread if spread > 0 else 0.0, 1e-4), 0.999)


def out_of_fold_classes(features: FloatArray, fold: NDArray[np.int64], labelings: Labelings) -> NDArray[np.int16]:
    """Class of each picture by a discriminant that has not seen its fold, [e, n]."""
    share = ridge_share(features)
    predicted = np.zeros(labelings.matrix.shape, np.int16)
    fixed = np.r_[0, 1 + labelings.blocks : len(labelings.matrix)]
    for test in range(int(fold.max()) + 1):
        asked = np.flatnonzero(fold == test)
        taught = np.flatnonzero(fold != test)
        solver = _Solver(features[taught], share)
        predicted[np.ix_(fixed, asked)] = solver.classes(labelings.matrix[fixed][:, taught], features[asked], labelings.classes)
        for block in range(labelings.blocks):
            row = 1 + block
            rest = taught[labelings.block[taught] != block]
            if len(rest) == len(taught):  # the group lies in the fold: nothing else is learned
                predicted[row, asked] = predicted[0, asked]
                continue
            without = _Solver(features[rest], share, (solver, features[taught[labelings.block[taught] == block]]))
            predicted[row, asked] = without.classes(labelings.matrix[row : row + 1, rest], features[asked], labelings.classes)[0]
    return predicted


class _Solver:
    """The total covariance of some pictures, factored; discriminants of any labels of them are small corrections of it.

    The covariance within classes is the total one less that of the class means, which has the rank of the classes (Woodbury), so
    that shuffled labels need no factoring of their own.
    """

    def __init__(self, features: FloatArray, share: float, less: "tuple[_Solver, FloatArray] | None" = None) -> None:
        from scipy.linalg import cho_factor

        self.features = features
        self.mean = features.mean(axis=0)
        self.products: FloatArray = features.T @ features if less is None else less[0].products - less[1].T @ less[1]
        covariance = self.products / len(features) - np.outer(self.mean, self.mean)
        scale = float(np.trace(covariance)) / len(covariance)
        covariance[np.diag_indices_from(covariance)] += max(share / (1 - share) * scale, 1e-300)
        self.factor = cho_factor(covariance, overwrite_a=True, check_finite=False)

    def classes(self, labels: NDArray[np.int16], asked: FloatArray, classes: int) -> NDArray[np.int16]:
        """Predictions [e, m] for asked [m, d] after learning labels [e, n]."""
        from scipy.linalg import cho_solve

        step = max(1, _COLUMNS // classes)
        if len(labels) > step:
            parts = [self.classes(labels[i : i + step], asked, classes) for i in range(0, len(labels), step)]
            return np.concatenate(parts)
        rows, dimensions = len(labels), self.features.shape[1]
        indicator = (labels[:, None] == np.arange(classes)[:, None]).astype(np.float64)
        count = indicator.sum(axis=2)
        sums = (indicator.reshape(rows * classes, -1) @ self.features).reshape(rows, classes, dimensions)
        away = np.where(count[:, :, None] > 0, sums / np.maximum(count, 1)[:, :, None] - self.mean, 0.0)
        solved = cho_solve(self.factor, away.reshape(-1, dimensions).T, check_finite=False).T.reshape(away.shape)
        inner = np.einsum("ekd,eld->ekl", away, solved)
        weights = count / count.sum(axis=1, keepdims=True)
        within = np.linalg.solve((np.eye(classes) - weights[:, :, None] * inner).transpose(0, 2, 1), solved)
        bias = 0.5 * np.einsum("ekd,ekd->ek", away, within)
        bias[count == 0] = np.inf
        scores = (asked - self.mean) @ within.reshape(-1, dimensions).T
        found = (scores.reshape(-1, rows, classes) - bias).argmax(axis=2)
        return np.asarray(found.T, np.int16)
