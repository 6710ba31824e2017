"""Pictures that are no files of their own in a set, written as files below the catalogue."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from robustfashion.atomic import atomic_path
from robustfashion.data.sources.public.records import Place
from robustfashion.errors import InputError
from robustfashion.pictures.bulk import ordered_map
from robustfashion.pictures.decode import Pixels

Content = Sequence[bytes | Pixels | InputError]
"""Pictures of a job: bytes as they are, pixels (uint8 RGB [H, W, 3] or gray [H, W]) for a PNG, or why there is none."""
Job = tuple[Sequence[Path], Callable[[], Content]]
"""Files below the catalogue's folder, and what gives their content, called only where one of the files is absent."""


def export_each(jobs: Sequence[Job], place: Place) -> list[list[str | None]]:
    """Write the pictures of every job, in threads; what is there already stays, so an interrupted import goes on.

    Args:
        jobs: what to write.
        place: where, and with how many threads.

    Returns:
        Per job and file, why there is no picture; None: it is there.
    """
    reasons = []
    for done, reason in enumerate(ordered_map(lambda job: _export(job[0], job[1], place.out), jobs, place.workers), start=1):
        reasons.append(reason)
        place.progress("writing pictures", done, len(jobs))
    return reasons


def _export(files: Sequence[Path], content: Callable[[], Content], out: Path) -> list[str | None]:
    if all((out / file).is_file() for file in files):
        return [None] * len(files)
    try:
        pictures = content()
    except InputError as error:
        return [str(error)] * len(files)
    return [_write(out / file, picture) for file, picture in zip(files, pictures, strict=True)]


def _write(file: Path, picture: bytes | Pixels | InputError) -> str | None:
    if isinstance(picture, InputError):
        return str(picture)
    with atomic_path(file) as temporary:
        if isinstance(picture, bytes):
            temporary.write_bytes(picture)
        else:
            Image.fromarray(picture).save(temporary, compress_level=1)
    return None
