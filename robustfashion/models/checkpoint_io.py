"""How Lightning's checkpoints reach the disk: whole or not at all, whenever the process is killed."""

import os
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning.plugins.io import TorchCheckpointIO

from robustfashion.atomic import atomic_path
from robustfashion.errors import InputError
from robustfashion.system_errors import WriteError


class AtomicCheckpointIO(TorchCheckpointIO):
    """Write to a temporary name in the same folder, flush it to the disk, rename.

    A killed process leaves the former checkpoint as it was, and perhaps a hidden temporary file, which the next checkpoint of the
    same name sweeps away.
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any | None = None) -> None:  # noqa: ANN401
        """Write a checkpoint.

        Raises:
            InputError: a full or read-only disk.
        """
        if storage_options is not None:
            raise InputError("storage_options are not supported by AtomicCheckpointIO; leave them out")
        target = Path(path)
        try:
            for leftover in target.parent.glob(f".{target.stem[:40]}-*{target.suffix}"):
                leftover.unlink(missing_ok=True)
            with atomic_path(target) as temporary, temporary.open("wb") as file:
                torch.save(checkpoint, file)
                file.flush()
                os.fsync(file.fileno())
        except WriteError as error:
            raise WriteError(f"the checkpoint {error.why}; the former one is untouched", error.where, error.errno) from error
        except OSError as error:  # from flushing to the disk
            raise WriteError(
                f"the checkpoint cannot be written ({error.strerror}); the former one is untouched", str(target), error.errno
            ) from error
