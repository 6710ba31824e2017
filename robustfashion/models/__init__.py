"""Networks: timm backbones, the classifier, its recipes, training, checkpoints, inference."""
