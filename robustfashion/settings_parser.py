"""What our command lines by jsonargparse share: settings files that are looked at first, and errors in one line."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml

from robustfashion.commandline import nearest_option
from robustfashion.errors import InputError, first_line
from robustfashion.system_errors import expanded

_LONGEST = 600
"""Characters of an error; jsonargparse lists all that a class could have been."""
_MOST_ALIASES = 1000
"""References in a settings file; more are no settings, but a file that grows beyond memory once it is read."""


class OneLine:
    """Manners of a jsonargparse parser, to be inherited before it: options in full, every error one :class:`InputError`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the parser's own
        super().__init__(*arguments, **{"allow_abbrev": False, **options})

    def error(self, message: str, ex: Exception | None = None) -> NoReturn:
        """Raise.

        Raises:
            InputError: the message in one line, with the nearest option where one is near.
        """
        if not getattr(self, "exit_on_error", True):  # a parser within the parser, for the fields of a class
            super().error(message, ex)  # type: ignore[misc]  # of jsonargparse
        parser: Any = getattr(ex, "subcommand_parser", None) or self
        text = in_one_line(message)
        unknown = re.match(r"unrecognized arguments: (--[^\s=]+)", text)
        unaccepted = re.match(r"(?:option|Subcommand '\w+' does not accept option) '([\w.]+)'", text)
        if unknown is not None:
            text += nearest_option(unknown[1], parser)
        elif unaccepted is not None:
            text += nearest_option(f"--{unaccepted[1]}", parser)
        program = parser.prog.replace(" [options]", "")
        raise InputError(f"{text}; see {program} --help") from ex

    def instantiate(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - the parser's own
        """The objects that parsed values stand for.

        Raises:
            InputError: one refuses its values; of an option that may be null jsonargparse says it in words of its own.
        """
        try:
            return super().instantiate(*arguments, **options)  # type: ignore[misc]  # of jsonargparse
        except ValueError as error:
            refusal = _own_refusal(error)
            if refusal is None:
                raise
            raise refusal from error


def _own_refusal(error: BaseException) -> InputError | None:
    """The refusal of ours that lies behind an exception, with the place that it names; None: there is none."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, InputError):
            return InputError(str(seen))
        seen = seen.__cause__ or seen.__context__
    return None


def in_one_line(message: str) -> str:
    """What jsonargparse says, in one line: ``--seeds: expected tuple, got 'x'``, ``--rows: freeze: expected …``."""
    key = re.match(r'Parser key "([^"]+)":\s*', message)
    if key is None:
        return _said(message)
    return f"--{key[1]}: {_said(message[key.end() :])}"


def _said(rest: str) -> str:
    """What is wrong with a value, in one line."""
    fields = _of_fields(rest)
    if fields is not None:
        key = re.match(r'Parser key "([^"]+)":\s*', fields)
        return _said(fields) if key is None else f"{key[1]}: {_said(fields[key.end() :])}"
    no_table = re.search(r"Not a valid subclass of \w+\. Got value: ([^\n]*)", rest)
    if no_table is not None:
        return f"expected {_kind('dict')}, got {no_table[1]!r}"
    given = re.search(r"(?:Got value|Given value): (.*)\Z", rest, re.DOTALL)
    kinds = re.findall(r"Expected an? (?:<class '([\w.]+)'>|([^\n]+?))(?:\. Got value|\s*\n|\s*\Z)", rest)
    if given is not None and kinds:
        named = [_kind(plain or other) for plain, other in kinds]
        text = f"expected {' or '.join(dict.fromkeys(named))}, got {given[1].strip()!r}"
    else:
        text = re.sub(r"^Option (?='[\w.]+' is not accepted)", "option ", " ".join(rest.split()))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _of_fields(message: str) -> str | None:
    """What is said of a table's fields, apart from what else the option could have been (null); None: nothing is."""
    lines = message.splitlines()
    for place, line in enumerate(lines):
        found = re.match(r"(\s*(?:- )?)Problem with given class_path '[\w.]+':(.*)", line)
        if found is not None:
            indent = len(found[1]) - len("- ") if "-" in found[1] else len(found[1])
            rest = lines[place + 1 :]
            end = next((k for k, text in enumerate(rest) if place and len(text) - len(text.lstrip()) <= indent), len(rest))
            return textwrap.dedent("\n".join([*([found[2].strip()] if found[2].strip() else []), *rest[:end]]))
    return None


def _kind(text: str) -> str:
    """A type in the words of a settings file."""
    choices = re.search(r"Literal\[(.*)\]", text)
    if choices is not None:
        return "one of " + choices[1].replace("'", "")
    names = {"tuple": "a list as [a, b]", "list": "a list as [a, b]", "int": "a whole number", "float": "a number"}
    names |= {"str": "a text", "bool": "true or false", "NoneType": "null", "dict": "a table as {a: 1}"}
    return names.get(text, text)


def check_configs(arguments: Sequence[str]) -> None:
    """Look at the settings files of a command line (``--config FILE``, ``-c FILE``) before they are used.

    Raises:
        InputError: a file that is not there or is no YAML table, with the line; or a key that stands in it twice, whose first
            value would be lost in silence.
    """
    for file in config_files(arguments):
        check_config(file)


def config_files(arguments: Sequence[str]) -> list[Path]:
    """The settings files of a command line, in their order; settings that stand in it themselves are none."""
    given = [(text, expanded(text)) for text in _configs(arguments)]
    return [file for text, file in given if file.exists() or not ("\n" in text or ": " in text or text.startswith("{"))]


def check_config(file: Path) -> None:
    """Look at one settings file.

    Raises:
        InputError: see :func:`check_configs`.
    """
    if not file.is_file():
        raise InputError(f"{file}: {'is a folder' if file.is_dir() else 'no such file'}; --config takes a YAML file of settings")
    try:
        text = file.read_text(encoding="utf-8")
        aliases = sum(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader))
        node = yaml.compose(text, yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not a text file in UTF-8; --config takes a YAML file of settings") from error
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{file}{_place(error)}: not readable as YAML ({_reason(error)})") from error
    if not isinstance(node, yaml.MappingNode):
        found = "is empty" if node is None else "holds no settings by name"
        raise InputError(f"{file}: {found}; write one a line, as `workers: 4`")
    if aliases > _MOST_ALIASES:
        raise InputError(f"{file}: refers to parts of itself {aliases:,} times; write the values out")
    for key, line in _twice(node):
        raise InputError(f"{file}, line {line}: {key!r} is there twice; leave one of them out")


def _configs(arguments: Sequence[str]) -> Iterator[str]:
    for text, following in zip(arguments, [*arguments, None][1:], strict=True):
        if text in ("--config", "-c") and following is not None and not following.startswith("-"):
            yield following
        elif text.startswith("--config="):
            yield text.partition("=")[2]


def _twice(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """Keys that a table holds twice, with the line of the second one."""
    open_nodes, seen = [node], set()
    while open_nodes:
        node = open_nodes.pop()
        if id(node) in seen:  # an anchor's
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                    if key.value in keys:
                        yield key.value, key.start_mark.line + 1
                    keys.add(key.value)
                open_nodes.append(value)
        elif isinstance(node, yaml.SequenceNode):
            open_nodes.extend(node.value)


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f", line {mark.line + 1}"


def _reason(error: Exception) -> str:
    problem = getattr(error, "problem", None) or first_line(error)
    hint = "; indent by spaces, not by tabs" if "'\\t'" in str(problem) or "cannot start any token" in str(problem) else ""
    return f"{problem}{hint}"
