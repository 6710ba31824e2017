"""What others have published about networks that meet another resizer than the one they were trained with.

Changes are differences of accuracies, -1..1, below 0 a loss. How strongly the pictures were reduced is rarely stated:
ImageNet's files have many sizes. The figures of the paper itself stand in :mod:`robustfashion.paper`.
"""

from dataclasses import dataclass

SYSNOISE_SOURCE = "SysNoise (Wang et al. 2023, arXiv 2307.00280), README of its repository"


@dataclass(frozen=True)
class PublishedChange:
    """One published figure."""

    network: str
    task: str
    change: float
    """Accuracy with the other resizer minus with the training's; of SysNoise the mean over its resizers."""
    spread: float | None
    """Standard deviation over the resizers; None: not stated."""
    reduction: float | None
    """Factor of the resize; None: not stated."""
    source: str


_IMAGENET = "ImageNet, 1,000 classes"

SYSNOISE: tuple[PublishedChange, ...] = tuple(
    PublishedChange(network, _IMAGENET, -points / 100, None if spread is None else spread / 100, None, SYSNOISE_SOURCE)
    for network, points, spread in (
        ("ResNet-18", 1.01, 0.66),
        ("ResNet-34", 0.77, 0.56),
        ("ResNet-50", 0.75, 0.57),
        ("ResNet-101", 0.62, 0.50),
        ("ResNet-18 x 0.25", 2.11, None),
        ("MobileNetV2 x 0.5", 2.04, None),
    )
)
"""Top-1 accuracy lost to another resizer, by network; small networks lose most."""

REPORTED: tuple[PublishedChange, ...] = (
    PublishedChange(
        "a network trained antialiased", _IMAGENET, -0.02, None, None, "NVIDIA/DALI issue 5260: served by cv2 linear"
    ),
    PublishedChange(
        "a re-identification network",
        "MSMT17, rank 1",
        -0.20,
        None,
        None,
        "JDAI-CV/fast-reid issue 363: Pillow to cv2, unexplained",
    ),
)
"""Figures that users have reported."""
