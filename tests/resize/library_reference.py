"""AffineTransformOp and the image libraries for Java written straight from their formulas, in numpy: independent of the kernels.

What a reference is built of are the plain forms of Graphics2D's interpolation below, and sums tap by tap.
"""

from math import ceil

import numpy as np

from robustfashion.resize.convolution import FILTERS
from tests.resize.reference import TABLE, nearest

CATMULL_ROM = np.array([TABLE[n] for n in range(513)])


def _axis(source, scale, target):
    """Left tap, fraction and whether Java paints the pixel, of each target pixel."""
    inverse = 1.0 / scale
    position = int((inverse * 0.5) * 2**32) + np.arange(target) * int(inverse * 2**32)
    painted = (position >> 32 < source) & (np.arange(target) < ceil(source * scale))
    return position - 2**31 >> 32, position - 2**31 >> 24 & 255, painted


def draw_bilinear(source, out, scale):
    """Paint ``out`` [h, w, 3] in place."""
    (sh, sw), (h, w) = source.shape[:2], out.shape[:2]
    (iy, fy, oky), (ix, fx, okx) = _axis(sh, scale[0], h), _axis(sw, scale[1], w)
    wide = source.astype(np.int64)
    top, bottom = wide[np.clip(iy, 0, sh - 1)], wide[np.clip(iy + 1, 0, sh - 1)]
    left, right = np.clip(ix, 0, sw - 1), np.clip(ix + 1, 0, sw - 1)
    fx, fy = fx[None, :, None], fy[:, None, None]
    above = (top[:, left] << 8) + (top[:, right] - top[:, left]) * fx
    below = (bottom[:, left] << 8) + (bottom[:, right] - bottom[:, left]) * fx
    painted = oky[:, None] & okx[None]
    out[painted] = ((above << 8) + (below - above) * fy + 32768 >> 16)[painted]


def bilinear(source, size):
    if source.shape[:2] == size:
        return source.copy()
    out = np.zeros((*size, 3), np.uint8)
    draw_bilinear(source, out, (size[0] / source.shape[0], size[1] / source.shape[1]))
    return out


def bicubic(source, size):
    (sh, sw), (h, w) = source.shape[:2], size
    if (sh, sw) == size:
        return source.copy()
    (iy, fy, _), (ix, fx, _) = _axis(sh, h / sh, h), _axis(sw, w / sw, w)
    wide = source.astype(np.int64)
    total = np.full((h, w, 3), 32768)
    for j in range(-1, 3):
        rows = wide[np.clip(iy + j, 0, sh - 1)] * CATMULL_ROM[np.abs(j * 256 - fy)][:, None, None]
        for k in range(-1, 3):
            total += rows[:, np.clip(ix + k, 0, sw - 1)] * CATMULL_ROM[np.abs(k * 256 - fx)][None, :, None]
    return np.clip(total >> 16, 0, 255).astype(np.uint8)


def halving(stage):
    def resize(image, size):
        h, w = image.shape[:2]
        while True:
            h = max(h // 2, size[0]) if h > size[0] else size[0]
            w = max(w // 2, size[1]) if w > size[1] else size[1]
            image = stage(image, (h, w))
            if (h, w) == size:
                return image

    return resize


def thumbnailator_progressive(image, size):
    """With the buffer of the source's size that Thumbnailator draws into again and again."""
    (oh, ow), (h, w) = image.shape[:2], size
    if 2 * w >= ow and 2 * h >= oh:
        return bilinear(image, size)
    high, wide = h, w
    while wide < ow and high < oh:
        high, wide = 2 * high, 2 * wide
    ch, cw = high // 2, wide // 2
    buffer = np.zeros_like(image)
    if cw and ch:
        draw_bilinear(image, buffer[:ch, :cw], (ch / oh, cw / ow))
    while cw >= 2 * w and ch >= 2 * h:
        part = buffer[:ch, :cw].copy()
        ch, cw = max(ch // 2, h), max(cw // 2, w)
        draw_bilinear(part, buffer[:ch, :cw], (0.5, 0.5))
    out = np.zeros((h, w, 3), np.uint8)
    if cw and ch:
        draw_bilinear(buffer[:ch, :cw].copy(), out, (h / ch, w / cw))
    return out


def thumbnailator(image, size):
    (oh, ow), (h, w) = image.shape[:2], size
    if w < ow and h < oh:
        return thumbnailator_progressive(image, size) if w < ow // 2 and h < oh // 2 else bilinear(image, size)
    if w > ow and h > oh:
        return bicubic(image, size)
    return image.copy() if (oh, ow) == size else thumbnailator_progressive(image, size)


def imgscalr_steps(part):
    def resize(image, size):
        h, w = image.shape[:2]
        if size[0] > h or size[1] > w:
            return bicubic(image, size)
        while (h, w) != size:
            before = h, w
            h, w = (h - h // part if h > size[0] else h), (w - w // part if w > size[1] else w)
            h, w = max(h, size[0]), max(w, size[1])
            if (h, w) == before:
                return None
            image = bicubic(image, (h, w))
        return image

    return resize


def imgscalr_automatic(image, size):
    """Of pictures so small that it always means quality."""
    return imgscalr_steps(2)(image, size)


def antialias(method):
    def resize(image, size):
        image = method(image, size)
        if image is None:
            return None
        wide, out = image.astype(np.int64), image.copy()
        neighbours = wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:]
        out[1:-1, 1:-1] = wide[1:-1, 1:-1] * 2852127 + neighbours * 335544 >> 22
        return out

    return resize


def _medialib_axis(source, target, own, other, taps, region, is_row):
    """Positions in 1/65536 px by target pixel, of the pixels in the region; ``region`` is (low, high, shift)."""
    low, high, shift = region
    product, inverse = own * other, 1.0 / (own * other)
    first, last = max(ceil(low * own - 0.5), 0), min(int(high * own - 0.5), target - 1) if high * own >= 0.5 else -1

    def is_inside(position):
        return low * product <= position < high * product

    if is_row:
        inside = [x for x in range(first, last + 1) if is_inside((x + 0.5) * other)]
    else:
        start, stop = (first + 0.5) * other, (last + 0.5) * other
        if not is_inside(start):
            first, start = first + 1, start + other
        if not is_inside(stop):
            last, stop = last - 1, stop - other  # rounded otherwise than (last + 0.5) * other
        inside = range(first, last + 1) if is_inside(start) and is_inside(stop) else []

    def place(x):
        p = int(((x + 0.5) * other * inverse + shift) * 65536)
        p = max(p, int(low + shift) << 16)
        return p if p >> 16 < int(high + shift) else (int(high + shift) << 16) - 1

    if is_row or not inside:
        return {x: place(x) for x in inside}
    step = int(other * inverse * 65536)
    while (place(inside[0]) + (inside[-1] - inside[0]) * step) >> 16 >= int(high + shift):
        step -= 1
    return {x: place(inside[0]) + (x - inside[0]) * step for x in inside}


def _cubic(n):
    x = n / 256 + 1 / 512
    return (
        -0.5 * x * x * x + x * x - 0.5 * x, 1.5 * (x * x * x) - 2.5 * (x * x) + 1,
        -1.5 * (x * x * x) + 2 * (x * x) + 0.5 * x, 0.5 * (x * x * x) - 0.5 * (x * x),
    )  # fmt: skip


def _interior_pixel(image, py, px, taps):
    y, x, before = py >> 16, px >> 16, taps // 2 - 1
    window = image[y - before : y - before + taps, x - before : x - before + taps]
    if taps == 2:
        fy, fx = py & 65535, px & 65535
        left, right = (window[0] + ((fy * (window[1] - window[0]) + 32768) >> 16)).astype(np.int64)
        return left + ((fx * (right - left) + 32768) >> 16)
    halves = (-0.5, 0.5, 0.5, -0.5)
    weights = [[int(16384 * w + h) for w, h in zip(_cubic(p >> 8 & 255), halves, strict=True)] for p in (py, px)]
    lines = [sum(window[j, k] * weights[1][k] for k in range(4)) >> 12 for j in range(4)]
    return np.clip(sum(lines[j] * weights[0][j] for j in range(4)) + 32768 >> 16, 0, 255)


def _edge_pixel(image, py, px, taps):
    (py, px), before = (py - 32768, px - 32768), taps // 2 - 1
    rows = [np.clip((py >> 16) - before + j, 0, image.shape[0] - 1) for j in range(taps)]
    columns = [np.clip((px >> 16) - before + k, 0, image.shape[1] - 1) for k in range(taps)]
    if taps == 2:
        u, t = (py & 65535) / 65536, (px & 65535) / 65536
        lines = [image[row, columns[0]] * (1 - t) + image[row, columns[1]] * t for row in rows]
        return (lines[0] * (1 - u) + lines[1] * u).astype(np.int64)
    wy, wx = ([float(np.float32(f"{4096 * w:.10f}")) for w in _cubic(p >> 8 & 255)] for p in (py, px))
    total = 0.0
    for j, row in enumerate(rows):
        line = 0.0
        for k, column in enumerate(columns):
            line = line + image[row, column] * wx[k]
        total = total + line * wy[j]
    shifted = np.clip(total - 2139095040.0, -(2.0**31), 2.0**31 - 1).astype(np.int64)
    return (shifted >> 24 ^ 128) & 255


def scaled(image, factors, taps, size=None):
    """AffineTransformOp: 1, 2 or 4 taps."""
    sides = image.shape[:2]
    size = size or tuple(ceil(np.float32(f * s)) for f, s in zip(factors, sides, strict=True))
    before, shift = (taps // 2 - 1, -0.5) if taps > 1 else (0, 0.0)
    inside, whole = [], []
    for axis in (0, 1):
        region = (before - shift, sides[axis] - ((taps - 1) - (before - shift)), shift)
        lengths = sides[axis], size[axis], factors[axis], factors[1 - axis], taps
        inside.append(_medialib_axis(*lengths, region, axis == 0))
        whole.append(_medialib_axis(*lengths, (0.0, float(sides[axis]), 0.0), axis == 0))
    wide, out = image.astype(np.int64), np.zeros((*size, 3), np.uint8)
    for y in whole[0]:
        for x in whole[1]:
            if taps == 1:
                out[y, x] = image[whole[0][y] >> 16, whole[1][x] >> 16]
            elif y in inside[0] and x in inside[1]:
                out[y, x] = _interior_pixel(wide, inside[0][y], inside[1][x], taps)
            else:
                out[y, x] = _edge_pixel(wide, whole[0][y], whole[1][x], taps)
    return out


def affine(taps):
    return lambda image, size: scaled(image, (size[0] / image.shape[0], size[1] / image.shape[1]), taps, size)


def twelvemonkeys_affine(taps):
    def resize(image, size):
        h, w = image.shape[:2]
        if taps > 1 and (size[0] < h or size[1] < w):
            high, wide = size
            while wide < w // 2:
                wide *= 2
            while high < h // 2:
                high *= 2
            image = scaled(image, (high / h, wide / w), 2)
        y, x = size[0] / image.shape[0], size[1] / image.shape[1]
        while taps > 1 and (x < 0.5 or y < 0.5):
            half_y, half_x = 0.5 if y < 0.5 else 1.0, 0.5 if x < 0.5 else 1.0
            image = scaled(image, (half_y, half_x), 2)
            y, x = y / half_y, x / half_x
        return scaled(image, (y, x), taps)

    return resize


def _convolve_rows(image, target, weight, support):
    source = image.shape[0]
    scale = target / source
    factor = 1 / scale if scale < 1 and support / scale > 0.5 else 1.0
    width = support / scale if scale < 1 else support
    width = 0.500001 if scale < 1 and width <= 0.5 else width
    out = np.zeros((target, *image.shape[1:]), np.uint8)
    for i in range(target):
        taps = range(int(np.ceil(i / scale - width)), int(np.floor(i / scale + width)) + 1)
        weights = [weight((i / scale - j) / factor) / factor for j in taps]
        total = 0.0
        for w in weights:  # as Java adds; from Python 3.12 on sum() makes up for rounding
            total += w
        if scale < 1 and total not in (0, 1):
            weights = [w * (1 / total) for w in weights]
        at = [-j if j < 0 else 2 * source - 1 - j if j >= source else j for j in taps]
        at = [source - 1 if j < 0 else j % source for j in at]
        value = np.zeros(image.shape[1:])
        for j, w in zip(at, weights, strict=True):
            value = value + image[j] * w
        rounded = np.trunc(value) + np.where(np.abs(value - np.trunc(value)) >= 0.5, np.sign(value), 0)
        equal = np.all([image[j] == image[at[0]] for j in at], axis=0)
        out[i] = np.clip(np.where(equal, image[at[0]], rounded), 0, 255)
    return out


def twelvemonkeys(name):
    weight, support = FILTERS[name]

    def resize(image, size):
        if min(*image.shape[:2], *size) <= support:
            return twelvemonkeys_affine(2)(image, size)
        across = _convolve_rows(image.transpose(1, 0, 2), size[1], weight, support)
        return _convolve_rows(across.transpose(1, 0, 2), size[0], weight, support)

    return resize


_IMGSCALR = {
    "speed": nearest, "balanced": bilinear, "quality": imgscalr_steps(2), "ultra_quality": imgscalr_steps(7),
    "automatic": imgscalr_automatic,
}  # fmt: skip

REFERENCE = {
    "affine_op.nearest": affine(1),
    "affine_op.bilinear": affine(2),
    "affine_op.bicubic": affine(4),
    "halving.nearest": halving(nearest),
    "halving.bilinear": halving(bilinear),
    "halving.bicubic": halving(bicubic),
    "thumbnailator.default": thumbnailator,
    "thumbnailator.bilinear": bilinear,
    "thumbnailator.bicubic": bicubic,
    "thumbnailator.progressive": thumbnailator_progressive,
    **{f"imgscalr.{name}": method for name, method in _IMGSCALR.items()},
    **{f"imgscalr.{name}_antialias": antialias(method) for name, method in _IMGSCALR.items()},
    "twelvemonkeys.point": twelvemonkeys_affine(1),
    "twelvemonkeys.triangle": twelvemonkeys_affine(2),
    "twelvemonkeys.quadratic": twelvemonkeys_affine(4),
    **{f"twelvemonkeys.{name}": twelvemonkeys(name) for name in FILTERS},
}
