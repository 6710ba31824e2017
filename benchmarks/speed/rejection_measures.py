"""Speed of the measures of rejection beside scikit-learn's, pytorch-ood's and torch-uncertainty's on the same arrays.

    python benchmarks/speed/rejection_measures.py [--rows N] [--scores M] [--rounds R] [--resamples B]

Prints two Markdown tables. Single measures: milliseconds (median) and how many times longer the peer takes; ours always works
out all thirteen. The bootstrap: seconds of all measures of all scores, the first call with the compilation or the reading of
what was compiled. A peer that is not installed is left out by name.
"""

import argparse
import importlib
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from markdown_table import show

from robustfashion.provenance import git_commit, library_versions
from robustfashion.rejection.judged import Judged
from robustfashion.rejection.measures import Levels, measure_all
from robustfashion.rejection.resampled import resampled

Call = Callable[[], object]


def rows(count: int, scores: int) -> Judged:
    """One row in twelve is an outlier, one ordinary answer in ten is wrong; each picture is a product."""
    rng = np.random.default_rng(0)
    outlier = np.arange(count) % 12 == 0
    wrong = ~outlier & (rng.random(count) < 0.1)
    base = rng.normal(size=count) + 1.5 * outlier + wrong
    columns = np.stack([base + 0.1 * j * rng.normal(size=count) for j in range(scores)], axis=1)
    return Judged(columns, tuple(f"score {j}" for j in range(scores)), outlier, wrong, tuple(map(str, range(count))))


def peers(judged: Judged) -> dict[str, dict[str, Call]]:
    """Calls of each peer by measure."""
    scores, outlier = judged.column(judged.names[0]), judged.outlier
    from sklearn import metrics as sklearn

    found: dict[str, dict[str, Call]] = {
        "scikit-learn": {
            "auroc": partial(sklearn.roc_auc_score, outlier, scores),
            "aupr_outlier": partial(sklearn.average_precision_score, outlier, scores),
            "aupr_ordinary": partial(sklearn.average_precision_score, ~outlier, -scores),
            "id_rejected@ood95": partial(sklearn.roc_curve, outlier, scores),
            "ood_accepted@id95": partial(sklearn.roc_curve, ~outlier, -scores),
        }
    }
    import torch

    strange, values = torch.where(torch.tensor(outlier), -1, 1), torch.tensor(scores)
    ood = _module("pytorch_ood.metrics.functional")
    if ood:
        found["pytorch-ood"] = {
            "auroc": partial(ood.auroc, values, strange),
            "aupr_outlier": partial(ood.aupr, values, strange, "ood"),
            "aupr_ordinary": partial(ood.aupr, values, strange, "id"),
            "id_rejected@ood95": partial(ood.fpr_at_tpr, values, strange),
        }
    uncertainty = _module("torch_uncertainty.metrics.classification")
    if uncertainty:
        # It reads the confidence off two probabilities; that is given to it ready-made.
        confidence = 0.5 + 0.5 / (1 + torch.exp(values[~torch.tensor(outlier)]))
        given = torch.stack([confidence, 1 - confidence], dim=1), torch.tensor(judged.wrong[~outlier].astype(np.int64))
        metrics: dict[str, Callable[[], Any]] = {
            "augrc": uncertainty.AUGRC,
            "aurc": uncertainty.AURC,
            "risk@coverage": partial(uncertainty.RiskAtxCov, 0.8),
            "coverage@risk": partial(uncertainty.CovAtxRisk, 0.05),
        }
        found["torch-uncertainty"] = {name: partial(_updated, metric, given) for name, metric in metrics.items()}
    return found


def _module(name: str) -> Any:  # noqa: ANN401  modules without types
    try:
        return importlib.import_module(name)
    except ImportError:
        sys.stderr.write(f"{name.split('.')[0]} is not installed: left out\n")
        return None


def _updated(metric: Callable[[], Any], given: tuple[object, object]) -> object:
    made = metric()
    made.update(*given)
    return made.compute()


def milliseconds(calls: dict[str, Call], rounds: int) -> dict[str, float]:
    """Median of interleaved calls, the first of each left out."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(-1, rounds):
        for name, call in calls.items():
            start = time.perf_counter_ns()
            call()
            if number >= 0:
                times[name].append((time.perf_counter_ns() - start) / 1e6)
    return {name: statistics.median(of) for name, of in times.items()}


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000, help="pictures (default: %(default)s)")
    parser.add_argument("--scores", type=int, default=18, help="of the bootstrap (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=30, help="turns of each call (default: %(default)s)")
    parser.add_argument("--resamples", type=int, default=2000, help="of the bootstrap (default: %(default)s)")
    arguments = parser.parse_args()
    judged = rows(arguments.rows, arguments.scores)
    versions = ", ".join(f"{name} {version}" for name, version in library_versions().items())
    print(f"{arguments.rows} rows; commit {git_commit()}; {versions}")

    whole = partial(measure_all, judged.column(judged.names[0]), judged.outlier, judged.wrong, Levels())
    ordinary = ~judged.outlier
    alone = partial(measure_all, judged.scores[ordinary, 0], judged.outlier[ordinary], judged.wrong[ordinary], Levels())
    table = []
    for peer, calls in peers(judged).items():
        ours = alone if peer == "torch-uncertainty" else whole
        times = milliseconds({"robustfashion": ours, **calls}, arguments.rounds)
        own = times.pop("robustfashion")
        table += [(peer, f"`{name}`", f"{value:.2f}", f"{own:.2f}", f"{value / own:.1f}") for name, value in times.items()]
    show("Single measures, ms", "peer | measure | peer | all thirteen here | ratio", table)

    seconds = []
    for call in ("first", "second", "third"):
        for against, reference in (("values", None), ("values and differences", judged.names[0])):
            wall, cpu = time.perf_counter(), time.process_time()
            resampled(judged, reference, resamples=arguments.resamples)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            seconds.append((call, against, f"{wall:.1f}", f"{cpu:.1f}"))
    title = f"{arguments.resamples} resamples of {arguments.scores} scores, all measures, seconds"
    show(title, "call | what | wall | processor time", seconds)


if __name__ == "__main__":
    main()
