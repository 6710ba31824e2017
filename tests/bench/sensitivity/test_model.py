"""The model of the surface: its columns, its fit, and how it is judged on what it has not seen."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.sensitivity.judged import (
    Foretold,
    _calibration,
    _newton,
    _Ranked,
    base_rate,
    calibration_curve,
    foretell,
    judge,
)  # fmt: skip
from robustfashion.bench.sensitivity.model import COLUMNS, MODELS, columns, fit, lines_of
from robustfashion.bench.sensitivity.modelled import CONDITION, KIND, modelled
from robustfashion.bench.sensitivity.tables import expected_table
from tests.bench.sensitivity.samples import cell, noisy_cell, surface


@pytest.fixture(scope="module")
def lines():
    cells = [
        noisy_cell("a", 0.6, seed=1),
        noisy_cell("b", 0.6, seed=2, canvas=400),
        noisy_cell("c", 0.6, seed=3, row=Row("alexnet")),
    ]
    return lines_of(cells)


def test_a_line_is_a_picture_a_seed_and_a_method():
    found = lines_of([cell("x", lost=10, n=40, seeds=(0, 1, 2))])
    assert len(found) == 40 * 3 * 2 and found.changed["class"].sum() == 10 * 3
    assert len(np.unique(found.products)) == 20


def test_columns_are_what_they_say():
    margin, sure, beyond, detail = np.array([0.9, 3.9]), np.array([0.4, 0.9]), np.array([0.1, 0.2]), np.array([0.0, np.e - 1])
    design = columns(margin, sure, beyond, detail, (np.e, 1.0, 0.0))
    found = dict(zip(COLUMNS, design.T, strict=True))
    assert np.allclose(found["margin"], [0.0, np.log(4)]) and np.allclose(found["detail"], [0, 1])
    assert np.allclose(found["reduction"], 1) and np.allclose(found["detail x aliasing"], [0, 1])
    assert np.allclose(found["margin x detail"], [0, np.log(4)]) and (found["jpeg"] == 0).all()
    calm = dict(zip(COLUMNS, columns(margin, sure, beyond, detail, (np.e, 0.0, 1.0)).T, strict=True))
    assert (calm["detail x aliasing"] == 0).all() and (calm["reduction x aliasing"] == 0).all() and (calm["jpeg"] == 1).all()


def test_products_of_one_name_in_two_catalogues_are_two():
    first, second = noisy_cell("a", 0.5, n=100), noisy_cell("b", 0.5, n=100)
    assert len(np.unique(lines_of([first, second]).products)) == 100


def test_the_fit_is_that_of_scikit_learn(lines):
    names = MODELS["margin"]
    places = [list(COLUMNS).index(name) for name in names]
    values = lines.columns[:, places]
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    expected = LogisticRegression(C=1.0, max_iter=1000).fit(scaled, lines.changed["class"]).predict_proba(scaled)[:, 1]
    assert np.allclose(fit(lines.columns, lines.changed["class"], names).probability(lines.columns), expected, atol=1e-6)


def test_nothing_that_changes_is_no_model(lines):
    with pytest.raises(ValueError, match="lines that change"):
        fit(lines.columns, np.zeros(len(lines), bool), MODELS["margin"])


def test_what_is_held_out_is_not_looked_at(lines):
    """Answers of a condition do not touch its own probabilities."""
    before = foretell(lines, "class", "all", lines.conditions, "x").probability
    out = lines.of(lines.conditions, "b")
    lines.changed["class"][out] ^= True
    after = foretell(lines, "class", "all", lines.conditions, "x").probability
    lines.changed["class"][out] ^= True
    assert np.array_equal(before[out], after[out]) and not np.array_equal(before[~out], after[~out])


def test_products_are_not_looked_at_in_other_conditions_either():
    """The same pictures in two conditions: answers about one half of the products touch the other half's probabilities only."""
    cells = [noisy_cell("a", 0.6, seed=1), noisy_cell("b", 0.5, seed=1)]
    shared = [replace(one, data="same" * 5) for one in cells]
    lines = lines_of(shared)
    before = foretell(lines, "class", "margin", lines.conditions, "x").probability
    touched = lines.products % 2 == 0
    lines.changed["class"][touched & lines.of(lines.conditions, "a")] ^= True
    after = foretell(lines, "class", "margin", lines.conditions, "x").probability
    b = lines.of(lines.conditions, "b")
    assert np.array_equal(before[b & touched], after[b & touched]) and not np.array_equal(
        before[b & ~touched], after[b & ~touched]
    )


def test_auc_and_log_loss_are_those_of_scikit_learn(lines):
    foretold = foretell(lines, "class", "all", lines.conditions, "x")
    found = judge(lines, "class", foretold, base_rate(lines, "class", lines.conditions))
    y = lines.changed["class"]
    assert found.auc.value == pytest.approx(roc_auc_score(y, foretold.probability), abs=1e-12)
    assert found.log_loss.value == pytest.approx(log_loss(y, foretold.probability), abs=1e-9)
    assert found.auc.low < found.auc.value < found.auc.high and found.log_loss.value < found.base


def test_ties_count_half():
    p, y = np.array([0.1, 0.1, 0.5, 0.5, 0.5]), np.array([False, True, False, True, True])
    weights = np.array([1.0, 2.0, 1.0, 0.0, 3.0])
    assert _Ranked(p, y).auc(weights) == pytest.approx(roc_auc_score(y, p, sample_weight=weights))
    assert np.isnan(_Ranked(p, y).auc(np.array([1.0, 0.0, 1.0, 0.0, 0.0])))


def test_expected_and_observed_are_of_the_same_lines(lines):
    """Where one half of a condition could not be foretold, the other half is shown, not n/a beside the whole."""
    probability = np.where(lines.of(lines.conditions, "a") & (lines.products % 2 == 0), 0.25, np.nan)
    (row,) = expected_table(lines, {"class": Foretold("its condition", probability)}).rows
    known = np.isfinite(probability)
    assert row[:4] == ["a", "the class changes", int(known.sum()), pytest.approx(0.25)]
    assert row[-1] == int(lines.changed["class"][known].sum()) and row[5] == pytest.approx(0.25 * known.sum())


def test_few_products_give_wider_intervals_of_calibration():
    """The same lines as of 8 products and of 800: Student's t of 7 degrees of freedom, not the normal law."""
    rng = np.random.default_rng(5)
    p = rng.uniform(0.1, 0.6, 800)
    y = rng.random(800) < p
    member = np.arange(800) % 8
    slope, _ = _calibration(p, y, np.ones((1, 8)), member)
    odds = np.log(p / (1 - p))
    beta, error = _newton(np.column_stack([np.ones(800), odds]), y, np.zeros(800), member, 8)
    assert (slope.high - slope.low) / 2 == pytest.approx(2.3646 * np.sqrt(8 / 7) * error[1], rel=1e-4)
    assert slope.value == pytest.approx(beta[1])


def test_a_true_model_has_slope_one_and_one_that_is_too_sure_has_less():
    rng = np.random.default_rng(0)
    odds = rng.normal(-2, 1.5, 40_000)
    y = rng.random(len(odds)) < 1 / (1 + np.exp(-odds))
    member = np.arange(len(y)) // 2
    for factor in (1.0, 2.0):
        design = np.column_stack([np.ones(len(y)), factor * odds])
        beta, error = _newton(design, y, np.zeros(len(y)), member, member.max() + 1)
        assert beta[1] == pytest.approx(1 / factor, abs=4 * error[1]) and 0 < error[1] < 0.05


def test_the_model_beats_its_parts_on_unseen_conditions():
    found = modelled(
        surface(*(noisy_cell(f"c{k}", 0.7, seed=k) for k in range(4)), noisy_cell("d", 0.7, seed=9, row=Row("alexnet")))
    )
    full, margin, detail = (found.row("class", name, CONDITION)[3].auc.value for name in ("all", "margin", "detail"))
    assert full > margin > 0.75 > detail
    assert found.row("class", "all", KIND) is not None
    slope = found.row("class", "all", CONDITION)[3].slope
    assert slope.low < 1.1 and slope.high > 0.9
    expected = next(t for t in found.tables() if t is not None and t.id == "expected")
    assert [row[0] for row in expected.rows] == ["c0", "c0", "c1", "c1", "c2", "c2", "c3", "c3", "d", "d"]


def test_one_condition_cannot_be_held_out():
    found = modelled(surface(noisy_cell("alone", 0.7)))
    assert not found.judged and "nothing can be held out" in found.why


def test_bins_hold_equally_many_lines(lines):
    foretold = Foretold("x", np.linspace(0.001, 0.9, len(lines)))
    bins = calibration_curve(lines, "class", foretold)
    assert len(bins) == 10 and bins[0].expected < bins[-1].expected
    assert sum(one.observed.n for one in bins) == len(lines)
