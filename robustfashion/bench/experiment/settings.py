"""What every suite can be told. A suite's own settings inherit from it, with defaults of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

from robustfashion import taxonomy
from robustfashion.data.policy import DEFAULT_SIZE
from robustfashion.data.preprocess import DEFAULT_CANVAS, Preprocessing
from robustfashion.data.sources.loading import SYNTHETIC
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.data.truth import OWN_LABELS
from robustfashion.errors import InputError
from robustfashion.models.devices import ACCELERATORS
from robustfashion.resize.methods import methods_like
from robustfashion.system_errors import expanded

ON_THE_COMMAND_LINE = "given on the command line"
"""Where a threshold of the settings comes from, in words."""

Scale = Literal["smoke", "cpu", "full", "own data"]

_OF_NETWORKS = (
    "canvas", "size", "seeds", "max_epochs", "max_steps", "batch_size", "lr_schedule", "overfit_gap", "precision", "split_seed",
    "synthetic", "accelerator", "workers", "cache",
)  # fmt: skip
"""Settings that say how pictures and networks are made."""
OF_STEPS = ("max_epochs", "max_steps", "batch_size", "lr_schedule", "overfit_gap", "precision")
"""Settings of a training by steps."""


@dataclass(frozen=True)
class ExperimentSettings:
    """Data, networks, their training, and where all of it happens."""

    data: str = SYNTHETIC
    """``synthetic``, a folder with one sub-folder per class, a CSV/Parquet manifest, or a catalogue."""
    positive: str | None = None
    """Class to be told from all others; default: the suite's own on synthetic data, else every class is a class."""
    tasks: tuple[str, ...] | None = None
    """What is told, a classifier for each: attributes and product types, ``label`` (every class of one's own), or one label
    (against the rest). Default: the suite's own choice of what the data can teach."""
    outlier_classes: tuple[str, ...] = ()
    """Labels whose pictures are outliers: never trained or validated on."""
    hold_out: tuple[str, ...] = ()
    """Classes that are held out of training and validation, as outliers of the others."""
    outliers: str | None = None
    """Data (as for ``data``) whose pictures all are outliers."""
    checkpoint: Path | None = None
    """Ask this network instead of training any."""
    predictions: tuple[Path, ...] = ()
    """Prediction tables (``robustfashion predict``, or another team's CSV, Parquet or NPZ; ``docs/predictions.md``) in place of
    data and networks: ``--predictions A.npz B.csv``, or a list in brackets."""
    train_method: str = "pillow.bilinear"
    """Preprocessing of the training pictures; options are appended with +, as in ``java2d.bilinear+java_jpeg0.75``. Its policy
    (``pillow.bicubic+shorter=256+crop=224``) is that of every method that names none."""
    canvas: int = DEFAULT_CANVAS
    """Side of the white square that pictures are padded to, in px (the paper: 500); there is none with another policy."""
    size: int | None = None
    """Side of the network's input, in px (the paper: 224); default: the checkpoint's, else what the policy says, else 224."""
    seeds: tuple[int, ...] = (0, 1)
    """One network for each of these."""
    max_epochs: int = 100
    """Passes over the training images, at most."""
    max_steps: int | None = None
    """Optimiser steps, at most; -1 = no limit; default: few on synthetic data, 600 on own data, where anything is trained."""
    batch_size: int = 32
    """Images per optimiser step."""
    lr_schedule: Literal["constant", "cosine"] = "cosine"
    """Course of the learning rate. The paper's is constant as far as it says; a short training needs a falling one to end near
    its mean accuracy instead of somewhere in the swing of the last steps."""
    overfit_gap: float | None = None
    """Stop when training accuracy exceeds validation accuracy by this for three epochs (the paper's rule gives no number)."""
    precision: Literal["32-true", "bf16-mixed"] = "32-true"
    """Lightning's precision in training."""
    threshold: float | None = None
    """Deployed threshold on the top-1 confidence; default: the checkpoint's, else the mean confidence on validation images."""
    allow_overlap: bool = False
    """Ask networks about pictures that their checkpoint or base was trained on, too; the report's note says how many."""
    ignore_labels: bool = False
    """Ask a checkpoint about pictures whose labels are not its classes: changes are counted, accuracies are not."""
    split_seed: int = 0
    """Divides products into train, validation and test where the data brings no splits."""
    synthetic: SyntheticSettings = field(default_factory=SyntheticSettings)
    """The synthetic catalogue, where ``data`` is ``synthetic``."""
    scale: Scale | None = None
    """How the report labels itself; default: smoke on synthetic data, own data elsewhere."""
    paper_data: bool = False
    """The data is the paper's own (it is private): at full scale its figures are then reproduced or contradicted, where anywhere
    else a statement is observed or not."""
    accelerator: str = "auto"
    """Lightning's accelerator: auto, cpu, gpu."""
    workers: int = 2
    """Threads that decode and resize."""
    cache: Path | None = None
    """Where pixels, networks and predictions are kept; default: the user's cache folder."""
    out: Path = Path("reports")
    """Where ``result.json`` and ``index.html`` go."""

    def __post_init__(self) -> None:
        if not self.trains and self.checkpoint is None:
            self._check_untrained()
        for name, value in self._defaults().items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
        for name in ("out", "cache", "checkpoint"):  # a shell leaves ~ behind =, and nobody expands it in YAML
            if getattr(self, name) is not None:
                object.__setattr__(self, name, expanded(getattr(self, name)))
        object.__setattr__(self, "predictions", tuple(expanded(file) for file in self.predictions))
        self._check_numbers()
        self._check_data()
        trained = self.preprocessing()
        if trained.policy is not None:
            self.check_unused({"canvas": DEFAULT_CANVAS}, f"the train_method {trained.name} has no canvas")
        object.__setattr__(self, "train_method", trained.name)  # one spelling, so that one method has one name
        if self.checkpoint is None:  # which decides otherwise
            object.__setattr__(self, "size", trained.size)

    def _check_numbers(self) -> None:
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise InputError(f"seeds is {list(self.seeds)}; give one or more different numbers")
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise InputError(f"threshold is {self.threshold}; a confidence lies in (0, 1]")
        for name in ("max_epochs", "batch_size", "workers"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        for number in (*self.seeds, self.split_seed):
            if not 0 <= number < 2**32:
                raise InputError(f"a seed is {number}; seeds lie in 0..{2**32 - 1}")
        if self.max_steps is not None and self.max_steps != -1 and self.max_steps < 1:
            raise InputError(f"max_steps is {self.max_steps}; it must be at least 1, or -1 for no limit")
        if self.overfit_gap is not None and not 0 < self.overfit_gap < 1:
            raise InputError(f"overfit_gap is {self.overfit_gap}; a difference of accuracies lies in (0, 1)")
        if self.accelerator not in ACCELERATORS:
            raise InputError(f"accelerator is {self.accelerator!r}; use one of {', '.join(ACCELERATORS)}")

    def _check_data(self) -> None:
        if self.positive is not None and self.tasks is not None:
            raise InputError(f"positive is {self.positive!r} and tasks are {list(self.tasks)}; leave one of them out")
        if self.tasks is not None and not self.tasks:
            raise InputError("tasks is empty; name at least one, or leave it out")
        if self.drawn:  # whose labels are known before it is drawn
            known = (*taxonomy.attributes(), *taxonomy.PRODUCT_TYPES)
            for name in self.named_tasks or ():
                if name not in (OWN_LABELS, *known):
                    raise InputError(f"task is {name!r}; use {OWN_LABELS}, or of drawn data one of {', '.join(known)}")
        if self.paper_data and self.drawn:
            raise InputError("paper_data is true, but the pictures are drawn; give the paper's with data, or leave it out")
        if self.predictions:
            self.check_unused(self._needs_data(), "predictions are given, which stand in place of data and networks")
        elif self.checkpoint is not None:
            self.check_unused({"tasks": None}, "a checkpoint is given, which tells what it tells")
        else:
            self.check_unused({"ignore_labels": False}, "no checkpoint is given; networks are trained on labels")
        if self.ignore_labels:
            self.check_unused({"positive": None}, "ignore_labels is true")

    def _check_untrained(self) -> None:
        """Refuse what says how networks are trained by steps where none is."""
        options = {name: type(self).__dataclass_fields__[name].default for name in OF_STEPS}
        self.check_unused(options, "nothing is trained by steps here (heads of a frozen network are fitted, predictions given)")

    def check_unused(self, options: Mapping[str, Any], why: str) -> None:
        """Nothing that is given is passed over in silence.

        Args:
            options: that mean nothing here, and their values where nobody gives them.
            why: they mean nothing, in words.

        Raises:
            InputError: one has another value.
        """
        for name, default in options.items():
            if getattr(self, name) != default:
                raise InputError(f"{name} is {_plain(getattr(self, name))}, and {why}; leave one of them out")

    def _needs_data(self) -> dict[str, Any]:
        """Options that mean nothing where predictions are given, and their values where nobody gives them; suites add theirs."""
        nothing = {"outliers": None, "outlier_classes": (), "hold_out": (), "paper_data": False, "allow_overlap": False}
        nothing["ignore_labels"] = False
        return {"data": SYNTHETIC, "positive": None, "tasks": None, "checkpoint": None} | nothing

    def _defaults(self) -> dict[str, Any]:
        """What stands for None, by the kind of data; suites add their own."""
        if self.drawn:
            return {"scale": "smoke"}
        return {"scale": "own data"} | ({"max_steps": 600} if self.trains else {})

    @property
    def drawn(self) -> bool:
        """Whether the pictures are those of the synthetic catalogue."""
        return self.data == SYNTHETIC and not self.predictions

    def preprocessing(self, method: str | None = None) -> Preprocessing:
        """The preprocessing of ``train_method``, with ``method`` (and its options) in its place; None: that itself.

        Of the paper's preprocessing the canvas stays and ``method`` resizes in both stages; another policy stays as it is, unless
        ``method`` names one of its own.
        """
        trained = Preprocessing.parse(self.train_method, self.canvas, self.size)
        return trained if method is None else Preprocessing.parse(method, self.canvas, self.size, trained.policy)

    def short(self, method: str) -> str:
        """Its one name in tables: the preprocessing's, without a policy that is the training method's."""
        policy, name = self.preprocessing().policy, self.preprocessing(method).name
        return name if policy is None else name.replace(f"+{policy.name}", "", 1)

    def serving(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Serving methods by their one name, each once; ``java2d.*`` is all of a library.

        Raises:
            InputError: no such method.
        """
        return tuple(dict.fromkeys(self.short(like) for text in texts for like in methods_like(text)))

    @property
    def reference(self) -> str:
        """The training method in tables."""
        return self.short(self.train_method)

    def as_trained(self, seed: int, trained: Preprocessing | None) -> Self:
        """These settings with what follows from a given network: its seed, and its preprocessing as the training method.

        Raises:
            InputError: settings say that it was trained on other pixels.
        """
        found = replace(self, seeds=(seed,))
        if trained is None:
            return replace(found, size=self.preprocessing().size)
        usual = {"train_method": ExperimentSettings.train_method, "canvas": DEFAULT_CANVAS, "size": None}
        for name, value in {"train_method": trained.name, "canvas": trained.canvas, "size": trained.size}.items():
            if getattr(self, name) not in (usual[name], value):
                raise InputError(
                    f"{name} is {getattr(self, name)}, but {self.checkpoint} was trained with {value}; leave it out "
                    "(serve_methods names the pixels to compare)"
                )
        return replace(found, train_method=trained.name, canvas=trained.canvas, size=trained.size)

    @property
    def bases(self) -> tuple[str, ...]:
        """Initial weights that the settings name; suites say more."""
        return ()

    @property
    def trains(self) -> bool:
        """Whether any network is trained by optimiser steps; suites say more."""
        return not self.predictions and self.checkpoint is None

    @property
    def named_tasks(self) -> tuple[str, ...] | None:
        """Tasks that the user asked for; None: none by name."""
        return self.tasks if self.positive is None else (self.positive,)

    @property
    def paper_scale(self) -> bool:
        """Whether figures may be held against the paper's: its data and sizes, and training without a limit on the steps."""
        sizes = (self.canvas, self.size, self.max_steps) == (DEFAULT_CANVAS, DEFAULT_SIZE, -1)
        sizes = sizes and self.preprocessing().policy is None
        return self.paper_data and self.scale == "full" and sizes

    def plain(self) -> dict[str, object]:
        """As JSON knows them; ``--config`` reads the same structure. Beside given predictions without what made no difference."""
        without = {*self._needs_data(), *_OF_NETWORKS} if self.predictions else set()
        return {key: _plain(value) for key, value in asdict(self).items() if key not in without}


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
