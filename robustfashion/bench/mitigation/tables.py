"""Tables of the mitigation suite: what is recommended, what each remedy removes, and what it costs."""

from collections.abc import Sequence

from robustfashion.bench import measures as shared
from robustfashion.bench.mitigation.effects import Effect, Effects, share_of
from robustfashion.bench.mitigation.prices import AGAIN, training_times
from robustfashion.bench.mitigation.rule import TEXT, Advice, advice
from robustfashion.bench.mitigation.study import Arm
from robustfashion.result import Cell, ColumnOf, Table, table_of
from robustfashion.stats import SEEDS_NEEDED

_SHARE = "mean over seeds; products resampled, with a pseudo-product each way"
_PAIRED = "paired seed by seed and picture by picture; t interval over products, with three or more seeds also over seeds"
_REMOVED = "1 − with / without; products resampled through both"
_CHOSEN = "of the remedy that was chosen of all, which the interval does not allow for; the table of remedies has one that does"

_KINDS = {
    "none": "–", "control": "control", "row": "training", "serve": "another call", "ensemble": "ensemble",
    "recalibrate": "statistics", "margin": "left to people",
}  # fmt: skip


def recommendations(effects: Effects) -> Table:
    """A line for each serving method; the note is the rule."""
    found = [advice(effects, method) for method in effects.study.methods]
    damage = (
        "pictures whose tag is another one than under the training method, without a remedy; t interval over products and seeds"
    )
    trained = "the best of those that need a training, where the recommended one needs none"
    return table_of("recommendation", "What to do", found, [
        ("Serving method", "text", "what resizes the pictures in production", lambda a: a.method),
        ("Tag changes", "share", damage, lambda a: a.damage),
        ("Recommended", "text", "by the rule below", lambda a: _says(a)),
        ("Then", "share", f"tag changes that are left; {_SHARE}; {_CHOSEN}",
         lambda a: a.best.after if a.best else None),
        ("Damage removed", "share", f"{_REMOVED}; {_CHOSEN}", lambda a: a.best.removed if a.best else None),
        ("With retraining", "text", trained, lambda a: a.retrained.arm.name if a.retrained else None),
        ("Then it is", "share", f"tag changes that are left by that; {_SHARE}",
         lambda a: a.retrained.after if a.retrained else None),
        ("At Δ clean accuracy", "points", f"accuracy under the training method, with − without; {_PAIRED}",
         lambda a: a.retrained.clean_change if a.retrained else None),
    ], TEXT)  # fmt: skip


def _says(found: Advice) -> str:
    if found.best is not None:
        return found.best.arm.name
    return "none may be" if found.hurt else "no damage is shown"


def removals(effects: Effects) -> Table:
    """A line for each remedy and serving method."""
    stands = "what resizes the pictures in production; another call or an ensemble stands in its place"
    changed = "of all evaluated pictures, those whose tag is another one than under the training method"
    together = "t interval over products and (from three on) seeds that holds for all lines at once (max-t)"
    gone = f"{_REMOVED}, of these networks; below 0 it grew; n/a where no damage is shown without a remedy"
    columns: list[ColumnOf[Effect]] = [
        ("Remedy", "text", "what is done", lambda e: e.arm.name),
        ("Serving method", "text", stands, lambda e: e.method),
        ("Tag changes, without", "share", f"{changed}; {_SHARE}, of these networks (under What to do: of their recipe)",
         lambda e: e.before),
        ("Tag changes", "share", f"the same with the remedy, against its own network's answers; {_SHARE}", lambda e: e.after),
        ("Δ tag changes", "points", f"with − without, paired by seed and picture; {together}", lambda e: e.change),
        ("Damage removed", "share", gone, lambda e: e.removed),
        ("Class changes, without", "share", f"pictures with another class, whatever the threshold; {_SHARE}",
         lambda e: e.classes_before),
        ("Class changes", "share", f"the same with the remedy; {_SHARE}", lambda e: e.classes_after),
        *(_accuracies() if effects.study.labelled else []),
        ("Left to people", "share", f"pictures that are refused when served; {_SHARE}",
         lambda e: e.refused if e.arm.kind == "margin" else None),
    ]  # fmt: skip
    return table_of("remedies", "What each remedy removes", list(effects.found.values()), columns, _note(effects))


def _accuracies() -> list[ColumnOf[Effect]]:
    change = f"with − without under the same serving method; {_PAIRED}; n/a where pictures are left to people"
    return [
        ("Accuracy, served", "share", "of the pictures that are answered when served; products resampled", lambda e: e.served),
        ("Δ accuracy, served", "points", change, lambda e: e.served_change),
    ]


def _note(effects: Effects) -> str:
    study = effects.study
    said = [
        f"n = {study.n} pictures of {study.products} products, {study.seeds} seeds. A remedy is held against its own network's "
        f"answers under {study.reference}."
    ]
    said += [
        f"{arm.name} has never seen that: against {arm.reference}, from which it learnt." for arm in study.arms if arm.reference
    ]
    said += [] if study.seeds >= SEEDS_NEEDED else ["With fewer than three seeds all intervals are of these networks."]
    idle = [arm.name for arm in study.others if not arm.learned]
    said += [f"Not learned, so no remedy, and its interval its own: {', '.join(idle)}."] if idle else []
    shares = [arm for arm in study.remedies if arm.kind == "margin"]
    said += ["Pictures left to people at random would remove as large a share of the damage."] if shares else []
    return " ".join(said)


def prices(effects: Effects) -> Table:
    """A line for each arm, no remedy first."""
    study = effects.study
    itself = "pictures whose tag differs from that without the remedy under the training method already"
    trained = "time of training by that without a remedy: ratio of the means (least to most, seed by seed), timed when trained"
    passes = "time of the network for a served picture by that without a remedy: measured of another architecture, else counted"
    columns: list[ColumnOf[Arm]] = [
        ("Remedy", "text", "what is done", lambda a: a.name),
        ("Kind", "text", "what it takes", lambda a: _KINDS[a.kind]),
        *(_clean(effects) if study.labelled else []),
        ("Tagged", "share", f"pictures that carry a tag under the training method; {_SHARE}",
         lambda a: share_of(a.tagged().mean(axis=1), study.groups)),
        ("Tags changed by itself", "share", f"{itself}; {_SHARE}",
         lambda a: effects.own_changes(a) if a.kind in AGAIN else None),
        ("Training", "text", trained, lambda a: times.text if (times := training_times(a, study.plain)) else None),
        ("Network, served", "ratio", passes, lambda a: a.passes),
        ("Left to people", "share", f"largest share over the serving methods; {_SHARE}", lambda a: _refused(effects, a)),
    ]  # fmt: skip
    note = (
        "The time of a Java call is not measured: its pixels are computed here without Java. An ensemble resizes each served "
        "picture once for each of its methods."
    )
    return table_of("prices", "What each remedy costs", study.arms, columns, note)


def _clean(effects: Effects) -> list[ColumnOf[Arm]]:
    change = f"with − without; {_PAIRED}; of statistics re-estimated the worst of all; n/a where nothing can change"
    accuracy = (
        "under the training method, mean over seeds; of statistics re-estimated the worst over serving methods; Wilson's "
        "interval at n pictures"
    )
    skill = "balanced accuracy above chance as a share of what is possible above it; below 60 % it has not learned"
    return [
        ("Clean accuracy", "share", accuracy, lambda a: _clean_accuracy(effects, a)),
        ("Δ clean accuracy", "points", change, lambda a: _worst_clean(effects, a)),
        ("Balanced skill", "share", skill, lambda a: shared.balanced_skill(a.asked)),
    ]  # fmt: skip


def _of_arm(effects: Effects, arm: Arm) -> Sequence[Effect]:
    return [effects.found[arm.name, method] for method in effects.study.methods if (arm.name, method) in effects.found]


def _clean_accuracy(effects: Effects, arm: Arm) -> Cell:
    """The least over serving methods, for each of which other statistics may serve: that of the worst change."""
    found = (shared.accuracy(arm.correct_clean(method).mean(axis=1)) for method in effects.study.methods)
    return min(found, key=lambda share: share.value)


def _worst_clean(effects: Effects, arm: Arm) -> Cell:
    found = [effect.clean_change for effect in _of_arm(effects, arm) if effect.clean_change is not None]
    return min(found, key=lambda change: change.value) if found and arm.kind in (*AGAIN, "recalibrate") else None


def _refused(effects: Effects, arm: Arm) -> Cell:
    found = [effect.refused for effect in _of_arm(effects, arm)]
    return max(found, key=lambda share: share.value) if arm.kind == "margin" else None
