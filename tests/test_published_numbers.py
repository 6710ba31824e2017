"""What the README and the committed reports say, against one another: no number is left standing when a report is made anew."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from robustfashion.result import load_result

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "reports" / "committed"
README = re.sub(r"\s+", " ", (ROOT / "README.md").read_text(encoding="utf-8"))


def report(name):
    return load_result(REPORTS / name / "result.json")


def lines(result, name):
    table = next(table for table in result.tables if table.id == name)
    return [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]


def points(value):
    return "0.0" if abs(value) < 5e-4 else f"{100 * value:+.1f}".replace("-", "−")


def share(value):
    return f"{100 * value:.1f} %"


def test_the_readmes_table_is_the_smoke_report():
    result = report("resize-smoke")
    table2, models = lines(result, "table2"), lines(result, "models")
    java = [line for line in lines(result, "changes") if line["Serving method"] == "java2d.bilinear"]
    assert len(table2) == len(models) == len(java) == 3
    for row, model, change in zip(table2, models, java, strict=True):
        delta = change["Δ accuracy"]
        cells = [
            share(row["pillow.bilinear"].value), share(row["java2d.bilinear"].value),
            f"{points(delta.value)} points [{points(delta.low)}, {points(delta.high)}]", share(1 - model["Unanimous"].value),
        ]  # fmt: skip
        assert f"| {' | '.join(cells)} |" in README, f"{row['Model']}: the report says {cells}"


def test_the_readmes_words_on_the_photographs():
    changes = lines(report("resize-photos"), "changes")
    (p,) = [name for name in changes[0] if name.startswith("p (") and "equivalence" not in name]
    assert not [line for line in changes if line[p] < 0.05]
    worst = points(min(line["Δ accuracy"].value for line in changes))
    assert f"at most {worst} points, none of {len(changes)} comparisons significant" in README


def test_the_readmes_words_on_the_fourteen_classifiers():
    result = report("accuracy-smoke")
    for table, words in (("table3", "product types {} ({}) to {} ({})"), ("table1", "attributes {} ({}) to {} ({})")):
        rates = {line["Classifier"].replace("_", " "): line["Accuracy"].value for line in lines(result, table)}
        found = sorted((rate, name) for name, rate in rates.items() if " from " not in name)
        said = re.search(re.escape(words).replace(r"\{\}", r"([^()]+?)"), README)
        assert said, words
        low, lowest, high, highest = said.groups()
        assert [low, high] == [share(found[0][0]), share(found[-1][0])]
        assert lowest.startswith(found[0][1]) and highest.startswith(found[-1][1])


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in REPORTS.glob("*/changed_products.csv")))
def test_the_list_of_changed_products_adds_up_to_the_table(folder):
    """Two ways to the same counts: line by line from the list, and as rates with intervals in the report."""
    result = report(folder)
    seeds = len(result.settings["seeds"])
    with (REPORTS / folder / "changed_products.csv").open(newline="", encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    counts = {name: Counter() for name in ("Churn", "Negative flips", "Positive flips", "Decision flips")}
    for row in listed:
        key, label = (row["model"], row["served_with"]), row["label"]
        before, after = row["class_before"], row["class_after"]
        counts["Churn"][key] += before != after
        counts["Negative flips"][key] += before == label != after
        counts["Positive flips"][key] += before != label == after
        counts["Decision flips"][key] += row["change"] in ("tag lost", "tag gained")
    table = lines(result, "changes")
    for name, found in counts.items():
        for line in table:
            n = line[name].n * seeds
            assert found[line["Model"], line["Serving method"]] == pytest.approx(line[name].value * n, abs=1e-6), (name, line)
    assert {key for found in counts.values() for key in found} <= {(line["Model"], line["Serving method"]) for line in table}


def test_the_images_of_a_report_add_up():
    for path in sorted(REPORTS.glob("*/result.json")):
        result = report(path.parent.name)
        account = lines(result, "accounting")
        if result.suite == "resize":
            *parts, total = [line["Images"] for line in account]
            assert sum(parts) == total and len(result.refused) == parts[-1]
            test = next(line for line in account if line["Part"].startswith("test"))
            assert {line["Accuracy"].n for line in lines(result, "changes")} == {test["Images"]}
