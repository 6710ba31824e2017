"""Counts per label."""

import numpy as np
import pyarrow as pa
import pytest

from robustfashion.data.check.balance import balance, class_counts
from robustfashion.data.check.factor import Factor, factor_of


def test_factor_of_texts_with_nulls_over_chunks():
    column = pa.chunked_array([["b", None, "a"], ["c", "b"], []], type=pa.string())
    found = factor_of("label", column)
    assert found.values == ("a", "b", "c") and found.codes.tolist() == [1, -1, 0, 2, 1]
    assert factor_of("label", column, "none").values == ("a", "b", "c", "none")
    assert factor_of("label", pa.chunked_array([[None, None]], type=pa.string())).codes.tolist() == [-1, -1]
    assert found.take(np.array([1, 3, 4])).values == ("b", "c")
    assert found.take(np.array([1, 3, 4])).codes.tolist() == [-1, 1, 0]


def test_balance():
    factor = Factor("sleeve_type", np.array([0] * 6 + [1] * 3 + [2] * 3 + [-1] * 5, np.int32), ("Long", "Short", "None"))
    found = balance(factor)
    assert (found.images, found.unlabelled, found.classes) == (12, 5, 3)
    assert found.smallest == ("Short", 3) and found.largest == ("Long", 6)
    shares = np.array([0.5, 0.25, 0.25])
    assert found.effective == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))
    even = balance(Factor("x", np.arange(8, dtype=np.int32) % 4, tuple("abcd")))
    assert even.effective == pytest.approx(4)


def test_class_counts_by_product_and_split():
    label = Factor("label", np.array([0, 1, 1, 1, -1], np.int32), ("a", "b"))
    split = Factor("split", np.array([0, 0, 1, -1, 1], np.int32), ("train", "test"))
    b, a = class_counts(label, np.array([7, 7, 7, 2, 3]), split)
    assert (b.value, b.images, b.products, b.share, b.by_split) == ("b", 3, 2, 0.75, (1, 1))
    assert (a.value, a.images, a.products, a.by_split) == ("a", 1, 1, (1, 0))
