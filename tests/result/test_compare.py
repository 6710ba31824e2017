"""Two results, cell by cell."""

from dataclasses import replace

from robustfashion.report.__main__ import _main
from robustfashion.result import Estimate, differences
from tests.result.samples import result


def test_equal_results_do_not_differ():
    assert differences(result(), result()) == []


def test_every_kind_of_change_is_found():
    old = result()
    table = old.tables[0]
    cells = [*table.rows[0]]
    place = next(k for k, cell in enumerate(cells) if isinstance(cell, Estimate))
    cells[place] = replace(cells[place], high=cells[place].high + 1e-12)
    new = replace(
        old,
        headline=[*old.headline, "one more"],
        tables=[replace(table, rows=[cells, *table.rows[1:]]), *old.tables[1:]],
        images=old.images | {"new.png": b"x"},
        claims=[replace(old.claims[0], verdict="contradicted"), *old.claims[1:]],
    )
    found = differences(old, new)
    assert len(found) == 4
    assert any(table.id in line and table.columns[place].name in line and "high" in line for line in found)
    assert any("headline" in line and "one more" in line for line in found) and any("verdict" in line for line in found)
    assert "image new.png differs" in found
    ignored = differences(old, new, [f"{table.id}: {table.columns[place].name}"])
    assert len(ignored) == 3


def test_provenance_does_not_count_and_suites_must_be_the_same():
    old = result()
    assert differences(old, replace(old, provenance={**old.provenance, "date": "1999-01-01"}, settings={})) == []
    assert differences(old, replace(old, suite="other"))[0].startswith("suite")


def test_command_line(tmp_path, capsys):
    result().save(tmp_path / "a")
    replace(result(), headline=["other"]).save(tmp_path / "b")
    assert _main(tmp_path / "a", None, tmp_path / "a") == 0
    assert _main(tmp_path / "b" / "result.json", None, tmp_path / "a") == 1
    assert "headline / 0" in capsys.readouterr().out and not (tmp_path / "b" / "index.html").exists()
