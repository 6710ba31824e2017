"""Numbers of each remedy on made-up answers whose changes are counted by hand."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats as scipy_stats

from robustfashion.bench.mitigation.asking import NONE, mean_of
from robustfashion.bench.mitigation.effects import Effects, removed
from robustfashion.bench.mitigation.lists import changed_tags
from robustfashion.bench.mitigation.prices import cost, training_times
from robustfashion.bench.mitigation.study import margins
from robustfashion.bench.mitigation.tables import prices
from robustfashion.stats import paired_change
from tests.bench.mitigation.samples import CLASSES, METHODS, N, arm, control, labels, run, study
from tests.bench.resize.samples import table

BILINEAR, NEAREST = METHODS


def test_shares_and_differences_are_those_that_were_made_up():
    effects = Effects.of(study(arm("mix", (20, 30)), control()))
    found = effects.found["mix", NEAREST]
    assert (found.before.value, found.after.value) == (120 / N, 30 / N)
    assert found.change.value == pytest.approx(-90 / N) and found.change.high < 0
    assert found.removed.value == pytest.approx(1 - 30 / 120)
    assert found.classes_after.value == 30 / N and found.class_change == pytest.approx(-90 / N)
    assert found.clean.value == (N - 10) / N and found.clean_change.value == 0
    assert found.served.value == pytest.approx((N - 10 - 30) / N) and found.served_change.value == pytest.approx(90 / N)
    same = effects.found["no remedy, other seeds", BILINEAR]
    assert same.change.value == 0 and same.change.low < 0 < same.change.high and same.removed.value == 0
    assert same.removed.low < 0 < same.removed.high


def test_intervals_hold_for_all_remedies_at_once():
    """They are wider than each by itself, and the estimate is the paired difference's own."""
    others = [arm(f"remedy {k}", (80 - 3 * k, 120 - 7 * k)) for k in range(5)]
    made = study(*others)
    effects = Effects.of(made)
    for other in others:
        alone = paired_change(other.tag_changes(NEAREST) - made.plain.tag_changes(NEAREST), made.groups).estimate
        together = effects.found[other.name, NEAREST].change
        assert together.value == alone.value
        assert together.low <= alone.low and together.high >= alone.high
    assert any(
        effects.found[o.name, NEAREST].change.low
        < paired_change(o.tag_changes(NEAREST) - made.plain.tag_changes(NEAREST), made.groups).estimate.low - 1e-6
        for o in others
    )


def test_no_share_is_removed_where_no_damage_is_shown():
    effects = Effects.of(study(arm("mix", (0, 0)), plain=(0, 120)))
    assert effects.found["mix", BILINEAR].removed is None and not effects.is_hurt(BILINEAR)
    assert effects.found["mix", NEAREST].removed.value == 1 and effects.is_hurt(NEAREST)
    assert effects.damage(BILINEAR).low == 0, "a share"
    one_product = Effects.of(study(arm("mix", (0, 0)), plain=(1, 120)))
    assert one_product.found["mix", BILINEAR].removed is None, "one tag in a seed could as well be none"


def test_damage_that_grew_is_below_zero_and_a_ratio_without_bound_is_none():
    groups = [f"p{i}" for i in range(60)]
    without, with_it = np.zeros(60), np.zeros(60)
    without[:20], with_it[:40] = 1, 1
    (found,) = removed(without, with_it[:, None], groups)
    assert found.value == -1 and found.low < -1 < found.high < 1
    without[1:20] = 0  # resamples without the one product: over nothing
    assert removed(without, with_it[:, None], groups) == [None]
    assert removed(np.zeros(60), with_it[:, None], groups) == [None]


def test_removed_share_covers_the_truth():
    """Half of the damage of each product is gone with probability 1/2: the interval holds it in about 95 % of cases."""
    rng = np.random.default_rng(3)
    groups = [f"p{i}" for i in range(150)]
    held = 0
    for _ in range(60):
        without = (rng.random(150) < 0.2).astype(float)
        (found,) = removed(without, (without * (rng.random(150) < 0.5))[:, None], groups)
        held += found.low <= 0.5 <= found.high
    assert held >= scipy_stats.binom.ppf(0.001, 60, 0.95)


def test_pairs_are_of_the_same_seed_and_picture():
    """Two arms of equal rates whose changes are of other pictures differ by nothing, with a wider interval than copies."""
    first = arm("copy", (80, 120))
    rows = [[range(300 - 4 * s - c, 300 - 4 * s) for c in (80, 120)] for s in range(3)]
    other = replace(first, name="others", runs=tuple(run(s, rows[s]) for s in range(3)))
    effects = Effects.of(study(first, other))
    copy, apart = (effects.found[name, NEAREST].change for name in ("copy", "others"))
    assert copy.value == apart.value == 0 and apart.high - apart.low > 2 * (copy.high - copy.low)


def test_left_to_people_counts_neither_as_changed_nor_as_answered():
    """Rows 100 to 139 are unsure when served: with a cutoff they are refused, and 40 of 120 changes go with them."""
    plain = study().plain
    runs = []
    for of in plain.runs:
        served = {}
        for method, found in of.served.items():
            logits = found.logits.copy()
            logits[100:140] *= 0.2
            served[method] = replace(found, logits=logits)
        assert margins(served[NEAREST])[:100].min() > 0.9 > 0.4 > margins(served[NEAREST])[100:140].max()
        runs.append(replace(of, served=served, cutoff=0.5))
    refusing = replace(plain, name="margin", kind="margin", runs=tuple(runs))
    found = Effects.of(study(refusing)).found["margin", NEAREST]
    assert found.refused.value == pytest.approx(40 / N) and found.before.value == 120 / N
    kept = [120 - len(set(range(100 + 4 * s, 220 + 4 * s)) & set(range(100, 140))) for s in range(3)]
    assert found.after.value == pytest.approx(np.mean(kept) / N)
    right = [N - 40 - 10 - count for count in kept]
    assert found.served.value == pytest.approx(sum(right) / (3 * (N - 40)))
    assert found.served_change is None and found.clean_change is None


def test_clean_accuracy_and_its_change_are_of_the_same_statistics():
    """Statistics of nearest's pictures cost 90 answers under the training method, those of bilinear's none."""
    plain = study().plain
    runs = []
    for of in plain.runs:
        worse = table((labels() + (np.arange(N) < 100)) % 3, labels(), 4.0, CLASSES)
        runs.append(replace(of, clean={BILINEAR: of.before, NEAREST: worse}))
    again = replace(plain, name="again", kind="recalibrate", runs=tuple(runs))
    found = prices(Effects.of(study(again)))
    without, line = (dict(zip([c.name for c in found.columns], row, strict=True)) for row in found.rows)
    assert line["Clean accuracy"].value == pytest.approx(300 / N)
    change = line["Clean accuracy"].value - without["Clean accuracy"].value
    assert line["Δ clean accuracy"].value == pytest.approx(change)


def test_a_picture_that_is_left_to_people_is_not_called_saved():
    plain = study(seeds=1).plain
    refusing = replace(plain, name="margin", kind="margin", runs=(replace(plain.runs[0], cutoff=1.1),))
    rows = list(csv.DictReader(io.StringIO(changed_tags(study(refusing, seeds=1)))))
    assert len(rows) == 200 and {row["outcome"] for row in rows} == {"refused"}
    assert all(row["tag_after"] != row["tag_before"] for row in rows)


def test_an_ensemble_is_the_mean_of_the_probabilities():
    truth = labels(30)
    tables = [table(truth, truth, margin, CLASSES) for margin in (0.5, 3.0)]
    found = mean_of([*tables, table((truth + 1) % 3, truth, 1.0, CLASSES)])
    expected = (tables[0].probabilities + tables[1].probabilities + table((truth + 1) % 3, truth, 1.0, CLASSES).probabilities) / 3
    assert found.probabilities == pytest.approx(expected, abs=1e-6) and found.ids == tables[0].ids


def test_what_training_again_changes_by_itself():
    """Wrong before in rows 10 to 29 instead of 0 to 9: thirty tags are others, with no resizer in play."""
    again = arm("again", (80, 120), wrong=range(10, 30))
    effects = Effects.of(study(again))
    assert effects.own_changes(again).value == 30 / N
    assert effects.seed_churn.value == 0, "all seeds of the sample are wrong in the same rows"


def test_times_are_ratios_with_their_spread():
    plain = study().plain
    runs = tuple(replace(of, seconds=s) for of, s in zip(plain.runs, (18.0, 20.0, 25.0), strict=True))
    slow = replace(plain, name="slow", kind="row", runs=runs)
    times = training_times(slow, plain)
    assert (times.ratio, times.least, times.most) == (2.1, 1.8, 2.5) and times.text == "2.10 × (1.80 to 2.50)"
    unknown = replace(slow, runs=(replace(runs[0], seconds=None), *runs[1:]))
    assert training_times(unknown, plain) is None
    call, statistics, ensemble = (replace(plain, kind=kind) for kind in ("serve", "recalibrate", "ensemble"))
    assert training_times(call, plain) is None, "nothing is trained"
    ranks = [cost(of, plain) for of in (call, statistics, ensemble, slow)]
    assert ranks == sorted(ranks) and len(set(ranks)) == 4


def test_the_plain_arm_is_the_first():
    assert study(control()).plain.name == NONE and not study(control()).remedies
