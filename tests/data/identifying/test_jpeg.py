"""What a lossless picture shows of a JPEG that it went through."""

import numpy as np
import pytest

from robustfashion.data.identifying.jpeg import COMMON_ENCODINGS, hidden_encodings
from robustfashion.resize.reencode import JpegEncoding, reencode


@pytest.fixture(scope="module")
def soft():
    """Noise without values near 0 and 255."""
    grain = np.random.default_rng(2).normal(0, 25, (120, 96, 3)).cumsum(axis=0) / 4
    return np.clip(128 + grain, 20, 235).astype(np.uint8)


@pytest.mark.parametrize("encoding", COMMON_ENCODINGS)
def test_the_grid_of_a_jpeg_is_seen(soft, encoding):
    found = hidden_encodings(reencode(soft, JpegEncoding.parse(encoding)))
    assert encoding in found and len(found) < len(COMMON_ENCODINGS)


def test_no_grid_where_there_was_no_jpeg(soft):
    assert not {"jpeg75", "jpeg80", "jpeg85", "java_jpeg0.75"} & set(hidden_encodings(soft))


def test_too_little_to_tell(soft):
    assert hidden_encodings(soft[:30, :20]) == list(COMMON_ENCODINGS)
    assert hidden_encodings(np.full((64, 64, 3), 255, np.uint8)) == list(COMMON_ENCODINGS)
