"""Every adapter's real loader on a miniature of its set."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from robustfashion import taxonomy
from robustfashion.data.sources import open_catalogue
from robustfashion.data.sources.public import ADAPTERS, ImportSettings, import_public
from robustfashion.data.sources.public.label_map import read_label_map
from robustfashion.errors import InputError
from robustfashion.pictures.files import is_url, resolve
from robustfashion.pictures.reading import decode_file
from tests.data.sources.public import expected, miniatures

SETS = {
    "abo": (miniatures.abo, expected.ABO),
    "amazon-reviews-2023": (miniatures.amazon_reviews, expected.AMAZON),
    "clothing-dataset": (miniatures.clothing_full, expected.CLOTHING_FULL),
    "clothing-dataset-small": (miniatures.clothing_small, expected.CLOTHING_SMALL),
    "deepfashion-attributes": (miniatures.deepfashion, expected.DEEPFASHION),
    "fashion-mnist": (miniatures.fashion_mnist, expected.FASHION_MNIST),
    "fashionai": (miniatures.fashionai, expected.FASHIONAI),
    "fashionpedia": (miniatures.fashionpedia, expected.FASHIONPEDIA),
    "hm": (miniatures.hm, expected.HM),
    "imaterialist-2017": (miniatures.imaterialist_2017, expected.IMATERIALIST_2017),
    "imaterialist-2018": (miniatures.imaterialist_2018, expected.IMATERIALIST_2018),
    "kaggle-fashion-product-images": (miniatures.kaggle_fashion, expected.KAGGLE),
    "ut-zappos50k": (miniatures.ut_zappos, expected.UT_ZAPPOS),
}


def imported(name, tmp_path, **settings):
    if not (tmp_path / "set").exists():
        SETS[name][0](tmp_path / "set")
    return import_public(name, tmp_path / "set", tmp_path / "out", ImportSettings(cache=tmp_path / "cache", **settings))


@pytest.mark.parametrize("name", SETS)
def test_every_record_of_the_miniature(name, tmp_path):
    found = imported(name, tmp_path)
    rows = {row["id"]: row for row in found.catalogue.table.to_pylist()}
    assert set(rows) == set(SETS[name][1])
    for identity, wanted in SETS[name][1].items():
        row = rows[identity]
        if isinstance(wanted, str):
            assert wanted in (row["reason"] or ""), identity
        else:
            assert {"reason": row["reason"]} | {k: row[k] for k in wanted} == {"reason": None} | wanted, identity
        assert row["source"] == name and row["licence"]
    assert open_catalogue(tmp_path / "out").table.equals(found.catalogue.table)


@pytest.mark.parametrize("name", SETS)
def test_no_picture_is_lost_and_usable_ones_decode(name, tmp_path):
    found = imported(name, tmp_path)
    paths = Counter(path for path in found.catalogue.column("path") if path)
    if name not in ("fashionpedia", "fashion-mnist"):  # these are cut or taken out of the set's files
        for file in (tmp_path / "set").rglob("*"):
            if file.suffix in (".jpg", ".png"):
                assert paths[str(file.resolve())] >= 1, file
    usable = found.catalogue.usable()
    for path, digest in zip(usable.column("path"), usable.column("sha256"), strict=True):
        if not is_url(path):
            assert decode_file(resolve(usable.root, path)).ndim == 3 and digest
    report = found.report
    assert report["records"] == len(found.catalogue) == report["usable"] + sum(report["refused"].values())
    for column, said in report["columns"].items():
        for label, row in said["labels"].items():
            assert row["labelled"] == usable.column(column).count(label) <= row["hits"]


@pytest.mark.parametrize("name", SETS)
def test_the_same_again(name, tmp_path):
    first = imported(name, tmp_path)
    report = (tmp_path / "out" / "import.json").read_bytes()
    again = imported(name, tmp_path, workers=3)
    assert again.catalogue.table.equals(first.catalogue.table)
    assert (tmp_path / "out" / "import.json").read_bytes() == report


@pytest.mark.parametrize("name", sorted(ADAPTERS))
def test_an_empty_folder_tells_the_layout(name, tmp_path):
    if name == "huggingface":
        pytest.skip("needs the package datasets")
    (tmp_path / "set").mkdir()
    with pytest.raises(InputError, match="expected ") as caught:
        import_public(name, tmp_path / "set", tmp_path / "out")
    assert ADAPTERS[name].layout in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", SETS)
def test_without_its_pictures_nothing_is_written(name, tmp_path):
    SETS[name][0](tmp_path / "set")
    for file in (tmp_path / "set").rglob("*"):
        if file.suffix in (".jpg", ".png"):
            file.unlink()
    if name in ("fashion-mnist", "amazon-reviews-2023") or name.startswith("imaterialist"):
        imported(name, tmp_path)  # their pictures lie elsewhere
        return
    with pytest.raises(InputError, match="expected "):
        imported(name, tmp_path)
    assert not (tmp_path / "out" / "catalogue.parquet").exists()


@pytest.mark.parametrize("name", sorted(ADAPTERS))
def test_maps_are_sound_and_ask_for_fields_that_are_there(name, tmp_path):
    adapter = ADAPTERS[name]
    label_map = read_label_map(adapter.map_file)
    about = adapter.about
    assert about.title and about.licence and about.homepage and about.obtain and about.defects
    assert set(label_map.columns) <= {"product_type", "outlier_kind", *taxonomy.attributes()}
    for column, rule in label_map.columns.items():
        for step in rule.steps:
            named = [value.casefold() for values in step.labels.values() for value in values]
            assert len(named) == len(set(named)), f"{column}: a value stands for two labels"
            assert not set(named) & {value.casefold() for value in step.drop}, f"{column}: a value is mapped and dropped"


def test_maps_cover_every_label_of_the_taxonomy():
    found = {}
    for adapter in ADAPTERS.values():
        for column, rule in read_label_map(adapter.map_file).columns.items():
            found.setdefault(column, set()).update(label for step in rule.steps for label in step.labels)
    assert found["product_type"] == set(taxonomy.PRODUCT_TYPES)
    for name, attribute in taxonomy.attributes().items():
        assert found[name] == set(attribute.labels)


def test_a_deeper_folder_will_do(tmp_path):
    miniatures.fashion_mnist(tmp_path / "set" / "FashionMNIST" / "raw")
    assert len(imported("fashion-mnist", tmp_path).catalogue) == 10
    shutil.rmtree(tmp_path / "set")
    miniatures.hm(tmp_path / "set" / "h-and-m")
    assert imported("hm", tmp_path).catalogue.column("path")[0].endswith("set/h-and-m/images/010/0108775015.jpg")


def test_documentation_tells_what_the_maps_say():
    page = (Path(__file__).resolve().parents[4] / "docs" / "public-data.md").read_text(encoding="utf-8")
    for adapter in ADAPTERS.values():
        about = adapter.about
        assert f"| `{adapter.name}` | {about.licence} | " in page
        assert f"{about.obtain} | {'; '.join(about.defects)} |" in page
        counts = []
        for rule in (read_label_map(adapter.map_file).columns.get(name) for name in ("product_type", *taxonomy.attributes())):
            labels = {label for step in rule.steps for label in step.labels} if rule else set()
            weak = [step.phrases for step in rule.steps] if rule else [False]
            counts.append((str(len(labels)) if labels else "–") + (" w" if all(weak) else " (w)" if any(weak) else ""))
        assert f"| `{adapter.name}` | {' | '.join(counts)} |" in page
