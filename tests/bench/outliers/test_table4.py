"""Table 4: the paper's counts give its percentages; our counts are those of the tables."""

import numpy as np
import pytest

from robustfashion.bench.outliers.study import (
    Gate,
    OutlierStudy,
    Subject,
    checked_noisy,
    halves,
    joined,
    levels_of,
    tag_rows,
    validators_of,
)
from robustfashion.bench.outliers.table4 import counts, table4
from robustfashion.decisions import Thresholds
from robustfashion.errors import InputError
from tests.bench.outliers.samples import table, validator, whole


def subject(gate=True):
    of = whole()
    noisy = of.in_split("test")
    rows = [of.ids.index(name) for name in noisy.ids]
    said = validator(of).take(rows)
    gates = Gate((("watch",),), {"watch": 0.5}, {"watch": said}) if gate else None
    calibration = of.in_split("validation")
    return Subject("net", 0, of.in_split("train"), calibration, noisy, noisy.take([]), Thresholds(0.85, rule="by hand"), gates)


def test_counts_alone_and_behind_the_validator():
    of = subject()
    alone, behind = counts(of.case, of.alone), counts(of.case, of.gated)
    assert (alone.pictures, alone.answered, alone.errors, alone.outlier_errors) == (140, 80, 20, 20)
    assert (behind.answered, behind.errors, behind.outlier_errors) == (60 - 5 + 1, 1, 1)
    assert alone.risk.value == 20 / 80 and alone.risk.n == 80 and alone.risk.low < 0.25 < alone.risk.high


def test_the_table_holds_our_lines_and_the_papers():
    found = table4(OutlierStudy("display_type", (subject(),)))
    assert [row[1] for row in found.rows] == ["here", "here"] + ["the paper"] * 5
    assert found.rows[0][6] == "25.0 %" and found.rows[2][6] == "7.3 %"


def test_halves_share_no_product_and_divide_both_kinds():
    products = [f"p{i // 2}" for i in range(80)]
    outlier = np.arange(80) >= 60
    first, second = halves(products, outlier, 3)
    assert sorted([*first, *second]) == list(range(80))
    assert not {products[i] for i in first} & {products[i] for i in second}
    assert outlier[first].sum() == outlier[second].sum() == 10


def test_of_one_label_against_the_rest_only_that_label_is_a_tag():
    of = table([0, 1, 1, 0], [0.9] * 4, [0, 1, 0, 1], features=False, classes=("other", "dress"))
    assert tag_rows(of).tolist() == [1, 2]
    assert len(tag_rows(table([0, 1], [0.9, 0.9], [0, 1]))) == 2


def test_joined_tables_keep_every_row():
    first, second = table([0], [0.9], [0]), table([1, 2], [0.8, 0.7], [-1, -1], kinds=("far/noise",) * 2, first=1)
    both = joined(first, second)
    assert both.ids == ("p0", "p1", "p2") and both.outlier_kinds == (None, "far/noise", "far/noise")
    assert joined(first, second.take([])).ids == ("p0",)


def test_a_noisy_set_needs_ordinary_pictures_with_labels():
    with pytest.raises(InputError, match="outliers only"):
        checked_noisy(table([0], [0.9], [0], kinds=("far/noise",)), "x")
    with pytest.raises(InputError, match="have no label"):
        checked_noisy(table([0, 1], [0.9, 0.9], [0, -1]), "x")
    kept = checked_noisy(table([0, 1], [0.9, 0.9], [0, 1], kinds=(None, "far/noise")), "x")
    assert kept.labels.tolist() == [0, -1], "what an outlier is filed under is no label"


def test_levels_follow_from_the_validators_that_there_are():
    assert validators_of("sandal_style") == ("shoe", "sandal") and validators_of("dress") == ()
    assert levels_of("sandal_style", ("sandal", "shoe")) == (("shoe",), ("sandal",))
    assert levels_of("boot_style", ("boot",)) == (("boot",),), "what passes a boot validator is a shoe"
    assert levels_of("sleeve_type", ("dress", "top")) == (("top", "dress"),)
    assert levels_of("dress", ("top", "skirt")) == (("top", "skirt"),)
