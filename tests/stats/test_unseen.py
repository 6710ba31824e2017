"""Shares among unseen pictures: against the hypergeometric law, Clopper and Pearson, and catalogues whose truth is known."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from robustfashion.stats.unseen import (
    Sampled,
    pictures_needed,
    sampled,
    sampled_columns,
    share_in_general,
    share_of_catalogue,
    share_unseen,
)
from tests.stats.worlds import noise


def alone(count, n):
    values = np.zeros(n)
    values[:count] = 1
    return sampled(values, [str(i) for i in range(n)])


@pytest.mark.parametrize(("count", "n", "unseen"), [(0, 200, 100), (3, 200, 1801), (9, 50, 250), (50, 50, 21), (1, 100, 7)])
def test_single_pictures_are_hypergeometric(count, n, unseen):
    """The bounds are the numbers of changed pictures among the rest with which the sample is not too unlikely."""
    found = share_unseen(alone(count, n), unseen)
    law = scipy_stats.hypergeom
    tails = [(law.cdf(count, n + unseen, count + y, n), law.sf(count - 1, n + unseen, count + y, n)) for y in range(unseen + 1)]
    fits = [y for y, both in enumerate(tails) if min(both) > 0.025]
    assert (found.low * unseen, found.high * unseen) == pytest.approx((fits[0], fits[-1]))
    assert (found.value, found.n) == (count / n, n)


@pytest.mark.parametrize(("count", "n"), [(0, 200), (7, 183), (40, 40)])
def test_pictures_without_end_are_binomial(count, n):
    found, of = share_in_general(alone(count, n)), scipy_stats.binomtest(count, n).proportion_ci(method="exact")
    assert (found.low, found.high) == pytest.approx((of.low, of.high))
    ahead = share_unseen(alone(count, n), 40_000)
    assert (ahead.low, ahead.high) == pytest.approx((of.low, of.high), abs=0.002), "many unseen pictures are nearly without end"
    few = share_unseen(alone(count, n), 30)
    assert few.high - few.low > ahead.high - ahead.low, "chance among few unseen pictures adds to it"


def test_nothing_seen_is_never_nothing():
    assert share_unseen(alone(0, 200), 300).high > 0.01 and share_in_general(alone(0, 200)).high == pytest.approx(
        0.0183, abs=1e-4
    )


def test_a_catalogue_is_what_was_seen_and_the_rest():
    of, rest = alone(6, 120), share_unseen(alone(6, 120), 380)
    found = share_of_catalogue(of, 500)
    assert (found.low * 500, found.high * 500) == pytest.approx((6 + 380 * rest.low, 6 + 380 * rest.high))
    whole = share_of_catalogue(of, 120)
    assert whole.value == whole.low == whole.high == 0.05
    with pytest.raises(ValueError, match="119 pictures, of which 120"):
        share_of_catalogue(of, 119)
    with pytest.raises(ValueError, match="at least one"):
        share_unseen(of, 0)


def test_copies_of_pictures_add_nothing():
    """Three pictures of a product that do the same are one; three that do not are nearly three."""
    once, copied = alone(8, 60), sampled(np.repeat(np.eye(1, 60)[0] * 0 + (np.arange(60) < 8), 3), np.repeat(np.arange(60), 3))
    assert once.effective == 60 and copied.effective == pytest.approx(60) and copied.n == 180
    assert share_in_general(copied).high == pytest.approx(share_in_general(once).high)
    apart = sampled(np.random.default_rng(1).random(600) < 0.3, np.repeat(np.arange(200), 3))
    assert 400 < apart.effective <= 600
    none = sampled(np.zeros(90), np.repeat(np.arange(30), 3))
    assert none.effective == pytest.approx(30), "where nothing was seen a product counts once"


def test_columns_are_questions():
    rng = np.random.default_rng(3)
    values, groups = (rng.random((70, 4)) < 0.2).astype(float), rng.integers(0, 25, 70)
    for one, column in zip(sampled_columns(values, groups), values.T, strict=True):
        alone = sampled(column, groups)
        assert (one.share, one.effective) == pytest.approx((alone.share, alone.effective))
    one = sampled(np.array([1.0, 0.0]), ["a", "a"])
    assert one.products == 1 and one.effective == 1 and share_in_general(one).low < 0.02 < 0.98 < share_in_general(one).high


def test_needed_pictures_are_the_smallest_number_that_is_enough():
    """Of a catalogue's pictures to one in twenty: its bounds are whole pictures, and go in steps."""
    of = alone(9, 200)
    for total, fewer in ((None, 0.999), (1200, 0.95)):
        needed = pictures_needed(of, 0.045, 0.02, total)
        widths = []
        for n in (int(needed * fewer), needed):
            seen = Sampled(0.045, n, n, float(n))
            found = share_in_general(seen) if total is None else share_of_catalogue(seen, total)
            widths.append((found.high - found.low) / 2)
        assert widths[1] <= 0.02 + 1e-12 < widths[0]
    assert needed < pictures_needed(of, 0.045, 0.02), "a catalogue has an end"
    assert pictures_needed(of, 0.045, 0.005) == pytest.approx(1.96**2 * 0.045 * 0.955 / 0.005**2, rel=0.04)
    assert pictures_needed(of, 0.5, 1e-6) is None and pictures_needed(of, 0.5, 1e-6, 300) == 300
    with pytest.raises(ValueError, match="above 0"):
        pictures_needed(of, 0.1, 0.0)


def catalogue(rng, pictures, sizes, share, together):
    """Changes and products, each with a probability of its own: of mean ``share``, intraclass correlation ``together``."""
    count = max(2, round(pictures / np.mean(sizes)))
    of = rng.integers(sizes[0], sizes[1] + 1, count)
    if together in (0, 1):
        probability = np.where(together, rng.random(count) < share, share).astype(float)
    else:
        probability = rng.beta(share * (1 / together - 1), (1 - share) * (1 / together - 1), count)
    member = np.repeat(np.arange(count), of)
    return (rng.random(len(member)) < probability[member]).astype(float), member


def draw(rng, member, pictures):
    order = rng.permutation(member.max() + 1)
    return np.isin(member, order[np.cumsum(np.bincount(member)[order]) <= pictures])


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.005, 0.02, 0.08, 0.2])
@pytest.mark.parametrize(("sizes", "together"), [((1, 1), 0), ((3, 3), 0), ((3, 3), 0.3), ((3, 3), 1), ((1, 6), 0.7)])
@pytest.mark.parametrize(("total", "pictures"), [(300, 50), (300, 200), (2000, 100), (2000, 200)])
def test_coverage(share, sizes, together, total, pictures):
    """Of the unseen pictures, of the catalogue, and of pictures in general."""
    runs, held = 400, np.zeros(3)
    rng = np.random.default_rng([total, pictures, sizes[1], round(1000 * share), round(10 * together)])
    for _ in range(runs):
        values, member = catalogue(rng, total, sizes, share, together)
        seen = draw(rng, member, pictures)
        of, rest = sampled(values[seen], member[seen]), int((~seen).sum())
        intervals = share_unseen(of, rest), share_of_catalogue(of, len(values)), share_in_general(of)
        truths = values[~seen].mean(), values.mean(), share
        held += [e.low - 1e-9 <= truth <= e.high + 1e-9 for e, truth in zip(intervals, truths, strict=True)]
    assert (held / runs > 0.95 - noise(0.05, runs)).all(), held / runs
    assert held.mean() / runs >= 0.93


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.01, 0.05, 0.15])
@pytest.mark.parametrize(("sizes", "together"), [((1, 1), 0), ((3, 3), 0.3)])
def test_needed_pictures_keep_their_promise(share, sizes, together):
    """So many pictures give an interval as narrow as wanted; the share at hand alone promises it in about half of the cases."""
    runs, within, kept = 100, 0.015, np.zeros(2)
    rng = np.random.default_rng([round(1000 * share), sizes[1]])
    for _ in range(runs):
        values, member = catalogue(rng, 200, sizes, share, together)
        of = sampled(values, member)
        high = min(0.5, share_in_general(of).high)
        for place, assumed in enumerate((high, of.share)):
            again, member = catalogue(rng, pictures_needed(of, assumed, within), sizes, share, together)
            found = share_in_general(sampled(again, member))
            kept[place] += (found.high - found.low) / 2 <= within
    assert kept[0] / runs >= 0.9, kept / runs
    assert kept[1] < kept[0]
