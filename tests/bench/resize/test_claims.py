"""Verdicts follow from intervals by the stated rules."""

import pytest

from robustfashion.bench.resize import claims as c
from robustfashion.stats import Estimate
from tests.bench.resize.samples import study


def _e(low, high):
    return Estimate((low + high) / 2, low, high, 100)


@pytest.mark.parametrize(
    ("rule", "low", "high", "verdict"),
    [
        (c.loss_verdict, -0.2, -0.01, "reproduced"),
        (c.loss_verdict, -0.03, 0.01, "not shown"),
        (c.loss_verdict, -0.01, 0.05, "contradicted"),
        (c.no_loss_verdict, -0.01, 0.01, "reproduced"),
        (c.no_loss_verdict, -0.05, 0.01, "not shown"),
        (c.no_loss_verdict, -0.2, -0.03, "contradicted"),
        (c.remedy_verdict, 0.01, 0.2, "reproduced"),
        (c.remedy_verdict, -0.01, 0.2, "not shown"),
        (c.remedy_verdict, -0.2, -0.01, "contradicted"),
    ],
)
def test_rules(rule, low, high, verdict):
    assert rule(_e(low, high)) == verdict


def test_figure_rule():
    assert c.figure_verdict(_e(0.82, 0.86), 0.83, True) == "reproduced"
    assert c.figure_verdict(_e(0.833, 0.86), 0.83, True) == "reproduced"  # within the paper's rounding
    assert c.figure_verdict(_e(0.84, 0.86), 0.83, True) == "contradicted"
    assert c.figure_verdict(_e(0.82, 0.86), 0.83, False) == "not comparable"


def test_claims_of_a_study():
    found = {claim.id: claim for claim in c.claims(study(), c.Scale(False, "java2d.bilinear"))}
    assert found["table2-resnet18-java"].verdict == "not comparable"
    assert found["loss-resnet18"].verdict == "reproduced" and found["loss-resnet18"].paper == pytest.approx(-0.15)
    remedy = found["remedy"]
    assert remedy.value == pytest.approx((30 - 4) / 400) and remedy.verdict == "reproduced" and remedy.paper is None
    assert c.claims(study(), c.Scale(True, "java2d.bicubic")) == []
    useless = c.claims(study(robust_java_errors=30), c.Scale(False, "java2d.bilinear"))[-1]
    assert useless.id == "remedy" and useless.verdict == "not shown"
