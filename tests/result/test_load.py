"""Reading ``result.json``: old files, newer ones, damaged ones."""

import copy
import json
import re
from pathlib import Path

import pytest

from robustfashion.errors import InputError
from robustfashion.result import FORMAT, load_result
from tests.result.samples import result

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = sorted([*ROOT.glob("reports/committed/*/result.json"), *ROOT.glob("benchmarks/*/results/**/result.json")])


@pytest.fixture
def load(tmp_path):
    def load(value):
        (tmp_path / "result.json").write_text(value if isinstance(value, str) else json.dumps(value))
        return load_result(tmp_path / "result.json")

    return load


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: str(path.relative_to(ROOT)))
def test_committed_results_are_read_and_would_be_written_alike(path):
    raw = json.loads(path.read_text())
    again = load_result(path).to_dict()
    assert again.pop("format") == FORMAT == raw.pop("format", FORMAT)
    raw = {"glossary" if name == "methods" else name: value for name, value in raw.items()}  # its name before formats
    assert json.dumps(again) == json.dumps(raw)


def test_there_are_committed_results_from_before_formats():
    assert len(COMMITTED) >= 6


def test_the_format_number_comes_first(load):
    value = result().to_dict()
    assert next(iter(value.items())) == ("format", FORMAT)
    assert load(value) == result()
    del value["format"]
    assert load(value) == result()


def test_a_newer_format_is_refused_by_name(load):
    with pytest.raises(InputError, match=rf"newer robustfashion, format {FORMAT + 1}; this one reads up to {FORMAT}; update"):
        load({"format": FORMAT + 1, "anything": "else"})


@pytest.mark.parametrize("number", [0, -1, 1.0, True, "1", None])
def test_a_format_is_a_number_from_one_on(load, number):
    with pytest.raises(InputError, match=r"result\.json: format is"):
        load({**result().to_dict(), "format": number})


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("tables", 0, "rows", 1, 1), [1], "tables[0].rows[1][1] is [1], not null or text or a whole number or"),
        (("tables", 0, "rows", 0, 1, "low"), "x", "tables[0].rows[0][1].low is 'x', not a number"),
        (("tables", 0, "rows", 0), ["x"], "tables[0]: table t: a row has 1 cells for 2 columns"),
        (("tables", 0, "columns", 0, "unit"), "ell", "tables[0].columns[0].unit is 'ell'; known are text, count"),
        (("claims", 0, "verdict"), "perhaps", "claims[0].verdict is 'perhaps'; known are reproduced"),
        (("claims", 0, "interval"), [1], "claims[0].interval has 1 entries, not 2"),
        (("claims", 0, "n"), True, "claims[0].n is True, not a whole number or null"),
        (("headline",), "text", "headline is 'text', not a list"),
        (("glossary", 0, 1), 3, "glossary[0][1] is 3, not text"),
        (("figures", 0, "kind"), "pie", "figures[0].kind is 'pie'; known are heatmap"),
        (("figures", 0, "data", "values", 1), [1, 2], "figures[0].data: row 's' has 2 values for 3 columns"),
        (("figures", 1, "data", "series", 0, "y", 0), "x", "figures[1].data.series[0].y[0] is 'x', not a number or null"),
        (("figures", 2, "data", "items", 0, "panels", 1, "image"), "../../a", "items[0].panels[1]: image '../../a' is not a"),
        (("figures", 3, "data", "items", 0, "lines"), 3, "figures[3].data.items[0].lines is 3, not a list"),
        (("lists",), {"../../evil": "text"}, "lists is not known"),
        (("images",), {}, "images is not known"),
    ],
)  # fmt: skip
def test_a_damaged_field_is_named(load, path, value, said):
    raw = result().to_dict()
    place = raw
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InputError, match=re.escape(said)):
        load(raw)


@pytest.mark.parametrize("name", ["suite", "tables", "provenance"])
def test_a_missing_field_is_named(load, name):
    raw = result().to_dict()
    del raw[name]
    with pytest.raises(InputError, match=f"{name} is missing"):
        load(raw)


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "1e999", "1" + "0" * 400, "[" * 100_000, "[]"])
def test_what_is_no_number(load, text):
    with pytest.raises(InputError, match=r"result\.json"):
        load(json.dumps(result().to_dict()).replace("0.83", text))


@pytest.mark.parametrize("text", ["", "3", "[]", '"text"', "[" * 100_000])
def test_what_is_no_result(load, text):
    with pytest.raises(InputError, match=r"result\.json"):
        load(text)


def _places(value, path=()):
    yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _places(item, (*path, key))


def test_no_damage_does_anything_but_name_a_field(load):
    """Every place of a result, replaced by values of every form."""
    raw = result().to_dict()
    refused = 0
    for path in [path for path in _places(raw) if path and path[0] not in ("provenance", "settings")]:
        for value in (None, True, 7, 0.5, "x", "", [], [None], {}, {"a": 1}):
            damaged = copy.deepcopy(raw)
            place = damaged
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
            try:
                load(damaged)
            except InputError as error:
                refused += 1
                assert path[0] in str(error), (path, value)
    assert refused > 500
