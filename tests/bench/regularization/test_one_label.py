"""One label against the rest: its tag is the only answer, and to be none is no answer."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from robustfashion.bench.regularization.confidences import certainty, confidence
from robustfashion.bench.regularization.headline import headline
from robustfashion.bench.regularization.lists import lists
from robustfashion.bench.regularization.settings import COVERAGES, RegularizationSettings
from robustfashion.bench.regularization.suite import regularization
from robustfashion.bench.regularization.tables import matched, table4
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from tests.bench.regularization import samples
from tests.bench.regularization.test_confidences import table as answers
from tests.bench.regularization.test_suite import TINY

DRESS = ("other", "dress")


def test_who_is_surely_none_stands_last():
    found = answers([[0, 3], [0, 1], [1, 0], [9, 0]], classes=DRESS)
    assert np.argsort(-certainty(found)).tolist() == [0, 1, 2, 3]
    assert certainty(found)[:2] == pytest.approx(confidence(found)[:2]) and (certainty(found)[2:] < 0.5).all()
    assert certainty(replace(found, classes=("dress", "skirt"))).tolist() == confidence(found).tolist()
    assert certainty(found, 5).argsort().tolist() == certainty(found).argsort().tolist()


def arms(calls_outliers=6):
    """A network that knows dresses, and calls some of 24 outliers so; half of the dresses are less sure than the threshold."""
    trained = samples.trained("no weight decay", classes=DRESS)
    noisy = trained.noisy[0]
    logits = np.where((noisy.labels == 1)[:, None], [0, 2.0], [2.0, 0]).astype(np.float32)
    logits[np.flatnonzero(noisy.labels == 1)[::2], 1] = 0.5
    logits[np.flatnonzero(samples.OUTLIER)[:calls_outliers]] = 0, 3
    trained = replace(trained, noisy=(replace(noisy, logits=logits),) * samples.SEEDS)
    refusal = 1 - np.stack([certainty(t) for t in trained.noisy], axis=1)
    return samples.arm("no weight decay", trained, refusal=refusal, thresholds=np.full(samples.SEEDS, 0.25))


def test_counts_are_those_of_the_tag():
    found = samples.measured(arms(), resamples=100)
    study, dresses = found.study, samples.ORDINARY // 2
    assert study.label == "dress" and study.of_label.sum() == dresses
    (line,) = [row for row in table4(found).rows if row[1] == "here"]
    sure = dresses - (dresses + 1) // 2
    assert line[3] == sure + 6 and line[5] == line[8] == 6, "those called the rest are no answers, however sure"
    n = len(samples.KINDS)
    assert found.coverages[:2] == pytest.approx([dresses / n, (dresses + 6) / n]) and found.coverages[2:] == (0.7,)
    values = dict(zip([c.name for c in matched(found).columns], matched(found).rows[0], strict=True))
    assert values["Risk at 44.7 %"].value == pytest.approx(6 / (dresses + 6))
    first = headline(found)[0]
    assert f"gives 6 outliers and {sure} of the label's own pictures the tag" in first
    assert f"{dresses} of the label dress" in first
    assert "the tag dress, as many as there are of it" in headline(found)[1]


def test_a_lost_product_is_one_whose_tag_was_right():
    found = samples.measured(arms(), resamples=100)
    lost = list(csv.DictReader(io.StringIO(lists(found)["lost_products.csv"])))
    assert {line["class"] for line in lost} == {line["label"] for line in lost} == {"dress"} and len(lost) == 23
    assert {line["score"] for line in lost} == {f"{1 / (1 + np.exp(-0.5)):.6f}"}
    taken = list(csv.DictReader(io.StringIO(lists(found)["accepted_outliers.csv"])))
    assert len(taken) == 6 and {line["class"] for line in taken} == {"dress"}


def test_a_network_that_calls_nothing_so_has_coverages_to_compare_at():
    of = arms(0)
    none = replace(of, predicted=np.zeros_like(of.predicted))
    assert samples.measured(none, resamples=100).coverages == (pytest.approx(45 / 114), 0.7)


def test_coverages_are_table_4s_but_for_one_label(tmp_path):
    assert RegularizationSettings(**TINY, cache=tmp_path).coverages == COVERAGES
    for task in ({"tasks": ("luggage",)}, {"tasks": None, "positive": "luggage"}):
        assert RegularizationSettings(**(TINY | task), cache=tmp_path).coverages == ()
    with pytest.raises(InputError, match="coverages is empty"):
        RegularizationSettings(**TINY, coverages=(), cache=tmp_path)


def test_the_suite_on_one_label_with_classes_held_out(tmp_path):
    drawn = SyntheticSettings(count=120, seed=1, mix={"luggage": 1, "watch": 1, "shoe": 1}, long_side_px=(32, 40))
    own = {"tasks": None, "positive": "luggage", "hold_out": ("watch",), "seeds": (0,), "places": {}, "synthetic": drawn}
    own |= {"label_smoothing": 0.0, "confidence_penalty": 0.0, "drop_rate": 0.0, "max_steps": 3}  # the grid alone
    result = regularization(RegularizationSettings(**(TINY | own), cache=tmp_path))
    reasons = {refused.item: refused.reason for refused in result.refused}
    assert "every other class is of the rest" in reasons["outlier exposure"] and "validator" in reasons
    tables = {t.id: t for t in result.tables}
    assert [c.name for c in tables["tiers"].columns][1].startswith("held out")
    assert "An answer is the tag luggage" in tables["matched"].note and "of the label luggage" in result.headline[0]
    assert all(line["class"] == "luggage" for line in csv.DictReader(io.StringIO(result.lists["accepted_outliers.csv"])))
