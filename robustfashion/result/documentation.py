"""Words of a suite's report, kept as data in its ``documentation.yaml``."""

from dataclasses import dataclass
from importlib import resources

import yaml


@dataclass(frozen=True)
class Documentation:
    """What a suite says about itself."""

    title: str
    question: str
    """That the suite answers, in the user's words."""
    glossary: tuple[tuple[str, str], ...]
    """(term, how it is computed and where it comes from)."""


def read_documentation(package: str) -> Documentation:
    """The words of the suite in a package."""
    text = yaml.safe_load(resources.files(package).joinpath("documentation.yaml").read_text(encoding="utf-8"))
    return Documentation(text["title"], text["question"], tuple((entry["term"], entry["text"]) for entry in text["glossary"]))
