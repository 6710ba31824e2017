"""Table 4: the paper's counts give its percentages."""

import pytest

from robustfashion.bench.table4 import cut_off, printed
from robustfashion.paper import TABLE_4


@pytest.mark.parametrize("line", [line for name, line in TABLE_4.items() if name != "resnet18-wd0.3"])
def test_the_papers_counts_give_its_percentages(line):
    assert cut_off(line.errors, line.answered) == f"{100 * line.error_share:.1f} %"
    assert cut_off(line.outlier_errors, line.answered) == f"{100 * line.outlier_error_share:.1f} %"


def test_one_line_of_the_paper_fits_no_number_of_answers():
    line = TABLE_4["resnet18-wd0.3"]
    fits = [n for n in range(line.errors, 778) if cut_off(line.errors, n) == "5.9 %" and round(1000 * n / 777) == 793]
    assert not fits


def test_nothing_answered_has_no_percentage():
    assert cut_off(0, 0) == "n/a"


def test_the_papers_lines():
    lines = {line.name: line for line in printed()}
    assert list(lines)[1:] == [
        "resnet18, weight decay 0.3", "resnet18, weight decay 0.5", "resnet18, weight decay 1", "resnet50 + validator",
    ]  # fmt: skip
    assert lines["resnet50"].answered == 637 and lines["resnet50"].risk.value == 47 / 637
