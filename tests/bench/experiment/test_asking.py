"""Networks that are asked much are exported; what they answered is kept apart from torch's answers and says who answered."""

import numpy as np
import pytest

from robustfashion.bench.experiment import asking
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.tasks import task_spec
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.models import graphs, network_engines
from tests.models.samples import NET

DRAWN = SyntheticSettings(count=60, seed=3, mix={"dress": 0.5, "top": 0.5}, long_side_px=(40, 60))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A session, the part that is asked about, a network."""
    cache = tmp_path_factory.mktemp("cache")
    small = {"canvas": 40, "size": 24, "max_steps": 2, "batch_size": 8, "accelerator": "cpu", "seeds": (0,), "synthetic": DRAWN}
    here = Session(ExperimentSettings(**small, cache=cache))
    division = here.divide(task_spec("dress", here.catalogue).target)
    return here, division["test"], here.train(Row(NET), 0, division)


def test_many_questions_are_answered_by_the_exported_network(trained, monkeypatch):
    here, part, network = trained
    preprocessing = here.settings.preprocessing()
    few = here.predictions(network, part, preprocessing)
    assert few.origin.made_by["engine"] == "torch"
    areas = len(part) * 2 * (24 / 224) ** 2
    monkeypatch.setattr(network_engines, "PAYS_FROM", areas)
    ways = {"a": preprocessing, "b": here.settings.preprocessing("java2d.nearest")}
    many = here.ask(network, part, ways)
    assert many["a"].origin.made_by["engine"] == many["b"].origin.made_by["engine"] == "onnxruntime"
    assert here.predictions(network, part, preprocessing).origin.made_by["engine"] == "torch"  # half as many questions
    limit = graphs.PARITY * max(1.0, float(np.abs(few.logits).max()))
    assert np.abs(few.logits).max() > 0 and np.abs(many["a"].logits - few.logits).max() <= limit
    monkeypatch.setattr(asking, "_loaded", None)  # what is known is not asked again
    assert here.ask(network, part, ways)["b"].origin.made_by["engine"] == "onnxruntime"


def test_a_network_that_cannot_be_exported_is_asked_all_the_same(trained, monkeypatch, caplog):
    here, part, network = trained

    def missing(*_names):
        raise graphs.InputError("this needs the package onnx; pip install onnx")

    monkeypatch.setattr(network_engines, "PAYS_FROM", 0)
    monkeypatch.setattr(graphs, "require_packages", missing)
    asking._graph.cache_clear()
    table = here.predictions(network, part, here.settings.preprocessing("opencv.area"))
    assert table.origin.made_by["engine"] == "torch" and "pip install onnx" in caplog.text
    assert np.isfinite(table.logits).all()


def test_long_questions_are_told_of_by_the_picture(trained, monkeypatch):
    """A log hears how far one method is, not only how many methods are done."""
    here, part, network = trained
    monkeypatch.setattr("robustfashion.models.inference.predict_arrays.__defaults__", (4, "auto", None, None))
    told = []
    here = Session(here.settings, lambda *call: told.append(call))
    here.ask(network, part, {name: here.settings.preprocessing(name) for name in ("pillow.box", "opencv.cubic")}, "asking")
    n = len(part)
    steps = [*range(0, n, 4)]
    assert n % 4 and [call for call in told if call[0] == "asking"] == [
        ("asking", before + done, 2 * n) for before in (0, n) for done in steps
    ] + [("asking", 2 * n, 2 * n)]
    told.clear()
    here.predictions(network, part, here.settings.preprocessing("opencv.lanczos4"))
    assert {call[0] for call in told} == {"preparing pictures (1 ways)"}  # nobody wants to hear of a single question
