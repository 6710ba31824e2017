"""Picture files of a folder."""

from pathlib import Path

from robustfashion.pictures.decode import SUFFIXES


def picture_files(folder: Path) -> list[Path]:
    """Files below ``folder`` that are pictures by their suffix (:data:`~robustfashion.pictures.decode.SUFFIXES`), sorted."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
