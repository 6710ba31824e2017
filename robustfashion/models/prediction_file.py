"""What `robustfashion predict` writes: the answers of a network to a data module's pictures, with all that is known of both."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from robustfashion.data.datamodule import FashionDataModule
from robustfashion.models.classifier import Classifier, Prediction
from robustfashion.models.devices import name_of_device
from robustfashion.models.inference import last_layer
from robustfashion.models.weights import digest_parts
from robustfashion.predictions import Origin, PredictionTable
from robustfashion.provenance import content_digest, library_versions


def gathered(model: Classifier, data: FashionDataModule, batches: Sequence[Prediction], device: torch.device) -> PredictionTable:
    """The table of the pictures that were asked about, in the catalogue's order; unlabelled ones have label -1.

    Args:
        model: that was asked.
        data: whose ``predict_dataloader`` gave the pictures.
        batches: what ``predict_step`` returned.
        device: where it was asked.
    """
    index, logits, features = (_joined(batches, key) for key in ("index", "logits", "features"))
    rows = data.asked.take(index)  # a limit on the batches leaves some out
    versions = {name: library_versions()[name] for name in ("robustfashion", "torch", "timm")}
    preprocessing = data.serve_preprocessing
    return PredictionTable(
        ids=tuple(str(name) for name in rows.column("id")),
        labels=rows.targets(data.task),
        logits=logits,
        features=features,
        classes=tuple(model.classes),
        groups=tuple(str(name) for name in rows.column("group")),
        splits=tuple(rows.column("split")),
        outlier_kinds=tuple(rows.column("outlier_kind")),
        last_layer=last_layer(model),
        origin=Origin(
            network_digest(model), preprocessing.name, preprocessing.digest(), versions | {"device": name_of_device(device)}
        ),
    )


def _joined(batches: Sequence[Prediction], key: Literal["index", "logits", "features"]) -> NDArray[Any]:
    return np.asarray(torch.cat([batch[key] for batch in batches]).cpu().numpy())


def network_digest(model: Classifier) -> str:
    """As :func:`~robustfashion.models.checkpoint.checkpoint_digest` of a file with this network."""
    described = {key: model.settings()[key] for key in ("architecture", "classes", "normalisation")}
    return content_digest(described, *digest_parts(model.state_dict()))
