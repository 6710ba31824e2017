"""Numbers, tables, claims and sentences of a made-up study with known answers."""

from dataclasses import replace

import numpy as np
import pytest

from robustfashion.bench.measures import Asked
from robustfashion.bench.separability.claims import claims, worst
from robustfashion.bench.separability.findings import Compared, Findings, findings
from robustfashion.bench.separability.headline import headline
from robustfashion.bench.separability.layouts import first_by_hash
from robustfashion.bench.separability.lists import lists
from robustfashion.bench.separability.maps_figure import fig3
from robustfashion.bench.separability.settings import SeparabilitySettings
from robustfashion.bench.separability.study import Noisy, Pair, SeparabilityStudy, Strangers
from robustfashion.bench.separability.tables import (
    classes_table,
    comparison_table,
    measures_table,
    missing_table,
    networks_table,
    noise_table,
)
from robustfashion.errors import InputError
from robustfashion.progress import silent
from robustfashion.result import ScatterMap, read_figure
from robustfashion.separability.comparison import Comparison
from robustfashion.separability.points import Points
from robustfashion.stats import Estimate
from tests.bench.separability.samples import study, watches

SETTINGS = SeparabilitySettings(methods=("tsne", "pca"), map_seeds=(0,), perplexities=(10.0,), permutations=20)


def _wrong(noisy):
    """Ten products of display types get the next class's label."""
    points = noisy.points
    wrong = np.isin(points.groups, [f"product{i}" for i in range(0, 63, 6)])
    labels = np.where(wrong, (points.labels + 1) % 3, points.labels)
    return Noisy(replace(noisy, points=points.labelled(labels)), wrong, 0.16)


@pytest.fixture(scope="module")
def made():
    made_up = study()
    return replace(made_up, noisy=_wrong(made_up.question))


@pytest.fixture(scope="module")
def found(made):
    return findings(made, SETTINGS, silent)


def test_the_product_type_is_more_separable(found, made):
    (claim,) = claims(found, papers=False)
    assert claim.verdict == "observed here" and claim.interval[0] > 0
    assert claim.statement == "watch is told from the rest better than its display_type is told (pretrained network)"
    (claim,) = claims(found, papers=True)
    assert claim.verdict == "reproduced"
    (row,) = comparison_table(found).rows
    assert row[3] == 63, "all watches are in both"


def _known(*differences):
    first, second = watches()
    whole = Estimate(0.9, 0.8, 1.0, 60)
    return [
        (
            Compared(Pair(first, replace(second, task=f"attribute {k}")), None),
            Comparison(whole, whole, d, 0.5, "not shown", 60, 30, ""),
        )
        for k, d in enumerate(differences)
    ]


def test_the_nearest_attribute_decides_with_room_for_all():
    alone = Estimate(0.10, 0.01, 0.19, 60)
    assert worst(_known(alone))[1].low == pytest.approx(alone.low)
    nearest, difference = worst(_known(Estimate(0.5, 0.4, 0.6, 60), alone, Estimate(0.3, 0.2, 0.4, 60)))
    assert nearest[0].pair.second.task == "attribute 1"
    assert difference.low < 0 < difference.high and difference.low == pytest.approx(0.2 - difference.high)


def test_guessing_proves_nothing():
    one = Estimate(0.05, -0.1, 0.2, 60)
    first, second = watches()
    compared = Compared(Pair(first, second), Comparison(one, one, Estimate(0.3, 0.1, 0.5, 60), 0.01, "first", 60, 30, ""))
    bare = Findings((), (compared,), {}, {}, {}, {}, [], [], None, (), {})
    (claim,) = claims(bare, papers=False)
    assert claim.verdict == "not comparable"


def _answered(subject, right):
    """The same pictures with their own network's answers, of which so many of each class are right."""
    correct = np.zeros(len(subject.ids))
    for k in range(len(subject.points.classes)):
        rows = np.flatnonzero(subject.points.labels == k)
        correct[rows[: round(right * len(rows))]] = 1
    return replace(
        subject, answers=Asked(correct, subject.points.labels, subject.points.groups, len(subject.points.classes)),
        features="own network",
    )  # fmt: skip


def _own(found, made, *shares):
    """Findings of which the comparison is of own networks, the attribute's right in these shares; and the study."""
    (one,) = found.compared
    first, second = _answered(one.pair.first, 0.99), one.pair.second
    pairs = [Pair(first, replace(_answered(second, share), task=f"display {k}")) for k, share in enumerate(shares)]
    compared = tuple(Compared(pair, one.found) for pair in pairs)
    return replace(found, compared=compared), replace(made, depth=(first, pairs[0].second), pairs=tuple(pairs))


def test_a_network_that_has_not_learned_proves_nothing(found, made):
    unlearned, asked = _own(found, made, 0.5)
    (claim,) = claims(unlearned, papers=False)
    assert claim.verdict == "not comparable" and "has not learned" in claim.rule
    rows = {row[0]: row for row in networks_table(asked).rows}
    assert rows["watch"][4] == "learned" and rows["display 0 of watch"][4] == "not learned"
    assert rows["display 0 of watch"][3].value == pytest.approx((0.5 - 1 / 3) / (2 / 3), abs=0.02)
    beside = replace(asked, depth=made.depth)
    assert "own network not comparable, since the tasks' own networks have not learned" in " ".join(headline(unlearned, beside))
    learned, _ = _own(found, made, 0.9)
    assert claims(learned, papers=False)[0].verdict == "observed here"


def test_of_several_attributes_those_that_were_learned_are_claimed_of(found, made):
    (claim,) = claims(_own(found, made, 0.5, 0.9)[0], papers=False)
    assert claim.verdict == "observed here" and "display 1 is told (own network)" in claim.statement


def test_features_of_others_are_not_asked_whether_they_learned(made):
    assert networks_table(made) is None and all(pair.learned for pair in made.pairs)


def test_the_headline_names_the_classes_that_overlap(found, made):
    lines = headline(found, made)
    side = found.wrong["display_type"].wrong
    assert lines[0].startswith(f"Of 126 watch pictures, {side.sum()} lie among those of another display type")
    assert {"Analogue", "Chronograph"} <= set(lines[0].replace(":", "").split()) and "are Digital" not in lines[0]
    assert lines[1].startswith("Watch is easier to tell from the rest than its display type is to tell: +")


@pytest.mark.parametrize(
    ("first", "difference", "sentence"),
    [
        (Estimate(0.9, 0.8, 1.0, 60), Estimate(-0.2, -0.3, -0.1, 60), "Watch is harder to tell from the rest than its display"),
        (Estimate(0.9, 0.8, 1.0, 60), Estimate(0.1, -0.1, 0.3, 60), "Whether watch is easier to tell from the rest than its"),
        (Estimate(0.1, -0.1, 0.3, 60), Estimate(0.4, 0.2, 0.6, 60), "Neither watch nor its display type is shown to be told"),
    ],
)
def test_the_headline_claims_no_more_than_was_shown(found, made, first, difference, sentence):
    one = replace(found.compared[0], found=Comparison(first, first, difference, 0.5, "not shown", 60, 30, ""))
    assert headline(replace(found, compared=(one,)), made)[1].startswith(sentence)


@pytest.mark.parametrize(
    ("interval", "sentence"),
    [
        (
            (0.5, 0.2, 0.8),
            "Tasks that a line separates better are told better by heads on the shared network: rank correlation 0.50",
        ),
        ((-0.5, -0.8, -0.2), "Tasks that a line separates better are told worse by"),
        (
            (0.5, -0.2, 0.9),
            "That more separable tasks are told better is not shown: rank correlation 0.50 [\N{MINUS SIGN}0.20, 0.90]",
        ),
    ],
)
def test_the_headline_says_which_way_tasks_go(found, made, interval, sentence):
    known = replace(found, correlations={"probe_accuracy": Estimate(*interval, 14)})
    assert headline(known, made)[-1].startswith(sentence)


def test_labels_that_the_features_do_not_tell_are_no_candidates(found, made):
    probe = found.of(made.question)["probe_accuracy"]
    guess = replace(probe, corrected=Estimate(0.1, -0.1, 0.3, 126))
    at_chance = [
        replace(a, measures={**a.measures, "probe_accuracy": guess}) if a.subject is made.question else a for a in found.assessed
    ]
    (line,) = [line for line in headline(replace(found, assessed=tuple(at_chance)), made) if "label_issues.csv" in line]
    assert line.startswith("These features are not shown to tell the classes better than by guessing") and "say nothing" in line


def test_what_is_left_out_is_said_once_for_all_features_and_shortened(found, made):
    (one,) = found.compared
    groups = [f"product{i // 12}" for i in range(126)]  # eleven products
    labels = np.arange(126, dtype=np.int64) // 12 % 6
    points = Points(one.pair.second.points.features, labels, ("a;", "b", "c", "d", "e", "f"), tuple(groups))
    few = replace(one.pair.second, points=points)
    pairs = [Pair(replace(one.pair.first, features=name), few) for name in ("pretrained network", "own network")]
    made_up = replace(found, compared=tuple(Compared(pair, None, "too few") for pair in pairs))
    table = missing_table(made_up)
    assert table is not None and comparison_table(made_up) is None
    (row,) = table.rows
    assert row[2:4] == ["pretrained network, own network", "no"]
    assert row[4] == "fewer than two classes of 20 products: too small are a; (2), b (2), c (2), d (2) and 2 more"
    assert missing_table(found) is None
    assert headline(made_up, made)[1].startswith("Watch could not be held against an attribute of it (pretrained network): fewer")


def test_the_headline_of_a_task_without_attributes_beside_another_with_some(found, made):
    of_others = replace(found.compared[0], pair=Pair(replace(made.depth[0], task="shoe"), made.depth[1]))
    assert headline(replace(found, compared=(of_others,)), made)[1].startswith("Watch is held against no attribute")


def test_tables_say_what_overlaps(found, made):
    rows = {row[0]: row for row in classes_table(found, made.question).rows}
    assert rows["Digital"][6].value < 0.1 < rows["Analogue"][6].value
    assert rows["Analogue"][7].startswith("Chronograph") and rows["Chronograph"][7].startswith("Analogue")
    spaces = {row[0] for row in measures_table(found, made.question).rows}
    assert spaces == {"the original space", "50 principal components", "the map that is shown large"}


def test_wrong_labels_are_at_the_head_of_the_list(found):
    check = found.noise
    assert check is not None and check.wrong_products == 11
    assert check.precision[5].value > 0.5 and check.precision[5].n == 5
    assert check.precision[5].value >= check.precision[max(check.precision)].value
    table = noise_table(check)
    assert table is not None and "22 of them (11 products) are wrong on purpose" in table.note


def test_lists_name_every_candidate_and_every_stray(found, made):
    texts = lists(found, made)
    assert len(texts["label_issues.csv"].splitlines()) == 1 + len(found.issues)
    strays = sum(int(side.wrong.sum()) for side in found.wrong.values())
    assert len(texts["wrong_side.csv"].splitlines()) == 1 + strays
    assert "images/" in texts["label_issues.csv"]


def test_names_that_a_spreadsheet_would_run_are_made_harmless(made, found):
    question = made.question
    hostile = replace(made, paths=dict.fromkeys(question.ids, "=cmd()"))
    for text in lists(found, hostile).values():
        assert "'=cmd()" in text and "\n=cmd()" not in text


def test_outliers_are_placed_into_maps_that_were_made_without_them(made, found):
    _, second = watches()
    strange = Strangers(np.full((3, 6), 40.0, np.float32), ("x1", "x2", "x3"), ("junk/swatch", "junk/box", "junk/box"))
    alone = SeparabilityStudy((second,), strangers={"display_type": strange})
    plain, _ = fig3(findings(SeparabilityStudy((second,)), SETTINGS, silent), SeparabilityStudy((second,)))
    figure, images = fig3(findings(alone, SETTINGS, silent), alone)
    assert figure is not None and plain is not None and images == {}
    data, before = read_figure(figure, ScatterMap), read_figure(plain, ScatterMap)
    assert len(data.points.names) == len(before.points.names) + 3 == 129
    kinds = next(colouring for colouring in data.colourings if colouring.name == "kind of outlier")
    assert [v is not None for v in kinds.values] == [False] * 126 + [True] * 3


def test_constant_features_are_refused():
    _, second = watches()
    flat = replace(second, points=replace(second.points, features=np.ones((126, 6), np.float32)))
    with pytest.raises(InputError, match=r"constant|same|equal"):
        findings(SeparabilityStudy((flat,)), SETTINGS, silent)


def test_many_duplicates_and_a_class_of_one_product_are_said():
    _, second = watches()
    points = second.points
    labels, groups = points.labels.copy(), list(points.groups)
    few = np.flatnonzero(labels == 2)[2:]
    labels[few] = 0
    features = points.features.copy()
    features[:40] = features[0]
    odd = replace(second, points=Points(features, labels, points.classes, tuple(groups)))
    found = findings(SeparabilityStudy((odd,)), SETTINGS, silent)
    reasons = {measured.reason for one in found.assessed for measured in one.measures.values()}
    assert any("'Digital'" in reason for reason in reasons), reasons
    assert headline(found, SeparabilityStudy((odd,)))[0].startswith("Of 126 watch pictures")


def test_a_map_of_some_is_of_the_first_by_hash():
    ids = [str(i) for i in range(100)]
    some = first_by_hash(ids, 30)
    assert len(some) == 30 and (np.diff(some) > 0).all()
    kept = {ids[row] for row in some}
    other = list(reversed(ids))
    assert {other[row] for row in first_by_hash(other, 30)} == kept, "whatever their order"
