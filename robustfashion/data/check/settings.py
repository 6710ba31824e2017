"""Options of the catalogue check."""

from dataclasses import dataclass
from pathlib import Path

from robustfashion.data.check.factor import LABELS
from robustfashion.data.check.independence import OTHERS, Expected
from robustfashion.errors import InputError


@dataclass(frozen=True)
class CheckSettings:
    """What is checked, and how."""

    catalogue: str
    """``catalogue.parquet`` or its folder, a folder of classes, a manifest, or ``synthetic``."""
    seed: int = 0
    workers: int = 2
    probe_images: int = 4000
    """Most images that a probe sees of one label column."""
    permutations: int = 200
    """Repetitions of each probe with exchanged labels."""
    pictures: bool = True
    """Show duplicates, smallest and largest images."""
    expected: tuple[str, ...] = ()
    """Pairs of factors that are meant to go together, as ``shell_type=number_of_wheels``."""
    cache: Path | None = None
    """Folder for features and scans; None: the usual one."""

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise InputError(f"seed is {self.seed}; it must be 0 or greater")
        if self.workers < 1:
            raise InputError(f"workers is {self.workers}; it must be at least 1")
        if self.probe_images < 100:
            raise InputError(f"probe_images is {self.probe_images}; a probe needs at least 100 images")
        if self.permutations < 20:
            raise InputError(f"permutations is {self.permutations}; a null distribution needs at least 20")
        for text in self.expected:
            names = text.split("=")
            if len(names) != 2 or names[0] == names[1] or not set(names) <= {*LABELS, *OTHERS}:
                raise InputError(f"expected pair {text!r}: write A=B with two of {', '.join((*LABELS, *OTHERS))}")

    def expected_pairs(self) -> Expected:
        """``expected`` as the check takes it."""
        return frozenset(frozenset(text.split("=")) for text in self.expected)
