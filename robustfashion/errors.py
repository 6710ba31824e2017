"""The one exception that a user is meant to read, and text from elsewhere made fit for its message."""

from pathlib import Path


class InputError(ValueError):
    """Input that cannot be used: a message naming file, field and value, and the way out.

    Command lines print it as one line and exit with status 2; in bulk work it becomes a quarantine reason.

    Args:
        why: what is wrong, and the way out; the whole message where it names its place itself.
        where: the file, URL or field that it is about; the message is then ``where: why``.
    """

    def __init__(self, why: str, where: str | None = None) -> None:
        super().__init__(why if where is None else f"{where}: {why}")
        self.why = why
        self.where = where


def first_line(error: BaseException, most: int = 200) -> str:
    """First line of what an exception says, at most ``most`` characters of it; the exception's name where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:most]


def printable(text: Path | str) -> str:
    """Text of files, or a path in POSIX form, on one line: control characters and bytes that are not UTF-8 are written out."""
    plain = text.as_posix() if isinstance(text, Path) else text
    return "".join(c if c.isprintable() else _written_out(c) for c in plain)


def _written_out(character: str) -> str:
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:  # how Python keeps bytes of a name that are not UTF-8
        return f"\\x{number - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()
