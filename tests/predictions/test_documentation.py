"""The examples of docs/predictions.md run, and the suites take the files that they write."""

import re
from pathlib import Path

import pytest

from robustfashion.bench.__main__ import _main
from robustfashion.predictions import open_predictions
from robustfashion.predictions.foreign_arrays import NAMES
from robustfashion.predictions.foreign_content import TEXT_FIELDS
from robustfashion.predictions.storage import FORMAT

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "predictions.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder in which every example has run, in order."""
    folder = tmp_path_factory.mktemp("examples")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for example in EXAMPLES:
            exec(compile(example, "docs/predictions.md", "exec"), {})
    return folder


def test_examples_write_what_they_say(written):
    tables = {path.name: open_predictions(path) for path in written.iterdir()}
    assert set(tables) == {"java2d.bilinear.csv", "phone.parquet", "pillow.bilinear.npz"}
    for table in tables.values():
        assert table.ids == ("1.jpg", "2.jpg", "3.jpg") and table.classes == ("other", "dress")
        assert table.labels.tolist() == [1, 0, -1]
    assert tables["phone.parquet"].groups == ("a", "a", "b")
    assert tables["phone.parquet"].probabilities[0, 1] == pytest.approx(0.9)
    assert tables["pillow.bilinear.npz"].last_layer is not None


def test_command_lines_of_the_page_take_them(written, monkeypatch):
    monkeypatch.chdir(written)
    commands = re.findall(r"^    python -m robustfashion\.bench (.*)$", TEXT, flags=re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["resize", "accuracy"]
    _main([*commands[0].split(), "--out", "resize"])
    for seed in range(2):
        (written / f"seed{seed}.npz").write_bytes((written / "pillow.bilinear.npz").read_bytes())
    _main([*commands[1].split(), "--out", "accuracy"])
    assert (written / "resize" / "index.html").is_file() and (written / "accuracy" / "index.html").is_file()


def test_every_name_of_the_layouts_is_documented():
    names = {*NAMES, "id", "label", *TEXT_FIELDS, "logit:CLASS", "probability:CLASS", "feature:0"}
    assert [name for name in sorted(names) if not re.search(rf"`{re.escape(name)}`", TEXT)] == []
    assert f"robustfashion.predictions.{FORMAT}" in TEXT
