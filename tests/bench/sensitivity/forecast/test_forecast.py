"""Numbers, tables, words and lists of a forecast, from made-up answers with known changes."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats as scipy_stats

from robustfashion.bench.resize.study import Run
from robustfashion.bench.sensitivity.forecast.assisted import assist, sampled_with_margins
from robustfashion.bench.sensitivity.forecast.exposure import exposure
from robustfashion.bench.sensitivity.forecast.headline import headline
from robustfashion.bench.sensitivity.forecast.lists import COLUMNS, exposed
from robustfashion.bench.sensitivity.forecast.numbers import forecasts, foreseen
from robustfashion.bench.sensitivity.forecast.own import own_figures, own_points
from robustfashion.bench.sensitivity.forecast.refusing import refusals, refusing_figure, refusing_table, served_margin
from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.bench.sensitivity.forecast.tables import exposed_table, forecast_table
from robustfashion.decisions import Thresholds
from robustfashion.stats.unseen import share_unseen
from tests.bench.sensitivity.forecast.samples import METHODS, subject, table, world
from tests.stats.worlds import noise


def by_hand():
    """Six pictures of four products of eight; Java moves the tags of two pictures of one product and the class of one more."""
    sure, unsure, hat = [0.0, 4.0, 0.0], [0.0, 0.5, 0.0], [4.0, 0.0, 0.0]
    groups = ["a", "a", "b", "c", "c", "d"]
    before = table([sure, sure, sure, unsure, hat, sure], groups=groups)
    java = table([hat, unsure, sure, [0.5, 0.0, 0.0], hat, sure], groups=groups)
    run = Run(0, Thresholds(0.6, rule="by hand"), {METHODS[0]: before, METHODS[1]: java, METHODS[2]: before})
    return Subject(run, total=20, total_products=8)


def test_counts_by_hand():
    java, smooth = forecasts(by_hand())
    assert (java.method, java.tags.seen.share, java.classes.seen.share) == (METHODS[1], 2 / 6, 2 / 6)
    assert java.products.seen.n == 4 and java.products.seen.share == 0.25 and java.products.total == 8
    assert java.tags.count.value == round(20 / 3) and java.tags.count.low >= 2 and java.tags.count.high <= 16
    assert smooth.tags.catalogue.value == 0 < smooth.tags.catalogue.high
    unseen = scipy_stats.hypergeom  # of products, which are asked whole, the law is exact: 4 of 8, 1 changed
    fits = [y for y in range(5) if min(unseen.cdf(1, 8, 1 + y, 4), unseen.sf(0, 8, 1 + y, 4)) > 0.025]
    assert (java.products.count.low, java.products.count.high) == (1 + fits[0], 1 + fits[-1])


def test_products_asked_in_part():
    of = by_hand()
    found = forecasts(Subject(of.run, of.total, None))
    assert [one.products for one in found] == [None, None]
    shown = forecast_table(Subject(of.run, of.total, None), found, 0.01)
    assert [row[3] for row in shown.rows] == [None, None] and "(4 products)" in shown.note


def test_all_asked_is_known():
    of = foreseen(np.array([1.0, 0, 0, 0]), ("a", "b", "c", "d"), 4)
    assert of.complete and (of.catalogue.low, of.catalogue.high) == (0.25, 0.25)
    assert of.promised == of.general and of.general.high > 0.7
    assert of.needed(0.005, surely=True) > of.needed(0.005, surely=False) > 20_000


def test_surely_is_for_the_share_nearest_to_a_half():
    of = foreseen((np.arange(200) < 9).astype(float), tuple(map(str, range(200))), 12_000)
    likely, surely = of.needed(0.005, surely=False), of.needed(0.005, surely=True)
    assert 4_000 < likely < surely < 12_000
    assert of.catalogue.low * 12_000 == pytest.approx(of.count.low)
    assert of.count.low == 9 + round(share_unseen(of.seen, 11_800).low * 11_800)


def test_table_and_headline_agree():
    of = subject(200, total=1000, labelled=True)
    found = forecasts(of)
    shown = forecast_table(of, found, 0.005)
    names = [column.name for column in shown.columns]
    line = dict(zip(names, shown.rows[0], strict=True))
    changed = of.tags_change(METHODS[1]).mean()
    assert line["Tags that change"].value == pytest.approx(changed) and "Δ accuracy" in names
    java = of.run.tables[METHODS[1]]
    delta = java.correct.mean() - of.table.correct.mean()
    assert line["Δ accuracy"].value == pytest.approx(delta) and 0 < changed < 0.5
    first, known, classes, refused, right = headline(of, found, METHODS[1], 0.005)
    e = line["Tags that change"]
    assert f"If java2d.bilinear resizes instead of pillow.bilinear, {100 * e.value:.1f} % [{100 * e.low:.1f}, " in first
    assert "java_image.smooth, the nearest of 2 Java methods" in first and f"({line['Pictures'].value:,} [" in first
    assert f"about {line['For ± 0.5 points']:,} pictures" in known and f"{line['Surely for ± 0.5 points']:,} surely" in known
    assert "Refusing the 10 % of pictures" in refused and "Accuracy of the 200 pictures" in right
    assert f"{100 * np.mean(java.predicted != of.table.predicted):.1f} %" in classes


def test_how_the_sample_came_about_is_said():
    of = subject(200, 400)
    assert "drawn by product" in " ".join(headline(of, forecasts(of), "java2d.bilinear", 0.005))
    lines = " ".join(headline(replace(of, drawn=False), forecasts(of), "java2d.bilinear", 0.005))
    assert "only if they were drawn at random" in lines and "drawn by product" not in lines
    assert "larger than any" not in lines
    warned = headline(replace(of, beyond=20), forecasts(of), "java2d.bilinear", 0.005)
    assert "20 pictures lie in products larger than any that was asked" in warned[-1] and "--pictures 400" in warned[-1]


def test_what_is_known_has_no_interval_and_a_tag_is_explained():
    of = subject(200)
    tags, known, classes, *_ = headline(of, forecasts(of), METHODS[1], 0.005)
    changed = 100 * of.tags_change(METHODS[1]).mean()
    assert f"{changed:.1f} % of your 200 pictures lose, gain or change their tag (" in tags and "[" not in tags + classes
    assert "All 200 pictures (200 products) were asked: of pictures like these in general" in known and "[" in known
    assert classes.startswith("A tag is the most probable class where its confidence reaches 0.600 (by hand).")
    one = subject(1, scale=0.0)
    lines = headline(one, forecasts(one), METHODS[1], 0.005)
    assert lines[1].startswith("The one picture was asked: ") and not any("Refusing the 0 %" in line for line in lines)


def test_of_so_few_that_none_is_refused_nothing_is_said():
    of = subject(4, scale=40.0, seed=1)
    assert of.tags_change(METHODS[1]).any()
    assert not any("Refusing" in line for line in headline(of, forecasts(of), METHODS[1], 0.005))


def test_nothing_changes():
    """No number of it is certain, nothing is fitted, and nothing breaks."""
    of = subject(60, total=300, scale=0.0)
    found, order = forecasts(of), exposure(of)
    assert order.probabilities is None and order.order == tuple(np.argsort(of.tag_margin, kind="stable"))
    assert all(one.tags.catalogue.value == 0 and one.tags.catalogue.high > 0.02 for one in found)
    assert refusing_figure(of) is None and all(one.removed is None for one in refusals(of))
    assert not any("Refusing" in line for line in headline(of, found, METHODS[1], 0.005))
    assert exposed_table(of, order).rows[0][-2] is None


def test_exposure_orders_by_what_changes():
    of = subject(400, scale=1.0)
    found = exposure(of)
    changed = np.mean([of.tags_change(m) for m in of.others], axis=0)
    order = list(found.order)
    assert sorted(order) == list(range(400)) and 0.85 < found.auc < 1
    assert changed[order[:100]].mean() > 4 * changed[order[100:]].mean()
    assert found.probabilities.mean() == pytest.approx(changed.mean(), abs=0.01), "logistic regression keeps the mean"
    assert found.probabilities[:, 0].mean() > found.probabilities[:, 1].mean(), "Java's bilinear changes more"


def test_detail_tells_too():
    """Where detail decides what changes, and margins do not, the model finds it."""
    of = subject(300, scale=0.6)
    detail = 1 + 40 * (of.tags_change(METHODS[1]) > 0) + np.random.default_rng(0).random(300)
    told = Subject(of.run, of.total, of.total_products, detail)
    assert exposure(told).auc > exposure(of).auc and "Detail" in [c.name for c in exposed_table(told, exposure(told)).columns]


def test_refusing_by_hand():
    of = subject(200, scale=1.0, labelled=True)
    rows = {(one.method, round(one.refused, 2)): one for one in refusals(of)}
    margin, changed = served_margin(of, METHODS[1]), of.tags_change(METHODS[1]).astype(bool)
    least = np.zeros(200, bool)
    least[np.argsort(margin, kind="stable")[:20]] = True
    one = rows[METHODS[1], 0.1]
    assert one.removed.value == pytest.approx((changed & least).sum() / changed.sum())
    assert one.left.value == pytest.approx((changed & ~least).sum() / 180)
    assert one.accuracy.value == pytest.approx(of.run.tables[METHODS[1]].correct[~least].mean())
    assert margin[least].max() <= one.margin <= margin[~least].min()
    assert one.removed.value > 0.3 and len(refusing_table(of).rows) == 8
    curve = refusing_figure(of).data["curves"][0]
    assert curve["y"][-1] == pytest.approx(changed.mean()) and curve["y"][179] == pytest.approx(one.left.value)


def test_hostile_names_are_text():
    base = world(12)[METHODS[0]]
    ids = ("=cmd|'/c calc'!A1", "<script>alert(1)</script>", *base.ids[2:])
    first = table(base.logits, ids=ids, groups=ids, classes=("=1+1", "dress", "shoe"))
    second = table(-base.logits, ids=ids, groups=ids, classes=("=1+1", "dress", "shoe"))
    of = Subject(Run(0, Thresholds(0.5), {METHODS[0]: first, METHODS[1]: second}), 12, 12)
    rows = list(csv.DictReader(io.StringIO(exposed(of, exposure(of)))))
    assert tuple(rows[0]) == COLUMNS and len(rows) == 12
    assert {"'=cmd|'/c calc'!A1", "<script>alert(1)</script>"} < {row["picture"] for row in rows}
    assert not any(value.startswith("=") for row in rows for value in row.values())
    assert all((row["changes"] == "1") == (row["changed_under"] != "") for row in rows)


def test_margins_of_all_pictures_narrow_the_forecast():
    whole = world(2000, seed=3, scale=1.0)
    rows = np.arange(200)
    run = Run(0, Thresholds(0.6), {name: of.take(rows) for name, of in whole.items()})
    plain = Subject(run, 2000, 2000)
    helped = Subject(run, 2000, 2000, everyone=whole[METHODS[0]])
    before, after = forecasts(plain), assist(helped, forecasts(helped))
    assert assist(plain, before) == before
    for old, new in zip(before, after, strict=True):
        assert new.products == old.products
        assert new.classes.seen.effective >= old.classes.seen.effective == 200
    assert after[0].tags.seen.design_effect < 0.95 and after[0].tags.needed(0.01, surely=False) < before[0].tags.needed(
        0.01, surely=False
    )
    changed = run.tags[METHODS[0]] != run.tags[METHODS[1]]
    some = sampled_with_margins(changed * (np.arange(200) < 5), plain.groups, plain.tag_margin, plain.tag_margin)
    assert some.effective == 200, "of hardly any change nothing is modelled"


def test_own_points():
    labelled, bare = subject(100, total=400, labelled=True), subject(100, total=400)
    points = own_points(labelled, forecasts(labelled), 2.25)
    assert [one.label for one in points] == list(METHODS[1:]) and points[0].delta.n == 100 and points[0].reduction == 2.25
    assert [f.id for f in own_figures(bare, forecasts(bare), 2.25)] == ["danger-zone-classes"]
    accuracy, classes = own_figures(labelled, forecasts(labelled), 2.25)
    assert "given network" in classes.doc and "SysNoise" in accuracy.doc
    (far,) = own_figures(bare, forecasts(bare), 9.0)
    assert [(of.data["x"]["low"], of.data["x"]["high"]) for of in (classes, far)] == [(1, 8), (1, 9)]


@pytest.mark.slow
@pytest.mark.parametrize("pictures", [1, 3])
@pytest.mark.parametrize("scale", [0.3, 1.0])
def test_coverage_with_margins(pictures, scale):
    """The assisted interval holds as often, and is narrower, products of several pictures that change together, too."""
    runs, held, widths = 300, np.zeros(2), np.zeros(2)
    for run in range(runs):
        whole = world(1500, seed=1000 + run, scale=scale, pictures=pictures)
        seen = np.arange(1500) < 198
        of = Subject(Run(0, Thresholds(0.6), whole), 1500, 1500 // pictures)
        changed, groups = of.tags_change(METHODS[1]), np.array(of.groups)
        none = np.full((~seen).sum(), 0.0)
        truth = changed[~seen].mean()
        plain = foreseen(changed[seen], tuple(groups[seen]), 1500).seen
        helped = sampled_with_margins(changed[seen], tuple(groups[seen]), of.tag_margin[seen], of.tag_margin[~seen])
        for place, one in enumerate((plain, helped)):
            found = share_unseen(one, len(none))
            held[place] += found.low - 1e-9 <= truth <= found.high + 1e-9
            widths[place] += found.high - found.low
    assert (held / runs > 0.95 - noise(0.05, runs)).all(), held / runs
    assert widths[1] < widths[0], widths / runs
