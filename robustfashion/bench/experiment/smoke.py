"""What every suite measures where nothing else is asked for: one drawn catalogue, and a pretrained network that stays frozen."""

from robustfashion.data.synthetic import SyntheticSettings

TRUNK, BASE = "tf_efficientnet_lite0", "lite0"
"""EfficientNet-Lite0 with ImageNet's weights, which come with the installation (:mod:`robustfashion.models.lite0`)."""

CATALOGUE = SyntheticSettings(
    count=3000,
    seed=7,
    mix={"dress": 0.25, "top": 0.15, "shoe": 0.3, "watch": 0.14, "luggage": 0.16},
    long_side_px=(500, 500),
)
"""Shoes are many, since three attributes are of parts of them. Pictures fill the paper's canvas. All suites draw the same, so
that the second one finds pictures, features and heads in the cache."""
