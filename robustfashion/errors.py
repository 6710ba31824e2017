"""The one exception that a user is meant to read."""


class InputError(ValueError):
    """Input that cannot be used: a message naming file, field and value, and the way out.

    Command lines print it as one line and exit with status 2; in bulk work it becomes a quarantine reason.
    """
