"""The answer in a few sentences, each with its numbers."""

from robustfashion.bench.accuracy.measures import accuracy, calibration_of, calibration_p_values, gain, has_learned
from robustfashion.bench.accuracy.study import AccuracyStudy, TaskResult
from robustfashion.bench.verdicts import LEARNED
from robustfashion.bench.wording import counted, share


def headline(study: AccuracyStudy) -> list[str]:
    """Accuracies by kind, the hardest classifier, calibration, transfer, and who has not learned."""
    lines = [line for kind in ("attribute", "product type", "labels") for line in _of_kind(study.scratch(kind), kind)]
    sure = max(study.scratch(), key=lambda c: calibration_of(c).value)
    error = calibration_of(sure)
    rejected = sum(p < 0.05 for p in calibration_p_values(study))
    lines.append(
        f"Furthest from its own confidence is {sure.name}: calibration error {share(error)} (root mean square, debiased). "
        f"That confidence means what it says is rejected for {rejected} of {counted(len(study.results), 'network')} "
        "(Holm-corrected, p < 0.05)."
    )
    for plain, other in study.pairs():
        found = gain(plain, other)
        lines.append(
            f"Starting from {other.base} instead of from scratch changes {plain.spec.name} by {100 * found.value:+.1f} points "
            f"[{100 * found.low:+.1f}, {100 * found.high:+.1f}] on the same {found.n} images."
        )
    idle = [c.name for c in study.results if not has_learned(c)]
    if idle:
        lines.append(f"Not learned (balanced skill below {LEARNED:.0%}): {', '.join(idle)}.")
    return lines


def _of_kind(found: list[TaskResult], kind: str) -> list[str]:
    if not found:
        return []
    worst, best = min(found, key=lambda c: accuracy(c).value), max(found, key=lambda c: accuracy(c).value)
    n, seeds = sum(c.n for c in found), sorted({len(c.runs) for c in found})
    what = {
        "attribute": "attribute classifiers",
        "product type": "product-type validators",
        "labels": "classifiers",
    }
    if len(found) == 1:
        return [f"{worst.name}: {share(accuracy(worst))} accuracy on n = {n} test pictures, {counted(seeds[0], 'seed')}."]
    each = counted(seeds[0], "seed") if len(seeds) == 1 else f"{seeds[0]} to {counted(seeds[-1], 'seed')}"
    return [
        f"{len(found)} {what[kind]}: from {worst.name}, {share(accuracy(worst))}, to {best.name}, {share(accuracy(best))} "
        f"accuracy (n = {n} test pictures in all, {each} each)."
    ]
