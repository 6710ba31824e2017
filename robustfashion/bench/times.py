"""Where the time of a run went: its stages by kind."""

from collections.abc import Mapping

from robustfashion.progress import StageTimes

KINDS: dict[str, str] = {
    "drawing": "drawing pictures",
    "reading": "reading pictures",
    "preparing": "preparing pictures",
    "training": "training",
    "fitting": "fitting heads",
    "asking": "asking",
    "estimating": "asking",
    "mapping": "drawing maps",
    "measuring": "measuring separability",
    "comparing": "measuring separability",
}
"""First word of what a stage says -> its kind."""
REST, TOTAL = "tables and the rest", "total"


def by_kind(times: StageTimes) -> dict[str, float]:
    """Seconds, to a tenth, by kind of stage in the order of :data:`KINDS`, then of what is no stage, then in total.

    Kinds that did not occur are left out; the total is the sum but for rounding.
    """
    total = times.total()
    found = dict.fromkeys((*KINDS.values(), REST), 0.0)
    for what, seconds in times.seconds.items():
        found[_kind(what)] += seconds
    found[REST] += total - sum(found.values())
    return {kind: round(seconds, 1) for kind, seconds in {**found, TOTAL: total}.items() if seconds or kind in (REST, TOTAL)}


def _kind(what: str) -> str:
    """``training a network``, or the same behind somebody's name: ``watch: training a network``."""
    words = (text.split(" ", 1)[0] for text in (what, what.rpartition(": ")[2]))
    return next((KINDS[word] for word in words if word in KINDS), REST)


def in_lines(seconds: Mapping[str, float]) -> list[str]:
    """A small table for the terminal: a heading, then kinds, seconds and shares of the total."""
    width = max(map(len, seconds))
    whole = max(seconds[TOTAL], 0.1)
    return ["time by stage", *[f"  {kind:<{width}} {value:8.1f} s {value / whole:5.0%}" for kind, value in seconds.items()]]
