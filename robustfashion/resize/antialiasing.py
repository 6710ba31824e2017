"""Which methods remove the detail that a smaller picture cannot hold, and which fold it back into the picture (aliasing)."""

from fnmatch import fnmatchcase

from robustfashion.resize.methods import check_method

_FIXED_TAPS = (
    "*.nearest", "*.nearest_exact", "opencv.linear", "opencv.linear_exact", "opencv.cubic", "opencv.lanczos4",
    "torch.bilinear", "torch.bicubic", "torchvision.bilinear", "torchvision.bicubic", "java2d.*", "java_image.replicate",
    "affine_op.*", "halving.nearest", "thumbnailator.bilinear", "thumbnailator.bicubic", "imgscalr.speed*", "imgscalr.balanced*",
    "twelvemonkeys.point", "tensorflow.bilinear", "tensorflow.bicubic", "tensorflow.lanczos3", "tensorflow.lanczos5",
    "tensorflow.gaussian", "tensorflow.mitchellcubic", "tensorflow_legacy.*", "djl.pytorch_nearest", "djl.pytorch_bilinear",
)  # fmt: skip
"""Methods that look at so many source pixels for each new one, however strongly the picture is reduced. A blur that follows
(``imgscalr.speed_antialias``) comes too late: what is aliased by then has become a coarse pattern."""


def is_antialiased(name: str) -> bool:
    """Whether a method's filter widens with the reduction, so that finer detail than the result can hold is damped.

    Of gratings between one and two times the highest frequency that the result can hold such methods pass less than half of the
    contrast at an eightfold reduction, all others more than three quarters.

    Args:
        name: a method or a preprocessing's text (``java2d.bilinear+java_jpeg0.75``), of which the part before the first ``+``
            counts.

    Raises:
        InputError: no such method.
    """
    method = check_method(name.split("+")[0]).name
    return not any(fnmatchcase(method, pattern) for pattern in _FIXED_TAPS)
