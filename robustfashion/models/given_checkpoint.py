"""A checkpoint that ``validate``, ``test`` and ``predict`` are given: asked with the pixels and classes that it records.

Options of the command line and of YAML files that agree with the checkpoint are harmless, and those that are left out are the
checkpoint's. What contradicts it is refused: other pixels than a network was trained on are another experiment. One way to ask
for them on purpose is ``data.serve_method``, of which a note then speaks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robustfashion.data.asked import AskedNetwork
from robustfashion.data.preprocess import DEFAULT_CANVAS, Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.checkpoint import checkpoint_preprocessing, load_classifier
from robustfashion.models.classifier import Classifier
from robustfashion.models.description import Description
from robustfashion.models.preliminary import SPLITS

Options = Mapping[str, Any]
"""What the user gave of ``data`` or ``model``, by name; defaults are not in it."""


@dataclass(frozen=True)
class GivenCheckpoint:
    """A classifier from a file, and how its pixels come about."""

    model: Classifier
    preprocessing: Preprocessing
    note: str
    """Empty, or what is asked otherwise than it was trained."""
    asked: AskedNetwork


def open_checkpoint(path: Path, command: str, data: Options, model: Options) -> GivenCheckpoint:
    """Load a checkpoint and see that nothing contradicts it.

    Args:
        path: the file.
        command: a key of :data:`SPLITS`.
        data: options of the data module that were given.
        model: options of the classifier that were given.

    Warns:
        DriftWarning: its golden images come out otherwise here.

    Raises:
        InputError: not a usable checkpoint, or an option that contradicts it.
    """
    found = load_classifier(path)
    _check_network(path, found.description, model)
    preprocessing, note = served(path, checkpoint_preprocessing(found), data)
    said = found.description
    asked = AskedNetwork(
        source=str(path),
        classes=tuple(found.classes),
        split=SPLITS[command],
        seed=int(data.get("seed", said.seed or 0)),
        data_hash=str((said.provenance or {}).get("data_hash", "")),
        known=None if found.trained_on is None else found.trained_on.known,
    )
    return GivenCheckpoint(found, preprocessing, note, asked)


def _check_network(path: Path, said: Description, given: Options) -> None:
    """What builds the network is the checkpoint's; recipe and initial weights are of its training and mean nothing here."""
    for name in ("architecture", "normalisation", "drop_rate"):
        asked, found = given.get(name), getattr(said.network, name)
        if asked is not None and asked != found:
            raise InputError(f"{path}: is a network with {name} {found}, but model.{name} is {asked}; leave it out")


def served(path: Path, recorded: Preprocessing | None, given: Options) -> tuple[Preprocessing, str]:
    """How pixels come about for a checkpoint, and a note where that is not what it was trained on.

    Args:
        path: the checkpoint, for messages.
        recorded: what it says; None: nothing.
        given: options of the data module that were given.

    Raises:
        InputError: it says nothing and neither does the user, or the user says something else than in ``serve_method``.
    """
    methods = given.get("methods")
    trained = methods[0] if isinstance(methods, list | tuple) and methods else methods
    if recorded is None:
        return _unrecorded(path, str(given.get("serve_method") or trained or "pillow.bilinear"), given)
    for name in ("canvas", "size") if recorded.policy is None else ("size",):
        side = getattr(recorded, name)
        if given.get(name) not in (None, side):
            raise InputError(f"{path}: was trained with {name} {side}, but data.{name} is {given[name]}; leave it out")
    asked = given.get("serve_method")
    if asked is None:
        if trained is not None and _parsed(str(trained), recorded).name != recorded.name:
            raise InputError(
                f"{path}: was trained on {recorded.name}, but data.methods is {trained}; leave it out, or ask about other pixels "
                "on purpose, with data.serve_method"
            )
        return recorded, ""
    other = _parsed(str(asked), recorded)
    if other.name == recorded.name:
        return recorded, ""
    return other, f"{path} was trained on {recorded.name} and is asked about {other.name}."


def _unrecorded(path: Path, text: str, given: Options) -> tuple[Preprocessing, str]:
    found = Preprocessing.parse(text, given.get("canvas") or DEFAULT_CANVAS, given.get("size"))
    if given.get("size") is None and found.policy is None:
        raise InputError(
            f"{path}: does not say with which pixels it was trained; give data.serve_method, data.canvas and data.size, or write "
            "it anew with `python -m robustfashion.models record`"
        )
    sides = f"canvas {found.canvas} px, size {found.size} px" if found.policy is None else f"size {found.size} px"
    return found, f"{path} does not say with which pixels it was trained; it is asked about {found.name}, {sides}."


def _parsed(text: str, recorded: Preprocessing) -> Preprocessing:
    """Of a text that names a method alone, all but the method is the checkpoint's."""
    return Preprocessing.parse(text, recorded.canvas, recorded.size, recorded.policy)
