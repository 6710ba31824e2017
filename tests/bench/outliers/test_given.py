"""The suite on predictions that somebody brings: known counts, and what is absent is said."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from robustfashion.bench.outliers.settings import OutliersSettings
from robustfashion.bench.outliers.suite import outliers
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable, write_predictions
from robustfashion.rejection.cascade import read_operating_point
from tests.bench.outliers.samples import table, validator, whole

FEW = {"scores": ("max_softmax", "energy", "knn"), "rules": ("mean-confidence", "quantile@0.1", "target-risk@0.3/0.1")}


def run(folder, *tables: PredictionTable, **changed):
    names = ("attribute", "watch", "second")
    files = [folder / f"{name}.parquet" for name, _ in zip(names, tables, strict=False)]
    for file, of in zip(files, tables, strict=True):
        write_predictions(of, file)
    return outliers(OutliersSettings(predictions=tuple(files), **(FEW | changed)))


def rows(result, name):
    found = next(table for table in result.tables if table.id == name)
    return [dict(zip([column.name for column in found.columns], row, strict=True)) for row in found.rows]


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    of = whole()
    return run(tmp_path_factory.mktemp("given"), of, validator(of))


def test_the_first_sentence_names_pictures(result):
    assert result.headline[0].startswith("Of 140 pictures, 40 are outliers; at your threshold of 0.850 (")
    assert (
        ") 20 of them get a tag; behind the watch validator 1 does, and 5 good pictures lose their tag to it (20 have"
        in (result.headline[0])
    )


def test_every_row_is_accounted_for(result):
    found = {row["Rows"].split(":")[0]: row["Pictures"] for row in rows(result, "accounting")}
    assert found["fits scores"] == 60 and found["sets thresholds"] == 60
    assert found["all rows of the file"] == 260 and found["other"] == 0


def test_claims_follow_from_the_counts(result):
    verdicts = {claim.id: (claim.verdict, claim.value) for claim in result.claims}
    assert verdicts["threshold-alone"] == ("observed here", 0.5)
    assert verdicts["validator-cuts-outliers"] == ("observed here", -19 / 40)
    assert verdicts["validator-costs-coverage"][1] == -5 / 100
    # Confidences are tied: the threshold alone answers 60 of 100 where the gate answers 55, and nothing between.
    assert verdicts["validator-at-equal-coverage"][0] == "not comparable"
    text = next(claim.statement for claim in result.claims if claim.id == "validator-at-equal-coverage")
    assert "60.0 and 55.0 % of ordinary pictures answered, so that it cannot be told" in text


def test_lists_name_every_picture_and_are_no_formulas(result):
    accepted = list(csv.DictReader(io.StringIO(result.lists["accepted_outliers.csv"])))
    lost = list(csv.DictReader(io.StringIO(result.lists["lost_products.csv"])))
    assert sum(row["point"] == "threshold alone" for row in accepted) == 20
    behind = [row for row in accepted if row["point"] == "behind the watch validator"]
    assert len(behind) == 1 and behind[0]["kind"] == "near/bangle" and behind[0]["gate_score"] == "0.990000"
    alone = [row for row in lost if row["point"] == "threshold alone"]
    assert len(alone) == 20 and {row["reason"] for row in alone} == {"refused by the attribute classifier"}
    gated = [row for row in lost if row["point"] == "behind the watch validator"]
    assert sum(row["reason"] == "refused by the gate" for row in gated) == 5 and len(gated) == 25


def test_the_operating_point_can_be_read_back(result):
    point = read_operating_point(result.lists["operating_point.yaml"], "operating_point.yaml")
    assert point.network == "abc" and set(point.classes) == {"Analogue", "Chronograph", "Digital"}


def test_budgets_add_up(result):
    found = rows(result, "budget")
    for name in ("threshold alone", "behind the watch validator"):
        assert sum(row[name] for row in found[:-1]) == found[-1][name] == 70


def test_every_score_of_every_tier_has_a_line(result):
    found = rows(result, "scores")
    assert {row["Tier"] for row in found} == {"near", "junk", "far", "all tiers"} and len(found) == 12
    auroc = next(row["AUROC"] for row in found if row["Score"] == "max softmax" and row["Tier"] == "all tiers")
    confidence = np.r_[np.full(60, 0.9), np.full(20, 0.6), np.full(20, 0.5)]
    wanted = np.mean([(c > o) + 0.5 * (c == o) for c in confidence for o in [0.95, 0.4]])
    assert auroc.value == pytest.approx(wanted)


def test_rules_say_what_they_promise_and_what_came_of_it(result):
    found = {(row["Score"], row["Rule"]): row for row in rows(result, "rules")}
    mean = found["max softmax", "mean-confidence"]
    assert mean["Verdict"] == "promises nothing" and mean["Refused"].value == 0.4 and mean["Outliers accepted"].value == 0.5
    assert found["max softmax", "quantile@0.1"]["Promised"] == 0.1
    assert {row["Verdict"] for row in found.values()} <= {
        "promises nothing",
        "kept",
        "broken",
        "consistent with its promise",
        "n/a",
    }


def test_the_usual_choice_keeps_todays_share_of_wrong_tags(tmp_path):
    found = run(tmp_path, whole(), validator(whole()))
    (line,) = [line for line in found.headline if line.startswith("Recommended")]
    points = {row["Point"]: row for row in rows(found, "points")}
    assert "are wrong where it was chosen" in line and "with the threshold alone" in line
    assert points["recommended"]["Coverage"].value >= points["threshold alone"]["Coverage"].value


@pytest.mark.parametrize(("choice", "words"), [("lowest-cost", "the lowest cost"), ("risk-at-coverage@0.5", "fewest wrong tags")])
def test_other_choices_say_what_they_aim_at(tmp_path, choice, words):
    found = run(tmp_path, whole(), validator(whole()), choice=choice)
    assert any(line.startswith(f"Recommended ({words}") for line in found.headline)


def test_without_outliers_it_says_so(tmp_path):
    found = run(tmp_path, whole(outliers=0))
    assert "none is marked as an outlier" in found.headline[0] and not found.claims
    assert all(row["Result"] is None for row in rows(found, "scores"))
    assert "no outlier" in next(table for table in found.tables if table.id == "scores").note


def test_one_outlier_is_enough(tmp_path):
    found = run(tmp_path, whole(outliers=1))
    assert "1 is an outlier" in found.headline[0]
    assert {row["Tier"] for row in rows(found, "scores")} == {"near"}


def test_outliers_only_are_refused(tmp_path):
    of = whole()
    with pytest.raises(InputError, match="outliers only"):
        run(tmp_path, of.take([i for i, kind in enumerate(of.outlier_kinds) if kind]))


def test_without_features_a_feature_score_is_not_available(tmp_path):
    found = run(tmp_path, whole(features=False))
    note = next(table for table in found.tables if table.id == "scores").note
    assert "KNN" in note and {row["Score"] for row in rows(found, "scores")} == {"max softmax", "energy"}
    assert next(row for row in rows(found, "rules") if row["Score"] == "KNN")["Verdict"] == "n/a"


def test_without_training_rows_a_feature_score_is_not_available(tmp_path):
    found = run(tmp_path, whole(train=0))
    assert "no pictures that taught the network" in next(table for table in found.tables if table.id == "scores").note


def test_without_validation_rows_half_of_the_products_sets_thresholds(tmp_path):
    of = whole()
    found = run(tmp_path, of.in_split("test"))
    counted = {row["Rows"].replace(":", ""): row["Pictures"] for row in rows(found, "accounting")}
    assert counted["sets thresholds ordinary pictures that the network has not seen"] == 50
    assert counted["evaluated outliers"] == 40 and counted["evaluated ordinary pictures"] == 50


def counts(result):
    return {row["Rows"].split(":")[0] + row["Rows"].split(":")[-1]: row["Pictures"] for row in rows(result, "accounting")}


def test_outliers_that_the_network_has_seen_are_not_evaluated(tmp_path):
    of = whole()
    splits = list(of.splits)
    splits[-10:] = ["train"] * 4 + ["validation"] * 5 + [None]
    found = run(tmp_path, replace(of, splits=tuple(splits)))
    assert counts(found)["evaluated outliers"] == 31
    assert "9 outliers of the splits train and validation" in next(t for t in found.tables if t.id == "accounting").note


@pytest.mark.parametrize("split", [True, False])
def test_an_outlier_of_a_product_that_sets_thresholds_is_left_out(tmp_path, split):
    of = whole()
    first = of.splits.index("validation" if split else "test")
    groups = list(of.products)
    groups[-20:] = groups[first : first + 20]
    splits = of.splits if split else ()
    of = replace(of, groups=tuple(groups), splits=splits) if split else replace(of.in_split("test"), splits=())
    if not split:
        of = replace(of, groups=tuple(groups[-140:]))
    found = run(tmp_path, of)
    note = next(t for t in found.tables if t.id == "accounting").note
    left = counts(found)["evaluated outliers"]
    assert f"{40 - left} outliers of products that fit scores or set thresholds" in note
    assert left == 20 if split else 20 < left < 40


def test_two_validators_of_one_type_are_refused(tmp_path):
    of = whole()
    with pytest.raises(InputError, match=r"second\.parquet: a validator of watch, as another of the files is"):
        run(tmp_path, of, validator(of), replace(validator(of), labels=np.zeros(len(of.ids), np.int64)))


def test_two_levels_have_a_file_each_and_the_list_names_the_weaker(tmp_path):
    names = ("Ankle-Strap", "Espadrille", "Platform", "Gladiator", "Slingback", "T-Bar")
    of = whole(features=False)
    sure = of.probabilities.max(axis=1)
    of = replace(table(of.predicted, sure, of.labels, kinds=of.outlier_kinds, splits=of.splits, features=False, classes=names))
    shoe, n = validator(of), len(of.ids)
    shoe = replace(shoe, classes=("other", "shoe"))
    sandal = table([1] * n, [0.75] * n, [-1] * n, features=False, classes=("other", "sandal"))
    found = run(tmp_path, of, shoe, sandal, rules=())
    assert "behind the shoe and sandal validator 1 does" in found.headline[0]
    accepted = [row for row in csv.DictReader(io.StringIO(found.lists["accepted_outliers.csv"])) if "behind" in row["point"]]
    assert [row["gate_score"] for row in accepted] == ["0.750000"]
    alone = run(tmp_path, of, sandal, rules=())
    assert "behind the sandal validator 20 do" in alone.headline[0]


def test_a_single_predicted_class_is_no_skill(tmp_path):
    n = 60
    of = table(
        [0] * n,
        [0.9] * n,
        np.arange(n) % 3,
        splits=("validation",) * 20 + ("test",) * 40,
        kinds=(None,) * 55 + ("far/noise",) * 5,
    )
    found = run(tmp_path, of)
    assert "not learned" in found.headline[0] and {claim.verdict for claim in found.claims} == {"not comparable"}


def test_there_is_no_gate_without_its_predictions(tmp_path):
    found = run(tmp_path, whole())
    assert "There is no validator: no predictions of a validator are given" in found.headline[0]


def test_a_validator_of_another_type_is_refused(tmp_path):
    of = whole()
    wrong = validator(of)
    other = PredictionTable(wrong.ids, wrong.labels, wrong.logits, wrong.features, ("luggage", "shoe"), wrong.groups)
    with pytest.raises(InputError, match="a validator of"):
        run(tmp_path, of, other)


def test_a_validator_of_other_pictures_is_refused(tmp_path):
    of = whole()
    with pytest.raises(InputError, match="have no answer of the validator"):
        run(tmp_path, of, validator(of).take(range(100)))


def test_ordinary_pictures_without_labels_are_refused(tmp_path):
    of = table([0, 1, 2], [0.9] * 3, [-1, -1, -1], kinds=(None, None, "far/noise"))
    with pytest.raises(InputError, match="have no label"):
        run(tmp_path, of)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"scores": ("msp",)}, "scores names 'msp'"), ({"rules": ("nonsense@1",)}, "nonsense"),
        ({"choice": "cheapest"}, "lowest-cost"), ({"gate_threshold": 2.0}, "gate_threshold is 2.0"),
        ({"tasks": ("display_type", "sleeve_type")}, "name one task"), ({"serve_methods": ("lib.none",)}, "lib"),
        ({"rows": ()}, "rows is empty"),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(changed, message):
    with pytest.raises(InputError, match=message):
        OutliersSettings(**changed)


def test_drawn_sets_share_no_seed():
    usual = OutliersSettings()
    with pytest.raises(InputError, match="share products"):
        OutliersSettings(pool=usual.noisy)
