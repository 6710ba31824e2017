"""Machine code: kept where there is room, made anew where there is none."""

import pytest

from robustfashion import machine_code


def _refusing(message):
    def njit(signature, cache=False, **options):
        if cache:
            raise RuntimeError(message)
        return lambda function: (function, signature, options)

    return njit


def test_works_without_a_place_for_machine_code(monkeypatch):
    monkeypatch.setattr(machine_code, "njit", _refusing("cannot cache function 'kernel': no locator available for file 'x'"))
    assert machine_code.kept(len, "void()", nogil=True) == (len, "void()", {"nogil": True})


def test_another_trouble_is_not_hidden(monkeypatch):
    monkeypatch.setattr(machine_code, "njit", _refusing("out of registers"))
    with pytest.raises(RuntimeError, match="out of registers"):
        machine_code.kept(len)


def test_the_function_is_compiled():
    double = machine_code.kept(_double, nogil=True)
    assert double(21) == 42 and double.signatures


def _double(x):
    return x + x
