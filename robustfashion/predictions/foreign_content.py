"""What another team's file holds, whatever its format, and the checks that turn it into a prediction table."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.predictions.table import LastLayer, PredictionTable

LAYOUTS = "see docs/predictions.md for the layouts"
TEXT_FIELDS = {"group": "groups", "split": "splits", "outlier_kind": "outlier_kinds"}
"""Column of CSV and Parquet, and the field that it fills; arrays of NPZ are called like the fields."""
SPLITS = ("train", "validation", "test")
_SMALLEST = 1e-12
"""Probabilities are not taken below this, so that their logarithm is finite."""
_SUM_TOLERANCE = 1e-3
"""Probabilities of half precision sum to 1 within half of this."""
_LAYER_TOLERANCE = 0.02
"""Logits may be off the last layer's by this share of the largest: half precision rounds by less, a turned matrix by more."""
_SHOWN = 20

Texts = Sequence[str | None]


@dataclass(frozen=True)
class ForeignContent:
    """Columns or arrays as they were found; None: the file has none."""

    scores: NDArray[np.float64]
    """[n, k]: logits or probabilities."""
    probabilities: bool
    """Which of the two."""
    classes: Sequence[str]
    ids: Texts | None
    labels: Texts | NDArray[np.int64] | None
    """Class names, None = unlabelled; or class numbers, -1 = unlabelled."""
    texts: dict[str, Texts] = field(default_factory=dict)
    """Groups, splits and outlier kinds by field; None = not known of this picture."""
    features: NDArray[np.float64] | None = None
    """[n, d]."""
    last_layer: LastLayer | None = None


def checked_table(content: ForeignContent, path: Path) -> PredictionTable:
    """The table that a file's content makes. Rows are counted from 0 in messages, as in ids where the file gives none.

    Raises:
        InputError: naming ``path``, row or column, and value of what is wrong.
    """
    n = len(content.scores)
    if not n:
        raise InputError(f"{path}: holds no row, so nothing can be said; write a row for each picture")
    _check_classes(content.classes, path)
    ids = _ids(content.ids, n, path)
    features = np.zeros((n, 0)) if content.features is None else content.features
    _check_finite(features, [f"feature {j}" for j in range(features.shape[1])], ids, path)
    kind = "probability" if content.probabilities else "logit"
    _check_finite(content.scores, [f"{kind} of {name!r}" for name in content.classes], ids, path)
    _check_layer(content, features, path)
    return PredictionTable(
        ids=ids,
        labels=_class_numbers(content.labels, content.classes, ids, path),
        logits=_logits(content, ids, path),
        features=features.astype(np.float32),
        classes=tuple(content.classes),
        **_known(content.texts, ids, path),
        last_layer=content.last_layer,
    )


def check_spelling(found: Collection[str], known: Collection[str], path: Path) -> None:
    """Refuse names that are a known one but for capitals, spaces or a plural s, as what they hold would be left unread.

    Raises:
        InputError: with the right spelling.
    """
    right = {_plain(name): name for name in known}
    for name in found:
        wanted = right.get(_plain(name))
        if wanted is not None and name not in known and wanted not in found:
            raise InputError(f"{path}: has {name!r}; call it {wanted!r}, or by another name if it is something else; {LAYOUTS}")


def listed(names: Sequence[str]) -> str:
    """The first names for a message, and how many there are more."""
    more = f", … ({len(names)} in all)" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_").removesuffix("s")


def _row(row: int, ids: Sequence[str]) -> str:
    return f"row {row}" if ids[row] == str(row) else f"row {row} (id {ids[row]!r})"


def _check_classes(classes: Sequence[str], path: Path) -> None:
    if len(classes) < 2:
        raise InputError(
            f"{path}: has the one class {', '.join(classes)!r}; a classifier tells at least two: for a sigmoid of logit s, give "
            "'other' with logit 0 first, and the class with logit s"
        )
    seen: set[str] = set()
    for name in classes:
        if not name:
            raise InputError(f"{path}: a class has no name; an empty label means that a picture is not labelled")
        if name in seen:
            raise InputError(f"{path}: class {name!r} is named twice ({listed(classes)}); give it one column")
        seen.add(name)


def _check_finite(values: NDArray[np.float64], names: Sequence[str], ids: Sequence[str], path: Path) -> None:
    """Beyond float32 is infinite, too."""
    bad = np.argwhere(~(np.abs(values) <= np.finfo(np.float32).max))
    if len(bad):
        row, column = bad[0]
        rows = len(np.unique(bad[:, 0]))
        raise InputError(
            f"{path}: {_row(row, ids)}: {names[column]} is {values[row, column]}; NaN and infinity say nothing: leave such "
            f"pictures out ({rows} of {len(ids)} rows)"
        )


def _check_layer(content: ForeignContent, features: NDArray[np.float64], path: Path) -> None:
    """Probabilities cannot be checked: a constant is lost, and small ones are rounded to 0."""
    layer = content.last_layer
    if layer is None or content.probabilities:
        return
    off = float(np.abs(features @ layer.weight.T + layer.bias - content.scores).max())
    if off > _LAYER_TOLERANCE * float(np.abs(content.scores).max()):
        raise InputError(
            f"{path}: the logits differ from features @ weight.T + bias by up to {off:.3g}; give the layer that made them, "
            "without a temperature, or leave weight and bias out"
        )


def _ids(found: Texts | None, n: int, path: Path) -> tuple[str, ...]:
    """The given ids, or the rows' numbers."""
    if found is None:
        return tuple(str(k) for k in range(n))
    first: dict[str, int] = {}
    for row, name in enumerate(found):
        if name is None:
            raise InputError(f"{path}: row {row} has no id; give one to every picture, or leave ids out")
        if first.setdefault(name, row) != row:
            raise InputError(f"{path}: id {name!r} stands in rows {first[name]} and {row}; give every picture an id of its own")
    return tuple(first)


def _class_numbers(
    labels: Texts | NDArray[np.int64] | None, classes: Sequence[str], ids: Sequence[str], path: Path
) -> NDArray[np.int64]:
    """Names or numbers to class numbers; -1 where there is none."""
    if labels is None:
        return np.full(len(ids), -1, np.int64)
    if isinstance(labels, np.ndarray):
        return _checked_numbers(labels, classes, ids, path)
    number: dict[str | None, int] = {None: -1} | {name: k for k, name in enumerate(classes)}
    for row, label in enumerate(labels):
        if label not in number:
            raise InputError(
                f"{path}: {_row(row, ids)} is labelled {label!r}, which is none of the classes {listed(classes)}; name it as "
                "one of them, or leave the label empty"
            )
    return np.array([number[label] for label in labels], np.int64)


def _checked_numbers(labels: NDArray[np.int64], classes: Sequence[str], ids: Sequence[str], path: Path) -> NDArray[np.int64]:
    k = len(classes)
    if all(name.isdecimal() for name in classes) and list(classes) != [str(i) for i in range(k)]:
        raise InputError(
            f"{path}: labels are whole numbers, and so are the classes ({listed(classes)}): a label may be a class's name or its "
            "place; give labels as texts (labels.astype(str))"
        )
    bad = np.flatnonzero((labels < -1) | (labels >= k))
    if len(bad):
        raise InputError(
            f"{path}: {_row(bad[0], ids)} has class number {labels[bad[0]]}; there are {k} classes, 0 to {k - 1}, and -1 for none"
        )
    return labels


def _logits(content: ForeignContent, ids: Sequence[str], path: Path) -> NDArray[np.float32]:
    scores = content.scores
    if not content.probabilities:
        return scores.astype(np.float32)
    low, sums = scores.min(axis=1), scores.sum(axis=1)
    bad = np.flatnonzero((low < 0) | (np.abs(sums - 1) > _SUM_TOLERANCE))
    if len(bad):
        row = bad[0]
        what = f"probability {low[row]:.6g} below 0" if low[row] < 0 else f"probabilities that sum to {sums[row]:.6g}, not 1"
        raise InputError(f"{path}: {_row(row, ids)} has {what} ({len(bad)} rows in all); if they are logits, call them so")
    return np.log(np.maximum(scores, _SMALLEST)).astype(np.float32)


def _known(texts: dict[str, Texts], ids: Sequence[str], path: Path) -> dict[str, Any]:
    """Columns that say something; a group is needed for all pictures or none, and splits are named as everywhere."""
    found = {name: tuple(values) for name, values in texts.items() if any(value is not None for value in values)}
    if None in found.get("groups", ()):
        row = found["groups"].index(None)
        raise InputError(f"{path}: {_row(row, ids)} has no group; give one to every picture, or leave groups out")
    for row, split in enumerate(found.get("splits", ())):
        if split is not None and split not in SPLITS:
            raise InputError(f"{path}: {_row(row, ids)} is of split {split!r}; a split is {', '.join(SPLITS)}, or empty")
    return found
