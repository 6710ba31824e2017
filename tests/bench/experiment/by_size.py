"""A throw-away suite on the experiment floor alone: are larger pictures told better?"""

from dataclasses import dataclass, field

from robustfashion.bench.experiment.division import accounting
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.tasks import task_spec
from robustfashion.bench.measures import accuracy
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.progress import Progress, silent
from robustfashion.result import Documentation, Line, SuiteResult, line_figure, table_of


@dataclass(frozen=True)
class SizeSettings(ExperimentSettings):
    """Accuracy by the size of the network's input."""

    positive: str | None = "dress"
    synthetic: SyntheticSettings = field(default_factory=lambda: SyntheticSettings(count=90, long_side_px=(40, 60)))
    row: Row = field(default_factory=Row)
    """The network."""
    sizes: tuple[int, ...] = (16, 32)
    """Sides of the input, in px."""


def by_size(settings: SizeSettings, progress: Progress = silent) -> SuiteResult:
    """Train one network for each size and seed, ask it about the test pictures."""
    session = Session(settings, progress)
    division = session.divide(task_spec(settings.positive or "label", session.catalogue).target)
    found = {}
    for size in settings.sizes:
        at_size = session.at(size=size)
        networks = [at_size.train(settings.row, seed, division) for seed in settings.seeds]
        tables = [at_size.predictions(network, division["test"], at_size.settings.preprocessing()) for network in networks]
        found[size] = accuracy(sum(table.correct.astype(float) for table in tables) / len(tables))
    columns = [
        ("Size", "count", "side of the input, px", lambda item: item[0]),
        ("Accuracy", "share", "mean over seeds, Wilson interval", lambda item: item[1]),
    ]
    values = list(found.values())
    line = Line(
        settings.row.name, list(found), [e.value for e in values], [e.low for e in values], [e.high for e in values]
    )  # fmt: skip
    best = max(found, key=lambda size: found[size].value)
    return session.result(
        "by-size",
        Documentation("Accuracy by size", "How large must the pictures be?", (("Size", "side of the input"),)),
        division.catalogue.fingerprint(),
        headline=[f"Best at {best} px: {100 * found[best].value:.1f} % (n = {found[best].n})."],
        tables=[table_of("sizes", "By size", list(found.items()), columns), accounting(division, division.note)],
        figures=[line_figure("sizes", "By size", x="px", y="accuracy", unit="share", lines=[line], doc="Test pictures.")],
    )
