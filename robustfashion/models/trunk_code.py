"""Which code decides a trunk's features: part of every cache key of features, and of what is made of them. Loads no torch."""

TRUNK_CODE = (
    "models/backbones.py", "models/classifier.py", "models/features.py", "models/graphs.py",
    "models/group_norm_backbones.py", "models/lite0.py",
    "models/scaled.py", "models/torchvision_backbones.py", "models/trunk.py", "models/trunk_engines.py",
)  # fmt: skip
