"""Networks with statistics of other pictures: from the cache by content, asked by themselves, trunks included."""

from dataclasses import replace

import numpy as np
import pytest

from robustfashion.bench.experiment import recalibration
from robustfashion.bench.experiment.network import load_network
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.tasks import task_spec
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.models.batch_norm import recalibrated
from robustfashion.models.checkpoint import load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.inference import predict_arrays
from tests.models.samples import NET

DRAWN = SyntheticSettings(count=60, seed=3, mix={"dress": 0.5, "top": 0.5}, long_side_px=(40, 60))


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A session and its division."""
    cache = tmp_path_factory.mktemp("cache")
    small = {"canvas": 40, "size": 24, "max_steps": 2, "batch_size": 8, "accelerator": "cpu", "seeds": (0,), "synthetic": DRAWN}
    session = Session(ExperimentSettings(**small, cache=cache))
    return session, session.divide(task_spec("dress", session.catalogue).target)


def test_statistics_of_served_pictures(here, monkeypatch):
    session, division = here
    network, served = session.train(Row(NET), 0, division), session.settings.preprocessing("java2d.nearest")
    part = division["train"]
    found = session.recalibrate(network, part, served)
    assert found.digest != network.digest and found.seed == network.seed and found.preprocessing == served
    assert found.row.name == f"{NET} + statistics of java2d.nearest"
    pixels = session.pixels(division["test"], [served])[served.name]
    model = recalibrated(load_classifier(network.path), session.pixels(part, [served])[served.name])
    wanted = predict_arrays(model, pixels, accelerator="cpu")[0]
    np.testing.assert_allclose(session.predictions(found, division["test"], served).logits, wanted, rtol=1e-5, atol=1e-6)
    again = load_network(found.path)
    assert again.preprocessing == served and again.trained_on.counts["pictures"] == len(part)
    monkeypatch.setattr(recalibration, "_write", None)  # what is known is not estimated again, in whatever order it comes
    assert session.recalibrate(network, part.take(range(len(part))[::-1]), served) == found
    for other in (
        lambda: session.recalibrate(network, part.take([0, 1, 2]), served),
        lambda: session.recalibrate(network, part, session.settings.preprocessing("opencv.area")),
        lambda: session.recalibrate(network, part, served, prior=8),
        lambda: session.recalibrate(replace(network, digest="other"), part, served),
    ):
        with pytest.raises(TypeError, match="NoneType"):
            other()


def test_a_head_on_a_trunk_is_asked_as_a_whole_network(here, tmp_path):
    """The trunk's cached features are of the old statistics."""
    session, division = here
    save_checkpoint(Classifier(NET, ("a", "b", "c")), tmp_path / "base.ckpt")
    network = session.train(Row(NET, base=str(tmp_path / "base.ckpt"), freeze="body", penalty=0.1), 0, division)
    served = session.settings.preprocessing()
    found = session.recalibrate(network, division["train"], served)
    assert network.row.on_trunk and not found.row.on_trunk and found.row.name.startswith(network.row.name)
    before, after = (session.predictions(each, division["test"], served).logits for each in (network, found))
    assert np.abs(after - before).max() > 1e-3
    pixels = session.pixels(division["test"], [served])[served.name]
    np.testing.assert_allclose(after, predict_arrays(load_classifier(found.path), pixels)[0], rtol=1e-5, atol=1e-6)


def test_a_network_without_batch_norm_is_refused_before_pictures_are_rendered(here, monkeypatch):
    session, division = here
    network = session.train(Row("resnet18_gn"), 0, division)
    monkeypatch.setattr(type(session.workspace), "pixels", None)
    with pytest.raises(InputError, match=r"resnet18_gn.*keeps no statistics"):
        session.recalibrate(network, division["train"], session.settings.preprocessing("java2d.nearest"))
