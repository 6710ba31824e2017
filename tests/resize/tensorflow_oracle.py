"""Asks TensorFlow itself; as a script, writes the digests that stand in for it in the tests.

python -m tests.resize.tensorflow_oracle      needs tensorflow (not a dependency of the project) and numpy
"""

import json
from pathlib import Path

import numpy as np

from robustfashion.resize import METHODS
from tests.resize.images import CASES
from tests.resize.jdk import digest

DIGESTS = Path(__file__).parent / "tensorflow.json"
TENSORFLOW_METHODS = tuple(name for name in METHODS if name.startswith("tensorflow"))
SMALL_CASES = [case for case in CASES if case.height * case.width <= 60_000]


def tensorflow_resize(image: np.ndarray, size: tuple[int, int], name: str) -> np.ndarray:
    """uint8 [h, w, 3]: what TensorFlow gives, clamped and rounded half to even."""
    import tensorflow

    library, method = name.split(".")
    if library == "tensorflow":
        antialias = method.endswith("_antialias")
        found = tensorflow.image.resize(image, size, method.removesuffix("_antialias"), antialias=antialias)
    else:
        operations = tensorflow.raw_ops
        operation = {
            "nearest": operations.ResizeNearestNeighbor,
            "bilinear": operations.ResizeBilinear,
            "bilinear_align_corners": operations.ResizeBilinear,
            "bicubic": operations.ResizeBicubic,
        }[method]
        corners = method.endswith("align_corners")
        found = operation(images=image[None], size=size, align_corners=corners, half_pixel_centers=False)[0]
    return np.rint(np.clip(found.numpy(), 0, 255)).astype(np.uint8)


def _main() -> None:
    import tensorflow

    results = {}
    for case in SMALL_CASES:
        image = case.image()
        results[case.name] = {
            f"{h}x{w}": " ".join(digest(tensorflow_resize(image, (h, w), name)) for name in TENSORFLOW_METHODS)
            for h, w in case.targets()
        }
    text = {"tensorflow": tensorflow.__version__, "methods": TENSORFLOW_METHODS, "results": results}
    DIGESTS.write_text(json.dumps(text, indent=0) + "\n")


if __name__ == "__main__":
    _main()
