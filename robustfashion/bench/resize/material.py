"""From settings to a catalogue divided for the resize suite."""

from pathlib import Path

from robustfashion.bench.material import Material, part_of
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.data.catalogue import SPLITS, Catalogue, Task, make_task
from robustfashion.data.sources import load_catalogue, scanned_catalogue
from robustfashion.data.splits import Target
from robustfashion.errors import InputError
from robustfashion.progress import Progress


def load_material(settings: ResizeSettings, classes: tuple[str, ...] | None, cache: Path, progress: Progress) -> Material:
    """Open, scan and split the data; ``classes`` are those of a given checkpoint, which the data must be mapped to.

    Raises:
        InputError: nothing there, one class only, classes that the checkpoint does not know.
    """
    if classes is not None and settings.data != "synthetic":
        catalogue, note = _own_pictures(settings, cache, progress)
    else:
        positive = settings.positive if classes is None else _positive_of(settings.positive, classes)
        catalogue, note = load_catalogue(
            settings.data,
            synthetic=settings.synthetic,
            seed=settings.split_seed,
            target=Target(positive),
            cache=cache,
            workers=settings.workers,
            progress=progress,
        )
    task = make_task(catalogue, settings.positive) if classes is None else _checkpoint_task(catalogue, settings.positive, classes)
    train, validation, test = (part_of(catalogue, task, split) for split in SPLITS)
    if not len(test.labels):
        raise InputError(f"{catalogue.root}: no image of the test split has a class of the task ({', '.join(task.classes)})")
    return Material(catalogue, note, task, train, validation, test)


def _own_pictures(settings: ResizeSettings, cache: Path, progress: Progress) -> tuple[Catalogue, str]:
    """A user's pictures for a user's checkpoint: their test split where they bring one, else all of them."""
    catalogue, note = scanned_catalogue(settings.data, cache=cache, workers=settings.workers, progress=progress)
    if "test" in catalogue.usable().column("split"):
        return catalogue, f"Splits are those of the data. {note}".strip()
    reasons = catalogue.column("reason")
    catalogue = catalogue.replace(split=["test" if reason is None else None for reason in reasons])
    said = (
        "All usable images are evaluated: the data brings no test split. If the checkpoint was trained on some of them, "
        "accuracies are optimistic."
    )
    return catalogue, f"{said} {note}".strip()


def _positive_of(positive: str | None, classes: tuple[str, ...]) -> str | None:
    """The class that a checkpoint tells from the rest; None where it has a class for each label."""
    if len(classes) != 2 or classes[0] != "other":
        return None
    if positive not in (None, classes[1]):
        raise InputError(f"positive is {positive!r}, but the checkpoint tells {classes[1]!r} from the rest; leave it out")
    return classes[1]


def _checkpoint_task(catalogue: Catalogue, positive: str | None, classes: tuple[str, ...]) -> Task:
    told = _positive_of(positive, classes)
    known = {label for label in catalogue.usable().column("label") if label is not None}
    if not known:  # changes can be counted without labels
        return Task("label", classes, told)
    if told is not None:
        return _one_against_rest(catalogue, told)
    if not known & set(classes):
        raise InputError(
            f"{catalogue.root}: its classes ({', '.join(sorted(known)[:10])}) and the checkpoint's ({', '.join(classes[:10])}) "
            "have none in common; rename the folders or labels to the checkpoint's classes, or give a folder of images without "
            "sub-folders, which is evaluated without labels"
        )
    return Task("label", classes)


def _one_against_rest(catalogue: Catalogue, positive: str) -> Task:
    """As :func:`make_task`, but pictures of one class alone are enough to evaluate."""
    if positive not in catalogue.usable().column("label"):
        raise InputError(f"{catalogue.root}: no image is labelled {positive!r}, which the checkpoint tells from the rest")
    return Task("label", ("other", positive), positive)
