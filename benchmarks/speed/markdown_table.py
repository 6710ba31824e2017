"""Results of the benchmarks as Markdown, as they come about."""

from collections.abc import Iterable, Sequence


def show(title: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    """Print a table; ``columns`` are its names with ``|`` between them."""
    print(f"\n{title}\n\n| {columns} |\n|{' --- |' * (columns.count('|') + 1)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)
