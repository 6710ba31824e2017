"""Where the cache lies."""

from pathlib import Path

import pytest

from robustfashion.data.cache import cache_root, usable_cache
from robustfashion.errors import InputError


def test_first_the_own_variable_then_the_desktop_standard_then_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/xdg")
    monkeypatch.setenv("ROBUSTFASHION_CACHE", "~/own")
    assert cache_root() == Path("/home/me/own")
    monkeypatch.delenv("ROBUSTFASHION_CACHE")
    assert cache_root() == Path("/var/xdg/robustfashion")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert cache_root() == Path("/home/me/.cache/robustfashion")


def _no_home():
    raise RuntimeError("Could not determine home directory.")


def test_a_user_without_a_home(monkeypatch):
    """A container's user that no one has named."""
    for name in ("ROBUSTFASHION_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", _no_home)
    with pytest.raises(InputError, match="no home folder for the cache; name a folder by ROBUSTFASHION_CACHE"):
        usable_cache()


@pytest.mark.parametrize("below", ["", "cache", "a/b"])
def test_a_cache_that_cannot_be_written_to(below, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    place = tmp_path / "file" / below
    monkeypatch.setenv("ROBUSTFASHION_CACHE", str(place))
    for given in (None, place):
        with pytest.raises(InputError) as found:
            usable_cache(given)
        text = str(found.value)
        assert text.startswith(f"{place}: the cache cannot be written ({tmp_path / 'file'} is a file"), text
        assert "by ROBUSTFASHION_CACHE" in text


def test_a_cache_that_can_be_made_is_not_made(tmp_path):
    assert usable_cache(tmp_path / "a" / "b") == tmp_path / "a" / "b" and not list(tmp_path.iterdir())
