"""Words of a suite's report, kept as data in its ``documentation.yaml``."""

from importlib import resources

import yaml


def read_documentation(package: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Title, question, and (term, how it is computed and where it comes from) of the suite in a package."""
    text = yaml.safe_load(resources.files(package).joinpath("documentation.yaml").read_text(encoding="utf-8"))
    return text["title"], text["question"], tuple((entry["term"], entry["text"]) for entry in text["methods"])
