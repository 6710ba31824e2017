"""Mistakes in settings: one line that names option or file, line, value and way out."""

import re

import pytest

from robustfashion.bench.__main__ import parse
from robustfashion.errors import InputError
from robustfashion.settings_parser import check_configs, in_one_line

MISTAKES = {
    "an option that there is not": (["--zzz", "1"], "unrecognized arguments: --zzz 1; see python -m robustfashion.bench resize"),
    "an abbreviation": (["--seed", "[0]"], "unrecognized arguments: --seed .*did you mean --seeds"),
    "a letter wrong": (["--worker", "1"], "did you mean --workers"),
    "a text for a number": (["--workers", "many"], "--workers: expected a whole number, got 'many'"),
    "a fraction for a number": (["--workers", "2.5"], "--workers: expected a whole number, got '2.5'"),
    "one for several": (["--seeds", "0"], r"--seeds: expected a list as \[a, b\], got '0'"),
    "none of the choices": (["--lr_schedule", "linear"], "--lr_schedule: expected one of constant, cosine, got 'linear'"),
    "none of the choices, nor null": (["--scale", "big"], "--scale: expected one of smoke, .* or null, got 'big'"),
    "no value": (["--workers"], "--workers: expected one argument"),
    "a word too much": (["shop"], "unrecognized arguments: shop"),
    "a field that there is not": (
        ["--rows", "[{architecture: resnet18, recipee: paper}]"],
        "--rows: .*'recipee' is not accepted",
    ),
    "a field of a table": (["--synthetic.count", "many"], "--synthetic.count: expected a whole number, got 'many'"),
    "no device of that name": (["--accelerator", "gpuu"], "accelerator is 'gpuu'; use one of auto, cpu, gpu, mps"),
    "a negative seed": (["--seeds", "[-1]"], "a seed is -1"),
    "a seed beyond 32 bits": (["--split_seed", "4294967296"], "a seed is 4294967296"),
    "no number": (["--scale_factors", "[.nan]"], r"scale_factors is \[nan\]"),
    "infinity": (["--scale_factors", "[1, .inf]"], "scale_factors is .*inf"),
    "no steps": (["--rows", "[{architecture: resnet18}]", "--max_steps", "0"], "max_steps is 0; it must be at least 1, or -1"),
    "minus two steps": (["--rows", "[{architecture: resnet18}]", "--max_steps=-2"], "max_steps is -2"),
    "a gap of 7": (["--rows", "[{architecture: resnet18}]", "--overfit_gap", "7"], "overfit_gap is 7"),
    "no workers": (["--workers", "0"], "workers is 0; it must be at least 1"),
}
OF_TABLES = {
    "a field that there is not": (
        ("sensitivity", "--conditions=[{label: a, trainin_pictures: 250}]"),
        "--conditions: option 'trainin_pictures' is not accepted;",
    ),
    "a field without a value": (
        ("sensitivity", "--conditions=[{canvas: 4}]"),
        "--conditions: the following arguments are required: label;",
    ),
    "a value of another kind": (
        ("sensitivity", "--conditions=[{label: a, training_pictures: many}]"),
        "--conditions: training_pictures: expected a whole number or null, got 'many';",
    ),
    "a table within a table": (
        ("sensitivity", "--conditions=[{label: a, row: {freeze: heavy}}]"),
        "--conditions: row: freeze: expected one of none, body, gradual, got 'heavy';",
    ),
    "no table": (("mitigation", "--remedies=[7]"), "--remedies: expected a table as {a: 1}, got '7';"),
    "null, or no table": (("resize", "--rows=[7]"), "--rows: expected a table as {a: 1}, got '7';"),
    "a field of one table": (("mitigation", "--network={frieze: 1}"), "--network: option 'frieze' is not accepted;"),
    "a value that it refuses": (
        ("sensitivity", "--conditions=[{label: a, training_pictures: 0}]"),
        "condition a: training_pictures is 0; it must be at least 20",
    ),
    "values that contradict": (
        ("mitigation", "--remedies=[{serve: java2d.bilinear, margin: 0.1}]"),
        "a remedy without a label names 2 ways",
    ),
    "of one that may be null": (("mitigation", "--network.freeze=body"), "row resnet18 freezes its body without a base"),
}
FILES = {
    "an option that there is not": (b"max_step: 4\n", r"'max_step' is not accepted; did you mean --max_steps\?"),
    "not YAML": (b"seeds: [1\n", r"c\.yaml, line 2: not readable as YAML"),
    "tabs": (b"synthetic:\n\tcount: 3\n", r"c\.yaml, line 2: not readable as YAML .*indent by spaces, not by tabs"),
    "a list": (b"- 1\n- 2\n", r"c\.yaml: holds no settings by name"),
    "a text": (b"just text\n", r"c\.yaml: holds no settings by name"),
    "nothing": (b"# later\n", r"c\.yaml: is empty"),
    "a picture": (b"\x89PNG\r\n", r"c\.yaml: not a text file"),
    "a key twice": (b"workers: 2\nseeds: [1]\nworkers: 3\n", r"c\.yaml, line 3: 'workers' is there twice"),
    "a key twice, deep inside": (
        b"rows:\n- architecture: a\n  base: none\n  base: lite0\n",
        r"c\.yaml, line 4: 'base' is there twice",
    ),
    "a bomb": (b"a: &a [" + b"x, " * 9 + b"]\nb: [" + b"*a, " * 1001 + b"]\n", r"c\.yaml: refers to parts of itself 1,001 times"),
    "a value of another kind": (b"workers: many\n", "--workers: expected a whole number, got 'many'"),
}


def _refusal(arguments):
    with pytest.raises(InputError) as found:
        parse("resize", arguments)
    text = str(found.value)
    assert "\n" not in text and len(text) < 400, text
    return text


@pytest.mark.parametrize("mistake", MISTAKES)
def test_on_the_command_line(mistake):
    arguments, message = MISTAKES[mistake]
    text = _refusal(arguments)
    assert re.search(message, text), text


@pytest.mark.parametrize("mistake", OF_TABLES)
def test_in_a_table(mistake):
    (suite, text), message = OF_TABLES[mistake]
    with pytest.raises(InputError) as found:
        parse(suite, [text])
    assert str(found.value).startswith(message)


@pytest.mark.parametrize("mistake", FILES)
@pytest.mark.parametrize("way", ["--config {}", "--config={}"])
def test_in_a_file(mistake, way, tmp_path):
    content, message = FILES[mistake]
    (tmp_path / "c.yaml").write_bytes(content)
    text = _refusal(way.format(tmp_path / "c.yaml").split(" "))
    assert re.search(message, text), text


@pytest.mark.parametrize(("name", "why"), [("nowhere.yaml", "no such file"), ("", "is a folder")])
def test_no_file(name, why, tmp_path):
    assert f"{tmp_path / name}: {why}; --config takes a YAML file" in _refusal(["--config", str(tmp_path / name)])


def test_what_is_right_passes(tmp_path):
    """Anchors, merged tables, equal keys of different tables, settings in place of a file."""
    (tmp_path / "c.yaml").write_text("rows:\n- &a {architecture: resnet18}\n- {<<: *a, base: lite0}\nmax_steps: 3\n")
    check_configs(["--config", str(tmp_path / "c.yaml"), "--out", "--config"])
    settings = parse("resize", ["--config", str(tmp_path / "c.yaml"), "--workers", "3", "--workers", "4"])
    assert (len(settings.rows), settings.max_steps, settings.workers) == (2, 3, 4)  # the last one counts, as in every shell
    assert parse("resize", ["--config", "workers: 5"]).workers == 5


def test_home(monkeypatch, tmp_path):
    """A shell leaves ``~`` alone behind ``=``, and in a file."""
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = parse("resize", ["--out=~/reports", "--cache=~nobody-of-this-name/x", "--checkpoint=~/a.ckpt"])
    assert (settings.out, settings.checkpoint) == (tmp_path / "reports", tmp_path / "a.ckpt")
    assert str(settings.cache) == "~nobody-of-this-name/x"


def test_what_is_no_message_of_ours_is_kept():
    assert in_one_line("something\n  else") == "something else"
    assert len(in_one_line("x" * 10_000)) < 700
