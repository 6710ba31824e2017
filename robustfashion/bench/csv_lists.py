"""Lists beside a report, as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Names of the columns, then the rows, one a line.

    Texts that come from elsewhere are to be made :func:`~robustfashion.bench.spreadsheet.harmless` before.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
