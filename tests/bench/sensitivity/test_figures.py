"""Figures of the surface: the danger zone with its published and own points, factors, the model's heat maps."""

from dataclasses import replace

import numpy as np
import pytest

from robustfashion.bench.sensitivity.danger import Own, danger_zone, published_table
from robustfashion.bench.sensitivity.figures import along, figures_of
from robustfashion.bench.sensitivity.modelled import modelled
from robustfashion.bench.sensitivity.responses import all_responses
from robustfashion.paper import TABLE_2
from robustfashion.published import REPORTED, SYSNOISE
from robustfashion.result import HeatMap, Lines, Points, read_figure
from robustfashion.stats import Estimate
from tests.bench.sensitivity.samples import METHODS, cell, noisy_cell, surface

JAVA = METHODS[1:]


def test_the_papers_and_sysnoises_points_stand_in_the_danger_zone():
    figures = danger_zone(all_responses(surface(cell("a", lost=40))), JAVA)
    accuracy = read_figure(figures[0], Points)
    papers = {one.point.name: one.point for one in accuracy.named if one.kind == "paper"}
    assert len(papers) == len(TABLE_2) and papers["paper: ResNet-18"].y == pytest.approx(-0.15)
    assert papers["paper: GoogLeNet + augmentation + base"].y == 0
    assert {point.x for point in papers.values()} == {500 / 224}
    assert all(one.point.x is None for one in accuracy.named if one.kind == "rule")
    (java, smooth) = accuracy.series
    assert java.points[0].y == pytest.approx(-0.1) and smooth.points[0].y == 0 and java.points[0].low < -0.1 < java.points[0].high
    classes = read_figure(figures[1], Points)
    assert classes.named == [] and classes.series[0].points[0].y == pytest.approx(0.1)


def test_networks_that_have_not_learned_are_left_out():
    figures = danger_zone(all_responses(surface(cell("blind", blind=True), cell("seeing"))), JAVA)
    assert [p.name for p in read_figure(figures[0], Points).series[0].points] == ["seeing: dress"]


def test_ones_own_point_without_labels_is_in_the_figure_of_classes_alone():
    own = Own("your network, java2d.bilinear", 3.1, Estimate(0.04, 0.02, 0.07, 200))
    (classes,) = danger_zone([], JAVA, [own])
    (point,) = read_figure(classes, Points).named
    assert point.kind == "chosen" and (point.point.x, point.point.y, point.point.high) == (3.1, 0.04, 0.07)
    labelled = Own("yours", 3.1, own.classes, Estimate(-0.02, -0.05, 0.01, 200))
    accuracy, _ = danger_zone([], JAVA, [labelled])
    assert [one.point.y for one in read_figure(accuracy, Points).named if one.kind == "chosen"] == [-0.02]


def test_a_line_along_a_factor_joins_conditions_that_differ_in_nothing_else():
    cells = [cell("500", lost=40), cell("280", lost=8, canvas=280)]
    (figure,) = along(all_responses(surface(*cells)), JAVA)
    (line,) = read_figure(figure, Lines).series
    assert line.x == [1.25, pytest.approx(500 / 224)] and line.y == [pytest.approx(-0.02), pytest.approx(-0.1)]
    assert line.name == "dress"  # all lines are of one kind of network, which no name need repeat
    assert along(all_responses(surface(cells[0])), JAVA) == []


def _with(of, **changed):
    return replace(of, settings=replace(of.settings, **changed))


def test_no_line_along_a_factor_where_more_than_it_differs():
    """A fixed grain beside more patterns; a smaller input of the same canvas, which is also reduced more; steps beside epochs."""
    plain, other = cell("plain", lost=8), cell("other", lost=40)
    usual = plain.settings.synthetic
    patterns = replace(usual, fine_pattern_share=0.9)
    names = lambda *cells: [figure.id for figure in along(all_responses(surface(*cells)), JAVA)]  # noqa: E731
    assert names(plain, _with(other, synthetic=patterns)) == ["along-share-of-fine-patterns"]
    assert names(plain, _with(other, synthetic=replace(patterns, fixed={"noise": 2.0}))) == []
    assert names(plain, replace(_with(other, size=112), reduction=500 / 112)) == []
    assert names(plain, _with(other, size=112, canvas=250)) == ["along-input-size"]
    assert names(_with(plain, max_steps=-1), _with(other, max_steps=-1, max_epochs=20)) == ["along-epochs"]
    assert names(_with(plain, max_steps=150), _with(other, max_steps=-1, max_epochs=20)) == []


def test_the_heat_map_rises_with_detail_and_falls_with_the_margin():
    found = surface(*(noisy_cell(f"c{k}", 0.7, seed=k) for k in range(3)))
    figures = {f.id: f for f in figures_of(found, all_responses(found), modelled(found), found.cells[0].settings)}
    values = np.array(read_figure(figures["modelled-aliasing"], HeatMap).values)
    assert (np.diff(values, axis=0) < 0).all() and (np.diff(values[2]) > 0).all()
    calm = np.array(read_figure(figures["modelled-antialiased"], HeatMap).values)
    assert calm.mean() < values.mean()
    assert "calibration-class" in figures


def test_every_published_figure_stands_in_the_table():
    table = published_table()
    assert len(table.rows) == len(SYSNOISE) + len(REPORTED)
    assert table.rows[0][:4] == ["ResNet-18", "ImageNet, 1,000 classes", -0.0101, 0.0066] and table.rows[0][4] is None
