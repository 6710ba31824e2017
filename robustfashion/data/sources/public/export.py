"""Pictures that are no files of their own in a set, written as files below the catalogue."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from robustfashion.atomic import atomic_path
from robustfashion.data.decode import Pixels
from robustfashion.data.progress import ordered_map
from robustfashion.data.sources.public.records import Place
from robustfashion.errors import InputError


def export_each(jobs: Sequence[tuple[Sequence[Path], Callable[[], Sequence[bytes | Pixels]]]], place: Place) -> list[str | None]:
    """Write the pictures of every job, in threads; what is there already stays, so an interrupted import goes on.

    Args:
        jobs: files below ``place.out`` and what gives their content, in the same order: bytes as they are, pixels (uint8
            RGB [H, W, 3] or gray [H, W]) as PNG. It is called only where one of the files is absent.
        place: where, and with how many threads.

    Returns:
        Per job, why its pictures cannot be had; None: they are there.
    """
    reasons = []
    for done, reason in enumerate(ordered_map(lambda job: _export(job[0], job[1], place.out), jobs, place.workers), start=1):
        reasons.append(reason)
        place.progress("writing pictures", done, len(jobs))
    return reasons


def _export(files: Sequence[Path], content: Callable[[], Sequence[bytes | Pixels]], out: Path) -> str | None:
    if all((out / file).is_file() for file in files):
        return None
    try:
        pictures = content()
    except InputError as error:
        return str(error)
    for file, picture in zip(files, pictures, strict=True):
        with atomic_path(out / file) as temporary:
            if isinstance(picture, bytes):
                temporary.write_bytes(picture)
            else:
                Image.fromarray(picture).save(temporary, compress_level=1)
    return None
