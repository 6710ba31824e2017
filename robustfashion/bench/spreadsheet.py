"""Text in tables that people open in spreadsheets."""

_FORMULA = ("=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}", "\N{FULLWIDTH HYPHEN-MINUS}",
            "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
"""A spreadsheet takes a cell that begins so for a formula, some of them after blanks, too."""
_CONTROL = ("\t", "\r", "\n")
"""Some drop these at the beginning of a cell, and look at what is behind."""


def harmless(text: str) -> str:
    """The text, preceded by an apostrophe where a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(_CONTROL) or text.lstrip().startswith(_FORMULA) else text
