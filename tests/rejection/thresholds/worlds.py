"""Made-up pictures of products whose true rates are known: scores are uniform in 0..1, so that a cut t refuses 1 - t."""

import numpy as np

from robustfashion.rejection.thresholds import Calibration


def rows(rng, products, pictures=1, together=0.0, risk=None, classes=1):
    """Ordinary rows: each product has 1 to ``pictures`` pictures, a share ``together`` of products copies of one picture.

    ``risk``: (scores, predicted) -> probability that the answer is wrong; None: it is not known.
    """
    sizes = rng.integers(1, pictures + 1, products)
    member = np.repeat(np.arange(products), sizes)
    n, one = len(member), (rng.random(products) < together)[member]
    scores, luck = (np.where(one, rng.random(products)[member], rng.random(n)) for _ in range(2))
    predicted = np.where(one, rng.integers(0, classes, products)[member], rng.integers(0, classes, n))
    wrong = None if risk is None else luck < risk(scores, predicted)
    names = tuple(map(str, member)) if pictures > 1 else ()
    return Calibration(scores, predicted, tuple("abcdefgh"[:classes]), wrong, names)


def flat(level):
    """Answers wrong with one probability, whatever the score: the hardest case, since no threshold helps."""
    return lambda scores, _: np.full_like(scores, level)


def rising(scores, _):
    """Wrong with probability 0.3 s²: of the rows up to a cut t a share 0.1 t² is."""
    return 0.3 * scores**2
