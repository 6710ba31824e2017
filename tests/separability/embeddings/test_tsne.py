import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.separability.embeddings import neighbours, pca, start, tsne
from robustfashion.separability.embeddings.by_tsne import affinities, largest_perplexity, misfit
from robustfashion.separability.embeddings.gradient import divergence
from tests.separability.embeddings.worlds import clusters, purity

SHORT = (60, 60)


def made(features, perplexity=10, seed=0, **options):
    found = neighbours(features, min(len(features) - 1, 3 * perplexity))
    return tsne(found, start(pca(features)[0], seed), perplexity, seed, **options)


def test_loss_is_as_low_as_the_libraries(perplexity=9):
    from openTSNE import TSNE
    from sklearn.manifold import TSNE as Sklearn

    features, labels = clusters(200)
    first = start(pca(features)[0], 0)
    found = made(features, perplexity)
    joint = affinities(neighbours(features, 3 * perplexity), perplexity, 1).P
    open_tsne = TSNE(perplexity=perplexity, neighbors="exact", negative_gradient_method="bh", theta=0.1, initialization=first)
    theirs = np.asarray(open_tsne.fit(features.astype(float)))
    sklearn = Sklearn(perplexity=perplexity, method="exact", init=first.astype(np.float32), random_state=0).fit_transform(
        features
    )
    assert found.loss == pytest.approx(divergence(found.positions, joint), rel=1e-9)
    # So few points end in one of several minima; at 2,000 (below) the losses agree within a hundredth.
    assert found.loss < 1.05 * divergence(theirs, joint)
    assert found.loss < 1.05 * divergence(sklearn, joint)
    assert purity(found.positions, labels) > 0.98


def test_same_seed_same_bits_for_any_threads():
    features, _ = clusters(600)
    one = made(features, iterations=SHORT, threads=1)
    again = made(features, iterations=SHORT, threads=1)
    three = made(features, iterations=SHORT, threads=3)
    assert one.positions.tobytes() == again.positions.tobytes() == three.positions.tobytes()
    assert one.loss == again.loss == three.loss


def test_seeds_are_different_starts():
    plane = pca(clusters()[0])[0]
    zero, one, two = (start(plane, seed) for seed in (0, 1, 2))
    assert abs(np.corrcoef(zero[:, 0], plane[:, 0])[0, 1]) > 0.999
    assert abs(np.corrcoef(one[:, 0], plane[:, 0])[0, 1]) < 0.3
    assert not np.allclose(one, two)
    for found in (zero, one, two):
        assert found[:, 0].std() == pytest.approx(1e-4, rel=0.2)
    features, labels = clusters()
    first, second = (made(features, seed=seed) for seed in (0, 1))
    assert np.abs(first.positions - second.positions).max() > 1
    assert purity(second.positions, labels) > 0.95
    assert (first.seed, second.seed, first.perplexity, first.method, first.neighbours) == (0, 1, 10, "tsne", None)


def test_progress_and_ctrl_c():
    told = []
    made(clusters()[0], iterations=(20, 30), progress=lambda *what: told.append(what))
    assert told[0] == ("t-SNE, perplexity 10, seed 0", 10, 50) and told[-1][1:] == (50, 50)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)

    def interrupted(what, done, total):
        if done >= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(clusters()[0], iterations=(20, 10_000), progress=interrupted)


def test_equal_points_have_finite_positions():
    features, _ = clusters(150)
    features[:80] = features[0]  # more equal ones than neighbours
    found = made(features, iterations=SHORT)
    assert np.isfinite(found.positions).all() and np.isfinite(found.loss)


def test_refusals():
    features, _ = clusters(100)
    assert largest_perplexity(100) == 33 and misfit(100, 33) is None
    with pytest.raises(
        InputError, match="100 points are too few for perplexity 34, which takes 103; the largest that fits is 33"
    ):
        made(features, 34)
    with pytest.raises(InputError, match="60 neighbours asked for, 30 were searched"):
        tsne(neighbours(features, 30), start(pca(features)[0], 0), 20, 0)
    with pytest.raises(InputError, match="perplexity 0: it must be more than 0"):
        tsne(neighbours(features, 30), start(pca(features)[0], 0), 0, 0)


@pytest.mark.slow
def test_loss_at_two_thousand_points():
    from openTSNE import TSNE

    features, labels = clusters(2000, 40, classes=8, apart=3.0)
    found = made(features, 30)
    joint = affinities(neighbours(features, 90), 30, 1).P
    theirs = np.asarray(TSNE(perplexity=30, neighbors="exact", random_state=0, n_jobs=2).fit(features))
    assert found.loss < 1.01 * divergence(theirs, joint)
    assert purity(found.positions, labels) > purity(theirs, labels) - 0.02
