"""Which claims a study can speak to, and what they say; the rules themselves are tested in ``test_verdicts``."""

from dataclasses import replace

import pytest

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.claims import claims
from robustfashion.bench.resize.models import table2
from robustfashion.bench.resize.study import ResizeStudy
from tests.bench.resize.samples import catalogue, study

JAVA = "java2d.bilinear"
REMEDY = "remedy-googlenet-+-augmentation"


def by_id(found, papers=False):
    return {claim.id: claim for claim in claims(found, JAVA, papers)}


def test_claims_of_a_study_elsewhere():
    found = by_id(study())
    assert list(found) == [
        "table2-resnet18-python", "table2-resnet18-java", "loss-resnet18", "loss-resnet18-size",
        "table2-googlenet-python", "table2-googlenet-java", "loss-googlenet", "loss-googlenet-size",
        "remedy-googlenet-+-augmentation",
    ]  # fmt: skip
    assert found["table2-resnet18-java"].verdict == "not comparable"
    loss = found["loss-resnet18"]
    assert loss.verdict == "observed here" and loss.paper == pytest.approx(-0.15)
    assert loss.value == pytest.approx(-60 / 400) and "2 Java methods, none with a JPEG step" in loss.statement
    assert found["loss-resnet18-size"].verdict == "observed here"
    remedy = found[REMEDY]
    # Mean over two Java methods, of which one changes nothing.
    assert remedy.value == pytest.approx((30 - 4) / 400 / 2) and remedy.verdict == "observed here" and remedy.paper is None
    assert by_id(study(robust_java_errors=30))[REMEDY].verdict == "not shown"


def test_a_small_loss_is_a_loss_and_not_fifteen_points():
    found = by_id(study(n=4000, java_errors=60))
    assert found["loss-resnet18"].verdict == "observed here" and found["loss-resnet18"].value == pytest.approx(-0.015)
    assert found["loss-resnet18-size"].verdict == "not observed here"


def test_no_loss_is_not_observed_where_it_could_have_been():
    found = by_id(study(n=4000, java_errors=0, robust_java_errors=0))
    assert found["loss-resnet18"].verdict == found["loss-resnet18-size"].verdict == "not observed here"
    few = by_id(study(n=100, java_errors=0, robust_java_errors=0))
    assert few["loss-resnet18"].verdict == "not shown"


def test_nothing_seen_among_few_is_no_loss_of_fifteen_points():
    """An interval of ±17 points holds −15, and 0 as well."""
    found = by_id(study(n=60, java_errors=0, robust_java_errors=0, seeds=(0, 1, 2)))["loss-resnet18-size"]
    assert found.interval[0] < -0.1 and found.verdict == "not shown"


def test_the_papers_own_remedy_comes_first_and_every_other_is_judged():
    """In the order of paper.yaml augmentation without a base comes first; a label does not hide the plain row."""
    plain, alone = study().everyone[1:]
    both = replace(alone, row=Row("googlenet", recipe="robust", base="imagenet"))
    named = replace(plain, row=Row("googlenet", label="GoogLeNet"))
    found = claims(ResizeStudy.of(plain.reference, study().methods, [named, alone, both]), JAVA, False)
    remedies = [claim for claim in found if claim.id.startswith("remedy")]
    assert [claim.paper for claim in remedies] == [pytest.approx(0.06), None]
    assert "base model" in remedies[0].statement and "GoogLeNet" in remedies[0].statement


def test_the_papers_own_data():
    found = by_id(study(), papers=True)
    assert found["table2-resnet18-python"].verdict == "reproduced" and found["table2-resnet18-python"].unit == "share"
    assert (found["table2-googlenet-python"].paper, found["table2-googlenet-java"].paper) == (0.99, 0.93)
    assert found["loss-resnet18"].verdict == found["loss-resnet18-size"].verdict == "reproduced"
    assert by_id(study(n=4000, java_errors=60), papers=True)["loss-resnet18-size"].verdict == "contradicted"


def test_a_users_checkpoint_is_no_line_of_table_2():
    given = replace(study(), trained=False)
    assert list(by_id(given, papers=True)) == [REMEDY]
    assert [row[1:3] for row in table2(given).rows] == [[None, None]] * 3
    assert [row[1:3] for row in table2(study()).rows] == [[0.98, 0.83], [0.99, 0.93], [None, None]]


def test_other_tasks_and_networks_speak_to_the_general_statement():
    found = by_id(catalogue())
    assert list(found) == ["loss-any"] and found["loss-any"].paper == pytest.approx(-0.15)
    assert "2 classifiers" in found["loss-any"].statement and found["loss-any"].verdict == "not shown"
    sleeves = [replace(c, task="sleeve_type") for c in study().everyone]
    assert "loss-resnet18" not in by_id(ResizeStudy.of("pillow.bilinear", study().methods, sleeves)), "Table 2 is of dresses"


def test_without_java_nothing_is_claimed():
    found = study()
    assert claims(replace(found, methods=found.methods[:1]), JAVA, False) == []


def test_networks_that_have_not_learned_prove_nothing():
    """All pictures but ten are told wrong: a skill below zero."""
    found = study(java_errors=0, robust_java_errors=0)
    for c in found.everyone:
        for run in c.runs:
            for name, table in run.tables.items():
                run.tables[name] = replace(table, logits=-table.logits)
    verdicts = {claim.id: claim.verdict for claim in claims(found, JAVA, False)}
    assert set(verdicts.values()) == {"not comparable"}
