"""One row per picture: its logits, the input of the last layer, and who it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LastLayer:
    """The linear layer that ends the network: logits = features @ weight.T + bias."""

    weight: NDArray[np.float32]
    """[k, d]."""
    bias: NDArray[np.float32]
    """[k]."""


@dataclass(frozen=True)
class Origin:
    """What made a table; empty where that is not known, as of another team's file."""

    network: str = ""
    """Digest of the checkpoint's weights, architecture and classes."""
    preprocessing: str = ""
    """Text of the preprocessing, such as ``java2d.bilinear+jpeg75``."""
    preprocessing_digest: str = ""
    """Digest of everything that can change a pixel."""
    made_by: Mapping[str, str] = field(default_factory=dict)
    """Libraries with their versions, and the device."""


@dataclass(frozen=True)
class PredictionTable:
    """One row per picture, in the order of the data set. Columns about the data may be empty: not known."""

    ids: tuple[str, ...]
    labels: NDArray[np.int64]
    """[n]; -1 = unlabelled."""
    logits: NDArray[np.float32]
    """[n, k], in the order of ``classes``."""
    features: NDArray[np.float32]
    """[n, d]: input of the last linear layer; d = 0 where it is not known."""
    classes: tuple[str, ...]
    groups: tuple[str, ...] = ()
    """Product of each picture; empty: each picture is a product."""
    splits: tuple[str | None, ...] = ()
    """``train``, ``validation`` or ``test``; empty: not known."""
    outlier_kinds: tuple[str | None, ...] = ()
    """Kind of outlier, None = an ordinary picture of its label; empty: all are ordinary, as far as is known."""
    last_layer: LastLayer | None = None
    """None: not known, or not linear."""
    origin: Origin = Origin()

    def __post_init__(self) -> None:
        n, k = len(self.ids), len(self.classes)
        if not (
            self.labels.shape == (n,) and self.logits.shape == (n, k) and self.features.ndim == 2 and len(self.features) == n
        ):
            raise ValueError(
                f"{n} ids, labels {self.labels.shape}, logits {self.logits.shape}, features {self.features.shape}, "
                f"{k} classes: they do not belong together"
            )
        for name in ("groups", "splits", "outlier_kinds"):
            if len(getattr(self, name)) not in (0, n):
                raise ValueError(f"{n} ids and {len(getattr(self, name))} {name}: they do not belong together")
        if self.last_layer is not None and (
            self.last_layer.weight.shape != (k, self.features.shape[1]) or self.last_layer.bias.shape != (k,)
        ):
            raise ValueError(
                f"last layer {self.last_layer.weight.shape}, {self.last_layer.bias.shape} for features {self.features.shape} "
                f"and {k} classes: they do not belong together"
            )
        if n and not -1 <= self.labels.min() <= self.labels.max() < k:
            raise ValueError(f"labels are {self.labels.min()} to {self.labels.max()} for {k} classes; a label is -1 to {k - 1}")
        if not np.isfinite(self.logits).all():
            raise ValueError("logits hold NaN or infinity: the network diverged; train it again with a smaller learning rate")

    @property
    def products(self) -> tuple[str, ...]:
        """Product of each picture: its group, or itself where groups are not known."""
        return self.groups or self.ids

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Softmax of the logits, [n, k] in 0..1."""
        shifted = self.logits.astype(np.float64) - self.logits.max(axis=1, keepdims=True)
        exponential: NDArray[np.float64] = np.exp(shifted)
        return np.asarray(exponential / exponential.sum(axis=1, keepdims=True))

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Class numbers [n]; the lower number wins a tie."""
        return np.asarray(self.logits.argmax(axis=1), dtype=np.int64)

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether the prediction is the label, [n]."""
        return np.asarray(self.predicted == self.labels)

    def in_split(self, split: str) -> "PredictionTable":
        """Rows of one split."""
        return self.take([i for i, name in enumerate(self.splits) if name == split])

    def ordinary(self) -> "PredictionTable":
        """Rows that are no outliers."""
        return self.take([i for i, kind in enumerate(self.outlier_kinds) if kind is None]) if self.outlier_kinds else self

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> "PredictionTable":
        """The given rows, in the given order."""
        index = np.asarray(rows, dtype=np.int64)
        text: dict[str, Any] = {
            name: tuple(getattr(self, name)[i] for i in index.tolist()) for name in _TEXTS if getattr(self, name)
        }
        return replace(self, labels=self.labels[index], logits=self.logits[index], features=self.features[index], **text)


_TEXTS = ("ids", "groups", "splits", "outlier_kinds")
