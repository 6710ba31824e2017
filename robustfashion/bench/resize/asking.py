"""Train (or load) the networks of a resize study, and ask them about the test pictures under every method."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from robustfashion.bench.experiment.division import Division
from robustfashion.bench.experiment.network import Network
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Divisions, Session
from robustfashion.bench.experiment.tasks import TaskSpec
from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.resize.study import Classifier, ResizeStudy, Run
from robustfashion.data.preprocess import Preprocessing


@dataclass(frozen=True)
class Plan:
    """Which networks are asked under which methods."""

    rows: Sequence[Row]
    reference: str
    """The training method."""
    preprocessings: Mapping[str, Preprocessing]
    """By the names of the methods; the reference is among them."""
    network: Network | None = None
    """Asked in place of any training."""

    @property
    def methods(self) -> tuple[str, ...]:
        """The reference first."""
        return tuple(dict.fromkeys((self.reference, *self.preprocessings)))


def ask_all(session: Session, divisions: Divisions, plan: Plan) -> ResizeStudy:
    """Every row for every task, trained with every seed on pictures of the reference method, asked under every method."""
    found = [
        _classifier(session, spec, division, plan, networks)
        for spec, division in divisions.items()
        for networks in _networks(session, spec, division, plan)
    ]
    return ResizeStudy.of(plan.reference, plan.methods, found, trained=plan.network is None)


def _networks(session: Session, spec: TaskSpec, division: Division, plan: Plan) -> list[list[Network]]:
    """Networks of one task by row, one for each seed."""
    if plan.network is not None:
        return [[plan.network]]
    seeds = session.settings.seeds
    return [[session.train(row, seed, division, plan.reference, spec.name) for seed in seeds] for row in plan.rows]


def _classifier(session: Session, spec: TaskSpec, division: Division, plan: Plan, networks: Sequence[Network]) -> Classifier:
    runs = []
    for network in networks:
        what = f"asking {spec.name}: {network.row.name}, seed {network.seed}"
        tables = session.ask(network, division["test"], {m: plan.preprocessings[m] for m in plan.methods}, what)
        runs.append(Run(network.seed, session.thresholds(network, division, plan.preprocessings[plan.reference]), tables))
    return Classifier(spec.name, networks[0].row, tuple(runs))


def trainings(settings: ResizeSettings) -> str:
    """How the trainings of the settings end, in words; empty where there are none."""
    if settings.predictions or settings.checkpoint is not None or all(row.on_trunk for row in settings.rows):
        return ""
    steps = f"after {settings.max_steps} steps or " if settings.max_steps not in (None, -1) else ""
    end = f"Trainings end {steps}after {settings.max_epochs} epochs"
    if settings.overfit_gap is None:
        return f"{end}; they are not stopped when a network begins to overfit, as the paper's were (overfit_gap is not set)."
    return (
        f"{end}, or when training accuracy exceeds validation accuracy by {100 * settings.overfit_gap:g} points for three epochs "
        "(the paper stops at overfitting, without a number)."
    )
