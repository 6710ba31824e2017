import cv2
import numpy as np
import pytest
from scipy.fft import idctn
from scipy.stats import spearmanr

from robustfashion.data.preprocess import pad_white
from robustfashion.data.synthetic import SyntheticSettings, render, sample_spec
from robustfashion.resize import resize
from robustfashion.spectrum import WHITE, aliased_energy, fine_detail, fine_details

H, W = 90, 120


def grey(values):
    return np.repeat(np.rint(values).astype(np.uint8)[..., None], 3, axis=2)


def grating(down, across, amplitude=60.0, mean=120.0, height=H, width=W):
    """A wave of so many cycles per px down and across."""
    y, x = np.mgrid[0:height, 0:width]
    return grey(mean + amplitude * np.cos(2 * np.pi * (down * (y + 0.5) + across * (x + 0.5))))


@pytest.mark.parametrize(
    ("down", "across", "size", "above"),
    [
        (0.20, 0.0, (45, 60), False),  # both grids carry 0.25 cycles per px
        (0.30, 0.0, (45, 60), True),
        (0.0, 0.20, (45, 60), False),
        (0.0, 0.30, (45, 60), True),
        (0.20, 0.20, (45, 60), False),  # 0.28 along the diagonal: a rectangle of frequencies, not a disc
        (0.0, 0.30, (45, 96), False),  # 0.4 across, 0.25 down
        (0.30, 0.0, (45, 96), True),
        (0.30, 0.0, (72, 60), False),
        (0.45, 0.0, (90, 120), False),  # nothing is reduced
        (0.45, 0.45, (180, 200), False),  # enlarged
    ],
)
def test_gratings_on_either_side_of_the_limit(down, across, size, above):
    image = grating(down, across)
    rms = 60 / np.sqrt(2)
    if above:
        assert aliased_energy(image, size) > 0.97
        assert fine_detail(image, size) == pytest.approx(rms, rel=0.03)
    else:
        assert aliased_energy(image, size) < 0.03
        assert fine_detail(image, size) < 0.17 * rms


def test_rounding_alone_is_hardly_any_detail():
    assert fine_detail(grating(0.05, 0.0), (45, 60)) < 0.5


@pytest.mark.parametrize("shape", [(9, 14), (8, 13), (11, 11)])
def test_brute_force_transform_of_the_mirrored_picture(shape):
    image = np.random.default_rng(5).integers(0, WHITE - 1, (*shape, 3)).astype(np.uint8)
    size = (5, 6)
    luma = image @ np.array([0.299, 0.587, 0.114])
    mirrored = np.block([[luma, luma[:, ::-1]], [luma[::-1], luma[::-1, ::-1]]])
    n, m = mirrored.shape
    down = np.exp(-2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n)
    across = np.exp(-2j * np.pi * np.outer(np.arange(m), np.arange(m)) / m)
    power = np.abs(down @ mirrored @ across) ** 2
    power[0, 0] = 0
    limits = [target / (2 * whole) for target, whole in zip(size, shape, strict=True)]
    frequencies = [np.abs(np.fft.fftfreq(k)) for k in (n, m)]
    high = (frequencies[0][:, None] > limits[0] + 1e-12) | (frequencies[1][None, :] > limits[1] + 1e-12)
    assert aliased_energy(image, size) == pytest.approx(power[high].sum() / power.sum(), rel=1e-5)
    assert fine_detail(image, size) == pytest.approx(np.sqrt(power[high].sum() / power.sum() * luma.var()), rel=1e-5)


def test_all_frequencies_together_are_the_variance():
    image = np.random.default_rng(6).integers(0, 200, (H, W, 3)).astype(np.uint8)
    luma = image @ np.array([0.299, 0.587, 0.114])
    # A grid of 1 x 1 px carries the mean and the slowest wave on either axis, hence what is left beside three coefficients.
    share, detail = aliased_energy(image, (1, 1)), fine_detail(image, (1, 1))
    assert share == pytest.approx(1.0, abs=1e-3)
    assert detail**2 == pytest.approx(share * luma.var(), rel=1e-5)
    low, all_of_it = fine_detail(image, (30, 40)) ** 2, luma.var()
    assert low / all_of_it == pytest.approx(aliased_energy(image, (30, 40)), rel=1e-5)
    assert low / all_of_it == pytest.approx(1 - 1 / 9, abs=0.02)  # white noise: the share of frequencies


def test_brightness_does_not_matter_and_contrast_scales():
    image = np.random.default_rng(7).integers(60, 100, (H, W, 1)).repeat(3, axis=2).astype(np.uint8)
    for size in ((45, 60), (33, 70)):
        assert fine_detail(image + 100, size) == pytest.approx(fine_detail(image, size), rel=1e-5)
        assert fine_detail((image - 60) * 3, size) == pytest.approx(3 * fine_detail(image, size), rel=1e-5)
        assert aliased_energy((image - 60) * 3, size) == pytest.approx(aliased_energy(image, size), rel=1e-5)
        assert fine_detail(image[::-1, ::-1], size) == pytest.approx(fine_detail(image, size), rel=1e-5)


def test_axes_are_told_apart():
    image = np.random.default_rng(8).integers(0, 200, (H, W, 3)).astype(np.uint8)
    turned = np.ascontiguousarray(image.transpose(1, 0, 2))
    assert fine_detail(turned, (30, 80)) == pytest.approx(fine_detail(image, (80, 30)), rel=1e-5)
    assert fine_detail(turned, (80, 30)) != pytest.approx(fine_detail(image, (80, 30)), rel=1e-3)


@pytest.mark.parametrize("place", [(0, 0), (40, 17), (110, 80)])
def test_white_around_does_not_dilute(place):
    """The same limit in cycles per px: twice as many px all around, twice as large a grid."""
    image = grating(0.30, 0.1, mean=130)
    canvas = np.full((2 * H + 20, 2 * W - 40, 3), 255, np.uint8)
    canvas[place[0] : place[0] + H, place[1] : place[1] + W] = image
    half = (canvas.shape[0] // 2, canvas.shape[1] // 2)
    assert fine_detail(canvas, half) == pytest.approx(fine_detail(image, (H // 2, W // 2)), rel=1e-4)
    grainy = np.where(canvas == 255, np.random.default_rng(1).integers(WHITE + 6, 256, canvas.shape), canvas).astype(np.uint8)
    assert fine_detail(grainy, half) == pytest.approx(fine_detail(image, (H // 2, W // 2)), rel=1e-4)


def test_a_prime_box_grows_within_the_canvas():
    noise = np.random.default_rng(2).integers(0, 200, (101, 103, 3)).astype(np.uint8)
    for top, left in ((0, 0), (19, 27), (8, 3)):
        canvas = np.full((120, 130, 3), 255, np.uint8)
        canvas[top : top + 101, left : left + 103] = noise
        assert fine_detail(canvas, (60, 65)) == pytest.approx(fine_detail(noise, (50, 51)), rel=0.03)
    assert 0 < fine_detail(noise, (50, 51)) < noise.std()


def test_blur_takes_it_away():
    image = np.random.default_rng(3).integers(0, 200, (H, W, 3)).astype(np.uint8)
    blurred = cv2.GaussianBlur(image, (0, 0), 3.0)
    assert fine_detail(blurred, (45, 60)) < 0.02 * fine_detail(image, (45, 60))


@pytest.mark.parametrize("method", ["java2d.bilinear", "java2d.nearest"])
def test_it_tells_how_much_an_aliasing_method_will_differ(method):
    settings = SyntheticSettings(seed=7, long_side_px=(250, 250))
    images = [pad_white(render(sample_spec(7, k, settings)), 250) for k in range(30)]
    differences = []
    for image in images:
        one, two = (resize(image, (112, 112), name).astype(float) for name in (method, "pillow.bilinear"))
        inside = (two < WHITE).any(axis=2)
        differences.append(np.sqrt(((one - two)[inside] ** 2).mean()))
    assert spearmanr(fine_details(images, (112, 112)), differences).statistic > 0.8


def test_pictures_of_one_colour():
    for level in (0, 127, 255):
        image = np.full((7, 9, 3), level, np.uint8)
        assert (aliased_energy(image, (3, 4)), fine_detail(image, (3, 4))) == (0.0, 0.0)


def test_many_at_once_are_as_one_by_one():
    images = [grating(0.3, 0.0, amplitude=a, height=40 + a, width=50) for a in (10, 37, 60)]
    np.testing.assert_array_equal(fine_details(images, (20, 25)), [fine_detail(image, (20, 25)) for image in images])
    assert fine_details([], (20, 25)).shape == (0,)


@pytest.mark.parametrize(
    ("image", "size", "message"),
    [
        (np.zeros((5, 6), np.uint8), (2, 2), r"not uint8 \[5, 6\]"),
        (np.zeros((5, 6, 3), np.float32), (2, 2), "not float32"),
        (np.zeros((0, 6, 3), np.uint8), (2, 2), r"\[0, 6, 3\]"),
        (np.zeros((5, 6, 3), np.uint8), (0, 2), r"size is \(0, 2\)"),
    ],
)
def test_refusals(image, size, message):
    with pytest.raises(ValueError, match=message):
        fine_detail(image, size)


def test_transform_is_its_own_oracle_at_one_coefficient():
    """One wave of the transform, exactly: its energy lies above the limit or below it, to the last digit that rounding leaves."""
    for k, above in ((44, False), (46, True)):  # 45 / (2 * 90) is the limit of 45 px
        coefficients = np.zeros((H, W))
        coefficients[k, 0] = 4000
        image = grey(120 + idctn(coefficients, norm="ortho"))
        assert aliased_energy(image, (45, 60)) == pytest.approx(float(above), abs=1e-3)
