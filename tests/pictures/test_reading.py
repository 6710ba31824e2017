"""Reading pictures: bytes once, pixels, or a refusal with its reason."""

import hashlib

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.pictures import reading
from robustfashion.pictures.decode import Decode, decode_bytes
from robustfashion.pictures.reading import Refusal, attempt, decode_file, read_picture
from tests.data.images import encoded, picture, put


def test_bytes_are_read_once_and_decoded_as_asked(tmp_path, monkeypatch):
    path = put(tmp_path / "a.jpg", 200, 120)
    data = path.read_bytes()
    read = []
    real = reading.read_bytes
    monkeypatch.setattr(reading, "read_bytes", lambda location: (read.append(location), real(location))[1])
    found = read_picture(path)
    assert (found.location, found.data, found.sha256) == (str(path), data, hashlib.sha256(data).hexdigest())
    np.testing.assert_array_equal(found.decode(), decode_bytes(data))
    np.testing.assert_array_equal(found.decode(Decode(draft=30)), decode_bytes(data, Decode(draft=30)))
    assert found.decode(Decode(draft=30)).shape != found.decode().shape
    assert read == [str(path)]
    np.testing.assert_array_equal(decode_file(path), decode_bytes(data))


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("empty.jpg", b"", "zero bytes"),
        ("cut: in two.jpg", encoded(picture(90, 80))[:900], "damaged JPEG: its data ends early"),
        ("text.png", b"<html>", "text, not an image"),
    ],
)
def test_errors_keep_where_and_why_apart(tmp_path, name, data, why):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as error:
        decode_file(path)
    assert error.value.where == str(path)
    assert error.value.why.startswith(why)
    assert str(error.value) == f"{path}: {error.value.why}"
    refusal = attempt(path, lambda found: found.decode())
    assert refusal == Refusal(error.value.why, hashlib.sha256(data).hexdigest())


def test_unreadable_files_have_no_hash(tmp_path):
    assert attempt(tmp_path / "gone.jpg", lambda found: found.decode()) == Refusal("file not found", None)
    with pytest.raises(InputError) as error:
        read_picture("nosuch://a.jpg")
    assert error.value.where == "nosuch://a.jpg"
    assert attempt("nosuch://a.jpg", lambda found: found.sha256) == Refusal(error.value.why, None)


def test_attempt_gives_what_is_made_and_lets_bugs_through(tmp_path):
    path = put(tmp_path / "a.png", 5, 7)
    assert attempt(path, lambda found: found.decode().shape) == (5, 7, 3)
    with pytest.raises(ZeroDivisionError):
        attempt(path, lambda _: 1 // 0)
