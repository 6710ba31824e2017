"""Words of a suite, kept beside its code."""

import pytest

from robustfashion.result import read_documentation


@pytest.mark.parametrize(
    "package", ["robustfashion.bench.resize", "robustfashion.bench.accuracy", "robustfashion.data.check.report"]
)
def test_every_suite_says_what_it_asks_and_how(package):
    title, question, methods = read_documentation(package)
    assert title and question.endswith("?") and len(methods) > 5
    assert len({term for term, _ in methods}) == len(methods) and all(text for _, text in methods)
