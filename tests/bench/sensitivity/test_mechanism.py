"""The mechanism's rule, fixed beforehand: shown, rejected, undecided, or not comparable."""

from dataclasses import replace

import pytest

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.sensitivity import claims, mechanism
from robustfashion.bench.sensitivity.headline import headline
from robustfashion.bench.sensitivity.modelled import modelled
from robustfashion.bench.sensitivity.responses import all_responses, recovered
from tests.bench.sensitivity.samples import cell, surface

FIVE = (0, 1, 2, 3, 4)


def verdict(*cells):
    found = surface(*cells)
    (claim,) = mechanism.claims(found, cells[0].settings)
    return claim.verdict


def test_shown_where_its_cells_lose_others_do_not_and_statistics_give_it_back():
    lost = cell("its", lost=60, seeds=FIVE, expected=True, back=50)
    assert recovered(lost, "java2d.bilinear") == pytest.approx(50 / 60)
    assert verdict(lost, cell("other", lost=4)) == "observed here"


@pytest.mark.parametrize(
    "cells",
    [
        (cell("its", lost=60, seeds=FIVE, expected=True, back=30), cell("other", lost=4)),
        (cell("its", lost=60, seeds=FIVE, expected=True, back=50), cell("other", lost=12)),
        (cell("its", lost=30, seeds=FIVE, expected=True, back=30), cell("other", lost=4)),
        (cell("its", lost=60, seeds=FIVE, expected=True), cell("other", lost=4)),
        (cell("its", lost=60, seeds=(0, 1), expected=True, back=50), cell("other", lost=4)),
    ],
    ids=["too little recovered", "others lose, too", "between the limits", "not re-estimated", "too few seeds"],
)
def test_anything_else_is_not_shown(cells):
    assert verdict(*cells) == "not shown"


def test_rejected_where_no_cell_loses_five_points():
    assert verdict(cell("its", lost=8, seeds=FIVE, expected=True, back=2), cell("other")) == "not observed here"
    assert verdict(cell("its", lost=8, seeds=FIVE, expected=True, back=2), cell("other", lost=24)) == "not shown"


def test_networks_that_have_not_learned_prove_nothing():
    assert verdict(cell("its", seeds=FIVE, expected=True, blind=True), cell("other")) == "not comparable"


def test_without_a_control_that_has_learned_a_loss_has_no_reason():
    its = cell("its", lost=60, seeds=FIVE, expected=True, back=50)
    assert verdict(its) == verdict(its, cell("control", blind=True)) == "not shown"
    assert verdict(its, cell("control")) == "observed here"


def test_of_a_loss_that_is_not_shown_no_share_is_recovered():
    """One picture of 400: its share could be any number, and a table would print −4,900 %."""
    few = cell("few", lost=1, back=1)
    assert few.classifier.differences("java2d.bilinear").mean() < 0 and recovered(few, "java2d.bilinear") is None


def test_only_conditions_that_can_lose_something_are_counted():
    found = surface(cell("seeing", lost=4), cell("blind", blind=True))
    large, _ = claims.claims(found, found.cells[0].settings)
    assert "2 combinations of network, task and Java method in 1 condition)" in large.statement
    blind = surface(cell("blind", blind=True, lost=120))
    large, _ = claims.claims(blind, blind.cells[0].settings)
    assert large.verdict == "not comparable" and "no network has learned" in large.statement and "it holds" not in large.statement
    calm = surface(cell("calm"), cell("blind", blind=True))
    line = headline(calm, all_responses(calm), modelled(calm), calm.cells[0].settings)[0]
    assert "No network of 1 condition is seen to lose accuracy" in line and "0.0 points [−" in line


def test_the_papers_figures_are_for_conditions_at_its_scale_only():
    """Its data with a quarter of the training pictures, or a smaller canvas, reproduces and contradicts nothing."""
    full = {"data": "photos", "paper_data": True, "scale": "full", "max_steps": -1}

    def at(label, training=None, **changed):
        one = cell(label, lost=72)
        settings = replace(one.settings, row=Row("resnet18"), **(full | changed))
        return replace(one, settings=settings, condition=replace(one.condition, training_pictures=training))

    whole = at("whole")
    for others, word in (((), "reproduced"), ((at("few", 250),), "observed here"), ((at("280", canvas=280),), "observed here")):
        assert claims.claims(surface(whole, *others), whole.settings)[0].verdict == word


def test_no_statement_no_claim():
    found = surface(cell("a", lost=60), cell("b"))
    settings = found.cells[0].settings
    assert mechanism.claims(found, settings) == [] and mechanism.mechanism_table(found, settings) is None


def test_the_table_shows_what_was_stated_and_recovered():
    found = surface(cell("its", lost=60, seeds=FIVE, expected=True, back=45), cell("other"))
    table = mechanism.mechanism_table(found, found.cells[0].settings)
    rows = [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]
    assert [row["Loss expected"] for row in rows] == ["yes", "no"]
    assert rows[0]["Δ java2d.bilinear"].value == pytest.approx(-0.15) and rows[0]["Recovered"] == pytest.approx(0.75)
    assert rows[0]["Δ java2d.bilinear, re-estimated"].value == pytest.approx(-0.0375)
    assert rows[1]["Recovered"] is None


def test_fifteen_points_name_the_condition_under_which_they_hold():
    found = surface(cell("calm", lost=2), cell("danger", lost=72))
    large, any_loss = claims.claims(found, found.cells[0].settings)
    assert large.verdict == "observed here" and "it holds in danger: dress under java2d.bilinear" in large.statement
    assert large.value == pytest.approx(-0.18) and any_loss.verdict == "observed here"


def test_fifteen_points_that_no_condition_shows():
    found = surface(cell("calm", lost=2), cell("other", lost=6))
    large, _ = claims.claims(found, found.cells[0].settings)
    assert large.verdict == "not observed here" and "no condition of this design shows it" in large.statement


def test_the_headline_says_what_proves_nothing():
    blind = surface(cell("blind", blind=True))
    (line,) = headline(blind, all_responses(blind), modelled(blind), blind.cells[0].settings)
    assert "No network of the design has learned" in line
    assert {claim.verdict for claim in claims.claims(blind, blind.cells[0].settings)} == {"not comparable"}
    both = surface(cell("blind", blind=True), cell("seeing", lost=40))
    lines = headline(both, all_responses(both), modelled(both), both.cells[0].settings)
    assert any("Not learned" in line and "blind: dress" in line for line in lines)
    assert lines[0].startswith("That Java costs 10 points of accuracy or more, as in the paper (fifteen), is shown nowhere")
    assert "nor is it ruled out. The largest loss seen: −10.0 points [" in lines[0]
    assert "java2d.bilinear in seeing: dress (reduction " in lines[0]
    small = surface(cell("small", lost=4))
    assert "ruled out" not in headline(small, all_responses(small), modelled(small), small.cells[0].settings)[0]
