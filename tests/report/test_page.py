"""What the template is given: tables, claims, figures; and what is refused."""

from dataclasses import replace
from typing import get_args

import pytest

from robustfashion.errors import InputError
from robustfashion.report import page
from robustfashion.report.claims import claims_view
from robustfashion.report.embed import Care
from robustfashion.report.figures import POSITIONS, VIEWS, figure_view
from robustfashion.result import Claim, Column, Estimate, Figure, FigureKind, Table
from robustfashion.result.kinds import KINDS
from tests.report.samples import claims, figures, result, tables


def test_table_says_n_once_where_it_is_one_number():
    columns = [
        Column("a", "text", ""),
        Column("one", "share", "doc"),
        Column("two", "share", "doc"),
        Column("three", "share", "doc"),
    ]
    rows = [["x", Estimate(0.5, 0.4, 0.6, 1200), Estimate(0.5, 0.4, 0.6, 7), None], ["y", None, Estimate(0.5, 0.4, 0.6, 9), None]]
    view = page.table_view(Table("t", "T", columns, rows), "t")
    assert [column.n for column in view.columns] == [None, 1200, None, None]
    assert [column.numeric for column in view.columns] == [False, True, True, True]
    assert view.meanings == [("one", "doc; n = 1,200"), ("two, three", "doc")]


def test_meanings_joins_neighbours_only():
    columns = [Column(name, "text", doc) for name, doc in (("a", "x"), ("b", "x"), ("c", "y"), ("d", ""), ("e", "x"))]
    assert page.table_view(Table("t", "T", columns, []), "t").meanings == [("a, b", "x"), ("c", "y"), ("e", "x")]


@pytest.mark.parametrize(("count", "width"), [(8, ""), (9, "wide"), (16, "wide"), (17, "widest")])
def test_width(count, width):
    assert page.table_view(Table("t", "T", [Column("a", "text", "")] * count, []), "t").width == width


def test_anchors_are_different_and_plain():
    anchors = page.Anchors()
    taken = [anchors.take("table", name) for name in ("Δ accuracy!", "accuracy", "accuracy", "<script>", "")]
    assert taken == ["table-accuracy", "table-accuracy-2", "table-accuracy-3", "table-script", "table"]


def test_claims_share_rules_and_scales():
    view = claims_view(claims())
    assert view.counts == [("reproduced", 1), ("not shown", 1), ("contradicted", 1), ("not comparable", 1)]
    assert view.rules == {"A": "rule one", "B": "rule two"}
    assert [(c.verdict, c.rule, c.paper, c.value, c.interval, c.n) for c in view.claims] == [
        ("reproduced", "A", "83.0 %", "81.0 %", "[76.0, 85.0]", "180"),
        ("contradicted", "B", "−15.0 pp", "−2.00 pp", "[−5.00, −0.04]", "1,200"),
        ("not shown", "B", "n/a", "+1.0 pp", "[−2.0, +4.0]", "180"),
        ("not comparable", "A", "50.0 %", "n/a", "", ""),
    ]
    share, points, remedy, nothing = (c.plot for c in view.claims)
    # Shares run from 0.5 to 0.85, points from -0.15 to 0.04; zero is drawn for points only.
    assert share == {"value": 88.57, "low": 74.29, "high": 100.0, "paper": 94.29}
    assert points["paper"] == 0.0 and points["zero"] == remedy["zero"] == pytest.approx(78.95, abs=0.01)
    assert "paper" not in remedy and remedy["high"] == 100.0
    assert nothing is None


def test_claims_with_many_rules_keep_different_letters():
    many = [replace(claims()[0], rule=f"rule {k}") for k in range(30)]
    assert len(claims_view(many).rules) == 30


@pytest.mark.parametrize("change", [{"verdict": "proved"}, {"unit": "furlongs"}])
def test_unknown_words_of_a_claim(change):
    with pytest.raises(InputError, match="claim a"):
        claims_view([replace(claims()[0], **change)])


def test_a_lonely_claim_has_a_scale():
    view = claims_view([Claim("a", "s", None, 0.5, None, 9, "share", "not shown", "r")])
    assert view.claims[0].plot == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_figures_and_the_care_for_their_pictures():
    heat, lines, triptychs, gallery = (figure_view(f, f"f{k}") for k, f in enumerate(figures()))
    assert [cell.text for cell in heat.table.rows[0]] == ["resnet18", "−20.0 pp", "n/a", "+1.0 pp"]
    assert len(lines.drawings) == 7 and "Up: Δ accuracy, percentage points" in lines.axes
    assert triptychs.uses() == [("train.png", Care.COMPARED), ("serve.png", Care.COMPARED), ("difference.png", Care.EXACT)]
    assert gallery.uses() == [("flip.png", Care.SHOWN)] * 2
    assert heat.uses() == lines.uses() == []


def test_numbers_of_lines_are_a_table_by_position():
    view = figure_view(figures()[1], "f").table
    assert [row[0].text for row in view.rows] == ["1.25", "2", "3"]
    assert (view.rows[1][3].text, view.rows[1][3].interval) == ("−4.0 pp", "[−8.0, +2.0]")
    assert view.rows[1][7].missing and (view.rows[2][7].text, view.rows[2][7].interval) == ("+10.0 pp", "")


def test_long_curves_are_listed_in_part_and_say_so():
    x = [0.01 * k for k in range(101)]
    data = {"x": "threshold", "y": "share", "unit": "share", "series": [{"name": n, "x": x, "y": x} for n in ("a", "b")]}
    view = figure_view(Figure("f", "F", "lines", data, ""), "f").table
    assert len(view.rows) == POSITIONS and "result.json" in view.note
    ends = [[cell.text for cell in view.rows[k]] for k in (0, POSITIONS // 2 - 1, -1)]
    assert ends == [["a", "0", "0.0 %"], ["a", "1", "100.0 %"], ["b", "1", "100.0 %"]]


def test_every_kind_of_figure_has_a_view():
    assert VIEWS.keys() == KINDS.keys() == set(get_args(FigureKind))


def test_nothing_to_draw():
    empty = {"rows": [], "columns": [], "values": [], "unit": "share", "label": ""}
    assert figure_view(Figure("f", "F", "heatmap", empty, ""), "f").drawings == []
    assert figure_view(Figure("f", "F", "lines", {"x": "", "y": "", "unit": "share", "series": []}, ""), "f").drawings == []


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("pie", {}, "unknown kind 'pie'"),
        ("heatmap", {"rows": ["a"], "columns": ["b"], "values": [[1]], "unit": "share"}, "label"),
        ("heatmap", {"rows": ["a"], "columns": ["b"], "values": [["x"]], "unit": "share", "label": ""}, "x"),
        ("heatmap", {"rows": ["a"], "columns": ["b"], "values": [[1, 2]], "unit": "share", "label": ""}, "not that of a heatmap"),
        ("heatmap", {"rows": ["a"], "columns": ["b"], "values": [[1]], "unit": "ell", "label": ""}, "unit is 'ell'; known are"),
        ("lines", {"x": "", "y": "", "unit": "ell", "series": [{"name": "a", "x": [1], "y": [1]}]}, "ell"),
        ("lines", {"x": "", "y": "", "unit": "share", "series": [{"name": "a", "x": [1], "y": [1, 2]}]}, "2 values"),
        ("lines", {"series": 3}, "not that of a lines"),
        ("triptychs", {"items": [{"product": "a"}]}, "panels|true"),
        ("gallery", {"items": [3]}, "not that of a gallery"),
        ("gallery", {}, "items"),
    ],
)
def test_figures_that_are_not_what_they_say(kind, data, reason):
    with pytest.raises(InputError, match=rf"f1.*({reason})"):
        figure_view(Figure("f1", "F", kind, data, ""), "f")


def test_unknown_unit_and_cells_that_are_none():
    bad = replace(tables()[0], columns=[replace(c, unit="ell") for c in tables()[0].columns])
    with pytest.raises(InputError, match=r"table table2, column 'Model': unknown unit 'ell'; use one of count"):
        page.table_view(bad, "t")
    with pytest.raises(InputError, match=r"column 'a': \[1\] is no cell"):
        page.table_view(Table("t", "T", [Column("a", "share", "")], [[[1]]]), "t")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"title": 3}, "head"), ({"headline": "text"}, "headline"), ({"headline": [3]}, "headline"), ({"settings": []}, "settings"),
     ({"glossary": [("a", 3)]}, "glossary"), ({"provenance": "x"}, "provenance"), ({"provenance": {"versions": 3}}, "versions")],
)  # fmt: skip
def test_results_of_other_types_are_refused(change, field):
    with pytest.raises(InputError, match=field):
        page.check(result(**change))


def test_settings_as_text():
    rows = [{"net": "resnet18", "base": None}, {"net": "ü"}]
    values = [page.plain_value(v) for v in (None, "a", 3, 0.5, True, [1, "b"], (), {}, {"k": [1, 2]}, rows)]
    assert values == ["none", "a", "3", "0.5", "true", "1, b", "none", "none", "k: [1, 2]", "net: resnet18, base: none\nnet: ü"]


def test_date():
    assert page.date_of(result()) == ""
    assert page.date_of(result(provenance={"extra": {"date": "2026-11-20"}})) == "2026-11-20"
    assert page.date_of(result(provenance={"date": "2026-11-21", "extra": {}})) == "2026-11-21"
