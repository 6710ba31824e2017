"""What is said of pictures, and that no more is said than is shown."""

import numpy as np
import pytest

from robustfashion.bench.regularization.headline import headline
from robustfashion.bench.wording import points
from robustfashion.bench.wording import share as shown
from tests.bench.regularization import samples


def sentence(found, start):
    return next(line for line in headline(found) if line.startswith(start))


@pytest.mark.parametrize(
    ("decayed", "cooled", "says"),
    [
        (0.04, 0.96, "it does more than shrink the logits."),
        (0.96, 0.04, "it does worse than shrinking the logits alone."),
        (0.5, 0.5, "that it does more than shrink the logits is not shown."),
    ],
)
def test_the_sign_of_the_difference_from_a_temperature_counts(decayed, cooled, says):
    arms = samples.places(all=decayed, head=decayed, body=decayed, cooled=cooled)
    for k, arm in enumerate(arms[1:4]):  # as one score where they are to be alike
        if decayed == cooled:
            arms[4 + k] = samples.arm(arms[4 + k].name, arm.trained, refusal=arm.refusal, kind="temperature")
    assert sentence(samples.measured(*arms), "Against a temperature").endswith(f": {says}")


def test_without_a_temperature_that_is_as_sure_nothing_is_compared_with_it():
    found = samples.measured(*samples.places()[:4])
    assert sentence(found, "No temperature makes the network without weight decay as sure on average as weight decay 1")


def test_the_fewest_of_rows_that_are_alike_is_not_told_from_them():
    text = sentence(samples.measured(*samples.places()), "Where every row answers 70.0 % of all pictures")
    assert "none of the 3 other rows can be told from it" in text and "the best of 3, allowed for" in text


def test_a_row_that_answers_far_fewer_is_told_from_all_others():
    found = samples.measured(*samples.places(plain=0.98, all=0.02, head=0.98, body=0.98))
    assert "weight decay 1 answers fewest of the outliers, " in sentence(found, "Where every row")
    assert "fewer than every other row, all pairs allowed for" in sentence(found, "Where every row")


def test_an_outlier_that_one_of_three_networks_answers_is_not_none():
    refusal = np.where(samples.OUTLIER, 0.9, 0.1)[:, None].repeat(samples.SEEDS, axis=1)
    refusal[np.flatnonzero(samples.OUTLIER)[0], 2] = 0.2
    plain = samples.arm("no weight decay", samples.trained("no weight decay"), refusal=refusal)
    assert "gives 0.3 of them a tag" in headline(samples.measured(plain))[0]


def test_a_gate_that_refuses_everything_gives_no_coverage_to_compare_at():
    plain = samples.arm("no weight decay", samples.trained("no weight decay"))
    for refused, main in ((1.9, 0.7), (0.1, 0.7)):
        hard = samples.arm("hard gate", plain.trained, kind="gate", refusal=np.full_like(plain.refusal, refused))
        found = samples.measured(plain, hard, gates=(samples.validator("watch"),))
        assert found.main == main and "Where every row answers 70.0 %" in " ".join(headline(found))


def test_of_many_rows_that_differ_by_chance_none_is_told_from_the_luckiest():
    networks = samples.trained("no weight decay")
    arms = [samples.arm("no weight decay", networks, seed=40)]
    arms += [samples.arm(f"loss {k}", networks, 0.5, "loss", seed=k + 1) for k in range(30)]
    assert "none of the 30 other rows can be told from it" in sentence(samples.measured(*arms), "Where every row")


@pytest.mark.parametrize("knows", [True, False])
def test_the_best_weight_decay_is_held_against_its_own_architecture(knows):
    """Deeper networks are better here, decay or not: to call their difference from the first network that of decay is untrue."""
    deep = [
        samples.arm(name, samples.trained(name, decay, knows=knows or decay > 0, architecture="resnet50"), share, seed=k)
        for k, (name, decay, share) in enumerate((("resnet50, none", 0.0, 0.1), ("resnet50, decay", 1.0, 0.05)))
    ]
    found = samples.measured(*samples.places(plain=0.98, all=0.98, head=0.98, body=0.98), *deep)
    text, own = sentence(found, "Where every row"), found.difference(deep[0], deep[1], "accepted", found.main, 4)
    if knows:
        assert f"; resnet50, none {shown(found.estimate(deep[0], 'accepted', found.main))}; the best weight decay" in text
        assert f"(resnet50, decay) changes that by {points(own.estimate)}" in text
    else:
        assert "resnet50, none has not learned." in text and "changes that" not in text
