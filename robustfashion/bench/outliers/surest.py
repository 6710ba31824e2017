"""Fig. 2: the outliers that the classifier is surest of, and what the validator would have said."""

import numpy as np

from robustfashion.bench.experiment.noisy import NoisySet
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.outliers.study import Subject
from robustfashion.pictures.encode import png
from robustfashion.rejection.cascade import decided
from robustfashion.result import Figure, GalleryItem, Outcome, gallery

SHOWN = 12


def surest_outliers(session: Session, subject: Subject, noisy: NoisySet) -> tuple[Figure | None, dict[str, bytes]]:
    """A card for each, one of a product."""
    case = subject.case
    rows = _rows(subject)
    if not len(rows):
        return None, {}
    preprocessing = session.settings.preprocessing()
    pixels = session.pixels(noisy.whole.take(rows), [preprocessing])[preprocessing.name]
    alone = decided(subject.alone, case.answers).tags
    gated = None if subject.gated is None else decided(subject.gated, case.answers).tags
    items, images = [], {}
    for k, row in enumerate(rows):
        name = f"outlier-{k}.png"
        images[name] = png(np.asarray(pixels[k]))
        items.append(_card(subject, int(row), name, int(alone[row]), None if gated is None else int(gated[row])))
    doc = (
        f"Outliers of the noisy set by the classifier's confidence, the {len(rows)} surest, one of a product, at the "
        f"deployed threshold "
        f"of {subject.thresholds.overall:.3f}."
    )
    return gallery("surest-outliers", "Fig. 2: the surest outliers", items=items, doc=doc), images


def _rows(subject: Subject) -> "np.ndarray":
    answers, table = subject.case.answers, subject.noisy
    order = [int(i) for i in np.argsort(-np.asarray(answers.confidence), kind="stable") if subject.outlier[i]]
    if answers.rest is not None:
        order = [i for i in order if answers.predicted[i] != answers.rest]
    first: dict[str, int] = {}
    for row in order:
        first.setdefault(table.products[row], row)
    return np.array(list(first.values())[:SHOWN], np.int64)


def _card(subject: Subject, row: int, image: str, alone: int, gated: int | None) -> GalleryItem:
    answers, table = subject.case.answers, subject.noisy
    said = table.classes[int(answers.predicted[row])]
    lines = [
        f"called {said}, {100 * float(answers.confidence[row]):.1f} % sure",
        "gets the tag" if alone >= 0 else "refused by the threshold",
    ]
    for name, values in answers.gates.items():
        lines.append(f"P({name}) = {float(values[row]):.3f} by the validator")
    good = (alone if gated is None else gated) < 0
    if gated is None:
        text = "stopped by the threshold" if good else "not stopped"
    elif not good:
        text = "not stopped by the validator either"
    else:
        text = "stopped by the threshold already" if alone < 0 else "stopped by the validator"
    return GalleryItem(table.ids[row], "", image, lines, str(table.outlier_kinds[row]), Outcome(text, good))
