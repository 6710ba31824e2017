"""What a suite's result holds beside what is drawn from the answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from robustfashion.bench.experiment.session import LeftOut
from robustfashion.result import Figure, Table


@dataclass(frozen=True)
class Beside:
    """What the data and the options of a suite add to its result."""

    data_hash: str
    tables: Sequence[Table]
    figures: Sequence[Figure] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)
    left_out: LeftOut = ()
