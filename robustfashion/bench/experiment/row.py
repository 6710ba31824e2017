"""How one network of a study is made: a line of its tables."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from robustfashion.bench.experiment.mixes import expanded
from robustfashion.errors import InputError
from robustfashion.models.normalisation import checked

if TYPE_CHECKING:
    from robustfashion.bench.experiment.settings import ExperimentSettings
    from robustfashion.models.heads import HeadSettings
    from robustfashion.models.training import TrainSettings


_OF_HEADS = ("label_smoothing", "confidence_penalty", "outlier_exposure")
"""Fields of a recipe that change the loss of a head on cached features, too."""


@dataclass(frozen=True)
class Row:
    """Architecture, recipe, base, and the pixels that it learns from."""

    architecture: str = "resnet18"
    """Any timm name; ``googlenet`` and ``alexnet`` too."""
    recipe: str | dict[str, Any] = "paper"
    """``paper`` (flip only), ``robust`` (brightness, contrast, saturation, hue, PCA noise, grayscale), or one of them and the
    fields that differ: ``{name: paper, weight_decay: 0.5}``."""
    base: str = "none"
    """Initial weights: ``none``, ``imagenet``, ``lite0``, or the path of a checkpoint."""
    freeze: Literal["none", "body", "gradual"] = "none"
    """What of the base stays as it is: nothing, all but the head, or what has not thawed yet."""
    head: Literal["logistic", "sgd"] = "logistic"
    """How the head of a frozen body is fitted: logistic regression on cached features, or the recipe's own SGD."""
    penalty: float | None = None
    """Penalty of a head by logistic regression; None: chosen by product folds."""
    drop_rate: float | None = None
    """Dropout before the last layer; None = the architecture's own."""
    normalisation: str | None = None
    """Scaling of the pixels: ``raw``, ``imagenet`` or numbers as ``mean=0.5/std=0.5``; None: as the base's weights expect, frozen
    or not; raw (as we read the paper) without a base."""
    train_methods: tuple[str, ...] = ()
    """Preprocessings that it learns from, of which each epoch draws one per image; empty: the suite's training method. Also
    ``mix.libraries``, ``mix.filters`` and ``mix.jpeg`` (:mod:`~robustfashion.bench.experiment.mixes`). The first is the one that
    its checkpoint names."""
    label: str = ""
    """Its name in tables; empty: made of what differs."""

    def __post_init__(self) -> None:
        if self.freeze != "none" and self.base == "none":
            raise InputError(
                f"row {self.architecture} freezes its {self.freeze} without a base; name one (lite0, imagenet, a path)"
            )
        if self.freeze != "body" and (self.head != "logistic" or self.penalty is not None):
            raise InputError(f"row {self.name}: head and penalty are of a frozen body; add freeze: body, or leave them out")
        if self.normalisation is not None:
            object.__setattr__(self, "normalisation", checked(self.normalisation))
        if self.on_trunk:
            self._check_on_trunk()
        fields = {} if isinstance(self.recipe, str) else self.recipe
        if fields.get("consistency") and len(self.methods("")) < 2:
            raise InputError(f"row {self.name}: consistency is between two of train_methods; name two at least")

    def _check_on_trunk(self) -> None:
        """Refuse what a head by logistic regression passes over: it sees features, and no picture twice."""
        fields = {} if isinstance(self.recipe, str) else self.recipe
        changed = {key: value for key, value in fields.items() if key not in ("name", "class_weights", *_OF_HEADS)}
        idle = [f"recipe {self.recipe_name}"] if self.recipe_name != "paper" else []
        idle += [f"{key} {value}" for key, value in changed.items()]
        if idle:
            raise InputError(
                f"row {self.name}: {', '.join(idle)} means nothing to a head by logistic regression; use head: sgd, or penalty, "
                f"class_weights, drop_rate, {', '.join(_OF_HEADS)}"
            )

    def __hash__(self) -> int:  # a recipe may be a dict
        return hash(json.dumps(asdict(self), sort_keys=True, default=str))

    @property
    def recipe_name(self) -> str:
        """The recipe's own name, whatever fields differ."""
        return self.recipe if isinstance(self.recipe, str) else str(self.recipe.get("name", "own"))

    @property
    def name(self) -> str:
        """Short text for tables: ``resnet18``, ``googlenet + augmentation + base model``, ``resnet18 + weight decay 0.5``."""
        if self.label:
            return self.label
        named = {"paper": [], "robust": ["augmentation"]}.get(self.recipe_name, [self.recipe_name])
        changed = {} if isinstance(self.recipe, str) else {k: v for k, v in self.recipe.items() if k != "name"}
        parts = [self.architecture, *named, *(f"{key.replace('_', ' ')} {value}" for key, value in changed.items())]
        parts += [] if self.base == "none" else [f"{self.base} base" if self.base == "lite0" else "base model"]
        parts += [] if self.freeze == "none" else ["frozen body" if self.freeze == "body" else "gradual thaw"]
        parts += ["head by SGD"] if self.head == "sgd" else []
        parts += [] if self.normalisation is None else [f"{self.normalisation} pixels"]
        parts += [] if self.penalty is None else [f"penalty {self.penalty:g}"]
        parts += [] if self.drop_rate is None else [f"dropout {self.drop_rate:g}"]
        parts += [f"trained on {', '.join(self.train_methods)}"] if self.train_methods else []
        return " + ".join(parts)

    def methods(self, train_method: str) -> tuple[str, ...]:
        """Preprocessings that it learns from, mixes spelt out; the suite's ``train_method`` where it names none.

        Raises:
            InputError: an unknown mix.
        """
        return expanded(self.train_methods, train_method) or (train_method,)

    @property
    def unchanged(self) -> bool:
        """Whether nothing of it differs from what architecture, a named recipe and a base say.

        The paper speaks of raw pixels and of bases, not of how the pixels of a base were scaled: both readings are its own.
        """
        known = self.normalisation in (None, "raw") or self.base in ("imagenet", "lite0")
        plain = Row(self.architecture, self.recipe, self.base, normalisation=self.normalisation, label=self.label)
        return known and isinstance(self.recipe, str) and self == plain

    @property
    def on_trunk(self) -> bool:
        """Whether it is a head on cached features of a frozen body."""
        return self.freeze == "body" and self.head == "logistic"

    @property
    def exposure(self) -> float:
        """Weight of free outliers in its loss; 0: it learns from none."""
        return 0.0 if isinstance(self.recipe, str) else float(self.recipe.get("outlier_exposure", 0.0))

    def head_settings(self) -> "HeadSettings":
        """How its head is fitted on cached features.

        Raises:
            InputError: class weights by name, which heads do not know, or a penalty out of range.
        """
        from robustfashion.models.head_objective import Regularisers
        from robustfashion.models.heads import HeadSettings
        from robustfashion.models.recipes import resolve_recipe

        recipe = resolve_recipe(self.recipe)
        weights = recipe.class_weights
        if not isinstance(weights, str):
            raise InputError(f"row {self.name}: class_weights is {weights}; a head on a frozen body takes none or balanced")
        added = Regularisers(drop_rate=self.drop_rate or 0.0, **{name: getattr(recipe, name) for name in _OF_HEADS})
        settings = HeadSettings(class_weights=weights, added=added)  # type: ignore[arg-type]  # checked there
        return settings if self.penalty is None else replace(settings, penalties=(self.penalty,))

    def scaling(self) -> str:
        """Normalisation of its pixels.

        Raises:
            InputError: a base that cannot be read.
        """
        from robustfashion.models.backbones import expected_normalisation

        return self.normalisation or expected_normalisation(self.base)

    def training(self, settings: "ExperimentSettings", classes: tuple[str, ...], seed: int) -> "TrainSettings":
        """The training of one network of this row.

        Raises:
            InputError: unknown recipe or field.
        """
        from robustfashion.models.recipes import resolve_recipe
        from robustfashion.models.training import TrainSettings

        recipe = resolve_recipe(self.recipe)
        if not (isinstance(self.recipe, Mapping) and "schedule" in self.recipe):
            recipe = replace(recipe, schedule=settings.lr_schedule)
        return TrainSettings(
            architecture=self.architecture,
            recipe=recipe,
            pretrained=self.base,
            normalisation=self.scaling(),
            drop_rate=self.drop_rate,
            classes=classes,
            max_epochs=settings.max_epochs,
            max_steps=-1 if settings.max_steps is None else settings.max_steps,
            batch_size=settings.batch_size,
            seed=seed,
            accelerator=settings.accelerator,
            precision=settings.precision,
            overfit_gap=settings.overfit_gap,
            freeze=self.freeze,
        )
