"""The command ``python -m robustfashion.resize``: files and folders to PNG, which method made a thumbnail, proof against Java."""
