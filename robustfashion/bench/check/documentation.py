"""Words of the check suite's report, kept as data in ``documentation.yaml``."""

from robustfashion.bench.documentation import read_documentation

TITLE, QUESTION, METHODS_TEXT = read_documentation("robustfashion.bench.check")
