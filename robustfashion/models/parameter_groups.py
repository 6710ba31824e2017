"""Which weights decay: the head's, the body's or all, with norms and biases or without."""

from typing import Any

from torch import nn

from robustfashion.models.matching import head_names
from robustfashion.models.recipes import Recipe


def parameter_groups(backbone: nn.Module, recipe: Recipe) -> list[dict[str, Any]]:
    """Parameters of a backbone as the optimiser takes them: those with the recipe's weight decay, then those without.

    Every parameter is in exactly one group, frozen ones too: they have no gradient and are left alone until they thaw. Scales and
    shifts of normalisation layers are told by their one dimension, as are biases; position embeddings and the like by the
    network's own ``no_weight_decay``.
    """
    head, spared = head_names(backbone), _spared(backbone)
    decayed: list[nn.Parameter] = []
    free: list[nn.Parameter] = []
    for name, parameter in backbone.named_parameters():
        wanted = recipe.decay_on == "all" or (recipe.decay_on == "head") == (name in head)
        small = parameter.ndim <= 1 or name in spared
        (decayed if wanted and (recipe.decay_norms_and_biases or not small) else free).append(parameter)
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": free, "weight_decay": 0.0}]
    return [group for group in groups if group["params"]]


def _spared(backbone: Any) -> set[str]:  # noqa: ANN401 - timm's models share methods, not a base class
    names = getattr(backbone, "no_weight_decay", None)
    return set(names()) if callable(names) else set()
