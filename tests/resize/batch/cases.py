"""Batches, sizes and the results that they must have: those of ``resize``, image by image."""

import numpy as np
import torch

from robustfashion.resize import resize

SIZES = (
    ((1, 1), (1, 1)), ((1, 1), (5, 3)), ((7, 5), (1, 1)), ((1, 90), (13, 40)), ((90, 1), (5, 9)), ((3, 2), (70, 90)),
    ((37, 53), (19, 80)), ((37, 53), (37, 80)), ((37, 53), (19, 53)), ((37, 53), (37, 53)), ((53, 37), (54, 36)),
    ((64, 48), (32, 24)), ((96, 60), (32, 20)), ((60, 96), (20, 48)), ((48, 64), (48, 32)), ((40, 51), (97, 131)),
    ((33, 29), (99, 145)), ((97, 131), (40, 51)), ((400, 20), (30, 11)), ((20, 400), (15, 9)), ((301, 3), (20, 5)),
    ((210, 160), (20, 17)), ((160, 210), (11, 30)), ((256, 272), (32, 34)), ((301, 223), (20, 31)),
)  # fmt: skip
"""(source, target) as (height, width): next to nothing, one axis only, whole factors, both directions, extreme aspects.

Up by 3 and 5 rounds Lanczos positions up to the next pixel; 301 x 3 is resized rows first by Pillow 12.2. ``java_image.smooth``
sums whole numbers from 256 x 272 px, thanks to the powers of two, and rounds from 301 x 223 px.
"""


def batch(source, count=3, seed=0):
    """uint8 [count, 3, H, W]: noise, black and white noise, in turns."""
    pixels = np.random.default_rng([seed, *source]).integers(0, 256, (count, 3, *source), dtype=np.uint8)
    pixels[1::2] = np.where(pixels[1::2] > 127, 255, 0)
    return torch.from_numpy(pixels)


def one_by_one(images, size, method):
    """What ``resize`` makes of each image, uint8 [N, 3, h, w] on the CPU."""
    done = [resize(image.permute(1, 2, 0).cpu().numpy(), size, method) for image in images]
    return torch.from_numpy(np.stack(done)).permute(0, 3, 1, 2)
