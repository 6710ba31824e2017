"""What a network was trained on, small enough for its checkpoint: digests of the pictures' bytes and of the products' names.

Whoever asks the network later can so tell its training pictures from new ones, wherever they lie by then. A digest is the first
eight bytes of a SHA-256: of the file's bytes for a picture, of the group's name (UTF-8) for a product. Two of a million pictures
are mistaken for each other with a chance of 3 in 100 million.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError

Digests = NDArray[np.uint64]

_HEX = re.compile(r"[0-9a-f]{64}")

_NONE = np.uint64(0)
"""Digest of what has none: no SHA-256 of a file is known to begin with eight zero bytes."""


@dataclass(frozen=True)
class TrainedOn:
    """Training pictures and products of a network, those of the bases it began from included."""

    pictures: bytes = b""
    """Digests, each once, rising, eight bytes each with the lowest first."""
    products: bytes = b""
    """The same of the products."""
    complete: bool = True
    """False: it began from weights that do not say what they were trained on."""

    @classmethod
    def of(cls, hashes: Sequence[str | None], groups: Sequence[str | None]) -> "TrainedOn":
        """What a training on these pictures adds.

        Args:
            hashes: SHA-256 (hex) of each file's bytes; None: unknown.
            groups: product of each picture.
        """
        return cls(_packed(_of_files(hashes)), _packed(_of_names(groups)))

    def joined(self, base: "TrainedOn | None") -> "TrainedOn":
        """Both; of the base None where its file does not say."""
        if base is None:
            return TrainedOn(self.pictures, self.products, complete=False)
        pictures = np.concatenate([_unpacked(self.pictures), _unpacked(base.pictures)])
        products = np.concatenate([_unpacked(self.products), _unpacked(base.products)])
        return TrainedOn(_packed(pictures), _packed(products), self.complete and base.complete)

    @property
    def counts(self) -> dict[str, Any]:
        """Numbers of pictures and products, and whether these are all."""
        return {"pictures": len(self.pictures) // 8, "products": len(self.products) // 8, "complete": self.complete}

    def same_bytes(self, hashes: Sequence[str | None]) -> NDArray[np.bool_]:
        """Which pictures have the bytes of a training picture: bool [n], of SHA-256 (hex) of each, None: unknown."""
        found: NDArray[np.bool_] = np.isin(_of_files(hashes), _unpacked(self.pictures))  # which never hold _NONE
        return found

    def known(self, hashes: Sequence[str | None], groups: Sequence[str | None]) -> NDArray[np.bool_]:
        """Which pictures of a catalogue it was trained on, by themselves or by another picture of their product: bool [n].

        * A picture with the bytes of a training picture, whatever its name.
        * Every picture of a product (of this catalogue) that has such a picture.
        * Every picture whose product has a training product's name, but only where names mean the same: where there are pictures
          of the first kind and the products of at least half of them have names of training products. Names such as ``1`` occur
          in many data sets; without shared bytes they prove nothing.

        Args:
            hashes: of all usable pictures of the catalogue, not only of those that are asked about.
            groups: product of each.
        """
        same_bytes = self.same_bytes(hashes)
        if not same_bytes.any():
            return same_bytes
        same_name = np.isin(_of_names(groups), _unpacked(self.products))
        shared = {group for group, found in zip(groups, same_bytes.tolist(), strict=True) if found}
        same_product = np.array([group in shared for group in groups], bool)
        return same_product | same_name if bool(same_name[same_bytes].mean() >= 0.5) else same_product

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint: digests in base64, 10.7 bytes of text each."""
        texts = {name: base64.b64encode(getattr(self, name)).decode() for name in ("pictures", "products")}
        return {**texts, "complete": self.complete}


def read_trained_on(value: object, source: str) -> TrainedOn | None:
    """The field ``trained_on`` of a checkpoint's description; None where it has none.

    Raises:
        InputError: it is damaged.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping) or not isinstance(value.get("complete"), bool):
        raise InputError(f"{source}: field 'trained_on' is no table of pictures, products and complete; the file is damaged")
    found = {}
    for name in ("pictures", "products"):
        try:
            found[name] = base64.b64decode(value[name], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise InputError(f"{source}: field 'trained_on.{name}' is no text in base64; the file is damaged") from error
        if len(found[name]) % 8:
            raise InputError(f"{source}: field 'trained_on.{name}' has {len(found[name])} bytes, not 8 each; the file is damaged")
    return TrainedOn(found["pictures"], found["products"], value["complete"])


def _of_files(hashes: Sequence[str | None]) -> Digests:
    return np.array([int(text[:16], 16) if text and _HEX.fullmatch(text) else 0 for text in hashes], np.uint64)


def _of_names(names: Sequence[str | None]) -> Digests:
    return np.array([int.from_bytes(hashlib.sha256(str(name).encode()).digest()[:8]) for name in names], np.uint64)


def _packed(digests: Digests) -> bytes:
    return np.unique(digests[digests != _NONE]).astype("<u8").tobytes()


def _unpacked(content: bytes) -> Digests:
    return np.frombuffer(content, "<u8").astype(np.uint64)
