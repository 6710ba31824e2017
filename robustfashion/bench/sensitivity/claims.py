"""The paper's fifteen points, over the whole design: where they hold, or that no condition shows them."""

from robustfashion.bench.resize.measures import largest_loss
from robustfashion.bench.sensitivity.responses import simultaneous
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.bench.sensitivity.study import Cell, Surface
from robustfashion.bench.verdicts import LARGE_LOSS, RULES, Measured, Standing, claim
from robustfashion.bench.wording import counted
from robustfashion.paper import TABLE_2
from robustfashion.result import Claim
from robustfashion.stats import Estimate

Losses = dict[tuple[Cell, str], Estimate]


def claims(surface: Surface, settings: SensitivitySettings) -> list[Claim]:
    """Whether any condition loses as much as the paper's ResNet-18, and whether any loses at all; none without labels or Java."""
    deltas = simultaneous(surface.learned or surface.cells)
    if not deltas:
        return []
    papers = settings.paper_scale and all(cell.settings.paper_scale and cell.whole for cell in {cell for cell, _ in deltas})
    standing: Standing = "none" if not surface.learned else "paper" if papers else "elsewhere"
    found = largest_loss(list(deltas.values()))
    printed = min(TABLE_2.values(), key=lambda line: line.change)
    many = counted(conditions_of(deltas), "condition")
    asked = f"{counted(len(deltas), 'combination')} of network, task and Java method in {many}"
    where = holding(deltas) if surface.learned else []
    place = f"it holds in {', '.join(where)}" if where else "no condition of this design shows it"
    place = place if surface.learned else "no network has learned"
    return [
        claim(
            "fifteen-points", f"A network loses about fifteen points when Java resizes ({asked}): {place}",
            printed.printed_change, Measured(found, standing), RULES["large loss"],
        ),
        claim(
            "loss-any", f"A network of the design loses accuracy when Java resizes ({asked})", printed.printed_change,
            Measured(found, standing), RULES["loss"],
        ),
    ]  # fmt: skip


def conditions_of(deltas: Losses) -> int:
    """How many conditions were looked at: those with a network that has learned and a Java method."""
    return len({cell.condition.label for cell, _ in deltas})


def holding(deltas: Losses) -> list[str]:
    """Cells and methods whose whole simultaneous interval lies below −10 points."""
    return [f"{cell.name} under {method}" for (cell, method), found in deltas.items() if found.high < -LARGE_LOSS]
