"""A pretrained network without its last layer: pixels to features."""

from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from robustfashion.errors import InputError
from robustfashion.models.backbones import expected_normalisation
from robustfashion.models.classifier import Classifier
from robustfashion.models.input_size import check_takes
from robustfashion.models.lite0 import ARCHITECTURE
from robustfashion.models.matching import head_names
from robustfashion.models.normalisation import Normalisation
from robustfashion.models.scaled import Scaled
from robustfashion.models.weights import digest_parts
from robustfashion.provenance import content_digest

_REVISION = 1
"""Raised by whoever changes what a trunk computes; part of its digest, so that features of before are not taken for its own."""


class Trunk:
    """A network whose weights stay as they are; :meth:`embed` gives the input of its last linear layer.

    Args:
        architecture: any timm model that ends in one linear layer.
        base: ``lite0``, ``imagenet``, the path of a weight file, or ``none``: weights as they are drawn, always the same ones.
        normalisation: scaling of the pixels; None = what the weights expect: ``raw`` for ``none``, what a robustfashion
            checkpoint says, ``imagenet`` for all others.
        image_size: side in px of the pictures that it will see; None = the architecture's own.

    Raises:
        InputError: unusable architecture or weights, see :func:`~robustfashion.models.backbones.create_backbone`.
    """

    def __init__(
        self,
        architecture: str = ARCHITECTURE,
        base: str = "lite0",
        normalisation: Normalisation | None = None,
        image_size: int | None = None,
    ) -> None:
        self.architecture = architecture
        self.base = base
        self.normalisation = normalisation or expected_normalisation(base)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = Classifier(architecture, pretrained=base, normalisation=self.normalisation, image_size=image_size)
        self.image_size = model.image_size
        if image_size is not None:
            check_takes(model.backbone, image_size, 1, training=False)
        last = model.backbone.get_classifier()
        if not isinstance(last, nn.Linear):
            raise InputError(f"architecture is {architecture!r}, which does not end in one linear layer; choose another trunk")
        self.width = last.in_features
        """Features of a picture."""
        self.body = Body(model).eval().requires_grad_(False)

    def weights(self) -> dict[str, Tensor]:
        """All weights of the backbone but the last layer's, by timm's names."""
        head = head_names(self.body.backbone)
        return {name: value for name, value in self.body.backbone.state_dict().items() if name not in head}

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over what decides the features: architecture, weights without the head, scaling of the pixels."""
        scaling = [self.body.mean.flatten().tolist(), self.body.std.flatten().tolist()]
        return content_digest(_REVISION, self.architecture, scaling, *digest_parts(self.weights()))

    def embed(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features float32 [n, width] of uint8 RGB [n, S, S, 3], by torch, where the weights are.

        For many pictures see :func:`~robustfashion.models.trunk_engines.open_engine`, which computes the same, faster.

        Raises:
            InputError: not uint8 [n, S, S, 3].
        """
        check_pixels(pixels)
        with torch.inference_mode():
            images = torch.from_numpy(np.array(pixels)).to(self.body.mean.device)
            features: NDArray[np.float32] = self.body(images).float().cpu().numpy()
        return features


class Body(Scaled):
    """What a trunk computes: uint8 RGB [n, S, S, 3] -> float32 [n, d]; the backbone's head is unused."""

    def forward(self, image: Tensor) -> Tensor:
        """Scale and ask."""
        features: Tensor = self.backbone.forward_head(self.backbone.forward_features(self.scaled(image)), pre_logits=True)
        return features


def check_pixels(pixels: NDArray[np.uint8]) -> None:
    """Check that these are pictures.

    Raises:
        InputError: not uint8 [n, S, S, 3].
    """
    if pixels.ndim != 4 or pixels.shape[3] != 3 or pixels.dtype != np.uint8:
        raise InputError(f"pixels are {pixels.dtype} {list(pixels.shape)}; expected uint8 [n, S, S, 3]")
