"""Both suites on predictions that somebody brings, through the command line: numbers by hand, counts, refusals, a round trip."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.special import softmax

from robustfashion.bench.__main__ import _main, main, parse
from robustfashion.errors import InputError
from robustfashion.predictions import Origin, PredictionTable, write_predictions

CLASSES = ("hat, small", "0", "dress")
SPLITS = ["test"] * 40 + ["validation"] * 8 + ["train"] * 4 + ["test"] * 5
OUTLIERS = [None] * 52 + ["person"] * 3 + [None] * 2
N = len(SPLITS)
TEST = np.arange(40)


@dataclass(frozen=True)
class Brought:
    """What a team knows: n pictures of which the first 40 are evaluated; the last two have no label."""

    labels: np.ndarray
    logits: np.ndarray

    @property
    def names(self) -> list[str]:
        return ["" if label < 0 else CLASSES[label] for label in self.labels]

    @property
    def predicted(self) -> np.ndarray:
        return self.logits[TEST].argmax(axis=1)

    @property
    def right(self) -> np.ndarray:
        return self.predicted == self.labels[TEST]

    @property
    def sure(self) -> np.ndarray:
        return softmax(self.logits.astype(float), axis=1).max(axis=1)


def _brought(seed: int) -> Brought:
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 3, N)
    labels[-2:] = -1
    logits = rng.normal(size=(N, 3)) + 1.5 * np.eye(3)[labels] + np.random.default_rng(seed).normal(scale=0.7, size=(N, 3))
    return Brought(labels, logits.astype(np.float32))


IDS = [f"{i:04}" for i in range(N)]
GROUPS = [f"p{i // 2}" for i in range(N)]


def _npz(path: Path, it: Brought, **changed) -> Path:
    arrays = {
        "ids": np.array(IDS), "labels": it.labels, "logits": it.logits, "classes": np.array(CLASSES), "groups": np.array(GROUPS),
        "splits": np.array(SPLITS), "outlier_kinds": np.array([kind or "" for kind in OUTLIERS]),
    } | changed  # fmt: skip
    np.savez(path, **{name: values for name, values in arrays.items() if values is not None})
    return path


def _columns(it: Brought) -> dict[str, list]:
    columns: dict[str, list] = {"id": IDS, "label": it.names, "group": GROUPS, "split": SPLITS, "outlier_kind": OUTLIERS}
    return columns | {f"logit:{name}": it.logits[:, k].tolist() for k, name in enumerate(CLASSES)}


def _csv(path: Path, it: Brought) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_columns(it))
        writer.writerows(zip(*_columns(it).values(), strict=True))
    return path


def _parquet(path: Path, it: Brought) -> Path:
    pq.write_table(pa.table(_columns(it)), path)
    return path


def _run(suite: str, files: list[Path | str], out: Path, *more: str) -> dict:
    _main([suite, "--predictions", *map(str, files), "--out", str(out), *more])
    assert (out / "index.html").stat().st_size > 10_000
    return json.loads((out / "result.json").read_text())


def _lines(result: dict, name: str) -> list[dict]:
    """Rows of a table by column name; estimates by their value."""
    table = next(table for table in result["tables"] if table["id"] == name)
    names = [column["name"] for column in table["columns"]]
    return [dict(zip(names, [c["value"] if isinstance(c, dict) else c for c in row], strict=True)) for row in table["rows"]]


@pytest.fixture(scope="module")
def brought():
    return [_brought(seed) for seed in range(3)]


@pytest.fixture(scope="module")
def resized(brought, tmp_path_factory):
    """The resize suite on a file of each format, named relatively to the folder where it runs."""
    folder = tmp_path_factory.mktemp("resize")
    _npz(folder / "pillow.bilinear.npz", brought[0])
    _csv(folder / "java2d.bilinear.csv", brought[1])
    _parquet(folder / "phone.parquet", brought[2])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = _run("resize", ["pillow.bilinear.npz", "java2d.bilinear.csv", "phone.parquet"], Path("out"))
    return result, folder / "out"


def test_changes_are_those_of_the_arrays(resized, brought):
    first, *others = brought
    threshold = first.sure[40:48].mean()
    lines = _lines(resized[0], "changes")
    assert [line["Serving method"] for line in lines] == ["java2d.bilinear", "phone"]
    for line, other in zip(lines, others, strict=True):
        assert line["Accuracy"] == pytest.approx(other.right.mean())
        assert line["Δ accuracy"] == pytest.approx(other.right.mean() - first.right.mean())
        assert line["Churn"] == pytest.approx((first.predicted != other.predicted).mean())
        assert line["Negative flips"] == pytest.approx((first.right & ~other.right).mean())
        assert line["Positive flips"] == pytest.approx((~first.right & other.right).mean())
        crossed = (first.sure[TEST] >= threshold) != (other.sure[TEST] >= threshold)
        assert line["Decision flips"] == pytest.approx(crossed.mean())
        assert line["Drift, mean"] == pytest.approx(np.abs(first.sure - other.sure)[TEST].mean(), abs=1e-6)
    [model] = _lines(resized[0], "models")
    assert model["Threshold"] == pytest.approx(threshold, abs=1e-6)
    assert {"table2", "accounting"} < {table["id"] for table in resized[0]["tables"]}
    assert "pixels" not in {table["id"] for table in resized[0]["tables"]}


def test_changed_products_are_listed_one_by_one(resized, brought):
    first, *others = brought
    threshold = first.sure[40:48].mean()
    wanted = []
    for method, other in zip(("java2d.bilinear", "phone"), others, strict=True):
        for i in TEST:
            before, after = first.sure[i] >= threshold, other.sure[i] >= threshold
            if first.predicted[i] != other.predicted[i] or before != after:
                named = {(True, True): "other tag", (True, False): "tag lost", (False, True): "tag gained"}
                change = named.get((bool(before), bool(after)), "other class, no tag")
                classes = CLASSES[first.predicted[i]], CLASSES[other.predicted[i]]
                wanted.append((IDS[i], GROUPS[i], CLASSES[first.labels[i]], method, change, *classes))
    text = (resized[1] / "changed_products.csv").read_text()
    columns = ("image", "product", "label", "served_with", "change", "class_before", "class_after")
    assert [tuple(line[name] for name in columns) for line in csv.DictReader(io.StringIO(text))] == wanted and len(wanted) > 10


def test_every_row_is_accounted_for(resized):
    for line, name in zip(
        _lines(resized[0], "accounting"), ("pillow.bilinear.npz", "java2d.bilinear.csv", "phone.parquet"), strict=True
    ):
        assert line == {"Predictions": name, "Rows": 57, "Evaluated": 40, "Products": 20, "Outliers": 3, "Other": 14}
    provenance = resized[0]["provenance"]
    assert provenance["device"] == "none: predictions were given" and resized[0]["scale"] == "own data"
    assert resized[0]["refused"] == []


def test_settings_name_what_mattered_alone(resized):
    assert set(resized[0]["settings"]) == {"predictions", "threshold", "scale", "out", "java_method"}


def test_report_names_methods_and_files(resized):
    page = (resized[1] / "index.html").read_text()
    assert all(text in page for text in ("phone.parquet", "java2d.bilinear", "given network"))


def test_a_given_threshold_is_taken(brought, tmp_path):
    files = [_npz(tmp_path / "a.npz", brought[0]), _npz(tmp_path / "b.npz", brought[1])]
    result = _run("resize", files, tmp_path / "out", "--threshold", "0.8")
    assert _lines(result, "models")[0]["Threshold"] == pytest.approx(0.8)
    assert "given on the command line" in json.dumps(result)


def test_without_splits_all_ordinary_labelled_rows_are_evaluated(brought, tmp_path):
    files = [_npz(tmp_path / f"{k}.npz", it, splits=None) for k, it in enumerate(brought)]
    result = _run("resize", files, tmp_path / "out")
    assert {line["Evaluated"] for line in _lines(result, "accounting")} == {52}
    threshold = brought[0].sure[:52].mean()
    assert _lines(result, "models")[0]["Threshold"] == pytest.approx(threshold, abs=1e-6)
    assert "no validation images" in json.dumps(result)


def test_unlabelled_files_give_changes_without_accuracies(brought, tmp_path, resized):
    files = [_npz(tmp_path / f"{k}.npz", it, labels=None) for k, it in enumerate(brought)]
    result = _run("resize", files, tmp_path / "out")
    lines = _lines(result, "changes")
    rows = np.r_[TEST, N - 2, N - 1]  # those without a label count as well where none has one
    for line, other in zip(lines, brought[1:], strict=True):
        assert line["Churn"] == pytest.approx((brought[0].logits[rows].argmax(1) != other.logits[rows].argmax(1)).mean())
    assert not {"Accuracy", "Negative flips"} & set(lines[0]) and result["claims"] == []
    assert "table2" not in {table["id"] for table in result["tables"]} and "no labels" in " ".join(result["headline"])
    assert _run("accuracy", [_npz(tmp_path / "labelled.npz", brought[0])], tmp_path / "a")["suite"] == "accuracy"
    with pytest.raises(InputError, match=r"1\.npz: no picture to evaluate has a label"):
        _run("accuracy", [files[1]], tmp_path / "b")


def test_accuracy_of_seeds_and_tasks(brought, tmp_path):
    dress = (np.array(["other", "dress"]), lambda it: np.where(it.labels < 0, -1, it.labels == 2))
    two = [np.stack([it.logits[:, :2].max(axis=1), it.logits[:, 2]], axis=1) for it in brought]
    files = [
        _npz(tmp_path / "seed0.npz", brought[0]),
        _npz(tmp_path / "dress0.npz", brought[0], classes=dress[0], labels=dress[1](brought[0]), logits=two[0]),
        _csv(tmp_path / "seed1.csv", brought[1]),
        _npz(tmp_path / "dress1.npz", brought[1], classes=dress[0], labels=dress[1](brought[1]), logits=two[1]),
        _parquet(tmp_path / "seed2.parquet", brought[2]),
    ]
    result = _run("accuracy", files, tmp_path / "out")
    [own] = _lines(result, "own-labels")
    assert own["Accuracy"] == pytest.approx(np.mean([it.right.mean() for it in brought]))
    assert own["Per seed"] == ", ".join(f"{100 * it.right.mean():.1f} %" for it in brought)
    assert (own["Classifier"], own["Architecture"], own["Classes"], own["Train images"]) == ("label", "given", 3, 4)
    [validator] = _lines(result, "table3")
    truth = dress[1](brought[0])[TEST]
    assert validator["Classifier"] == "dress" and validator["Paper's accuracy"] is not None
    assert validator["Accuracy"] == pytest.approx(np.mean([(logits[TEST].argmax(1) == truth).mean() for logits in two[:2]]))
    recall = {line["Label"]: line for line in _lines(result, "labels") if line["Classifier"] == "label"}
    there = brought[0].labels[TEST] == 1
    assert recall["0"]["Test images"] == there.sum() and recall["0"]["Recall"] == pytest.approx(brought[0].right[there].mean())
    assert [line["Evaluated"] for line in _lines(result, "accounting")] == [40] * 5
    assert not any(figure["kind"] == "gallery" for figure in result["figures"])


def test_tasks_of_own_classes_are_told_apart_by_their_files(brought, tmp_path):
    files = [
        _npz(tmp_path / "hats.npz", brought[0]),
        _npz(tmp_path / "more hats.npz", brought[1]),
        _npz(tmp_path / "bags.npz", brought[2], classes=np.array(["big", "small", "none"])),
    ]
    result = _run("accuracy", files, tmp_path / "out")
    assert [line["Classifier"] for line in _lines(result, "own-labels")] == ["hats", "bags"]
    assert len({figure["id"] for figure in result["figures"]}) == len(result["figures"])
    assert "1 to 2 seeds each" in " ".join(result["headline"])


SECOND = _brought(1)
TURNED = {
    "ids": np.array(IDS[::-1]), "labels": SECOND.labels[::-1], "logits": SECOND.logits[::-1], "splits": np.array(SPLITS[::-1]),
    "outlier_kinds": np.array([kind or "" for kind in OUTLIERS[::-1]]),
}  # fmt: skip
OTHER_LABELS = np.where(SECOND.labels < 0, -1, (SECOND.labels + 1) % 3)


@pytest.mark.parametrize(
    ("suite", "changed", "message"),
    [
        ("resize", {"ids": np.array(["new", *IDS[1:]])}, r"b\.npz: not of the same pictures as .*a\.npz: 2 ids"),
        ("accuracy", {"ids": np.array(["new", *IDS[1:]])}, r"b\.npz: not of the same pictures as .*a\.npz: 2 ids"),
        ("resize", TURNED, "the order of ids differs"),
        ("resize", {"labels": OTHER_LABELS}, r"b\.npz: '0000' has another label than in .*a\.npz"),
        ("accuracy", {"labels": OTHER_LABELS}, r"b\.npz: '0000' has another label than in .*a\.npz"),
        ("resize", {"classes": np.array(["a", "b", "c"])}, r"b\.npz: its classes are a, b, c, those of .*a\.npz hat"),
        ("accuracy", {"classes": np.array(CLASSES[::-1])}, r"b\.npz: the same classes as .*, but in another order"),
        ("resize", {"outlier_kinds": np.full(N, "person")}, r"b\.npz: has no ordinary picture"),
        ("accuracy", {"splits": np.full(N, "train")}, r"b\.npz: has no ordinary picture of the split 'test' .*train"),
        ("resize", {"logits": SECOND.logits * np.nan}, r"b\.npz: row 0 \(id '0000'\): logit of 'hat, small' is nan"),
    ],
)
def test_files_that_do_not_belong_together(suite, changed, message, brought, tmp_path):
    files = [_npz(tmp_path / "a.npz", brought[0]), _npz(tmp_path / "b.npz", SECOND, **changed)]
    with pytest.raises(InputError, match=message):
        _run(suite, files, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def _own(it: Brought, path: Path, **origin: str) -> Path:
    table = PredictionTable(tuple(IDS), it.labels, it.logits, np.zeros((N, 0), np.float32), CLASSES, origin=Origin(**origin))
    write_predictions(table, path)
    return path


def test_what_own_tables_say_of_themselves_is_heeded(brought, tmp_path):
    def own(name: str, k: int, network: str, method: str) -> Path:
        return _own(brought[k], tmp_path / name, network=network, preprocessing=method, preprocessing_digest=method)

    a, b = own("a.parquet", 0, "x", "pillow.box"), own("b.parquet", 1, "x", "opencv.area")
    again, other = own("again.parquet", 2, "x", "pillow.box"), own("other.parquet", 2, "y", "opencv.area")
    alien = own("alien.parquet", 2, "y", "pillow.box")
    result = _run("resize", [a, b], tmp_path / "out")
    assert [line["Serving method"] for line in _lines(result, "changes")] == ["opencv.area"]
    with pytest.raises(InputError, match=r"two files are of the method 'pillow\.box'"):
        _run("resize", [a, again], tmp_path / "no")
    with pytest.raises(InputError, match=r"other\.parquet: its answers are another network's \(y\) than those of .*a.parquet"):
        _run("resize", [a, other], tmp_path / "no")
    with pytest.raises(InputError, match=r"again\.parquet: .* by the same network"):
        _run("accuracy", [a, again], tmp_path / "no")
    with pytest.raises(InputError, match=r"other\.parquet: .* on other pixels"):
        _run("accuracy", [a, other], tmp_path / "no")
    assert len(_lines(_run("accuracy", [a, alien], tmp_path / "seeds"), "own-labels")[0]["Per seed"].split(",")) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resize", "--predictions", "a.npz"], "predictions is a.npz alone; give the training method's file first"),
        (["resize", "--predictions", "a.npz", "./a.npz"], "predictions names a.npz twice"),
        (["resize", "--predictions", "a.npz", "sub/a.csv"], "two files are of the method 'a'; rename"),
        (["resize", "--predictions", "a.npz", "nothing.npz"], "nothing.npz: no such file of predictions"),
        (["accuracy", "--predictions", "a.txt"], "a.txt: no such file of predictions"),
        (["accuracy", "--predictions", "a.npz", "a.npz"], "predictions names a.npz twice"),
        (["resize", "--predictions", "a.npz", "b.npz", "--data", "photos"], "data is photos, and predictions are given"),
        (["resize", "--predictions", "a.npz", "b.npz", "--checkpoint", "c.ckpt"], "checkpoint is c.ckpt, and predictions"),
        (["resize", "--predictions", "a.npz", "b.npz", "--matrix_methods", "[pillow.box]"], "matrix_methods is ['pillow.box']"),
        (["accuracy", "--predictions", "a.npz", "--positive", "dress"], "positive is dress"),
        (["accuracy", "--predictions", "a.npz", "--tasks", "[dress]"], "tasks is ['dress']"),
        (["resize", "--predictions"], "expected one argument"),
    ],
)
def test_bad_command_lines(arguments, message, brought, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _npz(tmp_path / "a.npz", brought[0])
    (tmp_path / "sub").mkdir()
    _csv(tmp_path / "sub" / "a.csv", brought[1])
    with pytest.raises(SystemExit) as end:
        main(arguments)
    error = capsys.readouterr().err
    assert end.value.code == 2 and message in error and "Traceback" not in error
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--predictions", "a.npz", "ü b.csv", "--threshold", "0.5"],
        ["--threshold", "0.5", "--predictions", "a.npz", "ü b.csv"],
        ["--predictions", "[a.npz, ü b.csv]", "--threshold", "0.5"],
        ["--predictions=[a.npz, ü b.csv]", "--threshold", "0.5"],
        ["--predictions", "a.npz", "--threshold", "0.5", "--predictions", "ü b.csv"],
        ["--predictions=a.npz", "--predictions=ü b.csv", "--threshold", "0.5"],
        ["--config", "files.yaml"],
    ],
)
@pytest.mark.parametrize("suite", ["resize", "accuracy"])
def test_ways_to_name_files(suite, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("files.yaml").write_text("predictions: [a.npz, ü b.csv]\nthreshold: 0.5\n", encoding="utf-8")
    found = parse(suite, arguments)
    assert found.predictions == (Path("a.npz"), Path("ü b.csv")) and found.threshold == 0.5


def test_without_arguments_nothing_is_given():
    assert parse("resize", []).predictions == ()


def test_an_emoji_and_a_bracket_are_names_like_others():
    assert parse("accuracy", ["--predictions", "😀.npz", "[1].npz"]).predictions == (Path("😀.npz"), Path("[1].npz"))


def test_order_of_rows_beyond_the_evaluated_does_not_matter(brought, tmp_path):
    """Other methods' files need no training or validation rows."""
    few = {name: np.asarray(values)[TEST] for name, values in (("ids", IDS), ("groups", GROUPS), ("splits", SPLITS))}
    few |= {"labels": brought[1].labels[TEST], "logits": brought[1].logits[TEST], "outlier_kinds": None}
    files = [_npz(tmp_path / "a.npz", brought[0]), _npz(tmp_path / "b.npz", brought[1], **few)]
    [line] = _lines(_run("resize", files, tmp_path / "out"), "changes")
    assert line["Churn"] == pytest.approx((brought[0].predicted != brought[1].predicted).mean())
