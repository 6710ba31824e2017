"""Tables of the surface: the design, what was measured in each of its cells, and how well one model foretells it."""

from collections.abc import Sequence

import numpy as np

from robustfashion.bench.resize.measures import balanced_skill
from robustfashion.bench.sensitivity.condition import Condition
from robustfashion.bench.sensitivity.judged import Foretold, Judged, observed
from robustfashion.bench.sensitivity.model import COLUMNS, FULL, Event, Fitted, Lines
from robustfashion.bench.sensitivity.responses import Response, at_training, recalibrated_change, recovered
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.bench.sensitivity.study import Cell, Surface
from robustfashion.bench.verdicts import LEARNED
from robustfashion.result import Cell as TableCell
from robustfashion.result import Table, table_of

EVENTS: dict[Event, str] = {"class": "the class changes", "tag": "the tag changes"}


def design_table(surface: Surface) -> Table:
    """The conditions, a column for each factor."""

    def cells(condition: Condition) -> list[Cell]:
        """One for each of its tasks."""
        return [cell for cell in surface.cells if cell.condition is condition]

    def first(condition: Condition) -> Cell:
        """What its tasks have in common is read from any of them."""
        return cells(condition)[0]

    def own(condition: Condition) -> SensitivitySettings:
        """The suite's settings with what differs there."""
        return first(condition).settings

    return table_of("design", "The design: what differs between conditions", surface.conditions, [
        ("Condition", "text", "its name in all tables", lambda of: of.label),
        ("Network", "text", "architecture and base", lambda of: first(of).kind),
        ("Recipe", "text", "of the training", lambda of: first(of).row.recipe_name),
        ("Tasks", "text", "what is told, networks for each", lambda of: ", ".join(cell.task for cell in cells(of))),
        ("Training pictures", "text", "that are learnt from, by task", lambda of: _range([cell.training for cell in cells(of)])),
        ("Length", "text", "of the training", lambda of: length(first(of))),
        ("Canvas", "count", "side before the last resize, px; n/a: another policy",
         lambda of: own(of).canvas if own(of).preprocessing().policy is None else None),
        ("Input", "count", "side of the network's input, px", lambda of: own(of).preprocessing().size),
        ("Reduction", "ratio", "of the last resize; of another policy the median over the pictures",
         lambda of: first(of).reduction),
        ("Detail", "levels", "median over the evaluated pictures of the root mean square, in grey levels, of what the reduced "
         "picture cannot hold", lambda of: float(np.median(np.concatenate([cell.detail for cell in cells(of)])))),
        ("Training method", "text", "resizes the training pictures", lambda of: own(of).reference),
        ("Drawn differently", "text", "dials of the drawn catalogue", lambda of: drawn(of)),
        ("Also served with", "text", "beyond the common methods", lambda of: ", ".join(of.serve) or "nothing else"),
        ("Seeds", "count", "networks of each task", lambda of: first(of).seeds),
        ("Loss expected", "text", "stated in the settings, before anything was trained", lambda of: "yes" if of.expected else ""),
    ])  # fmt: skip


def drawn(condition: Condition) -> str:
    """Its dials of the drawn catalogue in words."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in condition.drawn.items())


def length(cell: Cell) -> str:
    """How long its networks are trained, in words."""
    if cell.row.on_trunk:
        return "fitted"
    settings = cell.settings
    steps = "" if settings.max_steps in (None, -1) else f"{settings.max_steps} steps, "
    return f"{steps}at most {settings.max_epochs} epochs"


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def surface_table(found: Sequence[Response]) -> Table:
    """A line for each cell and serving method."""
    return table_of("surface", "What each method changes in each condition", found, [
        ("Condition", "text", "of the design", lambda of: of.cell.condition.label),
        ("Task", "text", "what is told", lambda of: of.cell.task),
        ("Serving method", "text", "resizes the pictures instead of the training method", lambda of: of.method),
        ("Antialiased", "text", "yes: its filter widens with the reduction", lambda of: "yes" if of.antialiased else "no"),
        ("JPEG", "text", "where a JPEG is in the way", lambda of: of.between or "none"),
        ("Reduction", "ratio", "of the last resize", lambda of: of.cell.reduction),
        ("Δ accuracy", "points", "accuracy under this method minus under the training method, mean over seeds; t interval over "
         "products, with three or more seeds also over seeds; each by itself", lambda of: of.accuracy),
        ("Classes", "share", "pictures whose class changes, mean over seeds; products resampled", lambda of: of.classes),
        ("Tags", "share", "pictures that lose, gain or change their tag at the deployed threshold, mean over seeds; products "
         "resampled", lambda of: of.tags),
        ("Drift", "share", "mean absolute change of the top-1 confidence; products resampled", lambda of: of.drift),
        ("Learned", "text", "no: balanced skill too low to lose anything; left out of claims, model and figures",
         lambda of: "yes" if of.cell.learned else "no"),
    ])  # fmt: skip


def cells_table(surface: Surface) -> Table:
    """A line for each cell: what its networks know before anything changes."""
    return table_of("cells", "The networks of each condition under the training method", list(surface.cells), [
        ("Condition", "text", "of the design", lambda of: of.condition.label),
        ("Task", "text", "what is told", lambda of: of.task),
        ("Images", "count", "evaluated pictures", lambda of: of.classifier.n),
        ("Products", "count", "products among them", lambda of: of.classifier.products),
        ("Training pictures", "count", "that were learnt from", lambda of: of.training),
        ("Seeds", "count", "networks", lambda of: of.seeds),
        ("Accuracy", "share", "under the training method, mean over seeds; Wilson interval",
         lambda of: at_training(of) if of.classifier.labelled else None),
        ("Balanced skill", "share", "balanced accuracy above chance as a share of what is possible above it; bootstrap over "
         "products", lambda of: balanced_skill(of.classifier) if of.classifier.labelled else None),
        ("Median margin", "number", "logit of the first class minus that of the second, median over pictures and seeds",
         lambda of: float(np.median(of.margins))),
        ("Detail", "levels", "median over pictures of the root mean square of what the reduced picture cannot hold",
         lambda of: float(np.median(of.detail))),
        ("Learned", "text", f"yes: balanced skill is at least {LEARNED:.0%} and above 0 by its whole interval",
         lambda of: "yes" if of.learned else "no"),
    ])  # fmt: skip


Row = tuple[Event, str, str, Judged]
"""Event, model, what was held out, and how well it was foretold."""


def model_table(judged: Sequence[Row], note: str) -> Table:
    """A line for each event, model and kind of held out lines."""
    return table_of("model", "What foretells which answer changes", judged, [
        ("Event", "text", "what is foretold", lambda of: EVENTS[of[0]]),
        ("Looks at", "text", "the model's columns: margin (both), detail, method (antialiased or not, JPEG), or all "
         "of these with their products; and more", lambda of: of[1]),
        ("Held out", "text", "each line is foretold by a model that has seen nothing of its condition (or kind of network) "
         "and nothing of its product", lambda of: of[2]),
        ("Lines", "count", "pictures x seeds x methods that were foretold", lambda of: of[3].auc.n),
        ("AUC", "number", "probability that a line that changes is given more than one that does not; products resampled",
         lambda of: of[3].auc),
        ("Log loss", "number", "mean of −log of what was given to what happened; products resampled", lambda of: of[3].log_loss),
        ("Log loss of the base rate", "number", "of a model that knows the share of changes in the fitted lines only",
         lambda of: of[3].base),
        ("Slope", "number", "of the changes on the foretold log odds: 1 where these are as spread as they should be; robust "
                            "errors "
         "over products", lambda of: of[3].slope),
        ("Intercept", "number", "of the log odds at slope 1: below 0 fewer change than foretold; robust errors over products",
         lambda of: of[3].intercept),
    ], note)  # fmt: skip


def expected_table(lines: Lines, foretold: dict[Event, Foretold]) -> Table | None:
    """Expected and observed shares of every condition, foretold by models that have not seen it; None: none was foretold."""
    rows: list[tuple[str, Event]] = [
        (label, event) for label in dict.fromkeys(lines.conditions) for event, of in foretold.items()
        if of.known[lines.of(lines.conditions, label)].any()
    ]  # fmt: skip
    if not rows:
        return None

    def where(row: tuple[str, Event]) -> np.ndarray:
        """Lines of the condition that a model foretells which has not seen it."""
        return np.flatnonzero(lines.of(lines.conditions, row[0]) & foretold[row[1]].known)

    def given(row: tuple[str, Event]) -> float:
        """Mean probability over these lines."""
        return float(foretold[row[1]].probability[where(row)].mean())

    return table_of("expected", "Changes of a condition, foretold from the others", rows, [
        ("Condition", "text", "of the design; the model has seen all others", lambda of: of[0]),
        ("Event", "text", "what is foretold", lambda of: EVENTS[of[1]]),
        ("Lines", "count", "pictures x seeds x methods", lambda of: len(where(of))),
        ("Expected", "share", "mean foretold probability", given),
        ("Observed", "share", "share that changed; products resampled", lambda of: observed(lines, of[1], where(of))),
        ("Expected changes", "number", "lines times the expected share", lambda of: given(of) * len(where(of))),
        ("Observed changes", "count", "lines that changed",
         lambda of: int(lines.changed[of[1]][where(of)].sum())),
    ])  # fmt: skip


def weights_table(models: dict[Event, Fitted]) -> Table:
    """The fitted models: a line for each column of the design matrix."""

    def weight(name: str, event: Event) -> TableCell:
        """Of a column in the event's model; None: it has none."""
        fitted = models.get(event)
        return None if fitted is None or name not in fitted.names else float(fitted.weights[fitted.names.index(name)])

    return table_of("weights", "The model's columns and their weights", list(COLUMNS), [
        ("Column", "text", "of the design matrix", lambda name: name),
        ("Meaning", "text", "how it is computed", lambda name: COLUMNS[name]),
        ("Class", "number", "change of the log odds of another class, by one standard deviation of the column",
         lambda name: weight(name, "class")),
        ("Tag", "number", "the same of another tag", lambda name: weight(name, "tag")),
    ], f"Fitted on all conditions whose networks have learned. Models: {FULL['class']} (class), {FULL['tag']} "
       f"(tag).")  # fmt: skip


def recalibrated_table(found: Sequence[Response]) -> Table | None:
    """A line for each cell and method whose BatchNorm statistics were re-estimated; None: none was."""
    asked = [response for response in found if response.cell.recalibrated is not None]
    if not asked:
        return None

    def after(of: Response) -> TableCell:
        """Change of accuracy with re-estimated statistics; None: not asked."""
        change = recalibrated_change(of.cell, of.method)
        return None if change is None else change.estimate

    return table_of("recalibrated", "BatchNorm statistics re-estimated on unlabelled served pictures", asked, [
        ("Condition", "text", "of the design", lambda of: of.cell.condition.label),
        ("Task", "text", "what is told", lambda of: of.cell.task),
        ("Serving method", "text", "resizes served pictures, those of the estimate too", lambda of: of.method),
        ("Δ accuracy", "points", "as trained: under this method minus under the training method; t interval",
         lambda of: of.accuracy),
        ("Δ accuracy, re-estimated", "points", "with statistics of served validation pictures, minus as trained under "
                                               "the training method; t interval", after),
        ("Recovered", "share", "of the loss; n/a where no loss is shown", lambda of: recovered(of.cell, of.method)),
    ])  # fmt: skip
