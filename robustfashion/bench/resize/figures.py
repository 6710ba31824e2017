"""Pictures of the resize suite as data: heat maps, sweep lines, triptychs of the most changed products, a gallery of flips."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures as shared
from robustfashion.bench.resize.measures import accuracy, changed_classes, churn, delta
from robustfashion.bench.resize.products import FILE
from robustfashion.bench.resize.study import Classifier, ResizeStudy, Run
from robustfashion.pictures.encode import png
from robustfashion.result import Figure, GalleryItem, Line, Panel, Triptych, Unit, gallery, heat_map, line_figure, triptychs
from robustfashion.stats import Estimate, share_bootstrap

Pixels = NDArray[np.uint8]
TRIPTYCHS = 6
GALLERY = 24
_BINS = 8
_LINES = 6
"""Methods of the figure of margins: more lines than that cannot be told apart."""


def heat_map_of(study: ResizeStudy) -> Figure:
    """Δ accuracy, models x methods; churn where the images have no labels."""
    others = study.methods[1:]
    names = [c.name for c in study.classifiers]
    against = f"{study.reference}, which trained it" if study.labelled else study.reference
    if study.labelled:
        values = [[found.value for found in delta(study, c).values()] for c in study.classifiers]
        doc = f"Accuracy under each serving method minus under {against}; mean over seeds."
        return heat_map(
            "delta-accuracy", "Where accuracy is lost", rows=names, columns=others, values=values, unit="points",
            label="Δ accuracy, percentage points", doc=doc,
        )  # fmt: skip
    values = [[found.value for found in churn(study, c).values()] for c in study.classifiers]
    doc = f"Share of pictures whose class differs from that under {against}; mean over seeds."
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


def margin_figure(study: ResizeStudy) -> Figure | None:
    """Share of pictures that change class by how sure the network was of them; None where there is too little to divide."""
    margins = np.concatenate([_margins(c) for c in study.classifiers])
    groups = [group for c in study.classifiers for group in c.groups]
    if len(set(groups)) < 2 * _BINS:
        return None
    edges = np.quantile(margins, np.arange(1, _BINS) / _BINS)
    place = np.searchsorted(edges, margins, side="right")
    bins = [np.flatnonzero(place == k) for k in range(_BINS)]
    bins = [rows for rows in bins if len(rows)]
    changed = {m: np.concatenate([changed_classes(c, m) for c in study.classifiers]) for m in study.methods[1:]}
    shown = sorted(changed, key=lambda method: -changed[method].mean())[:_LINES]
    lines = []
    for method in (m for m in study.methods if m in shown):
        found = [_share(changed[method][rows], [groups[i] for i in rows]) for rows in bins]
        x = [float(margins[rows].mean()) for rows in bins]
        lines.append(Line(method, x, *([getattr(e, name) for e in found] for name in ("value", "low", "high"))))
    first, last = (_share(changed[lines[0].name][bins[k]], [groups[i] for i in bins[k]]).value for k in (0, -1))
    doc = (
        f"Pictures of all classifiers in {len(bins)} bins of equally many, by the margin between the two most probable classes "
        f"under {study.reference} (mean over seeds): where it is small the resizer decides. Under {lines[0].name} "
        f"{100 * first:.1f} % of the least sure bin change class, {100 * last:.1f} % of the surest. The {len(lines)} methods "
        "that change most; bands: products resampled."
    )
    return line_figure(
        "margin", "The smaller the margin, the more the resizer decides", x="probability of the first class − of the second",
        y="share of pictures with another class", unit="share", lines=lines, doc=doc,
    )  # fmt: skip


def _margins(c: Classifier) -> NDArray[np.float64]:
    """Top-1 minus top-2 probability under the training method, mean over seeds: [n] in 0..1."""
    first_two = [np.sort(run.tables[c.reference].probabilities, axis=1)[:, -2:] for run in c.runs]
    return np.asarray(np.mean([two[:, 1] - two[:, 0] for two in first_two], axis=0))


def _share(values: NDArray[np.float64], groups: Sequence[str]) -> Estimate:
    (found,) = share_bootstrap(values[:, None], np.ones((len(values), 1)), groups, shared.BOOTSTRAP_SEED)
    assert found is not None  # there is a picture in each bin
    return found


def sweep_figure(factors: Sequence[float], studies: Sequence[ResizeStudy], resolution: str, note: str) -> Figure:
    """Δ accuracy (churn without labels) of the first classifier by reduction factor, one line per method.

    Args:
        factors: of the last resize.
        studies: one for each factor, of the same pictures.
        resolution: side of the network's input, for people.
        note: which pictures they are.
    """
    c, labelled = studies[0].classifiers[0], studies[0].labelled
    found = [delta(s, s.classifiers[0]) if labelled else churn(s, s.classifiers[0]) for s in studies]
    lines = [
        Line(method, factors, [d[method].value for d in found], [d[method].low for d in found], [d[method].high for d in found])
        for method in studies[0].methods[1:]
    ]
    unit: Unit
    y, unit = ("Δ accuracy", "points") if labelled else ("share of pictures with another class", "share")
    bands = "t intervals over products" if labelled else "products resampled"
    doc = (
        f"{c.name}. Pictures are first fitted into a square of factor × {resolution} px with the training method, then reduced "
        f"by each method; the reference is the training method at the same factor. {note} Bands: {bands}."
    )
    title = "The stronger the reduction, the larger the difference?"
    return line_figure("scale-sweep", title, x="reduction factor of the last resize", y=y, unit=unit, lines=lines, doc=doc)


def changed_most(run: Run, reference: str, method: str) -> NDArray[np.int64]:
    """Image numbers, largest change of the probability vector (total variation) first; flips before all others."""
    a, b = run.tables[reference], run.tables[method]
    distance = 0.5 * np.abs(a.probabilities - b.probabilities).sum(axis=1)
    return np.asarray(np.argsort(-(distance + (a.predicted != b.predicted)), kind="stable"), dtype=np.int64)


def true_class(c: Classifier, i: int) -> str:
    """Name of the class of image i, for people."""
    return c.classes[c.labels[i]] if c.labels[i] >= 0 else "no label"


def _says(run: Run, method: str, i: int) -> str:
    table = run.tables[method]
    return f"{table.classes[table.predicted[i]]} {100 * table.probabilities[i].max():.1f} %"


def triptychs_of(
    c: Classifier, pixels: Mapping[str, Pixels], chosen: Sequence[int], method: str
) -> tuple[Figure, dict[str, bytes]]:
    """Fig. 1 of the paper: training method, other method, amplified difference.

    Args:
        c: whose answers are shown, of its first seed.
        pixels: of the chosen images by method, uint8 [len(chosen), S, S, 3].
        chosen: image numbers, most changed first.
        method: the other method.
    """
    run, items = c.first, []
    images: dict[str, bytes] = {}
    for place, i in enumerate(chosen):
        ours, theirs = np.asarray(pixels[c.reference][place]), np.asarray(pixels[method][place])
        difference = theirs.astype(np.int16) - ours.astype(np.int16)
        gain = max(1, 127 // max(1, int(np.percentile(np.abs(difference), 99))))
        amplified = np.clip(128 + gain * difference, 0, 255).astype(np.uint8)
        names = [f"triptych-{i}-{part}.png" for part in ("train", "serve", "difference")]
        images |= {name: png(image) for name, image in zip(names, (ours, theirs, amplified), strict=True)}
        texts = (_says(run, c.reference, i), _says(run, method, i), f"grey = equal; difference × {gain}")
        titles = (c.reference, method, "difference")
        panels = [Panel(n, t, x) for n, t, x in zip(names, titles, texts, strict=True)]
        items.append(Triptych(c.ids[i], true_class(c, i), c.name, gain, panels))
    doc = (
        f"The evaluated pictures whose class probabilities move most when {method} resizes them instead of {c.reference} "
        f"({c.name}, seed {run.seed}). What looks the same is not the same to the network."
    )
    return triptychs("triptychs", "Fig. 1: the same picture, two libraries", items=items, doc=doc), images


def flipped(c: Classifier, methods: Sequence[str]) -> NDArray[np.int64]:
    """Images whose class changes under at least one of these methods, most methods first; first seed."""
    changed = np.stack([c.first.tables[method].predicted != c.given.predicted for method in methods], axis=1)
    order = np.argsort(-changed.sum(axis=1), kind="stable")
    return np.asarray(order[changed[order].any(axis=1)], dtype=np.int64)


def flip_gallery(c: Classifier, pixels: Pixels, chosen: Sequence[int], methods: Sequence[str]) -> tuple[Figure, dict[str, bytes]]:
    """Pictures whose predicted class changes under at least one method.

    Args:
        c: whose answers are shown, of its first seed.
        pixels: of the chosen images under the training method, uint8 [len(chosen), S, S, 3].
        chosen: image numbers.
        methods: the other methods.
    """
    run, reference = c.first, c.given.predicted
    images = {f"flip-{i}.png": png(np.asarray(pixels[place])) for place, i in enumerate(chosen)}
    items = [
        GalleryItem(
            c.ids[i],
            true_class(c, i),
            f"flip-{i}.png",
            [f"{c.reference}: {_says(run, c.reference, i)}"]
            + [f"{m}: {_says(run, m, i)}" for m in methods if run.tables[m].predicted[i] != reference[i]],
        )
        for i in chosen
    ]
    total = len(flipped(c, methods))
    doc = (
        f"{c.name}, seed {run.seed}: {total} of {c.n} evaluated pictures change their class under at least one method; "
        f"the {len(chosen)} that change under most methods are shown as the training method renders them. All, of every "
        f"classifier and seed, are in {FILE} beside this report."
    )
    return gallery("flips", "Pictures that change their class", items=items, doc=doc), images


def accuracy_matrix(studies: Mapping[str, ResizeStudy], methods: Sequence[str]) -> NDArray[np.float64]:
    """Accuracy [t, s] of the first classifier: trained with method t, served with method s."""
    return np.array([[accuracy(s.classifiers[0], method).value for method in methods] for s in studies.values()])
