"""Figures of remedies: what is drawn, and what would hide the rest."""

from robustfashion.bench.mitigation.effects import Effects
from robustfashion.bench.mitigation.figures import price_figure
from robustfashion.result import Front, read_figure
from tests.bench.mitigation.samples import arm, study


def test_a_ruinous_remedy_is_named_and_not_drawn():
    mix = arm("mixed libraries", (4, 6), wrong=range(12))
    worse = arm("changes more tags", (10, 120 + 70), "serve")  # within the figure
    ruin = arm("re-estimated", (290, 290), "recalibrate")
    figure = price_figure(Effects.of(study(mix, worse, ruin)))
    said = [point.text for point in read_figure(figure, Front).points]
    assert len(said) == 2 and not any("re-estimated" in text for text in said)
    assert figure.doc.endswith("Too far below to be drawn, see the tables: re-estimated.")
    assert "Too far" not in price_figure(Effects.of(study(mix, worse))).doc
    assert price_figure(Effects.of(study(ruin))) is None
