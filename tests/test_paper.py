"""The paper's figures against sums and shares that they must give."""

import subprocess
import sys

import pytest

from robustfashion import paper, taxonomy


def test_tables_1_and_3_are_the_fourteen_classifiers():
    assert list(paper.TABLE_1) == list(taxonomy.attributes())
    assert list(paper.TABLE_3) == list(taxonomy.PRODUCT_TYPES)
    assert all(line.classes == 2 and line.tags_updated is None for line in paper.TABLE_3.values())


def test_tags_sum_to_18_million():
    tags = [line.tags_updated for line in paper.TABLE_1.values() if line.tags_updated is not None]
    assert len(tags) == 5 and sum(tags) == 18_122_897
    assert round(sum(tags), -6) == paper.TAGGED


def test_classes_sum_to_51():
    assert sum(line.classes for line in paper.TABLE_1.values()) == 51


@pytest.mark.parametrize("table", [paper.TABLE_1, paper.TABLE_3])
def test_accuracies_have_the_printed_digits(table):
    for line in table.values():
        assert line.accuracy == pytest.approx(round(line.accuracy, 4), abs=1e-12) and 0.85 < line.accuracy < 1
    assert pytest.approx(0.5 * 1e-4) == paper.TABLE_1_ROUNDING


def test_table_2_has_the_printed_digits():
    figures = [figure for line in paper.TABLE_2.values() for figure in (line.java, line.python)]
    assert figures == [0.83, 0.98, 0.93, 0.99, 0.98, 0.98, 0.98, 0.98]
    assert pytest.approx(0.5 * 1e-2) == paper.TABLE_2_ROUNDING
    assert [round(line.change, 2) for line in paper.TABLE_2.values()] == [-0.15, -0.06, 0, 0]


def test_gains_are_those_of_the_three_transfer_models():
    assert paper.TRANSFER_GAINS == {"sleeve_type": 0.01, "neck_style": 0.02, "display_type": 0.02}


def test_table_4_answers():
    """Images answered, as the study of the paper's own numbers derived them."""
    assert [line.answered for line in paper.TABLE_4.values()] == [637, 616, 559, 429, 587]


@pytest.mark.parametrize("line", paper.TABLE_4.values(), ids=paper.TABLE_4)
def test_table_4_percentages_follow_from_its_counts(line):
    """To a unit of the last printed digit and a bit: the paper cuts digits off, and its second line does not add up exactly."""
    for count, printed in ((line.errors, line.error_share), (line.outlier_errors, line.outlier_error_share)):
        assert printed <= count / line.answered < printed + 0.0011
    assert line.outlier_errors < line.errors


def _fits(line, images):
    """Whether some number of answers among ``images`` gives the line's three percentages, digits cut off."""
    wanted = [round(1000 * share) for share in (line.coverage, line.error_share, line.outlier_error_share)]
    return any(
        [1000 * n // images, 1000 * line.errors // n, 1000 * line.outlier_errors // n] == wanted for n in range(1, images + 1)
    )


def test_what_is_said_of_table_4_is_so():
    second = paper.TABLE_4["resnet18-wd0.3"]
    assert not any(
        0.7925 <= n / 777 < 0.7940 and second.error_share <= second.errors / n < second.error_share + 0.001 for n in range(1, 778)
    )
    assert all(_fits(line, 778) for line in paper.TABLE_4.values())


def test_module_stands_below_everything():
    code = "import sys, robustfashion.paper; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
