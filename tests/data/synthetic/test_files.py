import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from robustfashion.data.catalogue_file import read_catalogue
from robustfashion.data.synthetic import SyntheticSettings, render_catalogue, sample_spec
from robustfashion.errors import InputError
from robustfashion.pictures.reading import decode_file
from robustfashion.taxonomy import attributes

SETTINGS = SyntheticSettings(count=20, seed=4, long_side_px=(40, 90))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    out = tmp_path_factory.mktemp("catalogue") / "new"
    return out, render_catalogue(out, SETTINGS)


def files(out):
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_rows(rendered):
    out, catalogue = rendered
    assert len(catalogue) == 20
    assert read_catalogue(out / "catalogue.parquet").table.equals(catalogue.table)
    assert len(set(catalogue.column("id"))) == 20
    assert catalogue.column("label") == catalogue.column("product_type")
    assert catalogue.column("split") == catalogue.column("reason") == catalogue.column("outlier_kind") == [None] * 20
    for k, (path, digest, group) in enumerate(zip(*(catalogue.column(c) for c in ("path", "sha256", "group")), strict=True)):
        spec = sample_spec(4, k, SETTINGS)
        assert group == spec.group
        assert hashlib.sha256((out / path).read_bytes()).hexdigest() == digest
        assert decode_file(out / path).shape == (*spec.size, 3)
        for name, label in spec.attributes().items():
            assert catalogue.column(name)[k] == label
    assert {name for name in files(out) if name.startswith("images/")} == set(catalogue.column("path"))


def test_batches_change_nothing(rendered, tmp_path, monkeypatch):
    out, catalogue = rendered
    monkeypatch.setattr("robustfashion.data.synthetic.files._BATCH", 7)
    monkeypatch.setattr("robustfashion.data.synthetic.factors._BATCH", 3)
    assert render_catalogue(tmp_path, SETTINGS).table.equals(catalogue.table)
    assert pq.read_table(tmp_path / "factors.parquet").equals(pq.read_table(out / "factors.parquet"))


def test_factors_tell_what_the_catalogue_does_not(tmp_path):
    settings = SyntheticSettings(
        count=70, seed=4, long_side_px=(24, 30), ambiguity=0.5, label_noise=0.4, outlier_share=0.2, mis_filed=0.2
    )
    catalogue = render_catalogue(tmp_path, settings)
    factors = pq.read_table(tmp_path / "factors.parquet").to_pylist()
    rows = catalogue.table.to_pylist()
    assert [row["id"] for row in factors] == catalogue.column("id")
    wrong = 0
    for row, truth in zip(rows, factors, strict=True):
        for name in attributes():
            assert row[name] == (truth[f"{name}.wrong"] or truth[name])
            wrong += truth[f"{name}.wrong"] is not None
            assert (truth[f"{name}.toward"] is None) == (truth[f"{name}.amount"] == 0)
        for name in ("label", "product_type", "outlier_kind", "split", "group"):
            assert row[name] == truth[name]
        assert (row["outlier_kind"] is None) == (row["label"] == row["product_type"])
        assert not (row["split"] != "train" and any(truth[f"{name}.wrong"] for name in attributes()))
    assert wrong > 5
    assert {row["split"] for row in rows} == {"train", "validation", "test"}
    assert {"background", "pattern", "quality", "roll", "palette", "stamp"} <= set(factors[0])


def test_kinds_of_files(rendered):
    out, catalogue = rendered
    for path in catalogue.column("path"):
        with Image.open(out / path) as image:
            assert image.format == ("PNG" if path.endswith("png") else "JPEG")
            assert image.mode == "RGB"


def test_two_processes_write_the_same(rendered, tmp_path):
    out, _ = rendered
    calls = []
    render_catalogue(tmp_path, SETTINGS, workers=2, progress=lambda *call: calls.append(call))
    assert files(tmp_path) == files(out)
    assert calls[0][1:] == (0, 20)
    assert calls[-1][1:] == (20, 20)
    assert [call[1] for call in calls] == sorted(call[1] for call in calls)


def test_goes_on_where_it_was_stopped(rendered, tmp_path):
    out, _ = rendered

    def stop(_what, done, _total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_catalogue(tmp_path, SETTINGS, progress=stop)
    left = files(tmp_path)
    assert 0 < len(left) - 1 < 20
    assert "catalogue.parquet" not in left
    assert all(files(out)[name] == data for name, data in left.items())
    kept = next(tmp_path.rglob("*.jpg"))
    kept.write_bytes(b"kept as it is")
    render_catalogue(tmp_path, SETTINGS)
    assert kept.read_bytes() == b"kept as it is"
    kept.unlink()
    render_catalogue(tmp_path, SETTINGS)
    assert files(tmp_path) == files(out)


def test_more_images_are_added_to_what_is_there(rendered, tmp_path):
    out, catalogue = rendered
    render_catalogue(tmp_path, replace(SETTINGS, count=5))
    grown = render_catalogue(tmp_path, SETTINGS)
    assert grown.table.equals(catalogue.table)
    assert files(tmp_path) == files(out)


def test_other_settings_are_refused(rendered):
    out, _ = rendered
    with pytest.raises(InputError, match="other settings"):
        render_catalogue(out, replace(SETTINGS, seed=5))


def test_foreign_or_damaged_folders_are_refused(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(InputError, match="is a file"):
        render_catalogue(file, SETTINGS)
    foreign = tmp_path / "foreign"
    for other in ("images/x.jpg", "dress/x.jpg", "photo.jpg", "notes.txt"):
        shutil.rmtree(foreign, ignore_errors=True)
        (foreign / other).parent.mkdir(parents=True)
        (foreign / other).touch()
        with pytest.raises(InputError, match=rf"not rendered here \({other.split('/')[0]}\); give another folder"):
            render_catalogue(foreign, SETTINGS)
        assert [path.name for path in foreign.rglob("*") if path.is_file()] == [Path(other).name]
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for text in ("{", json.dumps([1]), "{}"):
        (damaged / "synthetic.json").write_text(text)
        with pytest.raises(InputError, match="not readable"):
            render_catalogue(damaged, SETTINGS)
    with pytest.raises(InputError, match="workers is 0"):
        render_catalogue(tmp_path / "new", SETTINGS, workers=0)


def test_pictures_of_one_catalogue_differ(rendered):
    out, catalogue = rendered
    assert len(set(catalogue.column("sha256"))) == 20
    means = [decode_file(out / path).mean(axis=(0, 1)) for path in catalogue.column("path")]
    assert np.std(means, axis=0).min() > 3
