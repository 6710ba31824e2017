"""Any image data set in the form of the Hugging Face ``datasets`` library: a folder of it, or its name."""

import importlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.export import Content, Job, export_each
from robustfashion.data.sources.public.records import Place, Records
from robustfashion.errors import InputError

LAYOUT = "a folder written by save_to_disk, a folder of Parquet files, or a name as organisation/name"

_SPLITS = {"train": "train", "validation": "validation", "val": "validation", "valid": "validation", "test": "test"}
_BATCH = 256
_SUFFIXES = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG", ".png"), (b"RIFF", ".webp"), (b"GIF8", ".gif"), (b"BM", ".bmp"))


def read(place: Place) -> Iterator[Records]:
    """Every row of every split; its picture is written with its own bytes to ``out/images/<split>/<number>``.

    Fields are all columns of text, numbers and class labels (by name), and lists of them.
    """
    for name, data in _load(place.root).items():
        feature = _image_column(data, name)
        fields = _fields(data, feature)
        licence = getattr(data.info, "license", "") or None
        plain = data.cast_column(feature, importlib.import_module("datasets").Image(decode=False))
        for start in range(0, len(plain), _BATCH):
            rows = plain[start : start + _BATCH]
            yield _batch(name, start, rows, feature, fields, licence, place)
            place.progress(f"reading {name}", min(start + _BATCH, len(plain)), len(plain))


def _load(source: Path) -> dict[str, Any]:
    try:
        datasets = importlib.import_module("datasets")
    except ImportError as error:
        raise InputError(f"huggingface: the package 'datasets' is needed ({error}); install it: pip install datasets") from error
    try:
        if (source / "dataset_dict.json").is_file() or (source / "state.json").is_file():
            found = datasets.load_from_disk(str(source))
        else:
            found = datasets.load_dataset(str(source))
    except Exception as error:  # the library raises exceptions of a dozen kinds
        raise InputError(f"{source}: datasets cannot load it ({type(error).__name__}: {error}); expected {LAYOUT}") from error
    return dict(found) if hasattr(found, "keys") else {"train": found}


def _image_column(data: Any, split: str) -> str:  # noqa: ANN401 - an optional package
    found = [name for name, feature in data.features.items() if type(feature).__name__ == "Image"]
    if not found:
        raise InputError(f"huggingface: split {split!r} has no column of pictures; its columns are {', '.join(data.features)}")
    return str(found[0])


def _fields(data: Any, image: str) -> dict[str, Callable[[Any], Any]]:  # noqa: ANN401 - an optional package
    """Per column of plain values, what makes text of a value."""
    return {name: found for name, f in data.features.items() if name != image and (found := _as_text(f)) is not None}


def _as_text(feature: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401 - an optional package
    kind = type(feature).__name__
    if kind == "ClassLabel":
        return lambda value: None if value is None or value < 0 else feature.int2str(value)
    if kind == "Value":
        return lambda value: None if value is None else str(value)
    inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)
    item = _as_text(inner) if inner is not None else None
    if item is None or kind not in ("list", "List", "Sequence", "LargeList"):
        return None
    return lambda values: None if values is None else [item(value) for value in values]


def _batch(
    split: str, start: int, rows: dict[str, list[Any]], image: str, fields: dict[str, Callable[[Any], Any]],
    licence: str | None, place: Place,
) -> Records:  # fmt: skip
    pictures = rows[image]
    n = len(pictures)
    ids = [f"{split}/{k:07}" for k in range(start, start + n)]
    paths = [_path(name, picture) for name, picture in zip(ids, pictures, strict=True)]
    jobs = [_job(path, picture) for path, picture in zip(paths, pictures, strict=True)]
    reasons = [reason for (reason,) in export_each(jobs, Place(place.root, place.out, place.workers))]
    return Records(
        records.text(ids), records.text(paths), {name: _array([said(v) for v in rows[name]]) for name, said in fields.items()},
        split=records.constant(_SPLITS.get(split.lower()), n), licence=records.constant(licence, n),
        reason=records.text(reasons), exported=True,
    )  # fmt: skip


def _array(values: Sequence[Any]) -> pa.Array:
    return pa.array(values, type=records.TEXTS if any(isinstance(v, list) for v in values) else records.TEXT)


def _path(name: str, picture: Any) -> str:  # noqa: ANN401 - {"bytes": …, "path": …} or None
    data = (picture or {}).get("bytes") or b""
    suffix = next((suffix for magic, suffix in _SUFFIXES if data.startswith(magic)), None)
    return f"images/{name}{suffix or Path((picture or {}).get('path') or 'x.bin').suffix}"


def _job(path: str, picture: Any) -> Job:  # noqa: ANN401 - see _path
    def content() -> Content:
        """Bytes of the picture, or why there are none."""
        if picture is None:
            raise InputError("it has no picture")
        if picture.get("bytes") is not None:
            return [picture["bytes"]]
        try:
            return [Path(picture["path"]).read_bytes()]
        except (OSError, TypeError) as error:
            raise InputError(f"its picture cannot be read ({error})") from error

    return [Path(path)], content
