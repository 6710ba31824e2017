"""What the README and the committed reports say, against one another: no number is left standing when a report is made anew."""

import csv
import math
import re
from collections import Counter
from pathlib import Path

import pytest
from scipy.stats import spearmanr

from robustfashion.result import load_result

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "reports" / "committed"
LINES = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
README = re.sub(r"\s+", " ", " ".join(line.removeprefix("> ") for line in LINES))
SUITES = {
    "resize-smoke", "resize-cpu", "resize-photos", "accuracy-smoke", "accuracy-cpu", "accuracy-photos", "outliers-smoke",
    "outliers-cpu", "outliers-photos", "regularization-smoke", "regularization-cpu", "regularization-photos",
    "separability-smoke", "separability-cpu", "separability-photos", "sensitivity-smoke", "sensitivity-photos",
    "mitigation-smoke", "mitigation-photos",
}  # fmt: skip


def report(name):
    return load_result(REPORTS / name / "result.json")


def lines(result, name):
    table = next(table for table in result.tables if table.id == name)
    return [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]


def number(value):
    return "0.0" if abs(value) < 5e-4 else f"{100 * value:+.1f}".replace("-", "−")


def points(found):
    return f"{number(found.value)} points [{number(found.low)}, {number(found.high)}]"


def share(found):
    return f"{100 * found.value:.1f} % [{100 * found.low:.1f}, {100 * found.high:.1f}]"


def cells(start):
    """Rows of the README's tables whose first cell begins so."""
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in LINES if line.startswith(f"| {start}")]


def test_the_suites_are_committed_at_their_scales():
    assert {path.parent.name for path in REPORTS.glob("*/result.json")} == SUITES
    for name in SUITES:
        found = report(name)
        suite, scale = name.split("-")
        assert (found.suite, found.scale) == (suite, {"photos": "own data"}.get(scale, scale))
        assert (REPORTS / name / "index.html").is_file() and found.provenance["commit"]


def test_the_readme_begins_with_the_smoke_runs_answer():
    assert report("resize-smoke").headline[0] in README


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        ("outliers-smoke", (0, 1, 2)),
        ("outliers-cpu", (0, 1, 2)),
        ("outliers-photos", (0,)),
        ("regularization-smoke", (1, 2)),
        ("regularization-photos", (0, 1)),
        ("regularization-cpu", (0, 1, 3)),
        ("separability-smoke", (0, 1, 2, 3, 4)),
        ("separability-photos", (0,)),
        ("sensitivity-smoke", (0, 3)),
        ("sensitivity-photos", (0, 1, 3)),
        ("mitigation-smoke", (0,)),
        ("mitigation-photos", (0, 1)),
    ],
)
def test_the_readme_quotes_the_studies(name, sentences):
    for k in sentences:
        assert report(name).headline[k] in README


def test_the_readme_says_what_fine_tuned_networks_separate():
    found = report("separability-cpu").headline[2]
    assert found[0].lower() + found[1:] in README


def test_product_types_that_are_the_harder_problem_are_those_that_the_readme_names():
    claims = report("separability-smoke").claims
    assert {claim.statement.split()[0] for claim in claims if claim.verdict == "not observed here"} == {"luggage", "top"}
    assert all("raw pixels" in claim.statement for claim in claims if claim.verdict == "not observed here")


@pytest.mark.parametrize("name", sorted(name for name in SUITES if name.startswith("separability")))
def test_the_lists_of_separability_are_as_long_as_the_answer_says(name):
    """The headline counts from arrays, the lists write each picture down."""
    headline = " ".join(report(name).headline).replace(",", "")
    counts = {}
    for file in ("wrong_side.csv", "label_issues.csv"):
        with (REPORTS / name / file).open(newline="", encoding="utf-8") as lines_of_file:
            counts[file] = list(csv.DictReader(lines_of_file))
    wrong = re.search(r"(\d+) lie among", headline)[1]
    issues = re.search(r"(\d+) labels(?: of [a-z ]+)? are worth", headline)[1]
    asked = counts["wrong_side.csv"][-1]["task"]  # the task that the question is about comes last
    assert sum(line["task"] == asked for line in counts["wrong_side.csv"]) == int(wrong)
    assert len(counts["label_issues.csv"]) == int(issues)


def test_the_readmes_table_of_the_photographs():
    result = report("resize-photos")
    found = {line["Serving method"]: line for line in lines(result, "tags")}
    rows = [row for row in cells("`") if len(row) == 3]
    assert len(rows) >= 8
    for method, changed, accuracy in rows:
        line = found[method.strip("`")]
        assert [changed, accuracy] == [share(line["Any change"]), points(line["Δ accuracy"])], method
    changes = lines(result, "changes")
    assert not [line for line in changes if line["p (sign flips, Holm)"] < 0.05]
    assert f"(0 of {len(changes)} comparisons)" in README and f"{len(changes)} other methods" in README
    least = min(line["Detectable"] for line in changes)
    assert f"a true one of {100 * least:.1f} points would have been" in README
    ratio = found["java2d.nearest"]["Any change"].value / found["halving.bilinear"]["Any change"].value
    assert f"changes {('no', 'one', 'two', 'three', 'four', 'five', 'six')[round(ratio)]} times as many tags as halving" in README
    (model,) = lines(result, "table2")
    right = model["pillow.bilinear"]
    assert f"told rightly on {100 * right.value:.1f} % of {right.n} photographs" in README


def test_the_readmes_table_of_the_middle_scale():
    result = report("resize-cpu")
    table2, tags = lines(result, "table2"), lines(result, "tags")
    for row in table2:
        name = row["Classifier"]
        change = next(c for c in lines(result, "changes") if (c["Classifier"], c["Serving method"]) == (name, "java2d.bilinear"))
        changed = next(c for c in tags if (c["Model"], c["Serving method"]) == (name, "java2d.bilinear"))
        wanted = [share(row["pillow.bilinear"]), points(change["Δ accuracy"]), share(changed["Any change"])]
        assert [row[1:] for row in cells(f"{name} |")] == [wanted], f"{name}: the report says {wanted}"
    verdicts = {claim.id: claim for claim in result.claims}
    loss, size = verdicts["loss-resnet18"], verdicts["loss-resnet18-size"]
    assert (
        f"largest loss under any Java method {number(loss.value)} points [{number(loss.interval[0])}, {number(loss.interval[1])}]"
        in README
    )
    assert f"that it loses is {loss.verdict}, that it loses 15 points is {size.verdict}" in README


def test_the_readmes_words_on_the_fourteen_classifiers():
    result = report("accuracy-smoke")
    for table, words in (("table3", "product types {} ({}) to {} ({})"), ("table1", "attributes {} ({}) to {} ({})")):
        rates = {line["Classifier"].replace("_", " "): line["Accuracy"].value for line in lines(result, table)}
        found = sorted((rate, name) for name, rate in rates.items())
        said = re.search(re.escape(words).replace(r"\{\}", r"([^()]+?)"), README)
        assert said, words
        low, lowest, high, highest = said.groups()
        assert [low, high] == [f"{100 * rate:.1f} %" for rate in (found[0][0], found[-1][0])]
        assert lowest == found[0][1] and highest == found[-1][1]
    skills = [line["Balanced skill"].value for table in ("table1", "table3") for line in lines(result, table)]
    learned = {9: "nine", 10: "ten", 11: "eleven"}[sum(skill >= 0.6 for skill in skills)]
    assert f"{learned} of the fourteen have learned" in README
    easier = next(claim for claim in result.claims if claim.id == "validators-are-easier")
    assert f"by {100 * easier.value:.0f} points of it" in README and easier.verdict == "observed here"


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in REPORTS.glob("*/changed_products.csv")))
def test_the_list_of_changed_products_adds_up_to_the_tables(folder):
    """Two ways to the same counts: line by line from the list, and as rates with intervals in the report."""
    result = report(folder)
    seeds = len(result.settings["seeds"])
    with (REPORTS / folder / "changed_products.csv").open(newline="", encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    names = {name for name, _ in ((line["Classifier"], 0) for line in lines(result, "changes"))}
    counts = {name: Counter() for name in ("Churn", "Negative flips", "Positive flips")}
    changed = {}  # products by model, method and event, in each seed
    by_class = Counter()
    for row in listed:
        name = next(name for name in (row["task"], row["model"], f"{row['task']}: {row['model']}") if name in names)
        key, label = (name, row["served_with"]), row["label"]
        before, after = row["class_before"], row["class_after"]
        counts["Churn"][key] += before != after
        counts["Negative flips"][key] += before == label != after
        counts["Positive flips"][key] += before != label == after
        by_class[name, row["served_with"], label] += (before != label == after) - (before == label != after)
        event = {"tag lost": "Lose one", "tag gained": "Gain one", "other tag": "Another one"}.get(row["change"])
        for what in (event, "Any change") if event else ():
            changed.setdefault((row["model"], row["served_with"], what), set()).add((row["seed"], row["product"]))
    for name, found in counts.items():
        for line in lines(result, "changes"):
            n = line[name].n * seeds
            assert found[line["Classifier"], line["Serving method"]] == pytest.approx(line[name].value * n, abs=1e-6), (
                name,
                line,
            )
    for line in lines(result, "tags"):
        for what in ("Any change", "Lose one", "Gain one", "Another one"):
            products = len(changed.get((line["Model"], line["Serving method"], what), ()))
            assert products == pytest.approx(line[what].value * line[what].n * seeds, abs=1e-6), (what, line)
    for line in lines(result, "recalls"):
        for column, cell in line.items():
            if column.startswith("Δ "):
                flips = by_class[line["Classifier"], column.removeprefix("Δ "), line["Class"]]
                assert flips == pytest.approx(cell.value * line["Images"] * seeds, abs=1e-6), (column, line)


@pytest.mark.parametrize("folder", sorted(name for name in SUITES if name.startswith("resize")))
def test_a_resize_report_agrees_with_itself(folder):
    """Change over all answers, the headline's counts and who has learned, each worked out anew from other tables."""
    result = report(folder)
    table2 = {line["Classifier"]: line for line in lines(result, "table2")}
    models = {line["Classifier"]: line for line in lines(result, "models")}
    changes = lines(result, "changes")
    reported = {line["Classifier"] for line in changes}
    for line in models.values():
        assert (line["Learned"] == "yes") == (line["Balanced skill"].value >= 0.6 and line["Balanced skill"].low > 0)
        assert (line["Learned"] == "yes") == (line["Classifier"] in reported)
    many_rows = len({line["Model"] for line in lines(result, "tags")}) > 1
    for line in lines(result, "tags"):
        mine = [c for c in changes if c["Serving method"] == line["Serving method"]]
        mine = [c for c in mine if c["Classifier"] == line["Model"]] if many_rows else mine
        assert len(mine) == line["Classifiers"]
        answers = sum(c["Accuracy"].n for c in mine)
        mean = (
            sum(c["Accuracy"].n * (c["Accuracy"].value - table2[c["Classifier"]]["pillow.bilinear"].value) for c in mine)
            / answers
        )
        assert line["Δ accuracy"].value == pytest.approx(mean, abs=1e-12) and line["Δ accuracy"].n == answers
    for said in re.findall(r"(\d+) \((\d+\.\d) % \[", result.headline[0]):
        count, percent = int(said[0]), float(said[1])
        n = int(re.search(r"Of (\d+) products", result.headline[0])[1])
        assert abs(100 * count / n - percent) <= 50 / n + 0.06


def test_the_images_of_a_report_add_up():
    for path in sorted(REPORTS.glob("resize-*/result.json")):
        result = report(path.parent.name)
        account = lines(result, "accounting")
        if "Part" in account[0]:
            *parts, total = [line["Images"] for line in account]
            assert sum(parts) == total and len(result.refused) == parts[-1]
            tests = {next(line for line in account if line["Part"].startswith("test"))["Images"]}
        else:
            tests = {line["Test"] for line in account}
        assert {line["Accuracy"].n for line in lines(result, "changes")} <= tests


OF_OUTLIERS = sorted(name for name in SUITES if name.split("-")[0] in ("outliers", "regularization"))


@pytest.mark.parametrize("name", OF_OUTLIERS)
def test_answered_outliers_are_the_lines_of_their_list(name):
    """Table 4 counts them from arrays, the list writes each down: every point that both know must have as many."""
    with (REPORTS / name / "accepted_outliers.csv").open(newline="", encoding="utf-8") as file:
        listed = Counter(line.get("point") or line["row"] for line in csv.DictReader(file))
    ours = [line for line in lines(report(name), "table4") if line["Where"] == "here"]
    if name.startswith("regularization"):
        counted = {line["Model"]: line["Outlier errors"] for line in ours}
    else:
        points = ("threshold alone", "behind the watch validator")
        counted = dict(zip(points, [line["Outlier errors"] for line in ours], strict=False))
    assert counted and {point: listed[point] for point in counted} == counted
    assert all(0 <= line["Outlier errors"] <= line["Errors"] <= line["Answered"] for line in ours)


@pytest.mark.parametrize("name", [name for name in OF_OUTLIERS if name.startswith("outliers")])
def test_every_picture_is_in_the_error_budget_once(name):
    *outcomes, total = lines(report(name), "budget")
    for column, count in total.items():
        if isinstance(count, int):
            assert sum(line[column] for line in outcomes) == count


SEPARABILITY = sorted(name for name in SUITES if name.startswith("separability"))


def value(cell):
    return cell if isinstance(cell, float | int) or cell is None else cell.value


@pytest.mark.parametrize("name", ["separability-smoke", "separability-cpu"])
def test_differences_of_skill_are_what_their_two_columns_and_the_claims_say(name):
    found = report(name)
    differences = {}
    for line in lines(found, "comparison"):
        difference = line["Difference"]
        assert difference.value == pytest.approx(line["Product type's skill"].value - line["Attribute's skill"].value, abs=1e-12)
        space = line["Features"].partition(" (")[0]
        differences.setdefault((line["Product type"], space), []).append(difference.value)
    for claim in found.claims:
        kind, space = claim.statement.split()[0], re.search(r"\((pretrained network|own network|raw pixels)", claim.statement)[1]
        assert claim.value == pytest.approx(min(differences[kind, space])), claim.statement


@pytest.mark.parametrize("name", ["separability-smoke", "separability-cpu"])
def test_rank_correlations_of_tasks_are_scipys(name):
    found = report(name)
    tasks = lines(found, "tasks")
    for line in lines(found, "correlation"):
        pairs = [(value(task["Balanced skill"]), value(task[line["Measure"]])) for task in tasks]
        pairs = [pair for pair in pairs if None not in pair]
        assert len(pairs) == line["Tasks"]
        if line["Rank correlation"] is not None:
            assert abs(spearmanr(*zip(*pairs, strict=True)).statistic) == pytest.approx(abs(line["Rank correlation"].value))


@pytest.mark.parametrize("name", SEPARABILITY)
def test_measures_above_chance_are_on_the_scale_from_chance_to_the_best(name):
    """What is best is 1, or 0 where less is better; measures without a best are not corrected."""
    found = report(name)
    tables = [table.id for table in found.tables if table.id.startswith("measures-")]
    corrected = 0
    for line in (line for table in tables for line in lines(found, table)):
        if None in (line["Value"], line["Chance"], line["Above chance"]):
            continue
        best = 1.0 if line["Better"] == "high" else 0.0
        expected = (line["Value"].value - line["Chance"].value) / (best - line["Chance"].value)
        corrected += line["Above chance"].value == pytest.approx(expected, abs=1e-9)
    assert corrected >= 4 * len(tables)


@pytest.mark.parametrize("name", SEPARABILITY)
def test_the_overlap_of_classes_is_whole_and_the_answer_quotes_it(name):
    found = report(name)
    maps = [figure for figure in found.figures if figure.id.startswith("overlap-")]
    assert maps
    quoted = re.search(r"(\d+\.\d) % of the neighbours of (.+?) are (.+?);", found.headline[0])
    answers = set()
    for figure in maps:
        for row, cells_of_row in zip(figure.data["rows"], figure.data["values"], strict=True):
            numbers = [value(cell) or 0.0 for cell in cells_of_row]
            assert sum(numbers) == pytest.approx(1, abs=1e-9)
            answers |= {(row, column, f"{100 * v:.1f}") for column, v in zip(figure.data["columns"], numbers, strict=True)}
    assert any(row.startswith(quoted[2]) and column.startswith(quoted[3]) and v == quoted[1] for row, column, v in answers)


SENSITIVITY = sorted(name for name in SUITES if name.startswith("sensitivity"))
MITIGATION = sorted(name for name in SUITES if name.startswith("mitigation"))


@pytest.mark.parametrize("name", SENSITIVITY)
def test_the_largest_loss_of_the_surface_is_the_least_of_its_table(name):
    found = report(name)
    java = [line for line in lines(found, "surface") if line["Serving method"].startswith(("java", "thumbnailator", "imgscalr"))]
    worst = min((line for line in java if line["Learned"] == "yes"), key=lambda line: line["Δ accuracy"].value)
    assert all(claim.value == pytest.approx(worst["Δ accuracy"].value) for claim in found.claims)
    assert f"{number(worst['Δ accuracy'].value)} points" in found.headline[0]
    assert worst["Condition"] in found.headline[0] and worst["Serving method"] in found.headline[0]


@pytest.mark.parametrize("name", SENSITIVITY)
def test_forecasts_on_pictures_that_were_not_asked_held(name):
    """95 % intervals; forecasts of one condition share their pictures."""
    held = [line["Interval held"] for line in lines(report(name), "promise")]
    assert len(held) >= 4 and min(map(value, held)) >= 0.9 and sum(map(value, held)) / len(held) >= 0.94


@pytest.mark.parametrize("name", MITIGATION)
def test_changed_tags_are_as_many_as_the_table_says(name):
    """Tags that change without a remedy, counted from the list of every picture."""
    found = report(name)
    with (REPORTS / name / "changed_tags.csv").open(newline="", encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    seeds = len(found.settings["seeds"])
    rows = [line for line in lines(found, "remedies") if line["Remedy"].startswith("call ")]
    assert rows
    for line in rows:
        mine = [e for e in listed if e["remedy"] == line["Remedy"] and e["served_with"] == line["Serving method"]]
        before = sum(e["outcome"] in ("saved", "changed") for e in mine)
        after = sum(e["outcome"] in ("broken", "changed") for e in mine)
        n = line["Tag changes"].n
        assert before == pytest.approx(line["Tag changes, without"].value * n * seeds)
        assert after == pytest.approx(line["Tag changes"].value * n * seeds)
        assert line["Δ tag changes"].value == pytest.approx((after - before) / (n * seeds))


@pytest.mark.parametrize("name", SENSITIVITY)
def test_the_danger_zone_shows_the_numbers_of_the_surface(name):
    found = report(name)
    surface = {(f"{line['Condition']}: {line['Task']}", line["Serving method"]): line for line in lines(found, "surface")}
    for figure, column in (("danger-zone-accuracy", "Δ accuracy"), ("danger-zone-classes", "Classes")):
        (zone,) = [of for of in found.figures if of.id == figure]
        points = [(one["name"], point) for one in zone.data["series"] for point in one["points"]]
        assert len(points) >= 20
        for method, point in points:
            line = surface[point["name"], method]
            assert line["Learned"] == "yes" and point["x"] == pytest.approx(line["Reduction"])
            assert [point[k] for k in ("y", "low", "high")] == [getattr(line[column], k) for k in ("value", "low", "high")]


@pytest.mark.parametrize("name", SENSITIVITY)
def test_expected_and_observed_changes_are_shares_of_the_same_lines(name):
    """Every line is a picture, seed and method; what the model's table scores is what the conditions add up to."""
    found = report(name)
    lines_of = {"the class changes": 0, "the tag changes": 0}
    for line in lines(found, "expected"):
        n = line["Lines"]
        assert line["Expected changes"] == pytest.approx(n * line["Expected"])
        assert line["Observed changes"] == pytest.approx(n * line["Observed"].value)
        lines_of[line["Event"]] += n
    for line in lines(found, "model"):
        if line["Held out"] == "its condition":
            assert line["Lines"] == lines_of[line["Event"]]
            assert 0 <= line["AUC"].low <= line["AUC"].value <= line["AUC"].high <= 1


@pytest.mark.parametrize("name", SENSITIVITY)
def test_a_constant_forecast_scores_what_the_base_rate_does(name):
    """The log loss beside the model's is the entropy of the share that changed."""
    found = report(name)
    for event in ("the class changes", "the tag changes"):
        expected = [line for line in lines(found, "expected") if line["Event"] == event]
        n, changed = (sum(line[column] for line in expected) for column in ("Lines", "Observed changes"))
        p = changed / n
        base = {line["Log loss of the base rate"] for line in lines(found, "model")
                if line["Event"] == event and line["Held out"] == "its condition"}  # fmt: skip
        assert len(base) == 1
        assert base.pop() == pytest.approx(-p * math.log(p) - (1 - p) * math.log(1 - p), rel=0.02)


@pytest.mark.parametrize("name", MITIGATION)
def test_what_is_recommended_follows_from_the_printed_tables(name):
    """The rule's first two sentences, applied by hand to the tables of remedies and prices."""
    found = report(name)
    prices = {line["Remedy"]: line for line in lines(found, "prices")}
    for advised in lines(found, "recommendation"):
        able = []
        for line in lines(found, "remedies"):
            price = prices[line["Remedy"]]
            costs = [cell.value for cell in (price["Δ clean accuracy"], line["Δ accuracy, served"]) if cell is not None]
            if (
                line["Serving method"] == advised["Serving method"]
                and price["Kind"] not in ("control", "margin", "no remedy")
                and not line["Remedy"].startswith(("refuse", "no remedy"))
                and line["Δ tag changes"].high < 0
                and line["Class changes"].value <= line["Class changes, without"].value
                and all(cost >= -0.02 for cost in costs)
            ):
                able.append(line)
        calls = [line for line in able if line["Remedy"].startswith(("call", "mean", "BatchNorm"))] or able
        assert advised["Recommended"] in {line["Remedy"] for line in calls}
        (chosen,) = [line for line in calls if line["Remedy"] == advised["Recommended"]]
        assert advised["Then"].value == chosen["Tag changes"].value
        removed = 1 - chosen["Tag changes"].value / chosen["Tag changes, without"].value
        assert advised["Damage removed"].value == pytest.approx(removed)
        assert f"from {100 * chosen['Tag changes, without'].value:.1f} to {100 * chosen['Tag changes'].value:.1f} %" in " ".join(
            found.headline
        )
