"""The resize methods as albumentations transforms, so that a YAML can train with any of them, or with a random one.

Not imported by :mod:`robustfashion.resize`, since albumentations takes a second to load. They resize images only: boxes,
masks and key points need albumentations' own ``Resize``. Random choices come from the generator that
``albumentations.Compose(seed=...)`` gives out.
"""

import os
from collections.abc import Sequence
from typing import Any

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # it asks the network for its newest version otherwise

from albumentations.core.transforms_interface import BaseTransformInitSchema, ImageOnlyTransform

from robustfashion.errors import InputError
from robustfashion.resize import Pixels, check_method, check_size, resize


class Resize(ImageOnlyTransform):  # type: ignore[misc] # untyped library
    """Resize uint8 RGB [H, W, 3] to [height, width, 3] with one method, such as ``java2d.bilinear``.

    Raises:
        InputError: unknown method, size that is not positive; when called, another kind of image.
    """

    class InitSchema(BaseTransformInitSchema):  # type: ignore[misc]
        """Argument types, as albumentations wants them declared."""

        height: int
        width: int
        method: str

    def __init__(self, height: int, width: int, method: str = "java2d.bilinear", p: float = 1.0) -> None:
        super().__init__(p=p)
        self.height, self.width = check_size((height, width))
        self.method = check_method(method).name

    def apply(self, img: Pixels, **params: Any) -> Pixels:  # noqa: ANN401, ARG002 - albumentations' own signature
        """Resize one image."""
        return resize(img, (self.height, self.width), self.method)


class RandomResize(ImageOnlyTransform):  # type: ignore[misc] # untyped library
    """Resize uint8 RGB [H, W, 3] to [height, width, 3], each time with one of several methods, all equally likely.

    Naming a method twice makes it twice as likely. With ``p`` below 1 some images keep their size.

    Raises:
        InputError: no method, an unknown one, size that is not positive; when called, another kind of image.
    """

    class InitSchema(BaseTransformInitSchema):  # type: ignore[misc]
        """Argument types, as albumentations wants them declared."""

        height: int
        width: int
        methods: Sequence[str]

    def __init__(self, height: int, width: int, methods: Sequence[str], p: float = 1.0) -> None:
        super().__init__(p=p)
        if isinstance(methods, str) or not methods:
            raise InputError(f"methods is {methods!r}; it must be a list of resize methods")
        self.height, self.width = check_size((height, width))
        self.methods = [check_method(method).name for method in methods]

    def get_params(self) -> dict[str, Any]:
        """Draw a method."""
        return {"method": self.py_random.choice(self.methods)}

    def apply(self, img: Pixels, method: str = "", **params: Any) -> Pixels:  # noqa: ANN401, ARG002 - see Resize.apply
        """Resize one image with the method drawn."""
        return resize(img, (self.height, self.width), method)
