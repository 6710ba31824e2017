"""Deep Java Library: what its images and its arrays do when they are resized.

``djl.image`` is ``Image.resize`` of the default ``BufferedImageFactory``: SCALE_SMOOTH. ``djl.pytorch_*`` are ``NDArray.resize``
(``NDImageUtils.resize``, the transform ``Resize``) of the PyTorch engine on uint8: torch's ``interpolate`` in float32, without
antialiasing, *truncated* to bytes. The other engines hand over to libraries that are methods of their own: TensorFlow to
``tensorflow_legacy.*``, MXNet to OpenCV.

Source: DJL's public source as of July 2026, read; DJL itself was not asked (unverified). The JDK's part is proved as
``java_image.smooth``, torch's part is torch.
"""

from collections.abc import Callable

import numpy as np

from robustfashion.resize import java_image
from robustfashion.resize.method import Method, Pixels, Size, distribution_version, emulated_version

_MODES = ("nearest", "bilinear", "area")
"""Bicubic is left out: its overshoots leave 0..255, and what their conversion to bytes gives is undefined."""


def _interpolate(mode: str) -> Callable[[Pixels, Size], Pixels]:
    def resize(image: Pixels, size: Size) -> Pixels:
        """Resize by torch's function."""
        import torch
        from torch.nn.functional import interpolate

        align_corners = False if mode == "bilinear" else None
        with torch.inference_mode():
            floats = torch.from_numpy(np.require(image, requirements="W")).permute(2, 0, 1)[None].to(torch.float32)
            result = interpolate(floats, size=size, mode=mode, align_corners=align_corners)
            return np.array(result[0].permute(1, 2, 0).to(torch.uint8).numpy(), order="C")

    return resize


METHODS = [
    Method(
        "djl.image",
        java_image.smooth,
        "ai.djl.modality.cv.Image.resize, BufferedImageFactory (getScaledInstance, SCALE_SMOOTH), opaque image; unverified",
        emulated_version("JDK 11 to 25"),
    ),
    *(
        Method(
            f"djl.pytorch_{mode}",
            _interpolate(mode),
            f"ai.djl.ndarray.NDArray.resize, PyTorch engine, {mode}, uint8 (truncated); unverified",
            distribution_version("torch"),
        )
        for mode in _MODES
    ),
]
