"""What training minimises: cross entropy, the paper's ways to keep a network from being too sure, and consistency."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from robustfashion.errors import InputError
from robustfashion.models.recipes import Recipe

FREE = -1
"""Label of a free outlier: a picture that is of no class, from which a network is to learn to be unsure."""


def training_loss(logits: Tensor, labels: Tensor, recipe: Recipe, weights: Tensor | None = None) -> Tensor:
    """Mean loss of one batch: logits [n, k], class numbers int64 [n] or :data:`FREE`, weights of the classes float [k] or none.

    Cross entropy, its targets smoothed (Szegedy et al. 2016) and its classes weighted as ``torch.nn.functional.cross_entropy``
    does it, minus ``confidence_penalty`` times the mean entropy of the predictions (Pereyra et al. 2017, the paper's
    reference 13), in nats; of the batch's labelled pictures. With ``outlier_exposure`` that many times the mean cross entropy of
    its free outliers with the uniform distribution is added (Hendrycks et al. 2019).
    """
    if recipe.outlier_exposure == 0:
        return _labelled_loss(logits, labels, recipe, weights)
    free = labels == FREE
    # A batch may hold none of one or the other: a sum over none is 0, and its mean is taken to be.
    exposed = -functional.log_softmax(logits[free].float(), dim=1).mean(dim=1).sum() / free.sum().clamp(min=1)
    if bool(free.all()):
        return recipe.outlier_exposure * exposed
    return _labelled_loss(logits[~free], labels[~free], recipe, weights) + recipe.outlier_exposure * exposed


def _labelled_loss(logits: Tensor, labels: Tensor, recipe: Recipe, weights: Tensor | None) -> Tensor:
    loss = functional.cross_entropy(logits, labels, weight=weights, label_smoothing=recipe.label_smoothing)
    if recipe.confidence_penalty == 0:
        return loss
    logs = functional.log_softmax(logits.float(), dim=1)
    entropy = -(logs.exp() * logs).sum(dim=1).mean()
    return loss - recipe.confidence_penalty * entropy


def jensen_shannon(first: Tensor, second: Tensor) -> Tensor:
    """Mean Jensen-Shannon divergence of two networks' answers, or of one network's to two versions of the same pictures.

    Each picture's is the mean of both answers' Kullback-Leibler divergences from their mean: symmetric, 0 where the softmax
    outputs are the same, at most ln 2 nats. AugMix (Hendrycks et al. 2020) has it between three versions.

    Args:
        first: logits [n, k].
        second: logits [n, k] of the same pictures.

    Returns:
        float32 [], in nats.
    """
    logs = torch.stack([first, second]).float().log_softmax(dim=2)
    mixture = torch.logsumexp(logs, dim=0) - math.log(2)
    return (logs.exp() * (logs - mixture)).sum(dim=2).mean()


def class_weights(wanted: str | Mapping[str, float], classes: tuple[str, ...], counts: Tensor | None) -> Tensor | None:
    """Weights [k] of the classes in the loss; None where all weigh 1.

    Args:
        wanted: ``none``; ``balanced``: n / (k × images of the class), so that every class that occurs weighs the same in
            all and the mean over images is 1; or weights by class name, 1 for those left out.
        classes: names in class order.
        counts: training images of each class, int64 [k]; needed for ``balanced``.

    Raises:
        InputError: a name that is no class.
    """
    if not isinstance(wanted, str):
        unknown = sorted(set(wanted) - set(classes))
        if unknown:
            raise InputError(f"class_weights names {unknown[0]!r}; the classes are {', '.join(classes)}")
        return torch.tensor([float(wanted.get(name, 1.0)) for name in classes])
    if wanted == "none":
        return None
    if counts is None:
        raise InputError("class_weights is 'balanced', but nobody told the network how many images each class has")
    return counts.sum() / (int((counts > 0).sum()) * counts.clamp(min=1)).float()
