"""Initial weights that have a name; all others are files. Loads nothing, so that a command line can be checked at once."""

NAMED_BASES = ("none", "imagenet", "lite0")
