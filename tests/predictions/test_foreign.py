"""Another team's predictions: what is read from CSV, Parquet and NPZ, and how each mistake is named."""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.special import softmax

from robustfashion.errors import InputError
from robustfashion.predictions import open_predictions, write_predictions
from tests.predictions.samples import assert_equal, whole

LOGITS = np.array([[1.5, -2.0, 0.25], [0.0, 3.0, -1.0], [2.0, 2.5, 3.0]], np.float32)


def _csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def _columns(**changed: list) -> dict[str, list]:
    columns: dict[str, list] = {"id": ["x", "y", "z"], "label": ["a", "b", None]}
    columns |= {f"logit:{name}": LOGITS[:, k].tolist() for k, name in enumerate("abc")}
    return {name: values for name, values in (columns | changed).items() if values is not None}


def _write(kind: str, folder: Path, columns: dict[str, list]) -> Path:
    """The columns as a file of this kind."""
    path = folder / f"given.{kind}"
    if kind == "parquet":
        pq.write_table(pa.table(columns), path)
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
    return path


def _npz(folder: Path, **changed) -> Path:
    arrays = {"logits": LOGITS, "classes": np.array(["a", "b", "c"]), "ids": np.array(["x", "y", "z"])} | changed
    np.savez(folder / "given.npz", **{name: values for name, values in arrays.items() if values is not None})
    return folder / "given.npz"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_columns(kind, tmp_path):
    more = {
        "group": ["p", "p", "q"],
        "split": ["test", "validation", None],
        "outlier_kind": [None, None, "person"],
        "feature:1": [0.5, 1.5, 2.5],
        "feature:0": [0.0, 1.0, 2.0],
        "price": [1, 2, 3],
    }
    table = open_predictions(_write(kind, tmp_path, _columns(**more)))
    assert table.ids == ("x", "y", "z") and table.classes == ("a", "b", "c") and table.labels.tolist() == [0, 1, -1]
    np.testing.assert_array_equal(table.logits, LOGITS)
    np.testing.assert_array_equal(table.features, np.array([[0, 0.5], [1, 1.5], [2, 2.5]], np.float32))
    assert table.groups == ("p", "p", "q") and table.splits == ("test", "validation", None)
    assert table.outlier_kinds == (None, None, "person") and table.last_layer is None


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_scores_alone_are_enough(kind, tmp_path):
    table = open_predictions(_write(kind, tmp_path, _columns(id=None, label=None)))
    assert table.ids == ("0", "1", "2") and table.labels.tolist() == [-1] * 3 and table.features.shape == (3, 0)
    assert table.groups == table.splits == table.outlier_kinds == ()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_features_are_in_the_order_of_their_numbers(kind, tmp_path):
    features = {f"feature:{j}": [float(j)] * 3 for j in sorted(range(12), key=str)}
    table = open_predictions(_write(kind, tmp_path, _columns(**features)))
    assert table.features[0].tolist() == list(range(12))


def test_classes_that_look_like_numbers(tmp_path):
    path = _csv(tmp_path / "p.csv", "id,label,logit:0,logit:2,logit:4\n007,4,0,0,1\n8,0,1,0,0\n010,,1,0,0\n")
    table = open_predictions(path)
    assert table.ids == ("007", "8", "010") and table.classes == ("0", "2", "4") and table.labels.tolist() == [2, 0, -1]


def test_only_an_empty_cell_is_empty(tmp_path):
    text = 'id,label,logit:NA,logit:null,group\nNA,NA,1,2,"nan"\nnull,null,1,2,NULL\nNaN,"",1,2,n/a\n'
    table = open_predictions(_csv(tmp_path / "p.csv", text))
    assert table.ids == ("NA", "null", "NaN") and table.labels.tolist() == [0, 1, -1] and table.groups == ("nan", "NULL", "n/a")


def test_quoted_names(tmp_path):
    text = 'id,label,"logit:a, b","logit:say ""hi""\nnow"\n"x, 1","a, b",1,2\n"line\nbreak","say ""hi""\nnow",1,2\n'
    table = open_predictions(_csv(tmp_path / "p.csv", text))
    assert table.classes == ("a, b", 'say "hi"\nnow') and table.ids == ("x, 1", "line\nbreak") and table.labels.tolist() == [0, 1]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_dialects(delimiter, encoding, end, tmp_path):
    lines = ["label,logit:Rock,logit:Größe", "Größe,1.5,2e-3", "Rock,-1,0"]
    path = tmp_path / "p.csv"
    path.write_bytes((end.join(lines).replace(",", delimiter) + end).encode(encoding))
    table = open_predictions(path)
    assert table.classes == ("Rock", "Größe") and table.labels.tolist() == [1, 0]
    np.testing.assert_array_equal(table.logits, np.array([[1.5, 2e-3], [-1, 0]], np.float32))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "lines",
    [
        ["id,label,logit:a,logit:b,,", "x,a,1,2,,", '"y,\n1",,3,4,,', ",,,,,"],
        ["id,label,logit:a,logit:b", "x,a,1,2,,", '"y,\n1",,3,4', ",,,"],
        ["id,label,logit:a,logit:b, ", "x,a,1,2", "", '"y,\n1",,3,4,', ",,,,,,"],
        ["id,label,logit:a,logit:b", "x,a,1,2", ",,,", '"y,\n1",,3,4'],
    ],
)
def test_what_spreadsheets_leave_at_the_end(lines, delimiter, tmp_path):
    text = "\r\n".join(lines).replace(",", delimiter).replace(f"y{delimiter}", "y,")
    table = open_predictions(_csv(tmp_path / "p.csv", text))
    assert table.ids == ("x", "y,\n1") and table.labels.tolist() == [0, -1] and table.logits.tolist() == [[1, 2], [3, 4]]


def test_whole_numbers_before_fractions_in_a_long_file(tmp_path):
    """Types that are guessed from the first megabyte would fail behind it."""
    rows = [f"{i:06},1,2" for i in range(150_000)] + ["last,1.5,2.5"]
    table = open_predictions(_csv(tmp_path / "p.csv", "id,logit:a,logit:b\n" + "\n".join(rows) + "\n"))
    assert len(table.ids) == 150_001 and table.ids[7] == "000007" and table.logits[-1].tolist() == [1.5, 2.5]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_probabilities_become_their_logarithms(kind, tmp_path):
    shares = softmax(LOGITS.astype(float), axis=1)
    shares[1] = [0, 1, 0]
    columns = {f"probability:{name}": shares[:, k].tolist() for k, name in enumerate("abc")}
    table = open_predictions(_write(kind, tmp_path, columns))
    np.testing.assert_allclose(table.probabilities, shares, atol=1e-6)
    assert np.isfinite(table.logits).all()


def test_types_of_other_writers(tmp_path):
    """pandas' categories, half floats, and whole numbers as ids and labels."""
    columns = {
        "id": pa.array([7, 8, 9]),
        "label": pa.array(["2", "0", None]).dictionary_encode(),
        "logit:0": pa.array(LOGITS[:, 0].astype(np.float16)),
        "logit:2": pa.array([1, 2, 3]),
        "__index_level_0__": pa.array([0, 1, 2]),
    }
    pq.write_table(pa.table(columns), tmp_path / "p.parquet")
    table = open_predictions(tmp_path / "p.parquet")
    assert table.ids == ("7", "8", "9") and table.labels.tolist() == [1, 0, -1]
    np.testing.assert_array_equal(table.logits[:, 0], LOGITS[:, 0])


def test_own_table_comes_back_whole(tmp_path):
    write_predictions(whole(), tmp_path / "own.parquet")
    assert_equal(open_predictions(tmp_path / "own.parquet"), whole())


def test_arrays(tmp_path):
    features = np.arange(6, dtype=np.float64).reshape(3, 2)
    weight, bias = np.array([[1.0, 2], [3, 4], [5, 6]]), np.array([0.5, 0, -1])
    path = _npz(
        tmp_path,
        logits=features @ weight.T + bias,
        labels=np.array(["c", "", "a"]),
        groups=np.array([1, 1, 2]),
        splits=np.array(["test", "", "train"]),
        outlier_kinds=np.array(["", "person", ""]),
        features=features,
        weight=weight,
        bias=bias,
        notes=np.array("more"),
    )
    table = open_predictions(path)
    assert table.labels.tolist() == [2, -1, 0] and table.groups == ("1", "1", "2") and table.splits == ("test", None, "train")
    assert table.outlier_kinds == (None, "person", None)
    assert table.last_layer is not None
    np.testing.assert_array_equal(table.last_layer.weight, weight)
    np.testing.assert_allclose(table.features @ table.last_layer.weight.T + table.last_layer.bias, table.logits)
    assert table.logits.dtype == table.features.dtype == table.last_layer.bias.dtype == np.float32


def test_class_numbers_and_bytes(tmp_path):
    table = open_predictions(_npz(tmp_path, labels=np.array([2, -1, 0], np.int32), ids=np.array([b"x", "é".encode(), b"z"])))
    assert table.labels.tolist() == [2, -1, 0] and table.ids == ("x", "é", "z")
    table = open_predictions(_npz(tmp_path, labels=np.array([2, -1, 0]), classes=np.arange(3), ids=None))
    assert table.classes == ("0", "1", "2") and table.labels.tolist() == [2, -1, 0] and table.ids == ("0", "1", "2")


def test_labels_that_are_names_or_places_are_refused(tmp_path):
    """2 is the class "2" or the third class: "4"."""
    classes = np.array(["0", "2", "4"])
    with pytest.raises(InputError, match="labels as texts"):
        open_predictions(_npz(tmp_path, classes=classes, labels=np.array([0, 2, 2])))
    table = open_predictions(_npz(tmp_path, classes=classes, labels=np.array([0, 2, 2]).astype(str)))
    assert table.labels.tolist() == [0, 1, 1]


def test_many_classes(tmp_path):
    k = 1500
    logits = np.random.default_rng(0).normal(size=(2, k)).astype(np.float32)
    columns = {f"logit:c{j}": logits[:, j].tolist() for j in range(k)}
    for kind in ("csv", "parquet"):
        np.testing.assert_allclose(open_predictions(_write(kind, tmp_path, columns)).logits, logits)
    with pytest.raises(InputError) as caught:
        open_predictions(_write("csv", tmp_path, columns | {"label": ["c1", "nothing"]}))
    assert len(str(caught.value)) < 500 and "'nothing'" in str(caught.value) and "1500 in all" in str(caught.value)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({f"logit:{name}": None for name in "abc"}, r"no column 'logit:CLASS' or 'probability:CLASS' \(columns: id, label\)"),
        ({"logit:b": None, "logit:c": None}, "the one class 'a'.*sigmoid"),
        ({"logit:": [1.0, 2.0, 3.0]}, "a class has no name"),
        ({"id": ["x", "y", "x"]}, "id 'x' stands in rows 0 and 2"),
        ({"id": ["x", None, "z"]}, "row 1 has no id"),
        ({"label": ["a", "dress", "b"]}, r"row 1 \(id 'y'\) is labelled 'dress', which is none of the classes a, b, c"),
        ({"label": ["a", "A", "b"]}, "row 1 .* is labelled 'A'"),
        ({"label": None, "Labels": ["a", "a", "b"]}, "has 'Labels'; call it 'label'"),
        ({"id": None, "ID": ["x", "y", "z"]}, "has 'ID'; call it 'id'"),
        ({"outlier kind": ["x", "y", "z"]}, "call it 'outlier_kind'"),
        ({"logit:b": [1.0, float("nan"), 1.0]}, r"row 1 \(id 'y'\): logit of 'b' is nan.*1 of 3 rows"),
        ({"logit:b": [1.0, 1.0, float("inf")]}, r"row 2 \(id 'z'\): logit of 'b' is inf"),
        ({"logit:b": [1.0, 1.0, 1e39]}, r"row 2 \(id 'z'\): logit of 'b' is 1e\+39"),
        ({"logit:b": [1.0, None, 1.0]}, "row 1, column 'logit:b' is empty"),
        ({"logit:b": ["1", "x", "2"]}, "row 1, column 'logit:b' is 'x', not a number"),
        ({"logit:b": ["1", "1,5", "2"]}, "'1,5', not a number.*decimal point"),
        ({"feature:0": [1.0, 2.0, float("nan")]}, r"row 2 \(id 'z'\): feature 0 is nan"),
        ({"feature:1": [1.0, 2.0, 3.0]}, "has the column 'feature:1'; 1 features are feature:0 to feature:0"),
        ({"feature:x": [1.0, 2.0, 3.0]}, "has the column 'feature:x'"),
        ({"group": ["p", None, "q"]}, r"row 1 \(id 'y'\) has no group"),
        ({"split": ["test", "val", "train"]}, r"row 1 \(id 'y'\) is of split 'val'; a split is train, validation, test"),
    ],
)
def test_mistakes_in_columns(kind, changed, message, tmp_path):
    path = _write(kind, tmp_path, _columns(**changed))
    with pytest.raises(InputError, match=message) as caught:
        open_predictions(path)
    assert str(caught.value).startswith(f"{path}: ") and str(caught.value).count(str(path)) == 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[0.5, 0.4], [0.3, 0.6]], r"row 0 has probabilities that sum to 0.9, not 1 \(2 rows in all\); if they are logits"),
        ([[0.5, 0.5], [1.25, -0.25]], r"row 1 has probability -0.25 below 0 \(1 rows in all\)"),
    ],
)
def test_no_probabilities(rows, message, tmp_path):
    text = "probability:a,probability:b\n" + "".join(f"{a},{b}\n" for a, b in rows)
    with pytest.raises(InputError, match=message):
        open_predictions(_csv(tmp_path / "p.csv", text))
    with pytest.raises(InputError, match=message):
        open_predictions(_npz(tmp_path, logits=None, ids=None, classes=np.array(["a", "b"]), probabilities=np.array(rows)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Empty CSV file"),
        ("a,b\n1,2\n", r"no column .* \(columns: a, b\)"),
        ("logit:a,logit:b\n", "holds no row"),
        ("logit:a,logit:b\n1,2\n3\n", "Expected 2 columns, got 1"),
        ("logit:a,logit:b,\n1,2,3\n", "Expected 2 columns, got 3"),
        ("logit:a,,logit:b\n1,2,3\n,,\n4,,\n", "row 1, column 'logit:b' is empty"),
        ("logit:a,logit:b,,\n,,,\n", "holds no row"),
        (f'logit:a,logit:b,\n1,"{"2," * 99_999}\n', "a quoted value may not be closed"),
        ("logit:a,logit:a\n1,2\n", "the column 'logit:a' more than once"),
        ("id,id,logit:a,logit:b\nx,y,1,2\n", "the column 'id' more than once"),
        ("logit:a;logit:b\n1,5;2\n", "row 0, column 'logit:a' is '1,5', not a number"),
        ("logit:a,logit:b\n1,\n", "row 0, column 'logit:b' is empty"),
        ("logit:a,logit:b\n1,NA\n", "row 0, column 'logit:b' is 'NA'"),
    ],
)
def test_mistakes_in_csv(text, message, tmp_path):
    with pytest.raises(InputError, match=message):
        open_predictions(_csv(tmp_path / "p.csv", text))


@pytest.mark.parametrize("encoding", ["latin-1", "cp037"])
def test_other_encodings_are_refused(encoding, tmp_path):
    with pytest.raises(InputError, match=r"p\.csv: .*UTF-?8"):
        open_predictions(_csv(tmp_path / "p.csv", "logit:Größe,logit:b\n1,2\n", encoding))
    if encoding == "latin-1":
        with pytest.raises(InputError, match=r"p\.csv: .*UTF-?8"):
            open_predictions(_csv(tmp_path / "p.csv", "id,logit:a,logit:b\nGröße,1,2\n", encoding))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"logits": None}, r"needs arrays 'logits' \[n, k\] and 'classes' \[k\], has classes, ids"),
        ({"classes": None}, "needs arrays"),
        ({"logits": LOGITS[:, 0]}, r"'logits' has shape \[3\]; it must have 2 dimensions"),
        ({"classes": np.array("abc")}, r"'classes' has shape \[\]"),
        ({"classes": np.array(["a", "b"])}, r"'classes' has shape \[2\], but 'logits' has \[3, 3\], so that it must be \[3\]"),
        ({"classes": np.array(["a", "b", "a"])}, "class 'a' is named twice"),
        ({"classes": np.array(["a", "b", ""])}, "a class has no name"),
        ({"classes": np.array([0.5, 1, 2])}, "'classes' are of type float64; give texts"),
        ({"ids": np.array(["x", "y"])}, r"'ids' has shape \[2\]"),
        ({"ids": np.array(["x", "y", "x"])}, "id 'x' stands in rows 0 and 2"),
        ({"ids": np.array(["x", "y", ""])}, "row 2 has no id"),
        ({"labels": np.array(["a", "b"])}, r"'labels' has shape \[2\]"),
        ({"labels": np.array([0, 1, 3])}, r"row 2 \(id 'z'\) has class number 3; there are 3 classes, 0 to 2, and -1 for none"),
        ({"labels": np.array([0, -2, 1])}, "class number -2"),
        ({"labels": np.array([0.0, 1.0, 2.0])}, "'labels' are of type float64; give class names, or whole numbers"),
        ({"labels": np.array(["a", "x", "b"])}, r"row 1 \(id 'y'\) is labelled 'x'"),
        ({"label": np.array(["a", "a", "b"])}, "has 'label'; call it 'labels'"),
        ({"splits": np.array(["val", "", ""])}, "split 'val'"),
        ({"groups": np.array(["p", "", "q"])}, "has no group"),
        ({"features": np.zeros((2, 4))}, "'features' have 2 rows, 'logits' 3"),
        ({"features": np.zeros(3)}, r"'features' has shape \[3\]"),
        ({"features": np.full((3, 2), np.nan)}, "feature 0 is nan"),
        ({"logits": np.full((3, 3), -np.inf)}, "logit of 'a' is -inf"),
        ({"logits": LOGITS.astype(str)}, "'logits' are of type <U32; give numbers"),
        ({"logits": LOGITS[:0], "ids": None}, "holds no row"),
        ({"weight": np.zeros((3, 4))}, "has 'weight' alone"),
        ({"weight": np.zeros((3, 4)), "bias": np.zeros(3)}, r"'weight' has shape \[3, 4\].*\[3, 0\]"),
        ({"features": np.ones((3, 4)), "weight": np.zeros((4, 3)), "bias": np.zeros(3)}, r"\[4, 3\].*torch's weight"),
        ({"features": np.ones((3, 4)), "weight": np.zeros((3, 4)), "bias": np.zeros(3)}, "logits differ from features @"),
        ({"features": np.ones((3, 4)), "weight": np.full((3, 4), np.nan), "bias": np.zeros(3)}, "NaN or infinity"),
    ],
)
def test_mistakes_in_arrays(changed, message, tmp_path):
    path = _npz(tmp_path, **changed)
    with pytest.raises(InputError, match=message) as caught:
        open_predictions(path)
    assert str(caught.value).startswith(f"{path}: ") and str(caught.value).count(str(path)) == 1


class _Code:
    def __reduce__(self):
        return (Path.touch, (Path("executed"),))


def test_pickled_objects_are_not_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = _npz(tmp_path, ids=np.array([_Code(), "y", "z"], dtype=object))
    with pytest.raises(InputError, match=r"array 'ids' holds pickled Python objects.*dtype=str"):
        open_predictions(path)
    assert open_predictions(_npz(tmp_path, other=np.array([_Code()]))).ids == ("x", "y", "z")  # not even looked at
    np.save(tmp_path / "given.npz.npy", LOGITS)
    (tmp_path / "given.npz.npy").replace(path)
    with pytest.raises(InputError, match="not an NPZ file"):
        open_predictions(path)
    assert not Path("executed").exists()


@pytest.mark.parametrize("kind", ["npz", "parquet"])
@pytest.mark.parametrize("damage", [lambda d: d[:50], lambda _: b"", lambda d: d[:80] + bytes(40) + d[120:], lambda d: d[:-9]])
def test_damaged_files_are_one_error(kind, damage, tmp_path):
    path = _npz(tmp_path) if kind == "npz" else _write(kind, tmp_path, _columns())
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match=rf"given\.{kind}: "):
        open_predictions(path)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.csv: no such file of predictions"):
        open_predictions(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match=r"p.xlsx: predictions are read from .parquet, .csv, .npz files"):
        open_predictions(_csv(tmp_path / "p.xlsx", "x"))
    assert open_predictions(_csv(tmp_path / "P.CSV", "logit:a,logit:b\n1,2\n")).classes == ("a", "b")


@pytest.mark.parametrize("mark", ["§", "x", "\r", "\0"])
def test_sep_lines_that_name_no_delimiter(tmp_path, mark):
    (tmp_path / "p.csv").write_text(f"sep={mark}\nid{mark}logit:a{mark}logit:b\nx{mark}1{mark}2\n", encoding="utf-8", newline="")
    with pytest.raises(InputError, match=r"p\.csv: "):
        open_predictions(tmp_path / "p.csv")
