"""The name under which our checkpoints keep their description, for who loads torch and who does not."""

METADATA_KEY = "robustfashion"
"""A dict in a PyTorch archive, JSON text in a safetensors header and in an exported file."""
