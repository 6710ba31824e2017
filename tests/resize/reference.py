"""Java's resizers written straight from their formulas, pixel by pixel in Python: slow, and independent of the kernels."""

from math import ceil, floor

import numpy as np

F = np.float32


def _clip(value, low, high):
    return max(low, min(high, value))


def nearest(image, size):
    sh, sw, dh, dw = *image.shape[:2], *size
    if (sh, sw) == (dh, dw):
        return image.copy()
    bits = len(f"{sw | sh:b}")
    shift = 31 - bits
    one = 2**shift
    scale_x, scale_y = (sw / dw) * one, (sh / dh) * one
    smaller = min(int(scale_x), int(scale_y))
    tile = 1
    if smaller:
        k = shift
        while 2**k > smaller:
            k -= 1
        tile = 2 ** (k - 8 if k >= 16 else k // 2)

    def index(d, scale):
        start = d // tile * tile
        return (ceil((start + 0.5) * scale - 0.5) + int(scale) * (d - start)) // one

    result = np.zeros((dh, dw, 3), np.uint8)
    for y in range(dh):
        for x in range(dw):
            if index(y, scale_y) < sh and index(x, scale_x) < sw:
                result[y, x] = image[index(y, scale_y), index(x, scale_x)]
    return result


def replicate(image, size):
    sh, sw, dh, dw = *image.shape[:2], *size
    rows = [(2 * y * sh + sh) // (2 * dh) for y in range(dh)]
    columns = [(2 * x * sw + sw) // (2 * dw) for x in range(dw)]
    return np.array([[image[y, x] for x in columns] for y in rows], np.uint8)


def _position(d, source, target):
    scale = target / source
    inverse = 1.0 / scale
    q = int((inverse * 0.5) * 2.0**32) + d * int(inverse * 2.0**32) - 2**31
    return q // 2**32, q // 2**24 % 256


def bilinear(image, size):
    sh, sw, dh, dw = *image.shape[:2], *size
    if (sh, sw) == (dh, dw):
        return image.copy()
    source = image.astype(int)
    result = np.zeros((dh, dw, 3), np.uint8)
    for y in range(dh):
        i, fy = _position(y, sh, dh)
        y0, y1 = _clip(i, 0, sh - 1), _clip(i + 1, 0, sh - 1)
        for x in range(dw):
            j, fx = _position(x, sw, dw)
            x0, x1 = _clip(j, 0, sw - 1), _clip(j + 1, 0, sw - 1)
            top = source[y0, x0] * 256 + (source[y0, x1] - source[y0, x0]) * fx
            bottom = source[y1, x0] * 256 + (source[y1, x1] - source[y1, x0]) * fx
            result[y, x] = (top * 256 + (bottom - top) * fy + 32768) // 65536
    return result


def _catmull_rom():
    table = {}
    for n in range(384):
        x = n / 256
        value = 1.5 * x**3 - 2.5 * x**2 + 1 if n < 256 else -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
        table[n] = int(256 * value)
    table[384] = (256 - 2 * table[128]) // 2
    for n in range(385, 513):
        table[n] = 256 - table[512 - n] - table[n - 256] - table[768 - n]
    return table


TABLE = _catmull_rom()


def bicubic(image, size):
    sh, sw, dh, dw = *image.shape[:2], *size
    if (sh, sw) == (dh, dw):
        return image.copy()
    source = image.astype(int)
    result = np.zeros((dh, dw, 3), np.uint8)
    for y in range(dh):
        i, fy = _position(y, sh, dh)
        for x in range(dw):
            j, fx = _position(x, sw, dw)
            total = np.full(3, 32768)
            for k in range(-1, 3):
                for m in range(-1, 3):
                    pixel = source[_clip(i + k, 0, sh - 1), _clip(j + m, 0, sw - 1)]
                    total += pixel * TABLE[abs(k * 256 - fy)] * TABLE[abs(m * 256 - fx)]
            result[y, x] = np.clip(total // 65536, 0, 255)
    return result


def _walk(source, target):
    """(source pixel, target pixel, overlap) in order: each source pixel is ``target`` long, each target pixel ``source``."""
    found = []
    s = t = 0
    left_of_s, left_of_t = target, source
    while t < target:
        amount = min(left_of_s, left_of_t)
        found.append((s, t, amount))
        left_of_s -= amount
        left_of_t -= amount
        if left_of_s == 0:
            s, left_of_s = s + 1, target
        if left_of_t == 0:
            t, left_of_t = t + 1, source
    return found


def smooth(image, size):
    sh, sw, dh, dw = *image.shape[:2], *size
    source = image.astype(F)
    sums = np.zeros((dh, dw, 3), F)
    alpha = np.zeros((dh, dw), F)
    columns = _walk(sw, dw)
    for sy, ty, amount_y in _walk(sh, dh):
        for sx, tx, amount_x in columns:
            weight = F(amount_x) * F(amount_y)
            sums[ty, tx] += weight * source[sy, sx]
            alpha[ty, tx] += weight * F(255)
    area = F(sw) * F(sh)
    result = np.zeros((dh, dw, 3), np.uint8)
    for y in range(dh):
        for x in range(dw):
            a = _clip(floor(float(alpha[y, x] / area) + 0.5), 0, 255)
            divisor = alpha[y, x] / F(255) if 0 < a < 255 else area
            for c in range(3):
                colour = _clip(floor(float(sums[y, x, c] / divisor) + 0.5), 0, 255)
                result[y, x, c] = colour if a == 255 else (a * 65793 * colour + 2**23) >> 24
    return result


REFERENCE = {
    "java2d.nearest": nearest,
    "java2d.bilinear": bilinear,
    "java2d.bicubic": bicubic,
    "java_image.smooth": smooth,
    "java_image.replicate": replicate,
}
