"""Statistics of batch normalisation: closed form and torch's own as oracles, order-free, all else untouched."""

import warnings

import numpy as np
import pytest
import timm
import torch
from torch.optim.swa_utils import update_bn

from robustfashion.errors import InputError
from robustfashion.models.batch_norm import batch_norms, recalibrated
from robustfashion.models.checkpoint import load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.inference import predict_arrays
from robustfashion.models.training import TrainSettings, train
from tests.models.samples import NET, halves

SIZE = 32


@pytest.fixture(scope="module")
def trained():
    """A network that tells halves apart, and what it learnt from."""
    images, labels = halves(96)
    settings = TrainSettings(NET, classes=("below", "above"), max_epochs=8, batch_size=16, accelerator="cpu")
    return train(images, labels, settings), images


def _darker(images):
    """The same pictures with a third of their contrast: other means and variances in every layer."""
    return (images // 3 + 20).astype(np.uint8)


def _first_input(model, pixels):
    """float64 [c, values]: input of the network's first normalisation, over all pictures in one batch."""
    seen = []
    hook = batch_norms(model.backbone)[0].register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    with torch.inference_mode():
        model(torch.from_numpy(pixels).permute(0, 3, 1, 2))
    hook.remove()
    return seen[0].double().transpose(0, 1).flatten(1).numpy()


def test_the_first_layer_in_closed_form(trained):
    """Mean and unbiased variance over all pictures, whatever the batches; with a prior, Schneider et al.'s mixture."""
    model, images = trained
    pixels = _darker(images)[:23]
    values, before = _first_input(model, pixels), batch_norms(model.backbone)[0]
    for batch_size in (4, 7, 64):
        first = batch_norms(recalibrated(model, pixels, batch_size=batch_size).backbone)[0]
        np.testing.assert_allclose(first.running_mean, values.mean(1), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(first.running_var, values.var(1, ddof=1), rtol=1e-4)
    mixed = batch_norms(recalibrated(model, pixels, prior=46).backbone)[0]
    wanted = (46 * before.running_mean.numpy() + 23 * values.mean(1)) / 69
    np.testing.assert_allclose(mixed.running_mean, wanted, rtol=1e-5, atol=1e-6)
    wanted = (46 * before.running_var.numpy() + 23 * values.var(1, ddof=1)) / 69
    np.testing.assert_allclose(mixed.running_var, wanted, rtol=1e-4)


def test_all_layers_as_torch_updates_them(trained):
    """One batch: torch's own cumulative update (``swa_utils.update_bn``) gives the same in every layer."""
    model, images = trained
    pixels = _darker(images)
    found = recalibrated(model, pixels, batch_size=len(pixels))
    twin = timm.create_model(NET, num_classes=2)
    twin.load_state_dict(model.backbone.state_dict())
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        update_bn([model.scale(torch.from_numpy(pixels).permute(0, 3, 1, 2))], twin)
    pairs = list(zip(batch_norms(found.backbone), batch_norms(twin), strict=True))
    assert len(pairs) > 5
    for ours, theirs in pairs:
        torch.testing.assert_close(ours.running_mean, theirs.running_mean, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(ours.running_var, theirs.running_var, rtol=1e-4, atol=1e-5)


def test_a_large_prior_leaves_the_network_as_it_is(trained):
    model, images = trained
    kept = recalibrated(model, _darker(images), prior=1e12)
    np.testing.assert_allclose(predict_arrays(kept, images)[0], predict_arrays(model, images)[0], atol=1e-4)


def test_order_and_the_global_stream_change_nothing(trained):
    model, images = trained
    before, stream = {name: value.clone() for name, value in model.state_dict().items()}, torch.random.get_rng_state()
    there, back = (recalibrated(model, pixels, batch_size=10).state_dict() for pixels in (images, images[::-1]))
    assert all(torch.equal(there[name], back[name]) for name in there)
    assert torch.equal(stream, torch.random.get_rng_state())
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())  # the given one is left alone
    changed = {name.rpartition(".")[2] for name in there if not torch.equal(there[name], before[name])}
    assert changed == {"running_mean", "running_var"}


def test_its_own_pictures_change_little_others_are_won_back(trained):
    model, images = trained
    fresh, truth = halves(80, seed=5)
    own = predict_arrays(recalibrated(model, images), fresh)[0].argmax(1)
    plain = predict_arrays(model, fresh)[0].argmax(1)
    assert (plain == truth).mean() > 0.95 and (own != plain).mean() <= 0.025
    served = _darker(fresh)
    lost = (predict_arrays(model, served)[0].argmax(1) == truth).mean()
    won = (predict_arrays(recalibrated(model, _darker(images)), served)[0].argmax(1) == truth).mean()
    assert lost < 0.8 < 0.95 < won, (lost, won)


def test_it_is_a_checkpoint_as_any_other(trained, tmp_path):
    model, images = trained
    found = recalibrated(model, _darker(images))
    save_checkpoint(found, tmp_path / "net.ckpt")
    read = load_classifier(tmp_path / "net.ckpt", classes=("below", "above"), architecture=NET)
    np.testing.assert_array_equal(predict_arrays(read, images)[0], predict_arrays(found, images)[0])
    assert read.history == model.history and not read.training


def test_what_cannot_be_done_is_told(trained):
    model, images = trained
    with pytest.raises(InputError, match=r"resnet18_gn.*keeps no statistics"):
        recalibrated(Classifier("resnet18_gn", ("a", "b")), images)
    for changed, message in (
        ({"pixels": images[:1]}, "at least 2"), ({"pixels": images.astype(float)}, "expected uint8"),
        ({"prior": -1.0}, "prior is -1"), ({"prior": float("nan")}, "prior is nan"), ({"batch_size": 3}, "batch_size is 3"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=message):
            recalibrated(model, **{"pixels": images} | changed)
