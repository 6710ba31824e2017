"""What the arguments of ``robustfashion {fit,validate,test,predict}`` and the files that they name tell without torch."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from robustfashion.data.sources.loading import SYNTHETIC
from robustfashion.data.sources.opening import check_is_there, check_out
from robustfashion.errors import InputError
from robustfashion.models.glance import check_checkpoint
from robustfashion.settings_parser import check_configs, config_files
from robustfashion.system_errors import check_file, expanded

SPLITS: dict[str, str | None] = {"validate": "validation", "test": "test", "predict": None}
"""Commands that ask a checkpoint, and which pictures they ask it about."""
GOES_ON = ("last", "hpc")
"""What ``fit --ckpt_path`` takes beside a file; where there is none, Lightning says so and begins anew."""

_WORDS = ("best", "last", "hpc", "registry")
"""What Lightning takes for a checkpoint of a training."""
_LOOKED_AT = ("ckpt_path", "data.data", "predictions", "trainer.default_root_dir")


def told_at_once(arguments: Sequence[str]) -> None:
    """Refuse settings files, checkpoints, data and places that cannot be used, in about a second.

    Args:
        arguments: the sub-command's name and its options.

    Raises:
        InputError: the first of them.
    """
    if {"-h", "--help"} & set(arguments):
        return
    check_configs(arguments[1:])
    said = dict(_said(arguments[1:]))
    path = None if said.get("ckpt_path") in (None, "null") else said["ckpt_path"]
    if arguments[0] == "predict":
        check_table(Path(said.get("predictions", "predictions.parquet")))
    if arguments[0] in SPLITS:
        check_checkpoint(checkpoint_file(arguments[0], path))
    elif path is not None and path not in GOES_ON:
        check_checkpoint(begun(path))
    data = said.get("data.data", SYNTHETIC)
    if data != SYNTHETIC:
        check_is_there(data)
        if arguments[0] == "fit":
            check_out(expanded(said.get("trainer.default_root_dir", "runs")), data)


def _said(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What settings files and options say of what is looked at here, the last word last."""
    for file in config_files(arguments):
        yield from _in_file(yaml.safe_load(file.read_text(encoding="utf-8")), "")
    for text, following in zip(arguments, [*arguments, None][1:], strict=True):
        name, given, value = text.removeprefix("--").partition("=")
        if text.startswith("--") and name in _LOOKED_AT:
            yield name, value if given else str(following)


def _in_file(content: object, before: str) -> Iterator[tuple[str, str]]:
    for key, value in content.items() if isinstance(content, Mapping) else ():
        name = f"{before}{key}"
        if name in _LOOKED_AT and isinstance(value, str):
            yield name, value
        else:
            yield from _in_file(value, f"{name}.")


def checkpoint_file(command: str, given: object, folder: Path = Path("runs")) -> Path:
    """The file that a command is given to ask.

    Args:
        command: a key of :data:`SPLITS`.
        given: value of ``ckpt_path``.
        folder: where trainings of this folder lie, for the hint.

    Raises:
        InputError: none is given, or one of a training that this process has not run.
    """
    if given is not None and str(given) not in _WORDS:
        return expanded(str(given))
    found = sorted(folder.glob("*/checkpoints/*.ckpt"), key=lambda file: file.stat().st_mtime)
    hint = f"; the newest of {folder} is {found[-1]}" if found else ""
    what = "no checkpoint is given" if given is None else f"ckpt_path is {given!r}, which only a training knows"
    raise InputError(f"{command}: {what}, and an untrained network has no answers; add --ckpt_path FILE{hint}")


def begun(given: object) -> Path:
    """The file that a training goes on from.

    Raises:
        InputError: a word that means nothing before a training.
    """
    if given in _WORDS and given not in GOES_ON:
        words = " or ".join(GOES_ON)
        raise InputError(f"ckpt_path is {given!r}; a training goes on from a file, or from the {words} that Lightning finds")
    return expanded(str(given))


def check_table(path: Path) -> None:
    """Refuse a place for a prediction table that cannot be written, or that is called otherwise than what it would hold.

    Raises:
        InputError: either.
    """
    if path.suffix.lower() not in (".parquet", ".pq"):
        raise InputError(f"predictions is {path}; it is written as Parquet, so call it {path.with_suffix('.parquet').name}")
    check_file(path)
