"""Pictures of the resize suite as data: heat maps, sweep lines, triptychs of the most changed products, a gallery of flips."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench.resize.measures import accuracy, churn, delta
from robustfashion.bench.resize.products import FILE
from robustfashion.bench.resize.study import ResizeStudy, Run
from robustfashion.pictures.encode import png
from robustfashion.result import Figure, GalleryItem, Line, Panel, Triptych, Unit, gallery, heat_map, line_figure, triptychs

Pixels = NDArray[np.uint8]
TRIPTYCHS = 6
GALLERY = 24


def heat_map_of(study: ResizeStudy) -> Figure:
    """Δ accuracy, models x methods; churn where the images have no labels."""
    others = study.methods[1:]
    names = [row.name for row in study.rows]
    against = f"{study.reference}, which trained it" if study.labelled else study.reference
    if study.labelled:
        values = [[found.value for found in delta(study, row).values()] for row in study.rows]
        doc = f"Accuracy under each serving method minus under {against}; mean over seeds; n = {study.n}."
        return heat_map(
            "delta-accuracy", "Where accuracy is lost", rows=names, columns=others, values=values, unit="points",
            label="Δ accuracy, percentage points", doc=doc,
        )  # fmt: skip
    values = [[found.value for found in churn(study, row).values()] for row in study.rows]
    doc = f"Share of pictures whose class differs from that under {against}; mean over seeds; n = {study.n}."
    return heat_map(
        "churn", "Where classes change", rows=names, columns=others, values=values, unit="share",
        label="share of pictures with another class", doc=doc,
    )  # fmt: skip


def matrix_figure(names: Sequence[str], methods: Sequence[str], values: NDArray[np.float64], n: int) -> Figure:
    """Accuracy [t, s] by training method t and serving method s."""
    doc = f"Each row is one network trained with that method (mean over seeds), each column the method serving it; n = {n}."
    title = "Train with one method, serve with another"
    return heat_map(
        "train-serve-matrix", title, rows=names, columns=methods, values=values.tolist(), unit="share", label="accuracy", doc=doc
    )


def sweep_figure(factors: Sequence[float], studies: Sequence[ResizeStudy], resolution: str) -> Figure:
    """Δ accuracy of the first row by reduction factor, one line per method."""
    row = studies[0].rows[0]
    labelled = studies[0].labelled
    found = [delta(s, row) if labelled else churn(s, row) for s in studies]
    lines = [
        Line(method, factors, [d[method].value for d in found], [d[method].low for d in found], [d[method].high for d in found])
        for method in studies[0].methods[1:]
    ]
    unit: Unit
    y, unit = ("Δ accuracy", "points") if labelled else ("share of pictures with another class", "share")
    bands = "t intervals over products" if labelled else "products resampled"
    doc = (
        f"{row.name}. Pictures are first fitted into a square of factor × {resolution} px with the training method, then reduced "
        f"by each method; the reference is the training method at the same factor. Bands: {bands}."
    )
    title = "The stronger the reduction, the larger the difference?"
    return line_figure("scale-sweep", title, x="reduction factor of the last resize", y=y, unit=unit, lines=lines, doc=doc)


def changed_most(run: Run, reference: str, method: str) -> NDArray[np.int64]:
    """Image numbers, largest change of the probability vector (total variation) first; flips before all others."""
    a, b = run.tables[reference], run.tables[method]
    distance = 0.5 * np.abs(a.probabilities - b.probabilities).sum(axis=1)
    return np.asarray(np.argsort(-(distance + (a.predicted != b.predicted)), kind="stable"), dtype=np.int64)


def true_class(study: ResizeStudy, i: int) -> str:
    """Name of the class of image i, for people."""
    return study.classes[study.labels[i]] if study.labels[i] >= 0 else "no label"


def _says(run: Run, method: str, i: int) -> str:
    table = run.tables[method]
    return f"{table.classes[table.predicted[i]]} {100 * table.probabilities[i].max():.1f} %"


def triptychs_of(study: ResizeStudy, run: Run, pixels: Mapping[str, Pixels], method: str) -> tuple[Figure, dict[str, bytes]]:
    """Fig. 1 of the paper: training method, other method, amplified difference, for the most changed products."""
    images: dict[str, bytes] = {}
    items = []
    for i in changed_most(run, study.reference, method)[:TRIPTYCHS]:
        ours, theirs = np.asarray(pixels[study.reference][i]), np.asarray(pixels[method][i])
        difference = theirs.astype(np.int16) - ours.astype(np.int16)
        gain = max(1, 127 // max(1, int(np.percentile(np.abs(difference), 99))))
        amplified = np.clip(128 + gain * difference, 0, 255).astype(np.uint8)
        names = [f"triptych-{i}-{part}.png" for part in ("train", "serve", "difference")]
        images |= {name: png(image) for name, image in zip(names, (ours, theirs, amplified), strict=True)}
        texts = (_says(run, study.reference, i), _says(run, method, i), f"grey = equal; difference × {gain}")
        titles = (study.reference, method, "difference")
        panels = [Panel(n, t, x) for n, t, x in zip(names, titles, texts, strict=True)]
        items.append(Triptych(study.ids[i], true_class(study, i), run.row.name, gain, panels))
    doc = (
        f"The evaluated pictures whose class probabilities move most when {method} resizes them instead of {study.reference} "
        f"({run.row.name}, seed {run.seed}). What looks the same is not the same to the network."
    )
    return triptychs("triptychs", "Fig. 1: the same picture, two libraries", items=items, doc=doc), images


def flip_gallery(study: ResizeStudy, run: Run, pixels: Pixels) -> tuple[Figure, dict[str, bytes]]:
    """Pictures whose predicted class changes under at least one method, most methods first."""
    reference = run.tables[study.reference].predicted
    flipped = np.stack([run.tables[method].predicted != reference for method in study.methods[1:]], axis=1)
    order = np.argsort(-flipped.sum(axis=1), kind="stable")
    chosen = [int(i) for i in order[:GALLERY] if flipped[i].any()]
    images = {f"flip-{i}.png": png(np.asarray(pixels[i])) for i in chosen}
    items = [
        GalleryItem(
            study.ids[i],
            true_class(study, i),
            f"flip-{i}.png",
            [f"{study.reference}: {_says(run, study.reference, i)}"]
            + [f"{m}: {_says(run, m, i)}" for m, flip in zip(study.methods[1:], flipped[i], strict=True) if flip],
        )
        for i in chosen
    ]
    total = int(flipped.any(axis=1).sum())
    doc = (
        f"{run.row.name}, seed {run.seed}: {total} of {study.n} evaluated pictures change their class under at least one method; "
        f"the {len(chosen)} that change under most methods are shown as the training method renders them. All, of every "
        f"network, are listed in {FILE} beside result.json."
    )
    return gallery("flips", "Products that change their tag", items=items, doc=doc), images


def accuracy_matrix(studies: Mapping[str, ResizeStudy], methods: Sequence[str]) -> NDArray[np.float64]:
    """Accuracy [t, s] of the only row of each study, by training method and serving method."""
    return np.array([[accuracy(study, study.rows[0], method).value for method in methods] for study in studies.values()])
