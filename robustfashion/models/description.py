"""What a checkpoint says about itself beside its weights, as it is read from and written to a table of plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.golden_record import GoldenRecord, NotRecorded, read_golden
from robustfashion.models.recorded_thresholds import RecordedThresholds, read_thresholds
from robustfashion.models.stages import Stages, read_stages
from robustfashion.models.task import TaskDescription, read_task
from robustfashion.models.trained_on import TrainedOn, read_trained_on

FORMAT_VERSION = 1

_DAMAGED = "the file is damaged"


@dataclass(frozen=True)
class NetworkSettings:
    """What rebuilds a network: the constructor's arguments of a :class:`robustfashion.models.classifier.Classifier`."""

    architecture: str
    classes: tuple[str, ...]
    recipe: str | Mapping[str, Any]
    pretrained: str
    normalisation: str
    drop_rate: float | None
    image_size: int | None = None
    """Side in px, where it is not what the architecture is usually built for."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint."""
        recipe = self.recipe if isinstance(self.recipe, str) else dict(self.recipe)
        return {
            "architecture": self.architecture,
            "classes": list(self.classes),
            "recipe": recipe,
            "pretrained": self.pretrained,
            "normalisation": self.normalisation,
            "drop_rate": self.drop_rate,
            **({} if self.image_size is None else {"image_size": self.image_size}),
        }


@dataclass(frozen=True)
class RecordedPreprocessing:
    """A preprocessing by its short name: a method that is not known here does not make the weights unreadable."""

    name: str
    canvas: int
    """Side in px."""
    size: int
    """Side in px."""

    @classmethod
    def of(cls, preprocessing: Preprocessing) -> "RecordedPreprocessing":
        """Its name and sides."""
        return cls(preprocessing.name, preprocessing.canvas, preprocessing.size)


@dataclass(frozen=True)
class Description:
    """What a checkpoint says about itself. Parts are None where a file does not have them."""

    network: NetworkSettings
    task: TaskDescription | None = None
    preprocessing: RecordedPreprocessing | None = None
    stages: Stages | None = None
    thresholds: RecordedThresholds | None = None
    seed: int | None = None
    """Of the training."""
    provenance: Mapping[str, Any] | None = None
    """As :meth:`robustfashion.provenance.Provenance.to_dict` gave it then; older files have fewer fields."""
    history: Sequence[Mapping[str, float]] = ()
    """What each epoch of the training ended with, as :class:`robustfashion.models.history.History` kept it."""
    golden: GoldenRecord | NotRecorded | None = None
    """None: written before golden images were recorded."""
    trained_on: TrainedOn | None = None
    """None: not known, as it is of files from before it was recorded."""
    other: Mapping[str, Any] = field(default_factory=dict)
    """Fields that this robustfashion does not know: kept as they are."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint; the inverse of :func:`read_description`."""
        found: dict[str, Any] = {"format_version": FORMAT_VERSION, **self.network.to_dict()}
        if self.task is not None:
            found["taxonomy"] = self.task.to_dict()
        if self.preprocessing is not None:
            pixels = self.preprocessing
            found |= {"preprocessing": pixels.name, "canvas": pixels.canvas, "size": pixels.size}
        if self.stages is not None:
            found["stages"] = {name: stage.to_dict() for name, stage in self.stages.items()}
        if self.thresholds is not None:
            found["threshold"] = self.thresholds.overall
            found |= {} if self.thresholds.by_class is None else {"class_thresholds": dict(self.thresholds.by_class)}
            found |= {} if self.thresholds.calibrated is None else {"threshold_rule": self.thresholds.calibrated.plain()}
        found |= {} if self.seed is None else {"seed": self.seed}
        found |= {} if self.provenance is None else {"provenance": dict(self.provenance)}
        found |= {} if self.trained_on is None else {"trained_on": self.trained_on.to_dict()}
        found |= dict(self.other) | {"history": [dict(entry) for entry in self.history]}
        return found if self.golden is None else found | {"golden": self.golden.to_dict()}

    def recorded_preprocessing(self) -> Preprocessing | None:
        """The whole preprocessing; None where the file names none.

        Raises:
            InputError: a method or option that this robustfashion does not know, sides out of range.
        """
        if self.preprocessing is None:
            return None
        found = Preprocessing.parse(self.preprocessing.name, self.preprocessing.canvas, self.preprocessing.size)
        decode = (self.stages or {}).get("decode")
        limit = None if decode is None else decode.settings.get("max_pixels")
        return replace(found, decode=replace(found.decode, max_pixels=limit)) if type(limit) is int else found

    def check_pixels(self, source: str, now: RecordedPreprocessing) -> None:
        """Check that a training that goes on has the pixels that it began with, as far as they are recorded.

        Raises:
            InputError: other ones.
        """
        before = self.preprocessing
        if before is None or before == now:
            return
        pairs = {name: (getattr(before, name), getattr(now, name)) for name in ("canvas", "size", "name")}
        other = [
            f"{'served by' if name == 'name' else f'{name} is'} {then} there, {here} now"
            for name, (then, here) in pairs.items()
            if then != here
        ]
        raise InputError(
            f"{source}: its training began with other pixels ({'; '.join(other)}); give the same data options, or begin a "
            "training of its own from it, with model.pretrained"
        )

    def check_fits(self, source: str, classes: Sequence[str] | None, architecture: str | None) -> None:
        """Check that the network is the one that is asked for; None: any will do.

        Raises:
            InputError: other classes or another architecture.
        """
        if architecture is not None and self.network.architecture != architecture:
            raise InputError(f"{source}: holds a {self.network.architecture}, but a {architecture} is asked for")
        if classes is not None:
            _check_classes(source, self.network.classes, tuple(classes))


def _check_classes(source: str, found: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    if len(found) != len(wanted):
        raise InputError(
            f"{source}: tells {len(found)} classes apart ({', '.join(found[:10])}), the data has {len(wanted)} "
            f"({', '.join(wanted[:10])}); give data of the checkpoint's classes, or train on this data"
        )
    if found != wanted:
        raise InputError(
            f"{source}: its classes in order are {', '.join(found[:10])}, the data's are {', '.join(wanted[:10])}; "
            "give data of the checkpoint's classes, or train on this data"
        )


def read_description(metadata: Mapping[str, Any] | None, source: str) -> Description:
    """Read what :meth:`Description.to_dict` wrote, now or long ago.

    Args:
        metadata: plain values from a file.
        source: the file, for messages.

    Raises:
        InputError: absent, of another format, or a field is missing or damaged.
    """
    if metadata is None:
        raise InputError(
            f"{source}: weights without a robustfashion description, so their classes and preprocessing are unknown; make them a "
            "checkpoint with `python -m robustfashion.models adopt`, or train with them as `pretrained`"
        )
    version = metadata.get("format_version")
    if version != FORMAT_VERSION:
        raise InputError(f"{source}: checkpoint format {version!r}; this robustfashion reads format {FORMAT_VERSION}")
    network = read_network(metadata, source)
    return Description(
        network=network,
        task=read_task(metadata.get("taxonomy"), source),
        preprocessing=_read_preprocessing(metadata, source),
        stages=read_stages(metadata.get("stages")),
        thresholds=read_thresholds(metadata, network.classes, source),
        seed=_field(metadata, "seed", int | None, "a whole number", source),
        provenance=_field(metadata, "provenance", Mapping | None, "a table", source),
        history=read_history(metadata, source),
        golden=read_golden(metadata.get("golden"), source),
        trained_on=read_trained_on(metadata.get("trained_on"), source),
        other={str(key): value for key, value in metadata.items() if key not in _KNOWN},
    )


_KNOWN = {
    "format_version", "architecture", "classes", "recipe", "pretrained", "normalisation", "drop_rate", "image_size", "taxonomy",
    "preprocessing", "canvas", "size", "stages", "threshold", "class_thresholds", "threshold_rule", "seed", "provenance",
    "history", "golden", "trained_on",
}  # fmt: skip


def read_network(metadata: Mapping[str, Any], source: str) -> NetworkSettings:
    """What rebuilds the network.

    Raises:
        InputError: a field is missing or damaged.
    """
    classes = metadata.get("classes")
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        raise InputError(f"{source}: field 'classes' is {classes!r}; expected a list of names, {_DAMAGED}")
    architecture = _field(metadata, "architecture", str, "a timm model's name", source)
    for name in ("recipe", "normalisation", "drop_rate"):
        if name not in metadata:
            raise InputError(f"{source}: field {name!r} is missing; {_DAMAGED}")
    return NetworkSettings(
        architecture=architecture,
        classes=tuple(classes),
        recipe=_field(metadata, "recipe", str | Mapping, "a name or a table", source),
        pretrained=str(metadata.get("pretrained", "none")),
        normalisation=_field(metadata, "normalisation", str, "a name", source),
        drop_rate=_field(metadata, "drop_rate", int | float | None, "a number or nothing", source),
        image_size=_field(metadata, "image_size", int | None, "a whole number of px", source),
    )


def _read_preprocessing(metadata: Mapping[str, Any], source: str) -> RecordedPreprocessing | None:
    name = _field(metadata, "preprocessing", str | None, "its short name, as pillow.bilinear", source)
    if name is None:
        return None
    canvas, size = (_field(metadata, side, int, "a whole number of px", source) for side in ("canvas", "size"))
    return RecordedPreprocessing(name, canvas, size)


def read_history(metadata: Mapping[str, Any], source: str) -> list[dict[str, float]]:
    """The field ``history``; empty where a file has none.

    Raises:
        InputError: it is damaged.
    """
    entries = _field(metadata, "history", list | None, "a list of epochs", source) or []
    for entry in entries:
        if not isinstance(entry, Mapping) or not all(isinstance(value, int | float) for value in entry.values()):
            raise InputError(f"{source}: field 'history' holds {entry!r}; expected numbers by name, {_DAMAGED}")
    return [dict(entry) for entry in entries]


def _field(metadata: Mapping[str, Any], name: str, kind: Any, expected: str, source: str) -> Any:  # noqa: ANN401 - as ``kind`` says
    value = metadata.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InputError(f"{source}: field {name!r} is {value!r}; expected {expected}, {_DAMAGED}")
    return value
