"""The suite on predictions that somebody brings: every network at the same coverage, a temperature as the control."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from robustfashion.bench.regularization.settings import RegularizationSettings
from robustfashion.bench.regularization.suite import regularization
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable, write_predictions
from robustfashion.report.render import write_report

CLASSES = ("analogue", "digital", "hybrid")
TRAIN, VALIDATION, TEST, OUTLIERS = 30, 60, 100, 40


def answers(outliers_like: float, scale: float = 1.0) -> PredictionTable:
    """A network that knows its products; ``outliers_like``: how sure it is of outliers, as a part of how sure of products."""
    rng = np.random.default_rng(3)
    n = TRAIN + VALIDATION + TEST + OUTLIERS
    outlier = np.arange(n) >= n - OUTLIERS
    labels = np.where(outlier, -1, np.arange(n) % 3)
    logits = rng.normal(0, 0.7, (n, 3))
    logits[np.arange(n), np.arange(n) % 3] += np.where(outlier, 3.0 * outliers_like, 3.0)
    splits = ("train",) * TRAIN + ("validation",) * VALIDATION + ("test",) * TEST + (None,) * OUTLIERS
    return PredictionTable(
        tuple(f"p{i}" for i in range(n)), labels.astype(np.int64), (scale * logits).astype(np.float32),
        np.zeros((n, 0), np.float32), CLASSES, tuple(f"g{i // 2}" for i in range(n)), splits,
        tuple("near/clock" if o else None for o in outlier),
    )  # fmt: skip


def run(folder, tables, **changed):
    files = [folder / f"{name}.parquet" for name in tables]
    for file, table in zip(files, tables.values(), strict=True):
        write_predictions(table, file)
    return regularization(RegularizationSettings(predictions=tuple(files), resamples=100, cache=folder, **changed))


def rows(result, name):
    found = next(t for t in result.tables if t.id == name)
    return [dict(zip([c.name for c in found.columns], row, strict=True)) for row in found.rows]


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    tables = {"plain": answers(1.0), "shrunk": answers(1.0, 0.4), "better": answers(0.1)}
    return run(tmp_path_factory.mktemp("given"), tables, coverages=(0.6,))


def test_every_file_is_a_row_at_the_same_coverage(result):
    matched = {row["Answers by"]: row for row in rows(result, "matched")}
    assert list(matched) == ["plain", "shrunk", "better", "fitted temperature"]
    assert matched["better"]["Outliers at 60.0 %"].value < 0.1 < matched["plain"]["Outliers at 60.0 %"].value
    assert [row["Model"] for row in rows(result, "table4") if row["Where"] == "here"] == ["plain", "shrunk", "better"]
    assert result.headline[0].startswith(f"Of {TEST + OUTLIERS} pictures, {OUTLIERS} are outliers: at its own threshold")
    assert "the best remedy (better) changes that by" in result.headline[1]


def test_what_only_shrinks_the_logits_is_a_temperature(result):
    found = {row["With"]: row for row in rows(result, "temperature")}
    assert found["shrunk"]["Without"] == "plain, temperature 2.5"
    assert found["shrunk"]["Outliers answered, change"].value == pytest.approx(0)
    assert found["better"]["Outliers answered, change"].high < 0
    assert "Against a temperature of the same mean confidence, better" in result.headline[2]
    assert "it does more than shrink the logits" in result.headline[2]


def test_nothing_is_said_of_weight_decay(result, tmp_path):
    assert result.claims == []
    told = [*result.headline, *(text for t in result.tables for text in (t.title, *(c.name for c in t.columns)))]
    assert not [text for text in told if "weight decay" in text.lower()]
    assert result.provenance["device"] == "none: predictions were given" and "architectures" not in result.settings
    write_report(result, tmp_path)


def test_every_row_of_a_file_is_accounted_for(result):
    for row in rows(result, "accounting"):
        assert (row["Rows"], row["Validation"], row["Ordinary"], row["Outliers"], row["Other"]) == (230, 60, 100, 40, 30)


def test_outliers_of_products_that_were_learnt_from_are_left_out(tmp_path):
    table = answers(1.0)
    groups = (*table.groups[:-4], *table.groups[:4])
    (first, _) = rows(run(tmp_path, {"a": replace(table, groups=groups), "b": replace(table, groups=groups)}), "accounting")
    assert (first["Outliers"], first["Other"]) == (36, 34)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"splits": ()}, r"one\.parquet: has no validation picture with a label; temperatures are set on them"),
        ({"outlier_kinds": ()}, r"one\.parquet: has no outlier of new products; mark some"),
        ({"labels": np.full(230, -1)}, r"one\.parquet: has no ordinary picture of new products with a label"),
    ],
)
def test_files_that_do_not_do(change, message, tmp_path):
    table = replace(answers(1.0), **change)
    with pytest.raises(InputError, match=message):
        run(tmp_path, {"one": table, "two": table})


def test_files_that_do_not_fit(tmp_path):
    first = answers(1.0)
    ids = tuple(reversed(first.ids))
    with pytest.raises(InputError, match=r"two\.parquet: not of the same pictures as .*one\.parquet"):
        run(tmp_path, {"one": first, "two": replace(first, ids=ids)})
    with pytest.raises(InputError, match=r"two\.parquet: its classes are not those of .*one\.parquet"):
        run(tmp_path, {"one": first, "two": replace(first, classes=("a", "b", "c"))})
    other_order = replace(first, classes=(*CLASSES[1:], CLASSES[0]))
    with pytest.raises(InputError, match=r"two\.parquet: its classes stand in another order than in .*one\.parquet"):
        run(tmp_path, {"one": first, "two": other_order})
    with pytest.raises(InputError, match=r"two\.parquet: 'p90' has another product \(group\) than in .*one\.parquet"):
        run(tmp_path, {"one": first, "two": replace(first, groups=())})
    other_kinds = tuple("far/noise" if kind else None for kind in first.outlier_kinds)
    with pytest.raises(InputError, match=r"two\.parquet: 'p190' has another outlier_kind"):
        run(tmp_path, {"one": first, "two": replace(first, outlier_kinds=other_kinds)})
    with pytest.raises(InputError, match="give two files or more"):
        run(tmp_path, {"one": first})
    other = tmp_path / "other"
    other.mkdir()
    files = tmp_path / "one.parquet", other / "one.parquet"
    write_predictions(first, files[1])
    with pytest.raises(InputError, match="two files are called 'one'"):
        regularization(RegularizationSettings(predictions=files, cache=tmp_path))


@pytest.mark.parametrize(
    "idle", [{"weight_decays": (0.001, 0.5)}, {"seeds": (7,)}, {"split_seed": 3}, {"synthetic": SyntheticSettings(count=50)}]
)
def test_what_would_change_nothing_is_refused(idle):
    with pytest.raises(InputError, match=f"{next(iter(idle))} is .*, and predictions are given"):
        RegularizationSettings(predictions=(Path("a.npz"), Path("b.npz")), **idle)


@pytest.mark.parametrize("name", ["hard gate", "fitted temperature", "temperature instead of better"])
def test_a_file_called_as_a_row_of_the_suite(name, tmp_path):
    with pytest.raises(InputError, match=f"a file is called '{name}'.*rename it"):
        run(tmp_path, {"plain": answers(1.0), "better": answers(0.1), name: answers(0.5)})


def test_one_class_is_refused(tmp_path):
    table = answers(1.0)
    one = replace(table, classes=("analogue",), logits=table.logits[:, :1], labels=np.minimum(table.labels, 0))
    with pytest.raises(InputError, match=r"one\.parquet: knows 1 class"):
        run(tmp_path, {"one": one, "two": one})


def test_every_file_has_its_line_and_its_list(tmp_path):
    """The best of many stands in Table 4 and in the lists, too, wherever it was given."""
    tables = {"plain": answers(1.0)} | {f"r{k}": answers(k / 5) for k in range(5)}
    found = run(tmp_path, tables)
    assert "the best remedy (r0) changes" in found.headline[1]
    assert [row["Model"] for row in rows(found, "table4") if row["Where"] == "here"] == list(tables)
    lost = list(csv.DictReader(io.StringIO(found.lists["lost_products.csv"])))
    assert {line["row"] for line in lost} == set(tables)
    assert {line["seed"] for line in lost} == {""} and "seeds" not in found.headline[0], "whose they are is not known"


def test_a_copy_of_the_plain_network_changes_nothing(tmp_path):
    found = run(tmp_path, {"plain": answers(1.0), "copy": answers(1.0)}, coverages=(0.6,))
    for name in ("differences", "temperature"):
        (row,) = [row for row in rows(found, name) if row["With"] == "copy"]
        assert row["Outliers answered, change"].value == row["Risk, change"].value == 0
        assert row["p (Outliers answered, Holm)"] == 1
    assert "is not shown" in found.headline[2]


def test_a_remedy_that_no_temperature_is_like(tmp_path):
    found = run(tmp_path, {"plain": answers(1.0), "faint": answers(0.1, 1e-5)})
    assert "No temperature makes the network without the remedy as sure on average as faint." in found.headline
    assert [item.item for item in found.refused] == ["temperature instead of faint"]


def test_one_label_is_compared_at_as_many_tags_as_there_are_of_it(tmp_path):
    """As where networks are trained: most pictures are none of the label, and at Table 4's coverages they would get its tag."""

    def dress(table):
        return replace(table, classes=("other", "dress"), logits=table.logits[:, :2], labels=np.minimum(table.labels, 1))

    found = run(tmp_path, {"plain": dress(answers(1.0)), "better": dress(answers(0.1))})
    names = [c.name for c in next(t for t in found.tables if t.id == "matched").columns]
    assert len([name for name in names if name.startswith("Outliers at")]) <= 2
    assert "of the label dress" in found.headline[0]
