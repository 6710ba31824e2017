"""What the answer says: of which pictures a number is, and gains beside losses."""

from dataclasses import replace

import numpy as np

from robustfashion.bench.outliers.headline import headline
from robustfashion.bench.outliers.operating import operate
from robustfashion.bench.outliers.promises import kept, rules_table
from robustfashion.bench.outliers.resizing import moved
from robustfashion.bench.outliers.scoring import scored, selective_table
from robustfashion.bench.outliers.settings import OutliersSettings
from robustfashion.bench.outliers.study import OutlierStudy, Resized, Subject, mean_confidence_of
from tests.bench.outliers.samples import table
from tests.bench.outliers.test_table4 import subject


def told(study):
    of = study.first
    found = scored(of, ("max_softmax", "energy"))
    return " ".join(headline(study, found, operate(of, OutliersSettings()), moved(study)))


def served(of, sure):
    """The noisy set as another method shows it, with other confidences."""
    noisy = table(of.noisy.predicted, sure, of.noisy.labels, kinds=of.noisy.outlier_kinds, features=False)
    return Resized(replace(noisy, ids=of.noisy.ids, groups=of.noisy.groups), {})


def test_outliers_that_lose_their_tag_are_told_beside_those_that_gain_one():
    of = subject(gate=False)
    sure = np.asarray(of.case.answers.confidence, float)
    outliers = np.flatnonzero(of.outlier)
    tagged, refused = (outliers[(sure[outliers] >= 0.85) == which] for which in (True, False))
    swapped, still = sure.copy(), sure.copy()
    swapped[tagged[:5]], swapped[refused[:3]] = 0.4, 0.95
    still[tagged[0]] = 0.4
    study = OutlierStudy("display_type", (of,), resized={"a": served(of, still), "b": served(of, swapped)})
    said = told(study)
    assert "Served with b" in said and "3 outliers more get a tag and 5 no longer do: the farthest of 2 methods" in said
    both = {one.method: one for one in moved(study)}
    assert both["b"].flipped.value == both["b"].of_all.value == 8 / 140
    assert both["b"].of_all.high > both["b"].flipped.high and 0 <= both["b"].of_all.low < 8 / 140
    one = OutlierStudy("display_type", (of,), resized={"a": served(of, still)})
    assert "0 outliers more get a tag and 1 no longer does." in told(one)


def test_an_auroc_says_of_which_outliers_it_is():
    of = subject(gate=False)
    pool = table([0] * 30, [0.7] * 30, [-1] * 30, kinds=("far/noise",) * 30, first=900)
    assert "Max softmax tells 70 outliers (40 of the noisy set, 30 of the pool) from" in told(
        OutlierStudy("display_type", (replace(of, pool=pool),))
    )
    assert "Max softmax tells 40 outliers from" in told(OutlierStudy("display_type", (of,)))


def test_without_outliers_the_recommendation_is_a_sentence():
    of = subject(gate=False)
    of = replace(of, noisy=of.noisy.ordinary())
    said = told(OutlierStudy("display_type", (of,)))
    assert " of all tags are wrong, and " in said and "it tags" not in said


def one_label():
    """Dresses against the rest: 30 of 80 ordinary pictures and 6 of 20 outliers are called dress."""
    called = np.r_[np.arange(80) < 30, np.arange(20) < 6].astype(int)
    sure = np.where(called == 1, 0.7, 0.9) + np.linspace(-0.05, 0.05, 100)
    kinds = (None,) * 80 + ("near/skirt",) * 20
    labels = np.r_[(np.arange(80) < 28).astype(int), np.full(20, -1)]
    noisy = table(called, sure, labels, kinds=kinds, features=False, classes=("other", "dress"))
    known = table(called[:80], sure[:80], labels[:80], features=False, first=500, classes=("other", "dress"))
    return Subject("net", 0, known, known, noisy, noisy.take([]), mean_confidence_of(known, "on validation images"))


def test_of_one_label_both_thresholds_say_what_they_are_of():
    of = one_label()
    found = scored(of, ("max_softmax", "energy"))
    lines = kept(of, found, ["mean-confidence"], ["max_softmax"])
    assert -lines[0].threshold.overall < 0.75 < of.thresholds.overall, "two thresholds"
    assert of.thresholds.rule == "mean confidence on validation images, called dress or not"
    assert "pictures called dress; the deployed threshold heeds the others, too" in rules_table(lines, of).note
    assert "16.7 % of outliers, their share of these. Of all pictures of the noisy set 20.0 %" in selective_table(found).note
    assert "called" not in mean_confidence_of(subject().noisy, "on x").rule
