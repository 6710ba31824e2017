"""Thresholds on new data: what is achieved, beside what was promised, and when a warning is due."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from robustfashion.errors import InputError
from robustfashion.rejection.thresholds import parse_rule, reapply
from tests.rejection.thresholds.worlds import flat, rising, rows


def both(text="quantile@0.1", seed=0, **options):
    rng = np.random.default_rng(seed)
    return parse_rule(text).calibrate(rows(rng, 400, risk=rising)), rows(rng, 300, **{"risk": rising} | options)


def test_nothing_has_changed():
    threshold, new = both()
    found = reapply(threshold, new.scores, new.predicted, new.wrong)
    refused = int((new.scores > threshold.overall).sum())
    assert found.refused.value == refused / 300 and found.calibrated == threshold.refused and not found.warnings
    kept = new.scores <= threshold.overall
    assert found.risk.value == pytest.approx(new.wrong[kept].mean()) and found.excess is None
    assert "promised: at most 10 % of ordinary pictures are refused, on average" in str(found)


def test_drift_is_the_law_of_ranks():
    """All orders of 400 old and 300 new scores are as likely: how many new ones lie beyond the 361st of the old, by drawing."""
    threshold, new = both()
    ranks = np.random.default_rng(1).random((20_000, 700))
    cut = np.sort(ranks[:, :400], axis=1)[:, 360]
    counts = (ranks[:, 400:] > cut[:, None]).sum(axis=1)
    assert threshold.refused.value == pytest.approx(39 / 400)
    for shift in (-0.05, 0.0, 0.06):
        count = int((new.scores + shift > threshold.overall).sum())
        tails = min((counts <= count).mean(), (counts >= count).mean())
        found = reapply(threshold, new.scores + shift, new.predicted)
        assert found.drift == pytest.approx(min(1, 2 * tails), abs=0.02)


def test_more_and_fewer_refused():
    threshold, new = both()
    more = reapply(threshold, new.scores + 0.2, new.predicted)
    assert len(more.warnings) == 1 and "more pictures are refused than when the threshold was set" in more.warnings[0]
    assert "p < 0.0001, level 0.01" in more.warnings[0] and "warning: more" in str(more)
    fewer = reapply(threshold, new.scores - 0.2, new.predicted)
    assert "fewer pictures are refused" in fewer.warnings[0]
    assert not reapply(threshold, new.scores - 0.2, new.predicted, level=1e-12).warnings


def test_risk_above_what_was_promised():
    threshold, new = both("target-risk@0.1", risk=flat(0.3))
    found = reapply(threshold, new.scores, new.predicted, new.wrong)
    kept = new.scores <= threshold.overall
    test = scipy_stats.binomtest(int(new.wrong[kept].sum()), int(kept.sum()), 0.1, alternative="greater")
    assert found.excess == pytest.approx(test.pvalue) and any(
        "the risk is above the promised 10 %" in text for text in found.warnings
    )
    assert reapply(threshold, new.scores, new.predicted).excess is None, "without labels nothing is known of the risk"


def test_copies_make_nothing_surer():
    threshold, new = both()
    scores = np.where(np.arange(300) < 50, 0.99, new.scores * 0.9)
    once = reapply(threshold, scores, new.predicted)
    names = [str(i) for i in range(300)]
    copied = reapply(threshold, np.repeat(scores, 5), np.repeat(new.predicted, 5), None, np.repeat(names, 5).tolist())
    assert copied.drift == pytest.approx(once.drift, rel=0.3) and copied.refused.products == 300
    ignored = reapply(threshold, np.repeat(scores, 5), np.repeat(new.predicted, 5))
    assert ignored.drift < copied.drift / 10


def test_a_batch_has_no_cut_to_drift():
    threshold, new = both("conformal-bh@0.1")
    found = reapply(threshold, new.scores + 5, new.predicted)
    assert found.refused.value == 1 and found.drift is None and not found.warnings and found.risk is None


def test_unusable_rows():
    threshold, new = both()
    for arguments, message in (
        ((np.zeros(0), np.zeros(0, np.int64)), "there are no rows"),
        ((new.scores, new.predicted, new.wrong[:2]), "300 scores and 2 wrong"),
        ((new.scores, new.predicted, None, ("a",)), "300 scores and 1 products"),
        ((new.scores, new.predicted[:4]), "300 scores and 4 predicted"),
    ):
        with pytest.raises(InputError, match=message):
            reapply(threshold, *arguments)
