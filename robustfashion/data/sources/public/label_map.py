"""Label maps: YAML that says which of a set's own values stand for which label of the taxonomy."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from robustfashion import taxonomy
from robustfashion.delimited import decode_text
from robustfashion.errors import InputError
from robustfashion.provenance import content_digest

_COLUMNS: dict[str, tuple[str, ...]] = {
    "product_type": taxonomy.PRODUCT_TYPES,
    **{name: attribute.labels for name, attribute in taxonomy.attributes().items()},
    "outlier_kind": (),  # free
}


@dataclass(frozen=True)
class Step:
    """One question to one field of the set."""

    field: str
    labels: dict[str, tuple[str, ...]]
    """Label -> values that stand for it: whole values (compared without case), or phrases in a text."""
    phrases: bool = False
    """Values are RE2 expressions bounded by words, in which a blank also stands for a hyphen; a label's matches are taken out of
    the text before later labels are looked for, so the more special label comes first."""
    drop: tuple[str, ...] = ()
    """Values that are known to stand for no label."""
    unless: tuple[str, ...] = ()
    """Phrases that are taken out of the text first (``block island`` is no block heel)."""
    veto: tuple[str, ...] = ()
    """Phrases that make the whole record none of these labels (a ``luggage tag`` for a suitcase)."""
    where_field: str | None = None
    """Only records that have one of ``where_values`` in this field are asked."""
    where_values: tuple[str, ...] = ()
    alone: bool = False
    """A label counts only where none of the dropped values stands beside it."""
    others: str = "count"
    """What becomes of values that are not named: ``count`` them as unmapped, or ``ignore`` them (fields that say much else)."""


@dataclass(frozen=True)
class ColumnRule:
    """How one column of the catalogue is filled."""

    steps: tuple[Step, ...]
    """A step is asked only about records to which the steps before it gave no label and no value known to stand for none."""
    only: tuple[str, ...] = ()
    """Product types to which the column applies; empty: all records."""
    conflict: str = "none"
    """Several labels for one record: ``none`` of them, or the ``first`` in the order of the map. Counted either way."""
    prefer: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Label -> labels that it overrules (a chronograph has an analogue dial too)."""


@dataclass(frozen=True)
class LabelMap:
    """A whole map."""

    label: tuple[str, ...]
    """Fields that give the catalogue's ``label``, the set's own class: the first that has a value."""
    columns: dict[str, ColumnRule]
    unmapped: str
    """A label that no step names: ``refuse`` the record with this reason, or ``keep`` it as a picture of something else."""
    digest: str

    def known_labels(self) -> set[str]:
        """Values of the label fields that some step names, normalised."""
        steps = [step for rule in self.columns.values() for step in rule.steps if step.field in self.label and not step.phrases]
        named = [value for step in steps for values in (*step.labels.values(), step.drop) for value in values]
        return {normalised(value) for value in named}

    def fields(self) -> set[str]:
        """Fields of the set that the map asks for."""
        steps = [step for rule in self.columns.values() for step in rule.steps]
        asked = {name for step in steps for name in (step.field, step.where_field) if name is not None}
        return asked | set(self.label)


def normalised(value: str) -> str:
    """Form in which values are compared: case folded, outer blanks cut, inner ones made single."""
    return " ".join(value.casefold().split())


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file in UTF-8 or UTF-16 that holds one mapping; a key given twice is an error.

    Raises:
        InputError: unreadable, of another encoding, not YAML, not a mapping, a key given twice.
    """
    try:
        value = yaml.load(decode_text(path.read_bytes(), str(path), "save it as UTF-8"), Loader=_StrictLoader)
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"{path}: not a readable YAML file ({' '.join(str(error).split())})") from error
    if not isinstance(value, dict):
        raise InputError(f"{path}: expected a mapping with 'label' and 'columns'")
    return value


class _StrictLoader(yaml.SafeLoader):
    """YAML's own rule for a key given twice is that the last one wins, silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping whose keys differ."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"key {key!r} is given twice{node.start_mark}")
        return super().construct_mapping(node, deep)


def read_label_map(path: Path) -> LabelMap:
    """The map in a YAML file.

    Raises:
        InputError: see :func:`read_yaml`; a column, label, option or product type that does not exist, a phrase that is no
            expression; the message names the file and the place in it.
    """
    value = read_yaml(path)
    columns = value.get("columns")
    if not isinstance(columns, dict):
        raise InputError(f"{path}: no mapping 'columns'; write columns: {{product_type: {{read: [...]}}}}")
    rules = {str(name): _rule(rule, str(name), f"{path}: columns.{name}") for name, rule in columns.items()}
    unmapped = _choice(value.get("unmapped", "refuse"), ("refuse", "keep"), f"{path}: unmapped")
    label = _texts(value.get("label", []), f"{path}: label")
    return LabelMap(label, rules, unmapped, content_digest(value.get("label"), unmapped, repr(rules))[:16])


def _rule(value: Any, column: str, where: str) -> ColumnRule:  # noqa: ANN401 - any YAML value
    if column not in _COLUMNS:
        raise InputError(f"{where}: no such column; use one of {', '.join(_COLUMNS)}")
    _options(value, ("read", "for", "conflict", "prefer"), where)
    steps = value.get("read")
    if not isinstance(steps, list) or not steps:
        raise InputError(f"{where}: no list 'read' of steps")
    only = _texts(value.get("for", []), f"{where}.for")
    for name in only:
        _choice(name, taxonomy.PRODUCT_TYPES, f"{where}.for")
    prefer = {str(k): _texts(v, f"{where}.prefer.{k}") for k, v in (value.get("prefer") or {}).items()}
    for name in {*prefer, *(label for labels in prefer.values() for label in labels)}:
        _label(name, column, f"{where}.prefer")
    conflict = _choice(value.get("conflict", "none"), ("none", "first"), f"{where}.conflict")
    return ColumnRule(tuple(_step(s, column, f"{where}.read[{k}]") for k, s in enumerate(steps)), only, conflict, prefer)


def _step(value: Any, column: str, where: str) -> Step:  # noqa: ANN401 - any YAML value
    _options(value, ("field", "values", "phrases", "drop", "unless", "veto", "where", "others", "alone"), where)
    if not isinstance(value.get("field"), str):
        raise InputError(f"{where}: no 'field', the field of the set that is asked")
    if ("values" in value) == ("phrases" in value):
        raise InputError(f"{where}: give either 'values' or 'phrases'")
    kind = "phrases" if "phrases" in value else "values"
    labels = {str(k): _texts(v, f"{where}.{kind}.{k}") for k, v in (value[kind] or {}).items()}
    for name in labels:
        _label(name, column, f"{where}.{kind}")
    condition = value.get("where") or {}
    _options(condition, ("field", "values"), f"{where}.where")
    step = Step(
        field=value["field"],
        labels=labels,
        phrases=kind == "phrases",
        drop=_texts(value.get("drop", []), f"{where}.drop"),
        unless=_texts(value.get("unless", []), f"{where}.unless"),
        veto=_texts(value.get("veto", []), f"{where}.veto"),
        where_field=condition.get("field"),
        where_values=_texts(condition.get("values", []), f"{where}.where.values"),
        alone=value.get("alone") is True,
        others=_choice(value.get("others", "count"), ("count", "ignore"), f"{where}.others"),
    )
    _check_phrases(step, where)
    return step


def _check_phrases(step: Step, where: str) -> None:
    for phrases in (*(step.labels.values() if step.phrases else ()), step.unless, step.veto):
        try:
            pc.match_substring_regex(pa.array(["x"]), phrase_pattern(phrases))
        except pa.ArrowException as error:
            raise InputError(f"{where}: {', '.join(phrases)}: not an RE2 expression ({error})") from error


def phrase_pattern(phrases: tuple[str, ...]) -> str:
    """One expression for some phrases: without case, bounded by words; a blank matches blanks, hyphens and underscores."""
    flexible = "|".join(phrase.replace(" ", r"[\s_-]*") for phrase in phrases)
    return rf"(?i)\b(?:{flexible})\b" if phrases else r"[^\s\S]"


def _label(name: str, column: str, where: str) -> None:
    labels = _COLUMNS[column]
    if labels and name not in labels:
        raise InputError(f"{where}: {name!r} is no label of {column}; use one of {', '.join(labels)}")


def _options(value: Any, known: tuple[str, ...], where: str) -> None:  # noqa: ANN401 - any YAML value
    if not isinstance(value, dict):
        raise InputError(f"{where}: expected a mapping with {', '.join(known)}")
    for name in value:
        if name not in known:
            raise InputError(f"{where}: unknown option {name!r}; use one of {', '.join(known)}")


def _choice(value: Any, known: tuple[str, ...], where: str) -> str:  # noqa: ANN401 - any YAML value
    if value not in known:
        raise InputError(f"{where} is {value!r}; use one of {', '.join(known)}")
    return str(value)


def _texts(value: Any, where: str) -> tuple[str, ...]:  # noqa: ANN401 - any YAML value
    items = value if isinstance(value, list) else [value]
    for item in items:
        if isinstance(item, bool) or not isinstance(item, str | int | float):
            raise InputError(f"{where}: {item!r} is no text; put quotes around it")
    return tuple(str(item) for item in items)
