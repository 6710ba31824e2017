"""How long a network takes for one picture: what another architecture costs when it serves."""

import time

import numpy as np

from robustfashion.bench.experiment.network import Network

_PICTURES, _REPEATS = 16, 5


def seconds_of_a_picture(network: Network, side: int, accelerator: str) -> float:
    """Least of five passes of sixteen pictures uint8 [16, side, side, 3], in seconds a picture.

    The least, since whatever else the machine does only adds to it.
    """
    from robustfashion.models.checkpoint import load_classifier
    from robustfashion.models.inference import predict_arrays

    model = load_classifier(network.path, classes=network.classes)
    pixels = np.random.default_rng(0).integers(0, 256, (_PICTURES, side, side, 3)).astype(np.uint8)
    found = []
    for _ in range(_REPEATS + 1):
        began = time.perf_counter()
        predict_arrays(model, pixels, accelerator=accelerator)
        found.append(time.perf_counter() - began)
    return min(found[1:]) / _PICTURES
