"""What can be done about a resizer that changes answers: train differently, or serve differently."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.wording import percent
from robustfashion.errors import InputError

Kind = Literal["none", "control", "row", "serve", "ensemble", "recalibrate", "margin"]
"""``none``: the network as it is; ``control``: trained again with other seeds; the others are remedies."""

SERVED = "served"
"""In an ensemble: the serving method itself."""


@dataclass(frozen=True, eq=False)
class Remedy:
    """One remedy: a label, and exactly one way."""

    label: str = ""
    """Its name in tables; empty: made of the way."""
    row: dict[str, Any] | None = None
    """Train again: the fields that differ from the network's (``{train_methods: [pillow.bilinear, java2d.bilinear]}``,
    ``{recipe: robust}``, ``{architecture: alexnet}``). A recipe stands in place of the network's whole recipe."""
    serve: str | None = None
    """Resize served pictures with this method instead: another Java call, say."""
    ensemble: tuple[str, ...] = ()
    """Resize served pictures with each of these and take the mean of the probabilities; ``served`` stands for the serving
    method itself."""
    recalibrate: bool = False
    """Estimate the means and variances of BatchNorm anew on validation pictures under the serving method, without labels."""
    prior: float = 0.0
    """Of ``recalibrate``: pictures that the trained statistics count as beside the served ones (Schneider et al. 2020)."""
    margin: float | None = None
    """Leave to people the pictures whose two most probable classes are nearest: this share of the validation pictures."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "ensemble", tuple(self.ensemble))
        ways = [self.row is not None, self.serve is not None, bool(self.ensemble), self.recalibrate, self.margin is not None]
        if sum(ways) != 1:
            raise InputError(
                f"{f'remedy {self.label!r}' if self.label else 'a remedy without a label'} names {sum(ways)} ways; give exactly "
                "one of row, serve, ensemble, recalibrate, margin"
            )
        if self.prior < 0 or (self.prior > 0 and not self.recalibrate):
            raise InputError(f"remedy {self.name!r}: prior is {self.prior}; it is of recalibrate, and at least 0")
        if self.margin is not None and not 0 < self.margin < 1:
            raise InputError(f"remedy {self.name!r}: margin is {self.margin}; a share of the pictures lies in (0, 1)")
        if self.ensemble and (len(self.ensemble) < 2 or len(set(self.ensemble)) < len(self.ensemble)):
            raise InputError(f"remedy {self.name!r}: ensemble is {list(self.ensemble)}; name two different methods or more")
        if self.row is not None and not self.row:
            raise InputError(f"remedy {self.label!r}: row is empty; name the fields that differ from the network's")

    @property
    def kind(self) -> Kind:
        """Which way it is."""
        if self.row is not None:
            return "row"
        if self.serve is not None:
            return "serve"
        if self.ensemble:
            return "ensemble"
        return "recalibrate" if self.recalibrate else "margin"

    @property
    def name(self) -> str:
        """Short text for tables and sentences: ``call java_image.smooth``."""
        if self.label:
            return self.label
        if self.row is not None:
            return "train with " + ", ".join(f"{key.replace('_', ' ')} {_text(value)}" for key, value in self.row.items())
        if self.serve is not None:
            return f"call {self.serve}"
        if self.ensemble:
            return f"mean over {' and '.join(self.ensemble)}"
        if self.margin is not None:
            return f"refuse {percent(self.margin)} by margin"
        return "BatchNorm re-estimated" + (f" with prior {self.prior:g}" if self.prior else "")

    @property
    def methods(self) -> tuple[str, ...]:
        """Preprocessings that served pictures go through in place of the serving method, as they are written."""
        named = self.ensemble if self.serve is None else (self.serve,)
        return tuple(method for method in named if method != SERVED)

    def row_of(self, network: Row) -> Row:
        """The row that is trained: the network's with the fields that differ.

        Raises:
            InputError: an unknown field, fields that do not go together, or nothing that differs.
        """
        fields = dict(self.row or {})
        known = set(Row.__dataclass_fields__) - {"label"}
        if set(fields) - known:
            unknown = sorted(set(fields) - known)
            raise InputError(f"remedy {self.name!r}: row has the unknown fields {unknown}; known are {sorted(known)}")
        if "train_methods" in fields:
            given = fields["train_methods"]
            fields["train_methods"] = (given,) if isinstance(given, str) else tuple(given)
        found = replace(network, **fields, label="")
        if found == replace(network, label=""):
            raise InputError(f"remedy {self.name!r}: row {self.row} is the network's own; name a field that differs")
        return replace(found, label=self.name)


def _text(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key} {_text(of)}" for key, of in value.items() if key != "name") or str(value.get("name", ""))
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
