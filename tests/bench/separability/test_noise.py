"""The copy with known label noise is what drawing one gives, without drawing it."""

from dataclasses import replace

import numpy as np

from robustfashion.bench.separability.noise import noisy_copy
from robustfashion.bench.separability.study import Subject
from robustfashion.data.synthetic import SyntheticSettings, render_catalogue
from robustfashion.separability.points import Points
from robustfashion.taxonomy import attributes

DRAWN = SyntheticSettings(count=60, seed=3, mix={"watch": 0.7, "luggage": 0.3}, long_side_px=(24, 32))
CLASSES = attributes()["display_type"].labels


def _subject(catalogue):
    rows = [row for row, label in enumerate(catalogue.column("display_type")) if label is not None]
    part = catalogue.take(rows)
    labels = np.array([CLASSES.index(name) for name in part.column("display_type")], np.int64)
    points = Points(np.zeros((len(rows), 2), np.float32), labels, CLASSES, tuple(part.column("group")))
    n = len(rows)
    return Subject("display_type", "attribute", "made up", points, tuple(part.column("id")), (None,) * n, ("watch",) * n)


def test_it_is_the_catalogue_that_would_be_drawn(tmp_path):
    clean = render_catalogue(tmp_path / "clean", DRAWN)
    drawn = render_catalogue(tmp_path / "noisy", replace(DRAWN, label_noise=0.5))
    assert clean.column("sha256") == drawn.column("sha256"), "noise changes no pixel"
    found = noisy_copy(DRAWN, 0.5, _subject(clean))
    assert found is not None
    given = dict(zip(drawn.column("id"), zip(drawn.column("display_type"), drawn.column("split"), strict=True), strict=True))
    assert set(found.subject.ids) == {name for name, (label, split) in given.items() if label and split == "train"}
    named = [CLASSES[k] for k in found.subject.points.labels]
    assert named == [given[name][0] for name in found.subject.ids]
    true = dict(zip(clean.column("id"), clean.column("display_type"), strict=True))
    assert found.wrong.tolist() == [true[name] != label for name, label in zip(found.subject.ids, named, strict=True)]
    assert 0.2 < found.wrong.mean() < 0.8


def test_pictures_of_elsewhere_have_no_copy():
    points = Points(np.zeros((2, 2), np.float32), np.array([0, 1]), CLASSES, ("a", "b"))
    alone = Subject("display_type", "attribute", "made up", points, ("x", "y"), (None, None), ("watch", "watch"))
    assert noisy_copy(DRAWN, 0.5, alone) is None
