"""A network as the golden images ask it: pixels in, logits out; what scales them and what answers can be looked at."""

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from torch import Tensor


class PixelNetwork(Protocol):
    """What is asked of a network here; :class:`robustfashion.models.classifier.Classifier` is one."""

    @property
    def architecture(self) -> str:
        """Its timm name."""

    @property
    def normalisation(self) -> str:
        """Name of the scaling."""

    @property
    def mean(self) -> "Tensor":
        """[3, 1, 1], in levels of 0..255."""

    @property
    def std(self) -> "Tensor":
        """[3, 1, 1], in levels of 0..255."""

    @property
    def backbone(self) -> Any:  # noqa: ANN401 - a timm model
        """The weights."""

    def scale(self, image: "Tensor") -> "Tensor":
        """uint8 [n, 3, S, S] to the backbone's float32 input."""

    def __call__(self, image: "Tensor") -> Any:  # noqa: ANN401 - torch's own signature
        """uint8 [n, 3, S, S] -> logits [n, k]."""
