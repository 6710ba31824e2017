"""What the operating system refuses, in words, with the way out; standard library only."""

import errno
import os
import shutil
import sys
from pathlib import Path

from robustfashion.errors import InputError

_WAYS_OUT = {
    errno.EACCES: "choose a place that you may write to and files that you may read, or change their permissions",
    errno.EPERM: "choose a place that you may write to and files that you may read, or change their permissions",
    errno.EROFS: "that disk is read-only; choose a place on another one",
    errno.ENOSPC: "the disk is full; make room, or choose a place on another one",
    errno.EDQUOT: "your share of the disk is used up; make room, or choose a place on another one",
    errno.EFBIG: "files may not grow so large there (`ulimit -f`, or the kind of disk); raise the limit, or choose another place",
    errno.EIO: "the disk or its network connection fails; choose another one",
    errno.ESTALE: "the network disk is gone; mount it again",
    errno.ENOTCONN: "the network disk is gone; mount it again",
    errno.ENOTDIR: "a part of the path is a file; choose another place",
    errno.EEXIST: "there is a file of that name; choose another place",
    errno.EISDIR: "that is a folder; give the name of a file",
    errno.ENOTEMPTY: "the folder is not empty; choose another place",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ELOOP: "links lead in a circle there; choose another place",
    errno.EBUSY: "another program uses it; try again later",
    errno.ETXTBSY: "another program uses it; try again later",
    errno.EMFILE: "too many files are open; use fewer workers, or raise the limit (`ulimit -n`)",
    errno.ENFILE: "too many files are open on this machine; close some programs",
    errno.ENOMEM: "memory is used up; close some programs, or use fewer workers",
    errno.EAGAIN: "the system starts no more processes or threads; close some programs, or raise the limit (`ulimit -u`)",
    errno.ENODEV: "the device is gone",
    errno.ENXIO: "the device is gone",
}
"""What to do by error number; other numbers are not the fault of the place or of the machine."""

_WRITING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""Errors that only who writes can get."""

_WRITERS = ("PytorchStreamWriter", "inline_container", "os error 28", "os error 27", "No space left", "File too large")
"""Words by which torch, safetensors and Arrow say, without an error number, that a file could not be written to its end."""


_SPARE_BYTES = 256 << 20
"""With less room than that, a write that failed for a reason that nobody tells failed for want of room."""


class WriteError(InputError):
    """A place that cannot be written to.

    Args:
        why: what is wrong, and the way out.
        where: the file or folder.
        number: of the operating system, as in :mod:`errno`; None: unknown.
    """

    def __init__(self, why: str, where: str | None = None, number: int | None = None) -> None:
        super().__init__(why, where)
        self.errno = number


def is_expected(error: OSError) -> bool:
    """Whether it is a fault of place, permissions or machine, and so none of the program's.

    A file that is not there (ENOENT) counts where it lies outside this program and its libraries.
    """
    if error.errno == errno.ENOENT:
        return isinstance(error.filename, str | bytes | os.PathLike) and not _inside_program(os.fsdecode(error.filename))
    return error.errno in _WAYS_OUT


def in_words(error: OSError) -> str:
    """One line: the file where it is known, the reason, the way out."""
    way_out = "give one that is there" if error.errno == errno.ENOENT else _WAYS_OUT.get(error.errno or 0, "")
    reason = (error.strerror or str(error)).strip()
    where = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
    return where + reason + (f"; {way_out}" if way_out else "")


def cannot_write(path: Path, error: OSError) -> WriteError:
    """The error for who wanted to write ``path``; it names the part of the path that is in the way."""
    culprit = _culprit(path, error.errno)
    reason = culprit or error.strerror or str(error)
    in_the_way = culprit and error.errno in (errno.ENOTDIR, errno.EEXIST)
    if error.errno in (errno.EACCES, errno.EPERM):
        way_out = "choose a place that you may write to"
    else:
        way_out = "choose another place" if in_the_way else _WAYS_OUT.get(error.errno or 0, "choose another place")
    return WriteError(f"cannot be written ({reason}); {way_out}", str(path), error.errno)


def failed_writing(error: Exception, temporary: Path) -> OSError | None:
    """The failure to write ``temporary`` that an error of whoever wrote it stands for; None: it is another kind of error."""
    if isinstance(error, OSError):
        own = error.filename is not None and os.fspath(error.filename) == os.fspath(temporary)
        return error if own or error.errno in _WRITING or _said(error) else None
    if not _said(error):
        return None
    number = errno.EFBIG if _limited() else errno.ENOSPC if _free_bytes(temporary.parent) < _SPARE_BYTES else errno.EIO
    return OSError(number, os.strerror(number))


def check_place(folder: Path) -> None:
    """Refuse a folder that could not be written to, before hours of work would go there; nothing is made.

    Raises:
        WriteError: a part of the path is a file, may not be written to, lies on a read-only disk, or is too long.
    """
    try:
        folder.lstat()
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EACCES, errno.ENOTDIR):
            raise cannot_write(folder, error) from error
    nearest = _nearest(folder)
    if not nearest.is_dir():
        raise cannot_write(folder, OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)))
    if not os.access(nearest, os.W_OK | os.X_OK) or _of_the_kernel(nearest):
        number = errno.EROFS if _read_only(nearest) else errno.EACCES
        raise cannot_write(folder, OSError(number, os.strerror(number)))


def check_file(path: Path) -> None:
    """Refuse a file that could not be written, before the work that fills it.

    Raises:
        WriteError: it is a folder, or see :func:`check_place`.
    """
    if path.is_dir():
        raise cannot_write(path, OSError(errno.EISDIR, os.strerror(errno.EISDIR)))
    check_place(path.parent)


def expanded(path: str | Path) -> Path:
    """With the home folder for ``~``, as a shell has it; a name that only begins like one stays."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # no such user, or no home
        return Path(path)


def _limited() -> bool:
    """Whether files of this process may not grow beyond some size."""
    try:
        import resource
    except ImportError:  # Windows
        return False
    return resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY


def _free_bytes(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def _said(error: Exception) -> bool:
    text = str(error)
    return any(words in text for words in _WRITERS)


def _nearest(path: Path) -> Path:
    """The path, or the nearest folder or file above it that is there and can be seen."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links into folders that cannot be seen
    return next((part for part in (absolute, *absolute.parents) if os.path.exists(part)), Path("/"))  # noqa: PTH110 - never raises


def _culprit(path: Path, number: int | None) -> str:
    """The part of a path that is in the way, with the reason; empty: none can be named."""
    nearest = _nearest(path)
    if number in (errno.ENOTDIR, errno.EEXIST):
        return "" if nearest.is_dir() else f"{nearest} is a file, not a folder"
    folder = nearest if nearest.is_dir() else nearest.parent
    if number in (errno.EACCES, errno.EPERM, errno.EROFS) and folder != path:
        return f"{folder}: {os.strerror(number)}"
    return ""


def _of_the_kernel(folder: Path) -> bool:
    """Whether nobody can make a file there, though to an administrator every place seems open."""
    return sys.platform == "linux" and any(f"{os.path.realpath(folder)}/".startswith(f"{root}/") for root in ("/proc", "/sys"))


def _read_only(folder: Path) -> bool:
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except (OSError, AttributeError):  # AttributeError: Windows
        return False


def _inside_program(file: str) -> bool:
    own = (Path(__file__).parent, Path(sys.prefix), Path(sys.base_prefix))
    return any(Path(os.path.abspath(file)).is_relative_to(folder) for folder in own)  # noqa: PTH100
