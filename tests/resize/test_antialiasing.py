"""Which methods alias: told by gratings that are finer than the result can hold."""

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.resize import METHODS, is_antialiased, resize

SOURCE, TARGET = 512, 64
FREQUENCIES = (0.6, 0.7, 0.8, 0.9)
"""Cycles per new pixel; above 0.5 the new picture cannot hold them."""


def gratings() -> np.ndarray:
    """Vertical stripes in bands, one for each frequency: uint8 [512, 512, 3]."""
    places = np.arange(SOURCE) * TARGET / SOURCE
    bands = [np.round(128 + 100 * np.sin(2 * np.pi * (frequency * places + frequency**2))) for frequency in FREQUENCIES]
    stripes = np.repeat(np.stack(bands).astype(np.uint8), SOURCE // len(FREQUENCIES), axis=0)
    return np.ascontiguousarray(np.repeat(stripes[:, :, None], 3, axis=2))


def passed(method: str) -> float:
    """Share of a grating's contrast that is left, mean over frequencies, away from the borders of bands and picture."""
    small = resize(gratings(), (TARGET, TARGET), method)[:, 16:-16, 0].astype(np.float64)
    bands = small.reshape(len(FREQUENCIES), -1, small.shape[1])[:, 6:-6]
    return float(np.mean(bands.std(axis=2)) * np.sqrt(2) / 100)


@pytest.mark.parametrize("method", METHODS)
def test_gratings_above_the_limit_tell(method):
    if is_antialiased(method):
        assert passed(method) < 0.55
    else:
        assert passed(method) > 0.7


def test_options_behind_the_method_do_not_count():
    assert not is_antialiased("java2d.bilinear+java_jpeg0.75@canvas")
    assert is_antialiased("pillow.bilinear+jpeg75")


def test_an_unknown_method_is_refused():
    with pytest.raises(InputError, match=r"unknown resize method 'java2d\.linear'"):
        is_antialiased("java2d.linear")
