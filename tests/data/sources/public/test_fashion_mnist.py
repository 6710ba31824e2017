import gzip

import numpy as np
import pytest

from robustfashion.data.sources.public import import_public
from robustfashion.data.sources.public.fashion_mnist import read_idx
from robustfashion.errors import InputError
from robustfashion.pictures.reading import decode_file
from tests.data.sources.public import miniatures


def test_written_pictures_are_the_pixels(tmp_path):
    miniatures.fashion_mnist(tmp_path / "set")
    import_public("fashion-mnist", tmp_path / "set", tmp_path / "out")
    pixels = read_idx(tmp_path / "set" / "train-images-idx3-ubyte.gz", 3)
    assert pixels.shape == (7, 28, 28) and len({image.tobytes() for image in pixels}) == 7
    for k, wanted in enumerate(pixels):
        found = decode_file(tmp_path / "out" / "images" / "train" / f"{k:05}.png")
        np.testing.assert_array_equal(found, np.repeat(wanted[:, :, None], 3, axis=2))


def test_an_interrupted_export_goes_on(tmp_path):
    miniatures.fashion_mnist(tmp_path / "set")
    import_public("fashion-mnist", tmp_path / "set", tmp_path / "out")
    lost = tmp_path / "out" / "images" / "train" / "00003.png"
    before = lost.read_bytes()
    lost.unlink()
    import_public("fashion-mnist", tmp_path / "set", tmp_path / "out")
    assert lost.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data[:-5], "values where its header states 5488"),
        (lambda data: b"\0\0\x0d\3" + data[4:], "not an IDX file of bytes with 3 dimensions"),
        (lambda data: data[:9], "not an IDX file"),
    ],
)
def test_damaged_idx(change, message, tmp_path):
    miniatures.fashion_mnist(tmp_path / "set")
    file = tmp_path / "set" / "train-images-idx3-ubyte.gz"
    file.write_bytes(gzip.compress(change(gzip.decompress(file.read_bytes()))))
    with pytest.raises(InputError, match=message):
        import_public("fashion-mnist", tmp_path / "set", tmp_path / "out")
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(InputError, match="fetch it again"):
        import_public("fashion-mnist", tmp_path / "set", tmp_path / "out")
    file.unlink()
    with pytest.raises(InputError, match="without its images or labels"):
        import_public("fashion-mnist", tmp_path / "set", tmp_path / "out")


def test_other_numbers_of_pictures_and_labels(tmp_path):
    miniatures.fashion_mnist(tmp_path / "set")
    labels = tmp_path / "set" / "train-labels-idx1-ubyte"
    labels.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 1, 1]))
    with pytest.raises(InputError, match="7 pictures, but train-labels-idx1-ubyte has 2 labels"):
        import_public("fashion-mnist", tmp_path / "set", tmp_path / "out")
