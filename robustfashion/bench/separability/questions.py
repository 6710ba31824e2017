"""Which product types are held against which of their attributes, and which tasks stand alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from robustfashion import taxonomy
from robustfashion.bench.experiment.division import Division
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.tasks import TaskSpec, teachable
from robustfashion.bench.separability.settings import PAPERS_TYPE, SeparabilitySettings
from robustfashion.data.truth import OWN_LABELS
from robustfashion.errors import InputError


@dataclass(frozen=True)
class Question:
    """A product type and those of its attributes that are at hand; or one task alone."""

    task: str
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """The data, divided for each task, and what is asked of it."""

    questions: tuple[Question, ...]
    divisions: Mapping[str, Division]
    """By task."""
    specs: Mapping[str, TaskSpec]
    left_out: tuple[tuple[str, str], ...]
    """Tasks that the data cannot teach, with reasons."""


def asked_of(session: Session, settings: SeparabilitySettings) -> Asked:
    """The questions that the user asks, or that the data can answer, and its division for every task of theirs.

    Raises:
        InputError: a named task that is unknown or that the data cannot teach, or no task at all.
    """
    named = settings.named_tasks
    usual = usual_tasks(teachable(session.catalogue))
    limit = settings.max_images
    found, left_out = session.divisions(named, usual, limit, balanced=True)
    divisions = dict(found)
    known = {spec.name for spec in divisions}
    related = [name for name in usual if name not in known and _related(name, known)] if named else []
    for name in related:
        try:
            divisions |= session.divisions(None, [name], limit, balanced=True)[0]
        except InputError as error:
            left_out.append((f"task {name}", str(error)))
    names = {spec.name: spec for spec in divisions}
    asked = questions_of(named, names)
    return Asked(asked, {spec.name: of for spec, of in divisions.items()}, names, tuple(left_out))


def usual_tasks(names: Sequence[str]) -> list[str]:
    """Tasks of data that nobody names any of: those of the paper where it knows any attribute, else its own labels.

    A folder with one of the paper's product types among its classes has no attributes: its classes are the question.
    """
    return list(names) if any(name in taxonomy.attributes() for name in names) else [OWN_LABELS]


def questions_of(named: Sequence[str] | None, known: Collection[str]) -> tuple[Question, ...]:
    """Questions in the order in which they were named; else the paper's product type first.

    Args:
        named: tasks that the user asked for; an attribute asks for the product types that have it, held against it.
        known: tasks that the data can teach.
    """
    if named is None:
        first = sorted((name for name in taxonomy.PRODUCT_TYPES if name in known), key=lambda name: name != PAPERS_TYPE)
        named = [*first, *(name for name in known if name not in taxonomy.PRODUCT_TYPES)]
    found: dict[str, list[str]] = {}
    for name in named:
        types = [t for t in product_types_of(name) if t in known]
        if name in taxonomy.PRODUCT_TYPES:
            found.setdefault(name, [])
            found[name] += [a for a in attributes_of(name) if a in known and a not in found[name]]
        elif types:
            for of in types:
                found.setdefault(of, [])
                found[of] += [name] if name not in found[of] else []
        else:
            found.setdefault(name, [])
    return tuple(Question(name, tuple(attributes)) for name, attributes in found.items())


def attributes_of(product_type: str) -> tuple[str, ...]:
    """Attributes of a product type, in the order of Table 1."""
    return tuple(name for name, attribute in taxonomy.attributes().items() if product_type in attribute.product_types)


def product_types_of(task: str) -> tuple[str, ...]:
    """Product types that have an attribute; none of what is no attribute."""
    known = taxonomy.attributes()
    return known[task].product_types if task in known else ()


def _related(name: str, known: Collection[str]) -> bool:
    """Whether a task is the attribute or the product type of one of these."""
    return any(name in attributes_of(other) or name in product_types_of(other) for other in known)
