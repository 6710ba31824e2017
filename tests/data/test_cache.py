"""Where the cache lies."""

from pathlib import Path

from robustfashion.data.cache import cache_root


def test_first_the_own_variable_then_the_desktop_standard_then_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/xdg")
    monkeypatch.setenv("ROBUSTFASHION_CACHE", "~/own")
    assert cache_root() == Path("/home/me/own")
    monkeypatch.delenv("ROBUSTFASHION_CACHE")
    assert cache_root() == Path("/var/xdg/robustfashion")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert cache_root() == Path("/home/me/.cache/robustfashion")
