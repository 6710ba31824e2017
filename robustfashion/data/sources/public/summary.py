"""What an import found: hits, conflicts and drops per label, refusals by reason; as JSON and in words."""

import platform
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from importlib import metadata
from typing import Any

import pyarrow.compute as pc

from robustfashion.data.catalogue import Catalogue
from robustfashion.data.sources.public.mapping import Counts, Mapper
from robustfashion.pictures.folders import Skipped
from robustfashion.provenance import git_commit

_SHOWN = 60
"""Values told one by one; the rest is told as a number."""


def summarize(catalogue: Catalogue, mapper: Mapper, name: str, skipped: Skipped) -> dict[str, Any]:
    """The report of an import, for JSON.

    ``records`` = ``usable`` + the sum of ``refused``. Per column and label: ``hits`` (records that the map gave the label),
    ``in_conflict`` (of them, records with several labels), ``labelled`` (usable rows that carry the label in the end). Per
    column: ``conflicts`` by set of labels; ``dropped`` and ``unmapped``: occurrences of values that stand for no label, and of
    values that the map does not name (the most frequent ones, their number and their sum). ``skipped``: what is nobody's picture
    (:mod:`~robustfashion.pictures.litter`), by reason, with the first names; no records.
    """
    usable = catalogue.usable()
    return {
        "set": name,
        "records": len(catalogue),
        "usable": len(usable),
        "products": len(pc.unique(usable.table["group"])),
        "remote": int(pc.sum(pc.match_substring(usable.table["path"], "://")).as_py() or 0),
        "refused": _reasons(catalogue),
        "skipped": asdict(skipped),
        "splits": _counted(usable, "split"),
        "licences": _counted(catalogue, "licence"),
        "labels": _top(Counter(_counted(usable, "label"))),
        "columns": {column: _column(column, counts, usable) for column, counts in mapper.counts.items()},
        "map": mapper.map.digest,
        "commit": git_commit(),
        "versions": {"python": platform.python_version(), **{n: metadata.version(n) for n in ("pyarrow", "Pillow")}},
    }


def _counted(catalogue: Catalogue, column: str) -> dict[str, int]:
    counts = pc.value_counts(catalogue.table[column].combine_chunks())
    pairs = [(str(item["values"].as_py() or "(none)"), int(item["counts"].as_py())) for item in counts]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _reasons(catalogue: Catalogue) -> dict[str, int]:
    """Refusals; numbers and quoted names in them are left out, so that like stands with like."""
    counts: Counter[str] = Counter()
    found = pc.value_counts(catalogue.table["reason"].drop_null().combine_chunks())
    for item in found:
        counts[re.sub(r"'[^']*'|\d+", "…", str(item["values"]))] += int(item["counts"].as_py())
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _top(counts: Counter[str]) -> dict[str, Any]:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return {"distinct": len(ranked), "sum": sum(counts.values()), "values": dict(ranked[:_SHOWN])}


def _column(column: str, counts: Counts, usable: Catalogue) -> dict[str, Any]:
    final = _counted(usable, column)
    clash: Counter[str] = Counter()
    for together, count in counts.conflicts.items():
        for label in together.split(" | "):
            clash[label] += count
    labels = {
        label: {"hits": hits, "in_conflict": clash[label], "labelled": final.get(label, 0)} for label, hits in counts.hits.items()
    }
    return {
        "labels": labels,
        "conflicts": dict(sorted(counts.conflicts.items(), key=lambda pair: (-pair[1], pair[0]))[:_SHOWN]),
        "dropped": _top(counts.dropped),
        "unmapped": _top(counts.unmapped),
    }


def in_words(report: dict[str, Any]) -> str:
    """The report for a terminal."""
    return "\n".join(_lines(report))


def _lines(report: dict[str, Any]) -> Iterator[str]:
    refused = sum(report["refused"].values())
    remote = f", {report['remote']} of them behind URLs" if report["remote"] else ""
    yield f"{report['set']}: {report['records']} records, {report['usable']} usable{remote}, {refused} refused"
    for why, count in list(report["refused"].items())[:12]:
        yield f"  refused {count:>9}  {why}"
    if skipped := Skipped(**report["skipped"]).in_words():
        yield f"  skipped: {skipped}"
    for column, found in report["columns"].items():
        width = max(map(len, found["labels"]), default=0)
        yield f"{column:<{width + 4}}{'hits':>9} {'conflict':>9} {'labelled':>9}"
        for label, row in found["labels"].items():
            if row["hits"]:
                yield f"  {label:<{width + 2}}{row['hits']:>9} {row['in_conflict']:>9} {row['labelled']:>9}"
        never = [label for label, row in found["labels"].items() if not row["hits"]]
        if never:
            yield f"  never: {', '.join(never)}"
        yield from _values("dropped", found["dropped"])
        yield from _values("unmapped", found["unmapped"])


def _values(what: str, found: dict[str, Any]) -> Iterator[str]:
    if found["sum"]:
        shown = ", ".join(f"{value} {count}" for value, count in list(found["values"].items())[:8])
        more = " …" if found["distinct"] > 8 else ""
        yield f"  {what} {found['sum']} in {found['distinct']} values: {shown}{more}"
