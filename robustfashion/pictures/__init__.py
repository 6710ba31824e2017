"""Picture files: bytes to pixels or a refusal with its reason, and bulk work over many of them."""
