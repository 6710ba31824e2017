"""The promise on real photographs, where they are at hand: forecasts from some of them held against the others."""

import numpy as np
import pytest

from robustfashion.bench.sensitivity.forecast.promise import kept
from robustfashion.bench.sensitivity.forecast.suite import forecast
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.models.adopt import AdoptSettings, adopt
from robustfashion.predictions import read_predictions
from tests.conftest import REAL_PHOTOS

METHODS = ("java2d.nearest", "java_image.smooth")


@pytest.mark.slow
@pytest.mark.skipif(not REAL_PHOTOS.is_dir(), reason="the photographs are not here")
def test_forecasts_hold_on_photographs(tmp_path):
    """ImageNet's classes of the validation photographs: unsure answers, of which many change."""
    adopt(AdoptSettings("lite0", classes="imagenet-1k"), tmp_path / "network.ckpt")
    data, cache = str(REAL_PHOTOS / "validation"), tmp_path / "cache"
    found = forecast(
        SensitivitySettings(
            data=data, checkpoint=tmp_path / "network.ckpt", ignore_labels=True, serve_methods=METHODS, pictures=1000,
            threshold=0.5, cache=cache, accelerator="cpu",
        )
    )  # fmt: skip
    tables = {
        table.origin.preprocessing.split("+")[0]: table for table in map(read_predictions, (cache / "predictions").iterdir())
    }
    before = tables.pop("pillow.bicubic")
    changed = np.stack([tables[method].predicted != before.predicted for method in METHODS], axis=1).astype(float)
    (nearest, smooth) = next(table for table in found.tables if table.id == "forecast").rows
    assert [nearest[4].value, smooth[4].value] == pytest.approx(changed.mean(axis=0).tolist())
    held = kept(changed, before.ids, 100, 200)
    assert len(before.ids) > 300 and 0.02 < held.truths[1] < held.truths[0] < 0.3
    assert (held.held > 0.93).all() and (held.errors < held.half_widths / 2).all()
