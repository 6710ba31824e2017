"""Words of a suite, kept beside its code."""

import pytest

from robustfashion.result import read_documentation


@pytest.mark.parametrize(
    "package", ["robustfashion.bench.resize", "robustfashion.bench.accuracy", "robustfashion.data.check.report"]
)
def test_every_suite_says_what_it_asks_and_how(package):
    found = read_documentation(package)
    assert found.title and found.question.endswith("?") and len(found.glossary) > 5
    assert len({term for term, _ in found.glossary}) == len(found.glossary) and all(text for _, text in found.glossary)
