"""Pictures that the recommended remedy saves and breaks."""

import numpy as np

from robustfashion.bench.mitigation.effects import Effects
from robustfashion.bench.mitigation.saved import MOST, gallery_of, shown_of
from tests.bench.mitigation.samples import METHODS, arm, run, study


def test_saved_and_broken_are_told_apart_and_counted():
    """Without a remedy rows 100 to 219 change under java2d.nearest, with it 215 to 224: 115 saved, 5 broken."""
    runs = tuple(run(s, [range(215, 225), range(215, 225)]) for s in range(3))
    call = arm("call smooth", (0, 0), "serve")
    call = type(call)(call.name, call.kind, call.row, runs)
    effects = Effects.of(study(call))
    shown = shown_of(effects)
    assert (shown.method, shown.of, len(shown.saved)) == (METHODS[1], (115, 5), MOST)
    assert set(shown.broken) == set(range(220, 225)) and set(shown.saved) <= set(range(100, 215))
    pixels = np.zeros((len(shown.rows), 8, 8, 3), np.uint8)
    figure, images = gallery_of(effects, shown, pixels)
    items = figure.data["items"]
    assert len(items) == len(images) == MOST + 5 and {item["image"] for item in items} == set(images)
    assert [item["outcome"]["good"] for item in items] == [True] * MOST + [False] * 5
    first, last = items[0]["lines"], items[-1]["lines"]
    assert first[0].split(": ")[1] == first[2].split(": ")[1] != first[1].split(": ")[1]
    assert last[0].split(": ")[1] == last[1].split(": ")[1] != last[2].split(": ")[1]


def test_nothing_is_shown_where_nothing_is_recommended():
    assert shown_of(Effects.of(study(arm("call", (80, 120), "serve")))) is None
