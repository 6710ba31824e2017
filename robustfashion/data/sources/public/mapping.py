"""A label map at work on batches of records, column by column; what it met is counted."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.sources.public.label_map import ColumnRule, LabelMap, Step, normalised, phrase_pattern
from robustfashion.data.sources.public.records import TEXT, Records, mask_of, where
from robustfashion.errors import InputError


@dataclass
class Counts:
    """What the map met in one column."""

    hits: Counter[str] = field(default_factory=Counter)
    """Records per label, before conflicts are settled."""
    conflicts: Counter[str] = field(default_factory=Counter)
    """Records per set of labels, as ``Long sleeve | Short sleeve``."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Occurrences of values that the map knows to stand for no label."""
    unmapped: Counter[str] = field(default_factory=Counter)
    """Occurrences of values that the map does not name."""


class Mapper:
    """Applies a map to batch after batch."""

    def __init__(self, label_map: LabelMap, origin: str) -> None:
        self.map = label_map
        self.origin = origin
        """File of the map, for messages."""
        self.counts = {name: Counts() for name in label_map.columns}

    def apply(self, records: Records) -> dict[str, pa.Array]:
        """Columns of the catalogue for a batch: ``label``, the mapped columns, and ``reason`` with the map's refusals.

        Raises:
            InputError: the map asks for a field that the set does not have.
        """
        unknown = sorted(self.map.fields() - set(records.raw))
        if unknown:
            known = ", ".join(sorted(records.raw)) or "(none)"
            raise InputError(f"{self.origin}: the set has no field {unknown[0]!r}; its fields are {known}")
        label = self._label(records)
        found: dict[str, pa.Array] = {"label": label}
        names = sorted(self.map.columns, key=lambda name: name != "product_type")  # others may depend on it
        for name in names:
            found[name] = self._column(name, records, found.get("product_type"))
        refusal = self._refusal(records, label)
        found["reason"] = refusal if records.reason is None else pc.coalesce(records.reason, refusal)
        return found

    def _label(self, records: Records) -> pa.Array:
        parts = [_as_text(records.raw[name]) for name in self.map.label]
        return pc.coalesce(*parts) if parts else pa.nulls(len(records), TEXT)

    def _refusal(self, records: Records, label: pa.Array) -> pa.Array:
        if self.map.unmapped == "keep" or not self.map.label:
            return pa.nulls(len(records), TEXT)
        known = self.map.known_labels()
        named = np.zeros(len(records), dtype=bool)
        for name in self.map.label:
            parents, values = flatten(records.raw[name])
            encoded = values.dictionary_encode()
            codes = np.array([normalised(v) in known for v in encoded.dictionary.to_pylist()], dtype=bool)
            named[parents[codes[encoded.indices.to_numpy()]]] = True
        refused = pc.and_(pa.array(~named), pc.is_valid(label))
        strange = pc.if_else(refused, pc.binary_join_element_wise("label ", label, " is not in the map", ""), None)
        return pc.coalesce(strange, where(pc.is_null(label), f"no {' or '.join(self.map.label)}"))

    def _column(self, name: str, records: Records, product_type: pa.Array | None) -> pa.Array:
        rule, counts = self.map.columns[name], self.counts[name]
        labels = list(dict.fromkeys(label for step in rule.steps for label in step.labels))
        hits = np.zeros((len(labels), len(records)), dtype=bool)
        open_rows = np.ones(len(records), dtype=bool)
        if rule.only and product_type is not None:
            open_rows = mask_of(pc.is_in(product_type, value_set=pa.array(rule.only, TEXT)))
        for step in rule.steps:
            rows = np.flatnonzero(open_rows & _condition(step, records))
            found, settled = _ask(step, records.raw[step.field], rows, counts)
            for label, mask in found.items():
                hits[labels.index(label), rows[mask]] = True
            open_rows[rows[settled]] = False
        return _decide(rule, labels, hits, counts)


def flatten(array: pa.Array, rows: np.ndarray | None = None) -> tuple[np.ndarray, pa.Array]:
    """Values of a text or list array that are not null, and the position in ``rows`` (int64) that each belongs to."""
    if rows is not None and len(rows) < len(array):
        array = array.take(pa.array(rows))
    if pa.types.is_list(array.type):
        parents, values = pc.list_parent_indices(array).to_numpy(), array.flatten()
    else:
        parents, values = np.arange(len(array)), array
    kept = mask_of(pc.is_valid(values))
    return (parents, values) if kept.all() else (parents[kept], values.filter(pa.array(kept)))


def _as_text(array: pa.Array) -> pa.Array:
    """Different values of lists joined by semicolons; empty is null."""
    if not pa.types.is_list(array.type):
        return pc.if_else(pc.equal(array, ""), None, array)
    encoded = pc.binary_join(array, "\x1f").dictionary_encode()
    once = ["; ".join(dict.fromkeys(value.split("\x1f"))) or None for value in encoded.dictionary.to_pylist()]
    return pa.array(once, TEXT).take(encoded.indices)


def _condition(step: Step, records: Records) -> np.ndarray:
    mask = np.ones(len(records), dtype=bool)
    if step.where_field is not None:
        wanted = {normalised(value) for value in step.where_values}
        parents, values = flatten(records.raw[step.where_field])
        encoded = values.dictionary_encode()
        codes = np.array([normalised(v) in wanted for v in encoded.dictionary.to_pylist()], dtype=bool)
        mask[:] = False
        mask[parents[codes[encoded.indices.to_numpy()]]] = True
    return mask


def _ask(step: Step, array: pa.Array, rows: np.ndarray, counts: Counts) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Masks over ``rows``: per label, and of rows that this step has settled."""
    parents, values = flatten(array, rows)
    if not step.phrases:
        return _ask_values(step, parents, values, len(rows), counts)
    found = _ask_phrases(step, parents, values, len(rows))
    settled = np.zeros(len(rows), dtype=bool)
    for mask in found.values():
        settled |= mask
    return found, settled


def _ask_values(
    step: Step, parents: np.ndarray, values: pa.Array, n: int, counts: Counts
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    wanted: dict[str, set[str]] = {label: {normalised(v) for v in named} for label, named in step.labels.items()}
    drop = {normalised(value) for value in step.drop}
    encoded = values.dictionary_encode()
    indices = encoded.indices.to_numpy()
    spoken = [str(value) for value in encoded.dictionary.to_pylist()]
    plain = [normalised(value) for value in spoken]
    found, named = {}, np.zeros(len(plain), dtype=bool)
    for label, wants in wanted.items():
        codes = np.array([value in wants for value in plain], dtype=bool)
        named |= codes
        found[label] = _rows_with(codes, indices, parents, n)
    dropped = np.array([value in drop for value in plain], dtype=bool)
    often = np.bincount(indices, minlength=len(plain))
    if step.alone:
        beside = ~_rows_with(dropped, indices, parents, n)
        found = {label: mask & beside for label, mask in found.items()}
    for k, value in enumerate(spoken):
        if dropped[k]:
            counts.dropped[value] += int(often[k])
        elif not named[k] and step.others == "count" and plain[k]:
            counts.unmapped[value] += int(often[k])
    return found, _rows_with(named | dropped, indices, parents, n)


def _rows_with(codes: np.ndarray, indices: np.ndarray, parents: np.ndarray, n: int) -> np.ndarray:
    mask = np.zeros(n, dtype=bool)
    mask[parents[codes[indices]]] = True
    return mask


def _ask_phrases(step: Step, parents: np.ndarray, values: pa.Array, n: int) -> dict[str, np.ndarray]:
    """One pass over all texts for any phrase; what follows sees only the texts that have one."""
    every = tuple(phrase for phrases in step.labels.values() for phrase in phrases)
    some = mask_of(pc.match_substring_regex(values, phrase_pattern(every)))
    if step.veto:
        against = mask_of(pc.match_substring_regex(values, phrase_pattern(step.veto)))
        some &= ~np.isin(parents, parents[against])
    values, parents = values.filter(pa.array(some)), parents[some]
    if step.unless:
        values = pc.replace_substring_regex(values, phrase_pattern(step.unless), "\n")
    found = {}
    for label, phrases in step.labels.items():
        pattern = phrase_pattern(phrases)
        hit = mask_of(pc.match_substring_regex(values, pattern))
        found[label] = np.zeros(n, dtype=bool)
        found[label][parents[hit]] = True
        if hit.any():
            values = pc.replace_substring_regex(values, pattern, "\n")
    return found


def _decide(rule: ColumnRule, labels: list[str], hits: np.ndarray, counts: Counts) -> pa.Array:
    for label, row in zip(labels, hits, strict=True):
        counts.hits[label] += int(row.sum())
    for label, overruled in rule.prefer.items():
        for other in overruled:
            if label in labels and other in labels:
                hits[labels.index(other)] &= ~hits[labels.index(label)]
    several = np.flatnonzero(hits.sum(axis=0) > 1)
    sets, often = np.unique(hits[:, several].T, axis=0, return_counts=True) if len(several) else ((), ())
    for one, count in zip(sets, often, strict=True):
        counts.conflicts[" | ".join(label for label, is_hit in zip(labels, one, strict=True) if is_hit)] += int(count)
    if not labels:
        return pa.nulls(hits.shape[1], TEXT)
    chosen = np.where(hits.any(axis=0), hits.argmax(axis=0), -1)
    if rule.conflict == "none":
        chosen[several] = -1
    picked: Any = pa.array(chosen, mask=chosen < 0)
    return pa.array(labels, TEXT).take(picked)
