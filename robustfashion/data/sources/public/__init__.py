"""Public sets by name: each is read in its own layout and mapped to the taxonomy by a table in YAML."""

from robustfashion.data.sources.public.adapter import Adapter
from robustfashion.data.sources.public.importing import Imported, ImportSettings, import_public
from robustfashion.data.sources.public.registry import ADAPTERS, find_adapter

__all__ = ["ADAPTERS", "Adapter", "ImportSettings", "Imported", "find_adapter", "import_public"]
