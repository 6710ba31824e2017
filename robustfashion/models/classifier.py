"""The classifier: a backbone, the pixels' scaling, and how it is trained and asked, as a LightningModule."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict

import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torch.nn import functional
from torchmetrics.functional.classification import multiclass_accuracy
from torchmetrics.utilities.distributed import gather_all_tensors

from robustfashion.data.batch import PARTNER, Batch
from robustfashion.errors import InputError
from robustfashion.models.backbones import create_backbone, expected_normalisation
from robustfashion.models.description import Description, read_description, read_network
from robustfashion.models.golden import golden_of
from robustfashion.models.input_size import fixed_size
from robustfashion.models.losses import FREE, class_weights, jensen_shannon, training_loss
from robustfashion.models.metadata_key import METADATA_KEY
from robustfashion.models.normalisation import Normalisation, checked, mean_std
from robustfashion.models.parameter_groups import parameter_groups
from robustfashion.models.recipes import TWO_METHODS, resolve_recipe
from robustfashion.models.trained_on import TrainedOn


class Prediction(TypedDict):
    """What :meth:`Classifier.predict_step` returns for one batch."""

    index: Tensor
    """int64 [n], place of each image in its data set."""
    logits: Tensor
    """float32 [n, k]."""
    features: Tensor
    """float32 [n, d], input of the last layer."""


class Classifier(pl.LightningModule):
    """Tells ``classes`` apart in square uint8 RGB images.

    Args:
        architecture: any timm model, ``googlenet``, ``alexnet``, ``resnet18_gn`` or ``resnet34_gn``.
        classes: class names in class order.
        recipe: ``paper``, ``robust``, or ``name: robust`` and the fields that differ.
        pretrained: ``none``, ``imagenet``, ``lite0``, or the path of a weight file whose body is taken over.
        normalisation: scaling of the pixels, ``raw``, ``imagenet`` or numbers as ``mean=0.5/std=0.5``; None = what the initial
            weights expect: ``raw`` (the paper's) for ``none``, a checkpoint's own, ImageNet's for all others.
        drop_rate: dropout before the last layer; None = the architecture's own.
        image_size: side of the pictures in px, for architectures that are built for one size; others do not keep it.

    Raises:
        InputError: unknown architecture or recipe, fewer than two classes, a class named twice, unusable weights.
    """

    backbone: Any
    """The timm model; timm's models share methods (``forward_features``), not a base class."""
    mean: Tensor
    """[3, 1, 1], in levels of 0..255."""
    std: Tensor
    """[3, 1, 1], in levels of 0..255."""
    class_weights: Tensor | None
    """[k], weight of each class in the training loss; None: all weigh 1."""

    def __init__(
        self,
        architecture: str = "resnet50",
        classes: Sequence[str] = ("other", "dress"),
        recipe: str | dict[str, Any] = "paper",
        pretrained: str = "none",
        normalisation: Normalisation | None = None,
        drop_rate: float | None = None,
        image_size: int | None = None,
    ) -> None:
        super().__init__()
        self.architecture = architecture
        self.classes = _checked(classes)
        self.recipe = resolve_recipe(recipe)
        self.pretrained = pretrained
        self.normalisation = checked(normalisation) if normalisation else expected_normalisation(pretrained)
        self.drop_rate = drop_rate
        self.image_size = None if fixed_size(architecture) in (None, image_size) else image_size
        self.description = Description(read_network(self.settings(), "classifier"))
        """What its checkpoint says about it; before there is one, only how it is built."""
        self.history: list[dict[str, float]] = []
        """What each epoch of the training ended with, where it was kept; goes into checkpoints."""
        self.trained_on: TrainedOn | None = None
        """Pictures and products that its weights come from, where whoever trains it says so; goes into checkpoints."""
        self.save_hyperparameters(self.settings(), logger=False)
        self.backbone = create_backbone(architecture, len(self.classes), pretrained, drop_rate, self.image_size)
        self.backbone.to(memory_format=torch.channels_last)
        scaling = mean_std(self.normalisation, self.backbone.pretrained_cfg)
        self.register_buffer("mean", torch.tensor(scaling.mean).reshape(3, 1, 1) * 255)
        self.register_buffer("std", torch.tensor(scaling.std).reshape(3, 1, 1) * 255)
        self.register_buffer("class_weights", None, persistent=False)
        self.count_classes(None)
        self._train_sums = torch.zeros(3, dtype=torch.float64)
        self._asked: list[tuple[Tensor, Tensor, Tensor]] = []

    def settings(self) -> dict[str, Any]:
        """Constructor arguments as plain values, safe in a checkpoint."""
        return {
            "architecture": self.architecture,
            "classes": list(self.classes),
            "recipe": self.recipe.to_dict(),
            "pretrained": str(self.pretrained),
            "normalisation": self.normalisation,
            "drop_rate": self.drop_rate,
            **({} if self.image_size is None else {"image_size": self.image_size}),
        }

    def count_classes(self, counts: Tensor | None) -> None:
        """Tell how many training images each class has, int64 [k]: what the recipe's balanced class weights are made of."""
        recipe = self.recipe
        if recipe.class_weights != "balanced" or counts is not None:
            self.class_weights = class_weights(recipe.class_weights, self.classes, counts)

    def scale(self, image: Tensor) -> Tensor:
        """uint8 [n, 3, S, S] to the backbone's float32 input, channels last, on the device where it is."""
        pixels = image.contiguous(memory_format=torch.channels_last).to(self.mean.dtype)
        return pixels.sub_(self.mean).div_(self.std)

    def forward(self, image: Tensor) -> Tensor:
        """uint8 [n, 3, S, S] -> logits [n, k]."""
        logits: Tensor = self.backbone(self.scale(image))
        return logits

    def logits_and_features(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """uint8 [n, 3, S, S] -> logits [n, k] and the last layer's input [n, d], in one pass (in eval mode)."""
        logits, features = answers(self.backbone, self.scale(image))
        return logits.float(), features.float()

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:  # noqa: ARG002 - Lightning's signature
        """The recipe's loss of one batch; sums for the epoch's metrics stay on the device, so that no step waits for one."""
        logits, partner = self._of_views(batch)
        loss = training_loss(logits, batch["label"], self.recipe, self.class_weights)
        if partner is not None:
            loss = loss + self.recipe.consistency * jensen_shannon(logits, partner)
        labelled = batch["label"] != FREE
        count = len(logits) if self.recipe.outlier_exposure == 0 else int(labelled.sum())
        right = (logits.detach().argmax(1) == batch["label"]).sum()
        self._train_sums += torch.stack([loss.detach().double() * count, right.double(), right.new_tensor(count).double()])
        return loss

    def _of_views(self, batch: Batch) -> tuple[Tensor, Tensor | None]:
        """Logits of a batch's pictures and of their partners, where the recipe wants some.

        Both go through the network together, as in AugMix, so that batch normalisation has one set of statistics for both.
        """
        if self.recipe.consistency == 0:
            return self(batch["image"]), None
        if PARTNER not in batch:
            raise InputError(f"recipe {self.recipe.name!r} wants consistency, but the pictures have no partners; {TWO_METHODS}")
        logits, partner = self(torch.cat([batch["image"], batch[PARTNER]])).chunk(2)
        return logits, partner

    def on_train_epoch_start(self) -> None:
        """Forget the last epoch's sums."""
        self._train_sums = torch.zeros(3, dtype=torch.float64, device=self.device)

    def on_train_epoch_end(self) -> None:
        """Log the epoch's ``train/loss`` and ``train/accuracy``, each over the images as they were seen (augmented)."""
        loss, accuracy = self.train_metrics()
        self.log_dict({"train/loss": loss, "train/accuracy": accuracy}, sync_dist=True)

    def train_metrics(self) -> tuple[float, float]:
        """Mean loss and accuracy over this epoch's training images so far, over all processes; NaN before the first."""
        total = self.trainer.strategy.reduce(self._train_sums.clone(), reduce_op="sum")
        loss, right, count = (float(value) for value in total)
        return (loss / count, right / count) if count else (float("nan"), float("nan"))

    def validation_step(self, batch: Batch, batch_idx: int) -> None:  # noqa: ARG002 - Lightning's signature
        """Keep the logits; metrics follow at the end."""
        self._asked.append((self(batch["image"]).float(), batch["label"], batch["index"]))

    def on_validation_epoch_end(self) -> None:
        """Log ``val/loss``, ``val/accuracy`` and ``val/balanced_accuracy`` over each image once."""
        self._log_asked("val")

    def test_step(self, batch: Batch, batch_idx: int) -> None:
        """Keep the logits; metrics follow at the end."""
        self.validation_step(batch, batch_idx)

    def on_test_epoch_end(self) -> None:
        """Log ``test/loss``, ``test/accuracy`` and ``test/balanced_accuracy`` over each image once."""
        self._log_asked("test")

    def predict_step(self, batch: Batch, batch_idx: int) -> Prediction:  # noqa: ARG002 - Lightning's signature
        """Logits and features of one batch."""
        logits, features = self.logits_and_features(batch["image"])
        return {"index": batch["index"], "logits": logits, "features": features}

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """SGD with the recipe's learning rate and its course."""
        recipe = self.recipe
        if recipe.class_weights == "balanced" and self.class_weights is None:
            class_weights(recipe.class_weights, self.classes, None)  # says what is missing
        optimizer = torch.optim.SGD(
            parameter_groups(self.backbone, recipe),
            lr=recipe.lr,
            momentum=recipe.momentum,
            fused=self.device.type in ("cpu", "cuda"),  # a tenth of AlexNet's training time
        )
        if recipe.schedule == "constant":
            return optimizer
        course = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=int(self.trainer.estimated_stepping_batches))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": course, "interval": "step"}}

    def describe(self, state: Mapping[str, Tensor] | None = None) -> Description:
        """What a checkpoint of this network says about it, golden images included.

        Args:
            state: the weights that are written; None = its own. They differ from its own where a callback averages weights, and
                are whole where a strategy shards it.
        """
        network = read_network(self.settings(), "classifier")
        described = replace(self.description, network=network, history=self.history, trained_on=self.trained_on)
        weights = self.state_dict() if state is None else state
        return replace(described, golden=golden_of(described.recorded_preprocessing(), self._answering, weights))

    def _answering(self, weights: Mapping[str, Tensor]) -> "Classifier":
        """A new classifier of the same settings with these weights, as who loads them builds it."""
        twin = Classifier(**self.settings() | {"pretrained": "none"})
        twin.load_state_dict(weights)
        return twin.eval()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Make Lightning's checkpoints robustfashion checkpoints, too."""
        checkpoint[METADATA_KEY] = self.describe(checkpoint.get("state_dict")).to_dict()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Refuse a checkpoint of another classifier before Lightning lists its keys; what it was trained on is inherited.

        Raises:
            InputError: other classes, another architecture, other pixels than this training's, or not a robustfashion checkpoint.
        """
        found = read_description(checkpoint.get(METADATA_KEY), "checkpoint")
        found.check_fits("checkpoint", self.classes, self.architecture)
        if self.description.preprocessing is not None:
            found.check_pixels("checkpoint", self.description.preprocessing)
        self.trained_on = found.trained_on if self.trained_on is None else self.trained_on.joined(found.trained_on)

    def _log_asked(self, phase: str) -> None:
        logits, labels, index = (torch.cat([part[k] for part in self._asked]) for k in range(3))
        self._asked.clear()
        if self.trainer.world_size > 1:
            logits, labels, index = (torch.cat(gather_all_tensors(values)) for values in (logits, labels, index))
            logits, labels = _each_once(logits, labels, index)
        k = len(self.classes)
        self.log_dict(
            {
                f"{phase}/loss": functional.cross_entropy(logits, labels),
                f"{phase}/accuracy": multiclass_accuracy(logits, labels, k, average="micro"),
                f"{phase}/balanced_accuracy": multiclass_accuracy(logits, labels, k, average="macro"),
            },
            sync_dist=True,  # every process has computed the same number; Lightning asks for the word
        )


def answers(backbone: Any, scaled: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401 - timm's models share no base class
    """Logits [n, k] and the last layer's input [n, d] of scaled pixels [n, 3, S, S], in one pass (in eval mode)."""
    maps = backbone.forward_features(scaled)
    features = backbone.forward_head(maps, pre_logits=True)
    last = backbone.get_classifier()
    # Some architectures end in more than one linear layer (distilled heads): let them compute their logits themselves.
    return (last(features) if isinstance(last, nn.Linear) else backbone.forward_head(maps)), features


def _each_once(logits: Tensor, labels: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
    """Drop the images that a distributed sampler repeats to make the processes' shares equal."""
    order = torch.argsort(index, stable=True)
    first = torch.ones_like(order, dtype=torch.bool)
    first[1:] = index[order][1:] != index[order][:-1]
    return logits[order][first], labels[order][first]


def _checked(classes: Sequence[str]) -> tuple[str, ...]:
    names = tuple(str(name) for name in classes)
    if len(names) < 2:
        raise InputError(f"classes is {list(names)}; a classifier needs at least two")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(f"classes names {twice[0]!r} more than once; class names must differ")
    return names
