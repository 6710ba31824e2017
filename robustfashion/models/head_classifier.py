"""A trunk and a head as an ordinary classifier, to be saved, loaded, asked and exported like any other."""

from dataclasses import replace
from typing import Any

import torch
from torch import nn

from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier
from robustfashion.models.heads import Head
from robustfashion.models.recipes import RECIPES, Recipe
from robustfashion.models.trunk import Trunk


def head_classifier(trunk: Trunk, head: Head) -> Classifier:
    """The Lightning classifier with the trunk's body and this head, in eval mode, on the CPU.

    Its logits are those of :func:`~robustfashion.models.heads.head_logits` on the trunk's features, but for rounding.

    Raises:
        InputError: a head for another number of features.
    """
    width = head.weight.shape[1]
    if width != trunk.width:
        raise InputError(f"the head reads {width} features, the trunk {trunk.architecture} gives {trunk.width}; fit another head")
    recipe: dict[str, Any] = frozen_recipe(head).to_dict()
    with torch.random.fork_rng(devices=[]):  # first weights are drawn, and overwritten
        model = Classifier(
            trunk.architecture, head.classes, recipe, normalisation=trunk.normalisation, image_size=trunk.image_size
        )
    model.pretrained = trunk.base
    model.backbone.load_state_dict(trunk.weights(), strict=False)
    last: nn.Linear = model.backbone.get_classifier()
    with torch.no_grad():
        last.weight.copy_(torch.from_numpy(head.weight))
        last.bias.copy_(torch.from_numpy(head.bias))
    model.history = [dict(head.history)]
    return model.eval()


def frozen_recipe(head: Head) -> Recipe:
    """How a head was fitted, as a recipe: nothing of the body learns, nothing is augmented, the last layer's weights decay."""
    added = head.settings.added
    return replace(
        RECIPES["paper"], name="frozen", lr=0.0, momentum=0.0, flip_p=0.0, weight_decay=head.penalty, decay_on="head",
        decay_norms_and_biases=False, class_weights=head.settings.class_weights,
        label_smoothing=added.label_smoothing, confidence_penalty=added.confidence_penalty,
        outlier_exposure=added.outlier_exposure,
    )  # fmt: skip
