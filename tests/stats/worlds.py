"""Made-up products whose truth is known, for simulations; and how far a share of simulations may lie from what is promised."""

import math

import numpy as np


def flips(rng, products, loss, gain=0.0, pictures=1, together=1.0, seeds=1):
    """Differences [n, seeds] in -1..1 and the products [n]: a picture loses with probability ``loss``, gains with ``gain``.

    ``together``: share of products whose pictures all do the same. Seeds share the hard products half of the time.
    """
    n = products * pictures
    member = np.repeat(np.arange(products), pictures)
    own, whole = rng.random((n, seeds)), rng.random((products, seeds))[member]
    common = np.repeat(rng.random((n, 1)), seeds, axis=1)
    one = (rng.random(products) < together)[member]
    draw = np.where(one[:, None], whole, own)
    if seeds > 1:
        draw = np.where((rng.random(products) < 0.5)[member][:, None], common, draw)
    values = (draw > 1 - np.broadcast_to(gain, (seeds,))).astype(float) - (draw < np.broadcast_to(loss, (seeds,)))
    return values, member.astype(str)


def noise(share, runs):
    """Three standard errors of a share of so many simulations."""
    return 3 * math.sqrt(share * (1 - share) / runs)
