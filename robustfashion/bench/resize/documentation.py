"""Words of the resize suite's report, kept as data in ``documentation.yaml``."""

from robustfashion.result import read_documentation

TITLE, QUESTION, METHODS_TEXT = read_documentation("robustfashion.bench.resize")
