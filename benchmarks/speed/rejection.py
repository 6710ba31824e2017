"""Scores of rejection beside pytorch-ood and torch-uncertainty: speed, and agreement on the same arrays.

    python benchmarks/speed/rejection.py [--rows N] [--width D] [--classes K] [--repeats N] [--agreement]

Fit and score N rows each; best of the repeats, which take turns; ratios of time, higher = we are faster. torch-uncertainty is
left out where it is not installed; it has four of the scores. ``--agreement`` prints the largest differences instead.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from markdown_table import show
from numpy.typing import NDArray
from scipy.special import softmax

from robustfashion.predictions import LastLayer, PredictionTable
from robustfashion.rejection import SCORES
from robustfashion.rejection.scores.fdbd import Fdbd
from robustfashion.rejection.scores.knn import Knn
from robustfashion.rejection.scores.mahalanobis import Mahalanobis
from robustfashion.rejection.scores.openmax import OpenMax
from robustfashion.rejection.scores.react import React
from robustfashion.rejection.scores.relative_mahalanobis import RelativeMahalanobis
from robustfashion.rejection.scores.vim import Vim

Array = NDArray[Any]
Peer = Callable[[PredictionTable, PredictionTable, Any], Array]
"""Fitted on the first table, scores of the second one; the third is the fitted score of ours, whose choices are taken over."""
DOUBLE = torch.float64


def tables(rows: int, width: int, classes: int) -> tuple[PredictionTable, PredictionTable]:
    """Rows to fit on and rows to score: features after a ReLU around class centres, as a network's are, a tenth of them mixed."""
    centres = np.abs(np.random.default_rng(0).normal(size=(classes, width)))
    basis = np.random.default_rng(1).normal(size=(width, width)) * np.exp(-4 * np.arange(width) / width)[:, None]
    weight = ((centres - centres.mean(axis=0)) / width**0.5).astype(np.float32)
    bias = np.linspace(-0.1, 0.1, classes).astype(np.float32)
    found = []
    for seed in (2, 3):
        rng = np.random.default_rng(seed)
        labels = np.arange(rows) % classes
        mixed = np.where(rng.random(rows) < 0.1, rng.integers(0, classes, rows), labels)
        noise = rng.normal(size=(rows, width)) @ basis * (2 / width**0.5) + rng.normal(size=(rows, width)) * 0.3
        features = np.maximum((centres[labels] + centres[mixed]) / 4 + noise, 0).astype(np.float32)
        names, letters = tuple(map(str, range(rows))), tuple(f"class {c}" for c in range(classes))
        logits = (features @ weight.T + bias).astype(np.float32)
        found.append(PredictionTable(names, labels, logits, features, letters, last_layer=LastLayer(weight, bias)))
    return found[0], found[1]


def peers(dtype: torch.dtype) -> dict[str, Peer]:  # noqa: C901 - many small functions
    """pytorch-ood's scores in ours' sign and scale, by name."""
    from pytorch_ood import detector as ood  # type: ignore[import-untyped]

    def z(table: PredictionTable) -> torch.Tensor:
        return torch.from_numpy(table.logits).to(dtype)

    def x(table: PredictionTable) -> torch.Tensor:
        return torch.from_numpy(table.features).to(dtype)

    def y(table: PredictionTable) -> torch.Tensor:
        return torch.from_numpy(table.labels)

    def maps(table: PredictionTable) -> torch.Tensor:
        return x(table)[:, :, None, None]

    def head(table: PredictionTable) -> torch.nn.Linear:
        layer = table.last_layer
        assert layer is not None
        linear = torch.nn.Linear(layer.weight.shape[1], layer.weight.shape[0], dtype=dtype)
        linear.weight.data[:], linear.bias.data[:] = torch.from_numpy(layer.weight), torch.from_numpy(layer.bias)
        return linear

    def on_maps(table: PredictionTable) -> Any:  # noqa: ANN401 - a callable of torch
        linear = head(table)
        return lambda features: linear(features.flatten(1))

    def by_features(detector: Any, fit: PredictionTable, table: PredictionTable) -> Any:  # noqa: ANN401 - a detector
        return detector.fit_features(x(fit), y(fit)).predict_features(x(table)).numpy()

    def openmax(fit: PredictionTable, table: PredictionTable, own: Any) -> Array:  # noqa: ANN401 - a fitted score
        detector = ood.OpenMax(None, tailsize=20, alpha=len(fit.classes)).fit_logits(z(fit), y(fit))
        if own is not None:
            for law, model in zip(own.formula.args[1], detector._openmax.distributions.values(), strict=True):
                model.c, model.scale = law.shape, model.translation * np.exp(law.log_scale)
        return np.asarray(detector.predict_logits(z(table)))

    def react(fit: PredictionTable, table: PredictionTable, _own: object) -> Array:
        detector = ood.ReAct(None, on_maps(fit), percentile=0.9).fit_feature_maps(maps(fit), y(fit))
        return np.asarray(detector.predict_feature_maps(maps(table)))

    def vim(fit: PredictionTable, table: PredictionTable, _own: object) -> Array:
        linear = head(fit)
        return np.asarray(by_features(ood.ViM(None, 32, linear.weight, linear.bias), fit, table))

    def temperature(fit: PredictionTable, table: PredictionTable, own: Any) -> Array:  # noqa: ANN401 - a fitted score
        detector = ood.TemperatureScaling(None).fit_logits(z(fit), y(fit))
        if own is not None:
            return np.asarray(ood.MaxSoftmax.score(z(table), own.chosen["temperature"]))
        return np.asarray(detector.predict_logits(z(table)).detach())

    return {
        "max_softmax": lambda _, t, _own: np.asarray(ood.MaxSoftmax.score(z(t))),
        "max_logit": lambda _, t, _own: np.asarray(ood.MaxLogit.score(z(t))),
        "entropy": lambda _, t, _own: np.asarray(ood.Entropy.score(z(t))),
        "energy": lambda _, t, _own: np.asarray(ood.EnergyBased.score(z(t))),
        "temperature": temperature,
        "gen": lambda _, t, _own: np.asarray(ood.GEN.score(z(t))) * len(t.classes),
        "knn": lambda f, t, _own: by_features(ood.KNN(None, k=50), f, t),
        "mahalanobis": lambda f, t, _own: by_features(ood.Mahalanobis(None), f, t) * 2 * len(f.ids),
        "relative_mahalanobis": lambda f, t, _own: by_features(ood.RMD(None), f, t) * len(f.ids),
        "vim": vim,
        "fdbd": lambda f, t, _own: by_features(ood.fDBD(None, head(f).float()), f, t),
        "openmax": openmax,
        "react": react,
        "ash": lambda f, t, _own: ood.ASH(None, on_maps(f), percentile=0.9).predict_feature_maps(maps(t)).detach().numpy(),
        "scale": lambda f, t, _own: ood.SCALE(None, on_maps(f), percentile=0.85).predict_feature_maps(maps(t)).detach().numpy(),
    }


def definitions() -> dict[str, Peer]:
    """Scores that pytorch-ood does not have, or computes in float32 only, by scipy and scikit-learn."""
    from sklearn.decomposition import PCA
    from sklearn.mixture import GaussianMixture

    def probabilities(table: PredictionTable) -> Array:
        return np.asarray(softmax(table.logits.astype(np.float64), axis=1))

    def margin(_: PredictionTable, table: PredictionTable, _own: object) -> Array:
        p = np.sort(probabilities(table), axis=1)
        return np.asarray(p[:, -2] - p[:, -1])

    def doctor(_: PredictionTable, table: PredictionTable, _own: object) -> Array:
        g = (probabilities(table) ** 2).sum(axis=1)
        return np.asarray((1 - g) / g)

    def density(fit: PredictionTable, table: PredictionTable, own: Any) -> Array:  # noqa: ANN401 - a fitted score
        features = fit.features.astype(np.float64)
        pca = PCA(own.chosen["components"], whiten=True, svd_solver="full").fit(features)
        low, k = pca.transform(features), len(fit.classes)
        classes = [low[fit.labels == c] for c in range(k)]
        means, ridge = np.stack([one.mean(axis=0) for one in classes]), 1e-3 * np.eye(low.shape[1])
        precisions = np.stack([np.linalg.inv(np.cov(one, rowvar=False, ddof=0) + ridge) for one in classes])
        weights = np.array([len(one) / len(low) for one in classes])
        model = GaussianMixture(k, reg_covar=1e-3, weights_init=weights, means_init=means, precisions_init=precisions).fit(low)
        return -np.asarray(model.score_samples(pca.transform(table.features.astype(np.float64))))

    return {"margin": margin, "doctor": doctor, "density": density}


EQUAL: dict[str, Any] = {
    "knn": Knn(k=50), "mahalanobis": Mahalanobis(shrinkage=0), "relative_mahalanobis": RelativeMahalanobis(shrinkage=0),
    "vim": Vim(dimension=32), "fdbd": Fdbd(), "openmax": OpenMax(tail=20), "react": React(percentile=0.9),
    "ash": SCORES["ash"](percentile=0.9),  # type: ignore[call-arg]
}  # fmt: skip
"""Ours with the hyper-parameters of the peers; the others have none to set."""
REASONS = {
    "temperature": "at our T; theirs stops after 50 steps",
    "gen": "sum, theirs is the mean: times k",
    "mahalanobis": "covariance by n, theirs by 1 and halved: times 2 n",
    "relative_mahalanobis": "covariance by n, theirs by 1: times n",
    "vim": "theirs computes in float32",
    "fdbd": "theirs computes in float32",
    "openmax": "at our Weibull laws; theirs end where a simplex search stops",
}


def agreement(rows: int = 2000, width: int = 128, classes: int = 4) -> list[tuple[str, str, float, str]]:
    """Name, oracle, largest difference relative to the largest score, and the reason or the scale, of each score."""
    fit, table = tables(rows, width, classes)
    fit = fit.take(np.flatnonzero(fit.correct))  # OpenMax of the paper learns from these, pytorch-ood's from all
    before = torch.get_default_dtype()
    torch.set_default_dtype(DOUBLE)
    try:
        found = []
        theirs, defined, others = peers(DOUBLE), definitions(), other_peers(DOUBLE)
        for name, score in SCORES.items():
            own = EQUAL.get(name, score()).fit(fit)
            ours = own(table)
            oracle = "pytorch-ood" if name in theirs else "scikit-learn" if name == "density" else "definition (scipy)"
            calls = [(oracle, (theirs | defined)[name])] + ([("torch-uncertainty", others[name])] if name in others else [])
            for who, call in calls:
                peer = np.asarray(call(fit, table, own), dtype=np.float64)
                if peer.shape != ours.shape:
                    raise SystemExit(f"{name}: {who} gives {peer.shape}, not a number for each of {len(ours)} rows")
                gap = float(np.abs(ours - peer).max() / np.abs(peer).max())
                found.append((name, who, gap, REASONS.get(name, "") if who == oracle else ""))
        return found
    finally:
        torch.set_default_dtype(before)


def other_peers(dtype: torch.dtype) -> dict[str, Peer]:
    """torch-uncertainty's criteria, where it is installed."""
    try:
        from torch_uncertainty import ood_criteria as criteria  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return {}
    made = {
        "max_softmax": criteria.MaxSoftmaxCriterion(), "max_logit": criteria.MaxLogitCriterion(),
        "energy": criteria.EnergyCriterion(), "entropy": criteria.EntropyCriterion(),
    }  # fmt: skip

    def scored(name: str) -> Peer:
        def on(z: torch.Tensor) -> torch.Tensor:
            # Rows, members of an ensemble (here one), classes. Without the middle one energy and max_logit of 0.13 take the mean
            # over classes, and give one number for all rows.
            if name == "entropy":
                return z.softmax(-1)[:, None]
            return z.softmax(-1) if name == "max_softmax" else z[:, None]

        return lambda _, table, _own: np.asarray(made[name](on(torch.from_numpy(table.logits).to(dtype))))

    return {name: scored(name) for name in made}


def best(calls: list[Callable[[], object] | None], repeats: int) -> list[float | None]:
    """Least seconds of each call, the calls taking turns."""
    least: list[float | None] = [None] * len(calls)
    for _ in range(repeats):
        for i, call in enumerate(calls):
            if call is not None:
                start = time.perf_counter()
                call()
                seconds = time.perf_counter() - start
                least[i] = min(seconds, least[i] or seconds)
    return least


@torch.no_grad()
def speed(rows: int, width: int, classes: int, repeats: int) -> list[tuple[object, ...]]:
    """Milliseconds of fit and scores, and ratios to the peers', of each score."""
    fit, table = tables(rows, width, classes)
    theirs, others = peers(torch.float32), other_peers(torch.float32)
    found: list[tuple[object, ...]] = []
    for name, made in SCORES.items():
        score: Any = EQUAL.get(name, made())
        call, other = theirs.get(name), others.get(name)
        grad = name == "temperature"  # pytorch-ood descends

        def peer(call: Peer | None = call, grad: bool = grad) -> object:
            assert call is not None
            with torch.set_grad_enabled(grad):
                return call(fit, table, None)

        calls: list[Callable[[], object] | None] = [
            lambda score=score: score.fit(fit)(table),  # type: ignore[misc]
            peer if call else None,
            (lambda other=other: other(fit, table, None)) if other else None,  # type: ignore[misc]
        ]
        score.fit(fit)(table)  # machine code is compiled or read
        fewer = 1 if name == "openmax" else repeats
        own, first, second = best(calls[:1], repeats)[0], *best(calls[1:], fewer)
        assert own is not None
        found.append((f"`{name}`", f"{own * 1000:.2f}", *("" if s is None else f"{s / own:.1f}" for s in (first, second))))
    return found


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10000, help="to fit on, and to score (default: %(default)s)")
    parser.add_argument("--width", type=int, default=512, help="features (default: %(default)s)")
    parser.add_argument("--classes", type=int, default=4, help="classes (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="best of so many (default: %(default)s)")
    parser.add_argument("--agreement", action="store_true", help="print differences, not times")
    arguments = parser.parse_args()
    if arguments.agreement:
        rows = [(f"`{name}`", oracle, f"{gap:.0e}", why) for name, oracle, gap, why in agreement()]
        show("Agreement on the same arrays", "score | oracle | largest difference | reason, scale", rows)
        return
    columns = "score | fit and score ms | × pytorch-ood | × torch-uncertainty"
    title = f"{arguments.rows} rows to fit on and to score, {arguments.width} features, {arguments.classes} classes"
    show(title, columns, speed(arguments.rows, arguments.width, arguments.classes, arguments.repeats))


if __name__ == "__main__":
    main()
