"""The resize suite, end to end: data, pixels, networks, tables, claims, pictures."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from robustfashion.bench.material import Material, Part, Pixels, Place, accounting
from robustfashion.bench.resize import claims as paper_claims
from robustfashion.bench.resize import figures, measures, products
from robustfashion.bench.resize.documentation import METHODS_TEXT, QUESTION, TITLE
from robustfashion.bench.resize.headline import headline
from robustfashion.bench.resize.material import load_material
from robustfashion.bench.resize.networks import Asker, Network, given_network, train_network
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.resize.study import Run, Study
from robustfashion.data.cache import cache_root
from robustfashion.data.preprocess import Preprocessing
from robustfashion.pixel_distance import pixel_distance
from robustfashion.progress import Progress, silent
from robustfashion.provenance import provenance
from robustfashion.result import Cell, Column, Figure, Refused, SuiteResult, Table


@dataclass(frozen=True)
class Session:
    """One run of the suite."""

    settings: ResizeSettings
    material: Material
    place: Place

    def pixels(self, part: Part, *preprocessings: Preprocessing) -> dict[str, Pixels]:
        """Pictures of one split by the preprocessings' names."""
        return self.place.render(part, preprocessings)

    def study(self, networks: list[Network], preprocessings: Mapping[str, Preprocessing], reference: str) -> Study:
        """Ask every network about the test pictures under every method."""
        material = self.material
        rendered = self.pixels(material.test, *preprocessings.values())
        by_method = {method: (p, rendered[p.name]) for method, p in preprocessings.items()}
        validation = self.pixels(material.validation, preprocessings[reference])[preprocessings[reference].name]
        asker = Asker(material, self.settings, self.place)
        runs = tuple(asker.run(network, by_method, (preprocessings[reference], validation)) for network in networks)
        order = tuple(dict.fromkeys((reference, *preprocessings)))
        trained = self.settings.checkpoint is None
        return Study(reference, order, runs, material.test.ids, material.test.groups, material.task.classes, trained)

    def networks(self, method: str) -> list[Network]:
        """All rows and seeds, trained on pictures resized by ``method``."""
        return [
            train_network(row, seed, self.material, self.settings, method, self.place)
            for row in self.settings.rows
            for seed in self.settings.seeds
        ]


def resize(settings: ResizeSettings, progress: Progress = silent) -> SuiteResult:
    """Which products change their tag when the resize library changes, for which networks, with what certainty.

    Raises:
        InputError: data, methods or checkpoint that cannot be used; before any network is trained.
    """
    checkpoint = given_network(settings)
    if checkpoint is not None:
        settings = checkpoint.settings
    cache = settings.cache if settings.cache is not None else cache_root()
    place = Place(cache, settings.workers, progress, settings.accelerator)
    material = load_material(settings, checkpoint.classes if checkpoint else None, cache, progress)
    session = Session(settings, material, place)
    networks = [checkpoint.network] if checkpoint else session.networks(settings.train_method)
    preprocessings = {method: settings.preprocessing(method) for method in settings.methods}
    study = session.study(networks, preprocessings, settings.train_method)
    rendered = session.pixels(material.test, *preprocessings.values())
    pixels = {method: rendered[p.name] for method, p in preprocessings.items()}
    shown, images = _pictures(study, settings, pixels)
    extra_tables, extra_figures = _options(session, networks)
    return SuiteResult(
        suite="resize",
        title=TITLE,
        question=QUESTION,
        scale=settings.scale or "smoke",
        headline=headline(study, settings.java_method),
        provenance=provenance(settings.seeds[0], _device(settings), material.catalogue.fingerprint()).to_dict(),
        settings=_plain_settings(settings),
        tables=[
            *([measures.table2(study)] if study.labelled else []),
            measures.changes(study),
            measures.models(study),
            _pixel_table(study, pixels),
            *extra_tables,
            accounting(material),
        ],
        figures=[figures.heat_map(study), *extra_figures, *shown],
        claims=paper_claims.claims(study, paper_claims.Scale(settings.paper_scale, settings.java_method)),
        methods=list(METHODS_TEXT),
        refused=[Refused(item, reason) for item, reason in material.catalogue.refused()],
        images=images,
        lists={products.FILE: products.changed_products(study)},
    )


def _pictures(study: Study, settings: ResizeSettings, pixels: Mapping[str, Pixels]) -> tuple[list[Figure], dict[str, bytes]]:
    """Triptychs and gallery of the first network; without other methods there is nothing to show."""
    others = study.methods[1:]
    if not others:
        return [], {}
    run: Run = study.runs[0]
    shown = settings.java_method if settings.java_method in others else others[0]
    triptychs, first = figures.triptychs(study, run, pixels, shown)
    flips, second = figures.gallery(study, run, pixels[study.reference])
    return [triptychs, flips], first | second


def _pixel_table(study: Study, pixels: Mapping[str, Pixels]) -> Table:
    columns = [
        Column("Method", "text", "the serving method"),
        Column("Mean difference", "levels", "mean absolute difference to the training method's pixels, in levels of 0..255"),
        Column("Values off by > 1", "share", "share of channel values that differ by more than one level"),
        Column("Maximum", "levels", "largest difference of one channel value"),
        Column("PSNR", "decibel", "peak signal-to-noise ratio against the training method; n/a where nothing differs"),
        Column("Identical images", "share", "share of images without a differing pixel"),
        Column(
            "Fine detail",
            "ratio",
            "spectral energy above half the Nyquist frequency against the training method's; > 1: aliasing",
        ),
    ]
    rows: list[list[Cell]] = []
    for method in study.methods[1:]:
        found = pixel_distance(pixels[study.reference], pixels[method])
        rows.append(
            [
                method, found.mean, found.share_over_1, found.maximum, found.psnr_db, found.identical_images / found.images,
                found.fine_detail_ratio if np.isfinite(found.fine_detail_ratio) else None,
            ]
        )  # fmt: skip
    note = f"All {study.n} test images, at the network's input size, against {study.reference}."
    return Table("pixels", "How far the pixels are from the training method's", columns, rows, note)


def _options(session: Session, networks: list[Network]) -> tuple[list[Table], list[Figure]]:
    """The N x N matrix and the sweep of reduction factors, where asked for."""
    settings = session.settings
    found: list[Figure] = []
    if settings.matrix_methods and settings.checkpoint is None:
        found.append(_matrix(session))
    if settings.scale_factors:
        found.append(_sweep(session, networks[: len(settings.seeds)]))
    return [], found


def _matrix(session: Session) -> Figure:
    """Train the first row with each method, serve each with all."""
    settings = replace(session.settings, rows=session.settings.rows[:1])
    inner = Session(settings, session.material, session.place)
    preprocessings = {method: settings.preprocessing(method) for method in settings.matrix_methods}
    studies = {method: inner.study(inner.networks(method), preprocessings, method) for method in settings.matrix_methods}
    values = figures.accuracy_matrix(studies, settings.matrix_methods)
    return figures.matrix_figure(list(studies), settings.matrix_methods, values, len(session.material.test.labels))


def _sweep(session: Session, networks: list[Network]) -> Figure:
    """Every plain method at several reduction factors of the last stage; the first stage is always the training method's."""
    settings = session.settings
    studies = []
    for factor in settings.scale_factors:
        canvas = round(factor * settings.size)
        preprocessings = {
            method: replace(
                settings.preprocessing(method), fit_method=settings.preprocessing(settings.train_method).method, canvas=canvas
            )
            for method in settings.methods
            if "+" not in method
        }
        studies.append(session.study(networks, preprocessings, settings.train_method))
    return figures.sweep_figure(settings.scale_factors, studies, str(settings.size))


def _plain_settings(settings: ResizeSettings) -> dict[str, object]:
    """As JSON knows them; ``--config`` reads the same structure."""
    return {key: str(value) if isinstance(value, Path) else value for key, value in asdict(settings).items()}


def _device(settings: ResizeSettings) -> str:
    from robustfashion.models.inference import device_name

    return device_name(settings.accelerator)
