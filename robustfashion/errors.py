"""The one exception that a user is meant to read."""


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
