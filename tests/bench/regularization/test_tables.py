"""Tables of made-up studies: what is n/a, what is named, what is resampled."""

import numpy as np

from robustfashion.bench.regularization.claims import claims
from robustfashion.bench.regularization.figures import outliers_coverage, risk_coverage
from robustfashion.bench.regularization.tables import differences, matched, table4, temperature, temperature_own, tiers
from robustfashion.stats import wilson_share
from tests.bench.regularization import samples


def row(table, name):
    (found,) = [dict(zip([c.name for c in table.columns], one, strict=True)) for one in table.rows if one[0] == name]
    return found


def marked(figure):
    return [mark["name"] for mark in figure.data["marks"]]


def silent():
    """A plain row that answers, and a weight decay of which one network answers nothing."""
    arms = samples.places()
    cuts = np.array([0.5, 0.5, -1.0])
    arms[1] = samples.arm(arms[1].name, arms[1].trained, thresholds=cuts)
    return samples.measured(*arms[:2], arms[4])


def test_a_network_that_answers_nothing_has_no_risk_and_is_not_the_best():
    found = silent()
    line = row(table4(found), "weight decay 1")
    assert line["Risk"] is None and line["Outlier risk"] is None and line["Coverage"].value > 0.3
    said = {claim.id: claim for claim in claims(found, False)}
    assert said["decay-risk"].verdict == "not comparable" and said["decay-risk"].value is None
    assert "answers nothing" in said["decay-risk"].statement and said["decay-risk-matched"].value is not None
    own = row(temperature_own(found), "weight decay 1")
    assert own["Risk, weight decay"] is None is own["Risk, change"] and own["p (Risk, Holm)"] is None
    assert own["Coverage of all pictures, change"].value < -0.2
    assert "weight decay 1" not in marked(risk_coverage(found))
    assert "weight decay 1" in marked(outliers_coverage(found))


def test_a_temperature_is_shown_at_its_own_threshold():
    arms = samples.places(all=0.1, cooled=0.9)
    arms[4] = samples.arm(arms[4].name, arms[4].trained, 0.9, "temperature", 9, thresholds=np.full(3, 0.6))
    found = samples.measured(*arms)
    own = temperature_own(found)
    line = row(own, "weight decay 1")
    expected = (arms[4].refusal <= 0.6).mean()
    assert np.isclose(line["Coverage of all pictures, temperature"].value, expected, atol=1e-6)
    assert line["Outliers answered, change"].high < 0 and line["p (Outliers answered, Holm)"] < 0.05
    assert len(own.rows) == len(temperature(found).rows) == 3


def test_tiers_resample_products_and_share_tied_pictures():
    arms = samples.places()
    found = samples.measured(*arms)
    table = tiers(found)
    assert [c.name for c in table.columns] == ["Answers by", "far (8)", "junk (8)", "near (8)"]
    outliers = found.estimate(arms[0], "accepted", found.main)
    parts = [row(table, "no weight decay")[c.name].value for c in table.columns[1:]]
    assert np.isclose(np.mean(parts), outliers.value, atol=1e-6)
    for cell in table.rows[0][1:]:  # eight pictures of four products and more: less is known than of eight
        wilson = wilson_share(cell.value, 8)
        assert cell.high - cell.low > wilson.high - wilson.low
    tied = samples.arm("no weight decay", arms[0].trained, refusal=np.full_like(arms[0].refusal, 0.5))
    assert all(np.isclose(cell.value, 0.7, atol=1e-6) for cell in tiers(samples.measured(tied)).rows[0][1:])
    assert "validator" in table.note


def test_names_say_of_what_coverage_and_area_are():
    found = samples.measured(*samples.places())
    for table in (matched(found), differences(found)):
        names = " ".join(column.name for column in table.columns)
        assert "AUGRC with outliers" in names
    assert "of all pictures" in matched(found).title and "of all pictures" in risk_coverage(found).data["x"]["name"]
