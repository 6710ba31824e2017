"""Lists are read back as they were written."""

import csv
import io

from robustfashion.bench.csv_lists import csv_text


def test_commas_quotes_and_line_breaks_come_back():
    rows = [["a,b", 'say "no"', "two\nlines"], ["", "ä", "'=1"]]
    text = csv_text(("x", "y", "z"), iter(rows))
    assert list(csv.reader(io.StringIO(text))) == [["x", "y", "z"], *rows] and "\r" not in text
