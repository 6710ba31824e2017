"""Why pictures were refused, in few lines: the most frequent reasons with one example of each."""

import re
from collections.abc import Sequence

from robustfashion.errors import printable


def reasons_in_lines(refused: Sequence[tuple[str, str]], most: int = 5) -> list[str]:
    """One line for each reason, most frequent first; reasons that differ by their numbers only are one.

    Args:
        refused: name and reason of each.
        most: reasons to tell; the others are counted in a last line.
    """
    kinds: dict[str, list[tuple[str, str]]] = {}
    for name, reason in refused:
        kinds.setdefault(re.sub(r"\d+", "0", reason), []).append((name, reason))
    ordered = sorted(kinds.values(), key=len, reverse=True)
    lines = []
    for found in ordered[:most]:
        count = f"{len(found)}, such as " if len(found) > 1 else ""
        lines.append(f"refused: {count}{printable(found[0][0])}: {printable(found[0][1])}")
    if rest := ordered[most:]:
        lines.append(f"refused: {sum(map(len, rest))} for {len(rest)} other reasons")
    return lines
