"""What is known of a public set: its reader, its licence, how to get it, its label map."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from robustfashion.data.sources.public.label_map import read_yaml
from robustfashion.data.sources.public.records import Reader

MAPS = Path(__file__).resolve().parent / "maps"


@dataclass(frozen=True)
class Download:
    """A file that can be fetched without a login."""

    url: str
    file: str
    """Where it goes, relative to the set's folder."""
    sha256: str | None = None
    """None: not published; the sum of what was fetched is recorded instead."""
    unpack: bool = False


@dataclass(frozen=True)
class About:
    """What a set's YAML says beside its map."""

    title: str
    licence: str
    homepage: str
    obtain: str
    """How to get the set, for a person."""
    defects: tuple[str, ...] = ()
    downloads: tuple[Download, ...] = ()


@dataclass(frozen=True)
class Adapter:
    """A public set that can be imported by name."""

    name: str
    reader: Reader
    layout: str
    """What the set's folder holds, for messages."""
    remote: bool = False
    """The source may be a name rather than a folder."""

    @property
    def map_file(self) -> Path:
        """The label map, a YAML file of this package."""
        return MAPS / f"{self.name}.yaml"

    @cached_property
    def about(self) -> About:
        """Licence, homepage, instructions, downloads."""
        value: dict[str, Any] = read_yaml(self.map_file)
        return About(
            title=value["title"],
            licence=value["licence"],
            homepage=value["homepage"],
            obtain=" ".join(value["obtain"].split()),
            defects=tuple(value.get("defects", ())),
            downloads=tuple(Download(**item) for item in value.get("downloads", ())),
        )
