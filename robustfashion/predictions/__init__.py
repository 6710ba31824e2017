"""The narrow waist: what a network said of a data set. Everything scientific starts here, on arrays, without torch."""

from robustfashion.predictions.foreign import open_predictions
from robustfashion.predictions.storage import cached_predictions, read_predictions, write_predictions
from robustfashion.predictions.table import LastLayer, Origin, PredictionTable

__all__ = [
    "LastLayer", "Origin", "PredictionTable", "cached_predictions", "open_predictions", "read_predictions", "write_predictions",
]  # fmt: skip
