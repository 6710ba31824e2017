"""Where every picture went: by hand, sums, products, and perfect stages."""

import numpy as np
import pytest

from robustfashion.rejection.cascade import OUTCOMES, Answers, Case, Point, decided, error_budget, measure, oracles, outcomes

from .worlds import world

WATCH = (("watch",),)
HARD = Point("hard", 0.6, WATCH, {"watch": 0.5})


def _case(rows, classes=("Analogue", "Digital")):
    """Rows (truth, predicted, confidence, gate), -1 = outlier."""
    truth, predicted, confidence, gate = (np.array(column) for column in zip(*rows, strict=True))
    probabilities = np.where(np.arange(len(classes)) == predicted[:, None], confidence[:, None], 1 - confidence[:, None])
    ids = tuple(f"{i}" for i in range(len(rows)))
    outlier = truth == -1
    kinds = tuple("far" if one else None for one in outlier)
    answers = Answers.of(probabilities, classes, {"watch": gate.astype(float)})
    return Case(ids, ids, truth, outlier, kinds, answers)


def test_every_outcome_by_hand():
    case = _case(
        [
            (0, 0, 0.9, 0.9), (0, 1, 0.9, 0.9), (-1, 0, 0.9, 0.9),  # tagged
            (0, 0, 0.9, 0.1), (0, 1, 0.9, 0.1), (-1, 0, 0.9, 0.1),  # refused by the gate
            (0, 0, 0.55, 0.9), (0, 1, 0.55, 0.9), (-1, 0, 0.55, 0.9),  # unsure
        ]
    )  # fmt: skip
    names = list(OUTCOMES)
    assert [names[i] for i in outcomes(case, decided(HARD, case.answers))] == [
        "right tag", "ordinary mistake", "outlier accepted",
        "good lost at the gate", "mistake refused at the gate", "outlier refused at the gate",
        "good lost at the attribute", "mistake refused at the attribute", "outlier refused at the attribute",
    ]  # fmt: skip


def test_none_of_the_labels_by_hand():
    """Class 0 is the rest: no tag, and no loss where the picture has no label."""
    tagged = [(0, 0, 0.9, 0.9), (1, 0, 0.9, 0.9), (-1, 0, 0.9, 0.9)]
    others = [(0, 0, 0.9, 0.1), (1, 0, 0.9, 0.1), (0, 1, 0.9, 0.9), (1, 1, 0.9, 0.9)]
    case = _case(tagged + others, ("other", "dress"))
    names, decisions = list(OUTCOMES), decided(HARD, case.answers)
    assert [names[i] for i in outcomes(case, decisions)] == [
        "rightly none of the labels", "good lost as none of the labels", "outlier refused as none of the labels",
        "rightly none of the labels", "good lost at the gate", "ordinary mistake", "right tag",
    ]  # fmt: skip
    assert measure(case, decisions)["good_lost"] == pytest.approx(2 / 6)


@pytest.mark.parametrize("point", [HARD, Point("no gate", 0.6), Point("soft", 0.4, WATCH)], ids=lambda point: point.mode)
def test_counts_in_are_counts_out(point):
    case = world(4, ordinary=81, outliers=30, pictures=3)
    decisions = decided(point, case.answers)
    pictures, products = error_budget(case, decisions), error_budget(case, decisions, "products")
    assert list(pictures) == list(products) == list(OUTCOMES)
    assert sum(pictures.values()) == len(case.ids) == 111
    assert sum(products.values()) == len(set(case.products)) == 37
    assert sum(n for name, n in pictures.items() if "outlier" in name) == 30
    found, names = outcomes(case, decisions), list(OUTCOMES)
    worst = {}
    for product, outcome in zip(case.products, found.tolist(), strict=True):
        worst[product] = min(worst.get(product, 99), outcome)
    assert products == {name: list(worst.values()).count(i) for i, name in enumerate(names)}


@pytest.mark.parametrize("point", [HARD, Point("no gate", 0.6), Point("soft", 0.4, WATCH)], ids=lambda point: point.mode)
def test_perfect_stages(point):
    case = world(6, ordinary=120, outliers=50)
    rows = oracles(case, point)
    budgets = {name: error_budget(row.case, row.decisions) for name, row in rows.items()}
    assert all(sum(budget.values()) == 170 for budget in budgets.values())
    gate, attribute, both = budgets["perfect gate"], budgets["perfect attribute"], budgets["both perfect"]
    assert budgets["as it is"] == error_budget(case, decided(point, case.answers))
    assert gate["outlier accepted"] == gate["good lost at the gate"] == gate["mistake refused at the gate"] == 0
    assert gate["outlier refused at the gate"] == 50
    assert attribute["ordinary mistake"] == attribute["good lost at the attribute"] * (point.mode != "soft") == 0
    assert attribute["outlier accepted"] == budgets["as it is"]["outlier accepted"] > 0
    assert both["right tag"] == 120
    if point.mode != "soft":
        alone = decided(Point("no gate", 0.6), case.answers)
        assert gate["right tag"] == error_budget(case, alone)["right tag"], "no refusal of ordinary pictures is added"
