"""Which claims a study can speak to, and what they say; the rules themselves are tested in ``test_verdicts``."""

from dataclasses import replace

import pytest

from robustfashion.bench.resize import claims as c
from robustfashion.bench.resize.measures import table2
from tests.bench.resize.samples import study


def test_claims_of_a_study():
    found = {claim.id: claim for claim in c.claims(study(), c.Scale(False, "java2d.bilinear"))}
    assert found["table2-resnet18-java"].verdict == "not comparable"
    assert found["loss-resnet18"].verdict == "reproduced" and found["loss-resnet18"].paper == pytest.approx(-0.15)
    remedy = found["remedy"]
    assert remedy.value == pytest.approx((30 - 4) / 400) and remedy.verdict == "reproduced" and remedy.paper is None
    assert c.claims(study(), c.Scale(True, "java2d.bicubic")) == []
    useless = c.claims(study(robust_java_errors=30), c.Scale(False, "java2d.bilinear"))[-1]
    assert useless.id == "remedy" and useless.verdict == "not shown"


def test_lines_of_table_2_come_with_their_claims():
    found = c.claims(study(), c.Scale(True, "java2d.bilinear"))
    figures = {claim.id: claim.paper for claim in found}
    assert list(figures) == [
        "table2-resnet18-python", "table2-resnet18-java", "loss-resnet18",
        "table2-googlenet-python", "table2-googlenet-java", "loss-googlenet", "remedy",
    ]  # fmt: skip
    assert (figures["table2-googlenet-python"], figures["table2-googlenet-java"]) == (0.99, 0.93)
    assert found[0].verdict == "reproduced" and found[0].unit == "share"  # 97.5 % of 400 beside 98 %


def test_a_users_checkpoint_is_no_line_of_table_2():
    given = replace(study(), trained=False)
    assert [claim.id for claim in c.claims(given, c.Scale(True, "java2d.bilinear"))] == ["remedy"]
    assert [row[1:3] for row in table2(given).rows] == [[None, None]] * 3
    assert [row[1:3] for row in table2(study()).rows] == [[0.98, 0.83], [0.99, 0.93], [None, None]]
