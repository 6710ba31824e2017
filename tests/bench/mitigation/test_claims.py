"""The paper's remedies, their figures and verdicts."""

import pytest

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.mitigation.claims import claims, named_by_the_paper
from tests.bench.mitigation.samples import PLAIN, arm, study

ROBUST = Row("resnet18", recipe="robust", label="robust")


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (ROBUST, "augmentation"),
        (Row("resnet18", base="imagenet"), "a base model"),
        (Row("resnet18", recipe="robust", base="imagenet"), "augmentation with a base model"),
        (Row("alexnet"), "a smaller network"),
        (Row("resnetblur18"), ""),
        (Row("alexnet", recipe="robust"), ""),
        (Row("resnet18", recipe={"name": "paper", "hue": 0.1}), ""),
        (Row("resnet18", recipe="robust", train_methods=("pillow.bilinear", "java2d.bilinear")), ""),
    ],
)
def test_what_the_paper_names(row, name):
    assert named_by_the_paper(row, PLAIN) == name


def test_where_more_differs_the_paper_names_nothing():
    """Another weight decay, dropout or scaling of the pixels could as well be the reason."""
    for plain in (
        Row("resnet18", recipe={"name": "paper", "weight_decay": 0.5}), Row("resnet18", drop_rate=0.5),
        Row("resnet18", normalisation="imagenet"),
    ):  # fmt: skip
        assert named_by_the_paper(ROBUST, plain) == ""
    assert named_by_the_paper(Row("resnet18", base="imagenet", drop_rate=0.5), PLAIN) == ""
    assert named_by_the_paper(ROBUST, Row("resnet18", recipe={"name": "paper"})) == "augmentation"


def test_claims_of_one_or_two_networks_say_so():
    for seeds, words in ((1, "of this one network"), (2, "of these 2 networks, not of the recipe"), (3, "")):
        helps = arm("robust", (4, 6), row=ROBUST, seeds=seeds)
        statement = claims(study(helps, seeds=seeds), papers=False)[0].statement
        assert words in statement and (" network" in statement) is bool(words)


def test_verdicts_follow_the_damage_that_is_gone():
    helps, hurts = arm("robust", (4, 6), row=ROBUST), arm("robust", (160, 180), row=ROBUST)
    accuracy, tags = claims(study(helps), papers=False)
    assert (accuracy.verdict, tags.verdict) == ("observed here", "observed here")
    assert accuracy.value == pytest.approx((100 - 5) / 400) and tags.value == pytest.approx((5 - 100) / 400)
    assert accuracy.paper is None and accuracy.interval[0] > 0 > tags.interval[1]
    assert [claim.verdict for claim in claims(study(hurts), papers=False)] == ["not observed here"] * 2
    assert [claim.verdict for claim in claims(study(arm("robust", (80, 120), row=ROBUST)), False)] == ["not shown"] * 2


def test_a_base_of_another_architecture_is_held_against_that_architecture_without_it():
    scratch = arm("scratch", (80, 120), row=Row("resnet26"))
    based = arm("based", (4, 6), row=Row("resnet26", base="imagenet"))
    accuracy, tags = claims(study(scratch, based), papers=False)
    assert "based (a base model) loses less accuracy than resnet26" in accuracy.statement
    assert (accuracy.verdict, tags.verdict) == ("observed here", "observed here")
    assert claims(study(based), papers=False) == []


def test_where_nothing_is_damaged_there_is_nothing_to_remove():
    for claim in claims(study(arm("robust", (0, 0), row=ROBUST), plain=(0, 0)), papers=False):
        assert claim.verdict == "not comparable" and "nothing to remove" in claim.statement and "nothing to remove" in claim.rule


def test_the_papers_figures_stand_beside():
    """AlexNet loses nothing where ResNet-18 loses 15 points: +15 points."""
    small = arm("alexnet", (4, 6), row=Row("alexnet"))
    assert claims(study(small), papers=True)[0].paper == pytest.approx(0.15)
    assert claims(study(small), papers=True)[0].verdict == "reproduced"


def test_networks_that_have_not_learned_get_no_verdict():
    idle = arm("alexnet", (0, 0), row=Row("alexnet"), wrong=range(0, 400, 2))
    assert {claim.verdict for claim in claims(study(idle), papers=False)} == {"not comparable"}


def test_a_given_network_says_nothing_of_the_papers():
    assert claims(study(arm("robust", (4, 6), row=ROBUST), trained=False), papers=False) == []
