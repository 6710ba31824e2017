"""Sources of images: a folder, a manifest, a finished catalogue, or the synthetic renderer; all become one catalogue."""

from robustfashion.data.sources.loading import load_catalogue, rendered_catalogue, scanned_catalogue
from robustfashion.data.sources.opening import CATALOGUE_FILE, open_catalogue, open_with_note

__all__ = ["CATALOGUE_FILE", "load_catalogue", "open_catalogue", "open_with_note", "rendered_catalogue", "scanned_catalogue"]
