"""All checks of one catalogue."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.catalogue import Catalogue
from robustfashion.data.check.balance import Balance, ClassCount, balance, class_counts
from robustfashion.data.check.duplicates import Duplicates, Leak, Together, find_duplicates, leaks, split_factor, together
from robustfashion.data.check.factor import Factor, factor_of, label_factors
from robustfashion.data.check.independence import Expected, Pair, independence
from robustfashion.data.check.probes import Probe, ProbeSettings, probe
from robustfashion.data.check.sizes import shape_class, size_class
from robustfashion.data.check.store import FeatureStore, build_features
from robustfashion.progress import Progress, silent

ORDINARY = "ordinary"
_REASONS = pa.schema([("id", pa.string()), ("reason", pa.string())])


@dataclass(frozen=True)
class Findings:
    """What was found; every usable row of the catalogue is in ``store`` or in its list of failures."""

    catalogue: Catalogue
    store: FeatureStore
    label: Factor
    split: Factor
    balances: list[Balance]
    classes: list[ClassCount]
    pairs: list[Pair]
    probes: list[Probe]
    duplicates: Duplicates
    sets: list[Together]
    leaks: list[Leak]

    @property
    def refused(self) -> list[tuple[str, str]]:
        """(id, reason) of every row that is in none of the numbers."""
        return self.catalogue.refused() + self.store.failed


def check_catalogue(
    catalogue: Catalogue,
    cache: Path,
    *,
    settings: ProbeSettings,
    expected: Expected = frozenset(),
    workers: int = 2,
    progress: Progress = silent,
) -> Findings:
    """Measure every usable image once, then answer from the measurements.

    Args:
        catalogue: scanned.
        cache: folder below which features are kept.
        settings: of the probes; their seed also draws random tables.
        expected: pairs of factors that are meant to go together.
        workers: threads that read and decode.
        progress: called as the work goes on.

    Raises:
        InputError: not one image can be read.
    """
    store = build_features(catalogue, cache, workers, progress)
    table = store.catalogue.table
    duplicates = find_duplicates(store, progress)
    label, split = factor_of("label", table["label"]), split_factor(store)
    labels = label_factors(store.catalogue)
    distinct = distinct_partitions(labels)
    others = [
        split, factor_of("source", table["source"]), factor_of("outlier_kind", table["outlier_kind"], ORDINARY),
        size_class(store), shape_class(store), store.factors["kind"],
    ]  # fmt: skip
    probed = [*distinct, *([split] if len(split.values) > 1 else [])]
    kinds = (("exact copies", duplicates.exact), ("near or exact copies", duplicates.near), ("one product", duplicates.product))
    return Findings(
        catalogue=catalogue,
        store=store,
        label=label,
        split=split,
        balances=[balance(factor) for factor in labels or [label] if factor.values],
        classes=[count for factor in labels for count in class_counts(factor, duplicates.product, split)],
        pairs=independence(
            distinct, [other for other in others if len(other.values) > 1], duplicates.product, settings.seed, expected
        ),
        probes=probe(store, probed, duplicates.product, settings, progress),
        duplicates=duplicates,
        sets=[together(name, codes, duplicates, label, split) for name, codes in kinds],
        leaks=[leak for name, codes in kinds for leak in leaks(name, codes, split)],
    )


def distinct_partitions(factors: list[Factor]) -> list[Factor]:
    """Factors without those that divide the images as an earlier one does (``product_type`` where it repeats ``label``)."""
    kept: list[Factor] = []
    for factor in factors:
        if not any(_same_partition(factor, other) for other in kept):
            kept.append(factor)
    return kept


def _same_partition(first: Factor, second: Factor) -> bool:
    if len(first.values) != len(second.values) or ((first.codes < 0) != (second.codes < 0)).any():
        return False
    known = first.codes >= 0
    return len(np.unique(np.stack([first.codes[known], second.codes[known]]), axis=1).T) == len(first.values)


def items_table(findings: Findings) -> pa.Table:
    """One row per row of the catalogue, in its order: what was measured of the file, or why not.

    Columns: ``id``, ``sha256``, ``width``, ``height``, ``bytes``, ``kind``, ``encoder``, ``quality``, ``exact_quality``,
    ``subsampling``, ``progressive``, ``icc_profile``, ``flat``, ``same_bytes``, ``same_picture`` (numbers: images that share one
    are copies), ``reason``.
    """
    store, duplicates = findings.store, findings.duplicates
    numbers = store.numbers
    measured = pa.table(
        {
            "id": store.catalogue.table["id"],
            **{name: numbers[name] for name in ("width", "height", "bytes")},
            **{name: _texts(store.factors[name]) for name in ("kind", "encoder", "subsampling")},
            "quality": numbers["quality"],
            "exact_quality": numbers["exact"].astype(np.bool_),
            "progressive": numbers["progressive"].astype(np.bool_),
            "icc_profile": numbers["profile"].astype(np.bool_),
            "flat": numbers["flat"].astype(np.bool_),
            "same_bytes": duplicates.exact,
            "same_picture": duplicates.near,
        }
    )
    table = findings.catalogue.table
    rows = pc.index_in(table["id"], measured["id"].combine_chunks())
    columns = {name: measured[name].take(rows) for name in measured.column_names if name != "id"}
    failed = pa.Table.from_pylist([{"id": name, "reason": reason} for name, reason in store.failed], schema=_REASONS)
    later = failed["reason"].take(pc.index_in(table["id"], failed["id"].combine_chunks()))
    reason = pc.coalesce(table["reason"], later)
    return pa.table({"id": table["id"], "sha256": table["sha256"]} | columns | {"reason": reason})


def _texts(factor: Factor) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(factor.codes), pa.array(factor.values, type=pa.string())).cast(pa.string())
