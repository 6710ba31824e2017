"""A noisy set: pictures as a catalogue holds them, ordinary ones with labels among outliers of known kinds."""

from dataclasses import dataclass, replace

import numpy as np

from robustfashion import taxonomy
from robustfashion.bench.experiment.division import OUTLIERS, Division, Part, joined
from robustfashion.bench.experiment.tasks import TaskSpec
from robustfashion.bench.experiment.workspace import Workspace
from robustfashion.data.sources import rendered_catalogue
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.paper import WATCHES_WITH_OUTLIERS

NOISY = SyntheticSettings(
    count=WATCHES_WITH_OUTLIERS, seed=43, long_side_px=(500, 500), outlier_share=0.06, mis_filed=0.02
)  # fmt: skip
"""As many pictures as behind Table 4, of products that no network here has seen; the paper does not say how many are outliers.
What they are filed under follows from the task (:func:`filed_under`)."""


@dataclass(frozen=True)
class NoisySet:
    """Pictures that a classifier is asked about; whoever wants all of them takes ``whole``."""

    ordinary: Part
    """Products of the kind that the classifier knows, with their class numbers."""
    outliers: Part
    """All others, labels -1; may be empty."""
    note: str
    """Where they come from, in words."""

    @property
    def whole(self) -> Part:
        """The ordinary pictures, then the outliers."""
        return joined(self.ordinary, self.outliers)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kind of each outlier: ``tier/kind``, ``mis-filed``, ``held out/NAME``."""
        return self.outliers.texts("outlier_kind")

    @property
    def tiers(self) -> tuple[str, ...]:
        """Tier of each outlier; see :func:`tier_of`."""
        return tuple(tier_of(kind) for kind in self.kinds)

    def __len__(self) -> int:
        return len(self.ordinary) + len(self.outliers)


def tier_of(kind: str) -> str:
    """What stands before a kind's stroke: ``near``, ``junk``, ``far``, ``mis-filed``, ``held out``, ``class``, ``folder``."""
    return kind.split("/", 1)[0]


def filed_under(spec: TaskSpec) -> tuple[str, ...]:
    """Product types under whose name a catalogue files what this task is asked about: those of the attribute, or the type itself.

    Raises:
        InputError: neither an attribute nor a product type, so that nothing can be drawn for it.
    """
    if spec.kind == "attribute":
        return taxonomy.attributes()[spec.name].product_types
    if spec.kind == "product type":
        return (spec.name,)
    raise InputError(f"no noisy set is drawn for the task {spec.name!r}; name an attribute or a product type, or bring outliers")


def drawn_noisy_set(
    workspace: Workspace, settings: SyntheticSettings, spec: TaskSpec, division: Division, prefix: str = "noisy"
) -> NoisySet:
    """Drawn pictures that are filed under the task's product types, outliers and mis-filed ones among them.

    Args:
        workspace: with the cache.
        settings: of the drawn set; their ``mix`` is replaced by the task's product types, as in the training catalogue.
        spec: the task.
        division: what networks of the task learn from, whose class numbers count.
        prefix: before ids and products, whose numbers are those of other products in the training catalogue and in other sets.

    Raises:
        InputError: settings that draw the training pictures again, or no ordinary picture of the task.
    """
    training = workspace.settings.synthetic
    if workspace.settings.drawn and settings.seed == training.seed:
        raise InputError(
            f"the noisy set is drawn with seed {settings.seed}, as the training pictures are: its products would be known to the "
            "networks; give it another seed"
        )
    types = filed_under(spec)
    mix = {name: share for name in types if (share := training.mix.get(name, 0.0)) > 0} or dict.fromkeys(types, 1.0)
    drawn = rendered_catalogue(
        replace(settings, mix=mix), workspace.cache, workspace.settings.workers, workspace.progress
    ).usable()  # fmt: skip
    drawn = drawn.replace(**{name: [f"{prefix}/{text}" for text in drawn.column(name)] for name in ("id", "group")})
    ordinary, outliers = drawn.ordinary(), drawn.outliers()
    labels = ordinary.targets(division.task)
    kept = np.flatnonzero(labels >= 0)
    if not len(kept):
        raise InputError(
            f"no ordinary picture of the drawn noisy set has a class of {spec.name}; draw more, or name another task"
        )
    missing = len(ordinary) - len(kept)
    without = f" ({missing} more have no label of the task and are left out)" if missing else ""
    note = (
        f"{len(kept) + len(outliers)} pictures drawn with seed {settings.seed}, filed under {' and '.join(types)}{without}; no "
        "network has seen them."
    )
    return NoisySet(Part(ordinary.take(kept), labels[kept]), Part(outliers, np.full(len(outliers), -1, np.int64)), note)


def noisy_set_of(division: Division) -> NoisySet:
    """One's own data as a noisy set: its test pictures, and its outliers, which no network is trained on."""
    outliers = division.parts.get(OUTLIERS)
    part = Part(division["test"].catalogue.take([]), np.zeros(0, np.int64)) if outliers is None else outliers
    return NoisySet(division["test"], part, "Test pictures of the data, and its outliers.")
