"""What settings and files tell by themselves, said before anything heavy is loaded or anything long begins."""

from pathlib import Path

from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.data.cache import usable_cache
from robustfashion.data.sources.loading import SYNTHETIC
from robustfashion.data.sources.opening import check_is_there, check_out
from robustfashion.errors import InputError
from robustfashion.models.bases import NAMED_BASES
from robustfashion.models.glance import check_checkpoint
from robustfashion.system_errors import check_place


def check_places(settings: ExperimentSettings) -> None:
    """Refuse data, files and folders of a suite that are not there, are no such thing, or cannot be written to.

    Raises:
        InputError: the first of them.
    """
    check_place(settings.out)
    for file in settings.predictions:
        if not file.is_file():
            raise InputError(f"{file}: no such file of predictions")
    if settings.predictions:  # which need neither data nor a cache
        return
    for data in (settings.data, settings.outliers):
        if data not in (None, SYNTHETIC):
            check_is_there(data)
            check_out(settings.out, data)
    usable_cache(settings.cache)
    for base in settings.bases:
        if base not in NAMED_BASES and not Path(base).is_file():
            raise InputError(f"{base}: no such checkpoint file; a base is one of {', '.join(NAMED_BASES)}, or the path of one")
    if settings.checkpoint is not None:
        check_checkpoint(settings.checkpoint)
    _check_device(settings.accelerator)


def _check_device(accelerator: str) -> None:
    """A named device is looked for now; ``auto`` and ``cpu`` are always there."""
    if accelerator not in ("auto", "cpu"):
        from robustfashion.models.devices import resolve_device

        resolve_device(accelerator)
