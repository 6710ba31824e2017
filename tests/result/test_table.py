"""Tables: ragged ones, and those made of records."""

import pytest

from robustfashion.result import Column, Estimate, Table, table_of


def test_ragged_table_is_a_bug():
    with pytest.raises(ValueError, match="table t: a row has 2 cells for 1 columns"):
        Table("t", "T", [Column("a", "text", "")], [["x", "y"]])


def test_a_table_of_records():
    records = [Estimate(0.5, 0.4, 0.6, 7), Estimate(0.25, 0.1, 0.3, 9)]
    rows = [[records[0], None], [records[1], 9]]
    columns = [("Share", "share", "of what", lambda e: e), ("Images", "count", "how many", lambda e: e.n if e.n > 8 else None)]
    expected = [Column("Share", "share", "of what"), Column("Images", "count", "how many")]
    assert table_of("t", "T", records, columns, "note") == Table("t", "T", expected, rows, "note")
    assert table_of("t", "T", [], columns).rows == []
