"""Known label noise: the drawn training pictures, with the labels that a catalogue with noise would have given them.

Noise changes labels and no pixel, so that the copy needs neither drawing nor asking.
"""

from dataclasses import replace

import numpy as np

from robustfashion.bench.separability.study import Noisy, Subject
from robustfashion.data.synthetic import SyntheticSettings, sample_spec


def noisy_copy(settings: SyntheticSettings, share: float, subject: Subject) -> Noisy | None:
    """Training pictures of an attribute under labels of which about ``share`` are wrong, product by product.

    Args:
        settings: of the drawn catalogue that the subject's pictures come from.
        share: of wrong labels, 0..1.
        subject: of an attribute.

    Returns:
        None where none of its pictures lies in the drawn training part.
    """
    noisy = replace(settings, label_noise=share)
    place = {name: row for row, name in enumerate(subject.ids)}
    rows, labels, wrong = [], [], []
    for index in range(settings.count):
        spec = sample_spec(settings.seed, index, noisy)
        row = place.get(spec.image_id)
        if row is None or spec.split != "train":
            continue
        own = int(subject.points.labels[row])
        given = spec.wrong.get(subject.task)
        if given is not None and given not in subject.points.classes:  # a label that none of these pictures has
            continue
        rows.append(row)
        labels.append(own if given is None else subject.points.classes.index(given))
        wrong.append(given is not None)
    if not rows:
        return None
    kept = subject.take(np.array(rows, np.int64))
    points = kept.points.labelled(np.array(labels, np.int64))
    return Noisy(replace(kept, points=points), np.array(wrong), share)
