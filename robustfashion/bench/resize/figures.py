"""Pictures of the resize suite as data: heat maps, sweep lines, triptychs of the most changed products, a gallery of flips."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures as shared
from robustfashion.bench.resize.measures import accuracy, changed_classes, churn, delta
from robustfashion.bench.resize.products import FILE
from robustfashion.bench.resize.study import Classifier, ResizeStudy
from robustfashion.pictures.encode import png
from robustfashion.resize import is_java
from robustfashion.result import Figure, GalleryItem, Line, Panel, Triptych, Unit, gallery, heat_map, line_figure, triptychs
from robustfashion.stats import Estimate, share_bootstrap

Pixels = NDArray[np.uint8]
TRIPTYCHS = 6
GALLERY = 24
_BINS = 8
_NAMED = 8
"""Methods that are listed under a picture; where more change its class, some of each new class."""
_LEAST_BINS = 3
"""Bins with margins of their own, below which nothing is drawn: a network that is sure of everything has one margin."""
_LINES = 6
"""Methods of the figure of margins: more lines than that cannot be told apart."""


def heat_map_of(study: ResizeStudy) -> Figure:
    """Δ accuracy, models x methods; churn where the images have no labels."""
    others = study.methods[1:]
    names = [c.name for c in study.classifiers]
    against = study.reference
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


def matrix_figure(name: str, methods: Sequence[str], values: NDArray[np.float64], n: int) -> Figure:
    """Accuracy [t, s] of one classifier by training method t and serving method s."""
    doc = f"{name}. Rows: the method that trained the networks (mean over seeds); columns: the method that serves them; n = {n}."
    title = "Train with one method, serve with another"
    return heat_map(
        "train-serve-matrix",
        title,
        rows=methods,
        columns=methods,
        values=values.tolist(),
        unit="share",
        label="accuracy",
        doc=doc,
    )  # fmt: skip


def margin_figure(study: ResizeStudy) -> Figure | None:
    """Share of pictures that change class by how sure the network was of them; None where there is too little to divide."""
    margins = np.concatenate([_margins(c) for c in study.classifiers])
    groups = [group for c in study.classifiers for group in c.groups]
    if len(set(groups)) < 2 * _BINS:
        return None
    bins = [np.sort(rows) for rows in np.array_split(np.argsort(margins, kind="stable"), _BINS)]
    x = [float(margins[rows].mean()) for rows in bins]
    if len({round(place, 4) for place in x}) < _LEAST_BINS:
        return None
    changed = {m: np.concatenate([changed_classes(c, m) for c in study.classifiers]) for m in study.methods[1:]}
    shown = sorted(changed, key=lambda method: -changed[method].mean())[:_LINES]
    lines = []
    named = [method for method in study.methods if method in shown]
    found = [_shares(np.stack([changed[m][rows] for m in named], axis=1), [groups[i] for i in rows]) for rows in bins]
    for k, method in enumerate(named):
        of = [shares[k] for shares in found]
        lines.append(Line(method, x, *([getattr(e, name) for e in of] for name in ("value", "low", "high"))))
    first, last = found[0][0].value, found[-1][0].value
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


def _shares(values: NDArray[np.float64], groups: Sequence[str]) -> list[Estimate]:
    """Means of the columns of numbers in 0..1, one a picture and method; products resampled."""
    return [found for found in share_bootstrap(values, np.ones_like(values), groups, shared.BOOTSTRAP_SEED) if found is not None]


def sweep_figure(factors: Sequence[float], studies: Sequence[ResizeStudy], name: str, resolution: str, note: str) -> Figure:
    """Δ accuracy (churn without labels) of the first classifier by reduction factor, one line per method.

    Args:
        factors: of the last resize.
        studies: one for each factor, of the same pictures.
        name: of the classifier, for people.
        resolution: side of the network's input, for people.
        note: which pictures they are.
    """
    labelled = studies[0].labelled
    found = [delta(s, s.classifiers[0]) if labelled else churn(s, s.classifiers[0]) for s in studies]
    lines = [
        Line(method, factors, [d[method].value for d in found], [d[method].low for d in found], [d[method].high for d in found])
        for method in studies[0].methods[1:]
    ]
    unit: Unit
    y, unit = ("Δ accuracy", "points") if labelled else ("share of pictures with another class", "share")
    bands = "t intervals over products" if labelled else "products resampled"
    doc = (
        f"{name}. Pictures are first fitted into a square of factor × {resolution} px with the training method, then reduced "
        f"by each method; the reference is the training method at the same factor. {note} Bands: {bands}."
    )
    title = "The stronger the reduction, the larger the difference?"
    return line_figure("scale-sweep", title, x="reduction factor of the last resize", y=y, unit=unit, lines=lines, doc=doc)


Shown = tuple[Classifier, int]
"""A classifier and one of its images, by number."""


def moved_most(study: ResizeStudy, method: str) -> list[Shown]:
    """Images whose class probabilities move most, of every classifier its share and two at the least; first seeds.

    By total variation; a change of class comes before all others.
    """
    found, most = [], max(2, TRIPTYCHS // len(study.classifiers))
    for c in study.classifiers:
        a, b = c.given, c.first.tables[method]
        distance = 0.5 * np.abs(a.probabilities - b.probabilities).sum(axis=1) + (a.predicted != b.predicted)
        found += [(float(distance[i]), c, i) for i in np.argsort(-distance, kind="stable")[:most].tolist()]
    return [(c, i) for _, c, i in sorted(found, key=lambda of: -of[0])[:TRIPTYCHS]]


def flipped_most(study: ResizeStudy) -> list[Shown]:
    """Images whose class changes, under most methods first, the classifiers in turn where equally many; first seeds."""
    found = []
    for c in study.classifiers:
        changed = np.stack([c.first.tables[method].predicted != c.given.predicted for method in study.methods[1:]], axis=1)
        count = changed.sum(axis=1)
        order = np.argsort(-count, kind="stable")
        found += [(-int(count[i]), rank, c, i) for rank, i in enumerate(order[: int((count > 0).sum())].tolist())]
    return [(c, i) for *_, c, i in sorted(found, key=lambda of: of[:2])[:GALLERY]]


def true_class(c: Classifier, i: int) -> str:
    """Name of the class of image i, for people."""
    return c.classes[c.labels[i]] if c.labels[i] >= 0 else "no label"


def _says(c: Classifier, method: str, i: int) -> str:
    table = c.first.tables[method]
    return f"{table.classes[table.predicted[i]]} {100 * table.probabilities[i].max():.1f} %"


def _flips(c: Classifier, methods: Sequence[str], i: int) -> list[str]:
    """What is said of image i by methods that change its class: each where they are few, else class by class, Java's first."""
    changed = [m for m in methods if c.first.tables[m].predicted[i] != c.given.predicted[i]]
    if len(changed) <= _NAMED:
        return [f"{m}: {_says(c, m, i)}" for m in changed]
    by_class: dict[int, list[str]] = {}
    for method in sorted(changed, key=lambda m: not is_java(m)):
        by_class.setdefault(int(c.first.tables[method].predicted[i]), []).append(method)
    lines = []
    for k, found in by_class.items():
        shown = ", ".join(f"{m} {100 * c.first.tables[m].probabilities[i].max():.1f} %" for m in found[: _NAMED // 2])
        more = f" and {len(found) - _NAMED // 2} more" if len(found) > _NAMED // 2 else ""
        lines.append(f"{c.classes[k]} under {len(found)} of {len(methods)} methods: {shown}{more}")
    return lines


def triptychs_of(
    shown: Sequence[Shown], pixels: Sequence[Mapping[str, Pixels]], reference: str, method: str
) -> tuple[Figure, dict[str, bytes]]:
    """Fig. 1 of the paper: training method, other method, amplified difference.

    Args:
        shown: of :func:`moved_most`.
        pixels: of each of them by method, uint8 [S, S, 3].
        reference: the training method.
        method: the other one.
    """
    items = []
    images: dict[str, bytes] = {}
    for place, ((c, i), seen) in enumerate(zip(shown, pixels, strict=True)):
        ours, theirs = np.asarray(seen[reference]), np.asarray(seen[method])
        difference = theirs.astype(np.int16) - ours.astype(np.int16)
        gain = max(1, 127 // max(1, int(np.percentile(np.abs(difference), 99))))
        amplified = np.clip(128 + gain * difference, 0, 255).astype(np.uint8)
        names = [f"triptych-{place}-{part}.png" for part in ("train", "serve", "difference")]
        images |= {name: png(image) for name, image in zip(names, (ours, theirs, amplified), strict=True)}
        texts = (_says(c, reference, i), _says(c, method, i), f"grey = equal; difference × {gain}")
        titles = (reference, method, "difference")
        panels = [Panel(n, t, x) for n, t, x in zip(names, titles, texts, strict=True)]
        items.append(Triptych(c.ids[i], true_class(c, i), c.name, gain, panels))
    doc = (
        f"The evaluated pictures whose class probabilities move most when {method} resizes them instead of {reference}, of "
        "every classifier its share; first seeds. What looks the same is not the same to the network."
    )
    return triptychs("triptychs", "Fig. 1: the same picture, two libraries", items=items, doc=doc), images


def flip_gallery(
    study: ResizeStudy, shown: Sequence[Shown], pixels: Sequence[Mapping[str, Pixels]]
) -> tuple[Figure, dict[str, bytes]]:
    """Pictures whose predicted class changes under at least one method.

    Args:
        study: of which they are.
        shown: of :func:`flipped_most`.
        pixels: of each of them by method, uint8 [S, S, 3]; the training method's are shown.
    """
    reference, others = study.reference, study.methods[1:]
    images = {f"flip-{place}.png": png(np.asarray(seen[reference])) for place, seen in enumerate(pixels)}
    items = []
    for place, (c, i) in enumerate(shown):
        lines = [f"{reference}: {_says(c, reference, i)}", *_flips(c, others, i)]
        name = f"{true_class(c, i)} ({c.name})" if len(study.classifiers) > 1 else true_class(c, i)
        items.append(GalleryItem(c.ids[i], name, f"flip-{place}.png", lines))
    total = sum(
        int(np.any([c.first.tables[m].predicted != c.given.predicted for m in others], axis=0).sum()) for c in study.classifiers
    )
    doc = (
        f"{total} of {sum(c.n for c in study.classifiers)} answers (first seeds) change their class under at least one method; "
        f"the {len(items)} that change under most methods are shown as the training method renders them. All, of every "
        f"classifier of this report and every seed, are in {FILE} beside this report."
    )
    return gallery("flips", "Pictures that change their class", items=items, doc=doc), images


def accuracy_matrix(studies: Mapping[str, ResizeStudy], methods: Sequence[str]) -> NDArray[np.float64]:
    """Accuracy [t, s] of the first classifier: trained with method t, served with method s."""
    return np.array([[accuracy(s.classifiers[0], method).value for method in methods] for s in studies.values()])
