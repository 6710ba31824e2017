"""The catalogue check, end to end: catalogue, measurements, findings, result."""

from dataclasses import dataclass
from pathlib import Path

from robustfashion.data.cache import usable_cache
from robustfashion.data.catalogue import Catalogue
from robustfashion.data.check.findings import Findings, check_catalogue
from robustfashion.data.check.independence import Expected
from robustfashion.data.check.probes import ProbeSettings
from robustfashion.data.check.report import figures, tables
from robustfashion.data.check.report.headline import headline
from robustfashion.data.check.settings import CheckSettings
from robustfashion.data.sources import scanned_catalogue
from robustfashion.data.sources.loading import SYNTHETIC
from robustfashion.data.synthetic.labels import tied_attributes
from robustfashion.progress import Progress, silent
from robustfashion.provenance import provenance
from robustfashion.result import Figure, Refused, SuiteResult, read_documentation


@dataclass(frozen=True)
class Checked:
    """The result for a report, and the findings behind it."""

    result: SuiteResult
    findings: Findings


def _tied(catalogue: Catalogue) -> Expected:
    """What a drawn catalogue's own rules tie together: a halterneck has no sleeves."""
    return tied_attributes() if set(catalogue.column("source")) == {SYNTHETIC} else frozenset()


def check(settings: CheckSettings, progress: Progress = silent) -> Checked:
    """Whether numbers measured on a catalogue can be believed.

    Raises:
        InputError: nothing there that can be used.
    """
    cache = usable_cache(settings.cache)
    catalogue, note = scanned_catalogue(settings.catalogue, cache=cache, workers=settings.workers, progress=progress)
    probing = ProbeSettings(settings.seed, settings.probe_images, settings.permutations)
    expected = settings.expected_pairs() | _tied(catalogue)
    found = check_catalogue(catalogue, cache, settings=probing, expected=expected, workers=settings.workers, progress=progress)
    shown, images = _figures(found, settings.pictures)
    words = read_documentation("robustfashion.data.check.report")
    result = SuiteResult(
        suite="check",
        title=words.title,
        question=words.question,
        scale="own data",
        headline=headline(found),
        provenance=provenance(settings.seed, "cpu", catalogue.fingerprint()).to_dict(),
        settings=_plain(settings) | ({"note": note} if note else {}),
        tables=[
            tables.accounting(found),
            tables.balance(found),
            tables.pairs(found),
            tables.probe_table(found),
            tables.duplicate_sets(found),
            *([tables.leakage(found)] if found.leaks else []),
            tables.side_table(found),
            tables.encoding_table(found),
            tables.size_table(found),
            tables.classes(found),
        ],
        figures=shown,
        glossary=list(words.glossary),
        refused=[Refused(item, reason) for item, reason in found.refused],
        images=images,
    )
    return Checked(result, found)


def _figures(found: Findings, pictures: bool) -> tuple[list[Figure], dict[str, bytes]]:
    maps = [figures.association_map(found), figures.probe_map(found)]
    galleries = [figures.duplicate_gallery(found), figures.extreme_gallery(found)] if pictures else []
    shown = [figure for figure in maps if figure is not None]
    images: dict[str, bytes] = {}
    for drawn in galleries:
        if drawn is not None:
            shown.append(drawn[0])
            images |= drawn[1]
    return shown, images


def _plain(settings: CheckSettings) -> dict[str, object]:
    """As JSON; the name of the data, not where it lies."""
    return {
        "catalogue": Path(settings.catalogue).name or settings.catalogue,
        "seed": settings.seed,
        "probe_images": settings.probe_images,
        "permutations": settings.permutations,
        "expected": list(settings.expected),
    }
