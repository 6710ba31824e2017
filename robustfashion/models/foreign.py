"""Networks of timm, torchvision and the Hugging Face hub as they lie about: a file, a folder with its config.json, a name."""

import json
import reprlib
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from robustfashion.delimited import decode_text
from robustfashion.errors import InputError, first_line
from robustfashion.models.adopt_files import CONFIG, IN_FOLDER, SUFFIXES, weights_in
from robustfashion.models.class_file import checked_classes, in_order
from robustfashion.models.lite0 import ARCHITECTURE, lite0_file, lite0_tensors
from robustfashion.models.normalisation import IMAGENET
from robustfashion.models.torchvision_names import timm_architecture
from robustfashion.models.weights import Table, WeightFile, read_weights

HUB = ("hf-hub:", "hf_hub:")
"""What names on the Hugging Face hub begin with, as timm has it."""
LITE0 = "lite0"
"""Name of the ImageNet network that an installed package brings."""


@dataclass(frozen=True)
class ForeignNetwork:
    """Weights, and what is said about them beside them."""

    file: WeightFile
    architecture: str | None = None
    """timm's name."""
    labels: Any = None
    """What the configuration says of the classes; None: nothing."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """timm's ``pretrained_cfg``."""
    model_args: Mapping[str, Any] = field(default_factory=dict)
    """Arguments that the network was built with, beyond the architecture's own."""
    preprocessing: str | None = None
    """The text of the preprocessing, where ``config`` does not say it."""
    said_by: str = ""
    """Where ``config`` comes from."""

    @property
    def classes(self) -> tuple[str, ...] | None:
        """In the order of the outputs; None: the configuration names none.

        Raises:
            InputError: what stands there are no class names.
        """
        return checked_classes(in_order(self.labels, self.said_by), self.said_by) if self.labels else None


def find(weights: str) -> ForeignNetwork:
    """Read a network.

    Args:
        weights: a file, a folder with ``config.json`` and weights, ``hf-hub:USER/NAME``, a timm model's name, or ``lite0``:
            EfficientNet-Lite0's ImageNet weights from an installed package (:mod:`.lite0`).

    Raises:
        InputError: nothing of that name, unreadable, or on the network, which is not there.
    """
    path = Path(weights)
    if weights.startswith(HUB):
        return _from_hub(weights.partition(":")[2])
    if path.is_dir():
        return _from_folder(path)
    if path.exists() or path.name.endswith(SUFFIXES):
        file = read_weights(path)
        return ForeignNetwork(file, _said_architecture(file))
    return _installed() if weights == LITE0 else _published(weights)


def _installed() -> ForeignNetwork:
    """The network that is at hand without a network connection."""
    file, tensors = lite0_file(), lite0_tensors()
    return ForeignNetwork(WeightFile(file, tensors, tables=(Table("", tensors),)), ARCHITECTURE)


def _said_architecture(file: WeightFile) -> str | None:
    """What the file says it is (``arch``, or ``--model`` of the training) by timm's name; None: nothing, or a mere class."""
    import timm

    for said in (file.said_architecture, file.arguments.get("model")):
        name = timm_architecture(said) if isinstance(said, str) else ""
        if timm.is_model(name.partition(".")[0]):
            return name
    return None


def _from_folder(folder: Path) -> ForeignNetwork:
    found = weights_in(folder)
    if not found:
        raise InputError(f"{folder}: a folder without weights; expected one of {', '.join(IN_FOLDER)} in it")
    if len(found) > 1 and found[0].name not in IN_FOLDER:
        raise InputError(f"{folder}: holds {len(found)} weight files ({found[0].name}, {found[1].name}, ...); name one of them")
    config = folder / CONFIG
    return _with_config(read_weights(found[0]), config) if config.is_file() else ForeignNetwork(read_weights(found[0]))


def _with_config(file: WeightFile, path: Path) -> ForeignNetwork:
    """What timm writes beside weights for the hub: ``architecture``, ``label_names``, ``pretrained_cfg``, ``model_args``."""
    try:
        said = json.loads(decode_text(path.read_bytes(), str(path)))
    except InputError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({first_line(error)})") from error
    if not isinstance(said, Mapping):
        raise InputError(f"{path}: is no table; expected timm's config.json")
    architecture = said.get("architecture")
    if not isinstance(architecture, str):
        kind = said.get("architectures") or said.get("model_type")
        raise InputError(
            f"{path}: names no timm architecture{f', but {kind}' if kind else ''}; only timm's models are adopted (transformers "
            "has them as TimmWrapperForImageClassification), so give timm's weights of this network"
        )
    config = _table(said, "pretrained_cfg", path) if "pretrained_cfg" in said else said
    labels = next((said[key] for key in ("label_names", "labels", "id2label") if said.get(key)), config.get("label_names"))
    return ForeignNetwork(file, architecture, labels, dict(config), dict(_table(said, "model_args", path)), said_by=str(path))


def _table(said: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    """A table inside a configuration; null is an empty one."""
    found = said.get(key)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise InputError(f"{path}: {key} is {reprlib.repr(found)}; expected a table, as timm writes it")
    return found


def _from_hub(name: str) -> ForeignNetwork:
    from huggingface_hub.errors import EntryNotFoundError

    repository, _, revision = name.partition("@")
    config = _fetch(repository, CONFIG, revision)
    for weights in IN_FOLDER:
        try:
            return _with_config(read_weights(_fetch(repository, weights, revision)), config)
        except InputError as error:
            if not isinstance(error.__cause__, EntryNotFoundError):
                raise
    raise InputError(f"hf-hub:{name}: holds none of {', '.join(IN_FOLDER)}")


def _fetch(repository: str, name: str, revision: str) -> Path:
    from huggingface_hub import constants, hf_hub_download, try_to_load_from_cache

    try:
        known = try_to_load_from_cache(repository, name, revision=revision or None)
        if isinstance(known, str):
            return Path(known)
        _resolve(constants.ENDPOINT)
        return Path(hf_hub_download(repository, name, revision=revision or None))
    except Exception as error:  # of the network, of the name, of the hub's rules: all end here
        raise InputError(
            f"hf-hub:{repository}: {name} cannot be fetched ({first_line(error)}); fetch config.json and the weights "
            "elsewhere into a folder, and give that folder"
        ) from error


def _resolve(url: str) -> None:
    """Fail at once where the address has no host that is known here: clients would try again for half a minute."""
    host = urlsplit(url).hostname
    if host is not None and not getproxies():
        socket.getaddrinfo(host, 443)


def _published(name: str) -> ForeignNetwork:
    """A timm model's published weights."""
    import timm
    from timm.models._hub import check_cached_file, download_cached_file

    from robustfashion.models import group_norm_backbones, torchvision_backbones  # noqa: F401 - register more with timm

    architecture = name.partition(".")[0]
    config: Any = timm.models.get_pretrained_cfg(name) if timm.is_model(architecture) else None
    if config is None:
        raise InputError(
            f"{name}: no such file or folder, and no weights that timm knows; for a network on the Hugging Face hub write "
            "hf-hub:USER/NAME"
        )
    if not config.has_weights:
        raise InputError(f"{name}: timm publishes no weights of that name; give a file")
    if config.hf_hub_id and not config.url:
        return _from_hub(config.hf_hub_id)
    try:
        if not check_cached_file(config.url):
            _resolve(config.url)
        path = Path(download_cached_file(config.url))
    except Exception as error:  # of the network
        raise InputError(
            f"{name}: cannot be fetched from {config.url} ({first_line(error)}); fetch the file elsewhere and give its path"
        ) from error
    file, said_by = read_weights(path), f"timm's configuration of {name}"
    return ForeignNetwork(file, architecture, config=config.to_dict(), said_by=said_by)


def with_defaults(network: ForeignNetwork, architecture: str) -> ForeignNetwork:
    """The same with timm's configuration of the architecture where nothing is said beside the weights.

    What the training script's own arguments in the file say (image size, mean, interpolation, ...) comes first, as timm takes it.

    Args:
        network: as it was found.
        architecture: timm's name, with or without a tag.
    """
    import timm.data

    data: Any = timm.data
    config, said_by = network.config, network.said_by
    if not config:
        known: Any = timm.models.get_pretrained_cfg(architecture)
        config = {} if known is None else known.to_dict()
        tag = f".{known.tag}" if known is not None and known.tag and "." not in architecture else ""
        said_by = f"timm's configuration of {architecture}{tag}"
    arguments = network.file.arguments
    told = {name: arguments[name] for name in _OF_PIXELS if arguments.get(name)}
    if not told:
        return replace(network, config=config, said_by=said_by)
    if {"val_crop_size", "val_resize_size"} <= told.keys():  # torchvision's reference scripts
        method = told.get("interpolation", "bilinear")
        text = f"pillow.{method}+shorter={told['val_resize_size']}+crop={told['val_crop_size']}"
        said_by = "the training's arguments in the file, and torchvision's reference scripts"
        return replace(network, config={**config, **asdict(IMAGENET)}, preprocessing=text, said_by=said_by)
    try:
        settings = data.resolve_data_config(args=told, pretrained_cfg=config)
    except Exception as error:  # it trusts their types
        listed = ", ".join(f"{key}={reprlib.repr(value)}" for key, value in told.items())
        raise InputError(
            f"{network.file.path}: the training's arguments in it cannot be used ({listed}); save state_dict alone, and say "
            "--preprocessing and --normalisation"
        ) from error
    return replace(network, config={**config, **settings}, said_by=f"the training's arguments in the file, and {said_by}")


_OF_PIXELS = (
    "input_size", "img_size", "interpolation", "mean", "std", "crop_pct", "crop_mode", "val_crop_size", "val_resize_size",
)  # fmt: skip
