"""Words of the check's report, kept as data in ``documentation.yaml``."""

from importlib import resources

import yaml

_TEXT = yaml.safe_load(resources.files("robustfashion.bench.check").joinpath("documentation.yaml").read_text(encoding="utf-8"))

TITLE: str = _TEXT["title"]
QUESTION: str = _TEXT["question"]
METHODS_TEXT: tuple[tuple[str, str], ...] = tuple((entry["term"], entry["text"]) for entry in _TEXT["methods"])
"""(term, how it is computed and where it comes from)."""
