"""What is measured where asked for, of the first task and row: the train x serve matrix, and the sweep of reduction factors."""

from dataclasses import replace

from robustfashion.bench.experiment.division import Division
from robustfashion.bench.experiment.originals import originals
from robustfashion.bench.experiment.session import Divisions, Session
from robustfashion.bench.resize import figures
from robustfashion.bench.resize.asking import Plan, ask_all
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.result import Figure

_ENOUGH = 0.5
"""Share of the test pictures that fill the canvas of a factor of the sweep: a study of fewer is one of other pictures."""


def figures_of(session: Session, settings: ResizeSettings, divisions: Divisions, plan: Plan) -> tuple[list[Figure], str]:
    """The figures that the settings ask for, and why one of them is missing, in words."""
    spec = next(iter(divisions))
    first, found = {spec: divisions[spec]}, []
    if settings.matrix_methods and plan.network is None:
        found.append(_matrix(session, settings, first, plan))
    if not settings.scale_factors:
        return found, ""
    if settings.preprocessing().policy is not None:
        return found, "The sweep of reduction factors is left out: it varies the canvas, and the training method has none."
    sweep = _sweep(session, settings, first, plan)
    note = (
        "The sweep of reduction factors is left out: less than half of the test pictures fill the canvas of any factor asked for."
    )
    return ([*found, sweep], "") if sweep else (found, note)


def _matrix(session: Session, settings: ResizeSettings, first: Divisions, plan: Plan) -> Figure:
    """Train the first row with each method, serve each with all."""
    methods = settings.matrix_methods
    preprocessings = {method: settings.preprocessing(method) for method in methods}
    row = replace(plan.rows[0], train_methods=())  # of a row that learns from several, each alone
    studies = {method: ask_all(session, first, Plan([row], method, preprocessings)) for method in methods}
    ((spec, division),) = first.items()
    values = figures.accuracy_matrix(studies, methods)
    return figures.matrix_figure(f"{spec.name}: {row.name}", methods, values, len(division["test"]))


def _sweep(session: Session, settings: ResizeSettings, first: Divisions, plan: Plan) -> Figure | None:
    """Every plain method at several reduction factors of the last stage; the first stage is always the training method's.

    A picture that is smaller than the canvas would be padded, so that with the factor its product would shrink, too: only
    pictures that fill the largest canvas are asked about, the same at every factor, and factors that few pictures fill are left
    out.
    """
    ((spec, division),) = first.items()
    factors, kept = _reached(division, settings)
    if not factors:
        return None
    trained = settings.preprocessing()
    fit = trained.fit_method or trained.method
    studies = []
    for factor in factors:
        canvas = round(factor * trained.size)
        preprocessings = {
            method: replace(settings.preprocessing(method), fit_method=fit, canvas=canvas)
            for method in settings.methods
            if "+" not in method or method == settings.reference
        }
        one = Plan(plan.rows[:1], plan.reference, preprocessings, plan.network)
        studies.append(ask_all(session, {spec: kept}, one))
    n, missing = len(kept["test"]), [factor for factor in settings.scale_factors if factor not in factors]
    note = f"{n} of {len(division['test'])} test pictures, whose longer side is at least {round(factors[-1] * trained.size)} px."
    if missing:
        note += f" Left out, since less than half of the pictures fill them: {', '.join(f'{factor:g}' for factor in missing)}."
    return figures.sweep_figure(factors, studies, f"{spec.name}: {plan.rows[0].name}", str(trained.size), note)


def _reached(division: Division, settings: ResizeSettings) -> tuple[list[float], Division]:
    """Factors whose canvas enough test pictures fill, lowest first, and the division with those pictures as its test part."""
    test, size = division["test"], settings.preprocessing().size
    sides = [of.longer_px for of in originals(test, settings.preprocessing(), settings.workers)]
    for factor in sorted(settings.scale_factors, reverse=True):
        rows = [i for i, side in enumerate(sides) if side >= round(factor * size)]
        if len(rows) >= _ENOUGH * len(test):
            kept = replace(division, parts={**division.parts, "test": test.take(rows)})
            return sorted(f for f in settings.scale_factors if f <= factor), kept
    return [], division
