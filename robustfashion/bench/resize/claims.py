"""The paper's statements of section 3.1 and the figures of Table 2 against what we measured; verdicts by stated rules only."""

from dataclasses import dataclass

from robustfashion.bench.resize.measures import BOOTSTRAP_SEED, accuracy, delta, has_learned
from robustfashion.bench.resize.study import Row, Study
from robustfashion.result import Claim, Verdict
from robustfashion.stats import Estimate, cluster_bootstrap

ROUNDING = 0.005
"""Half a percentage point: the paper prints whole percents."""
NO_LOSS = 0.02
"""Two points: the margin within which a difference counts as no difference (AlexNet's 98 % and 98 % are both rounded)."""

_NOT_LEARNED = "; not comparable: the network's balanced accuracy is not above chance"
FIGURE_RULE = (
    "reproduced: the 95 % interval meets the paper's figure ± 0.5 point (its rounding); contradicted: it does not; "
    "not comparable: not at the paper's scale (smoke run), another data set, or another base model"
)
LOSS_RULE = (
    "reproduced: the whole 95 % interval of the Δ lies below 0; contradicted: it lies wholly above −2 points; not shown: "
    "anything between" + _NOT_LEARNED
)
NO_LOSS_RULE = (
    "reproduced: the whole 95 % interval of the Δ lies within ±2 points; contradicted: it lies wholly below −2 points; "
    "not shown: anything between" + _NOT_LEARNED
)
REMEDY_RULE = (
    "reproduced: the whole 95 % interval of (Δ with the remedy − Δ without) lies above 0; contradicted: wholly below 0; "
    "not shown: it holds 0" + _NOT_LEARNED
)


@dataclass(frozen=True)
class Scale:
    """Whether absolute figures may be held against the paper's at all."""

    comparable: bool
    java_method: str
    """The method that stands for the paper's unnamed Java library."""


def loss_verdict(found: Estimate) -> Verdict:
    """Rule :data:`LOSS_RULE`."""
    if found.high < 0:
        return "reproduced"
    return "contradicted" if found.low > -NO_LOSS else "not shown"


def no_loss_verdict(found: Estimate) -> Verdict:
    """Rule :data:`NO_LOSS_RULE`."""
    if found.low > -NO_LOSS and found.high < NO_LOSS:
        return "reproduced"
    return "contradicted" if found.high < -NO_LOSS else "not shown"


def remedy_verdict(found: Estimate) -> Verdict:
    """Rule :data:`REMEDY_RULE`."""
    if found.low > 0:
        return "reproduced"
    return "contradicted" if found.high < 0 else "not shown"


def figure_verdict(found: Estimate, paper: float, comparable: bool) -> Verdict:
    """Rule :data:`FIGURE_RULE`."""
    if not comparable:
        return "not comparable"
    return "reproduced" if found.low <= paper + ROUNDING and found.high >= paper - ROUNDING else "contradicted"


def claims(study: Study, scale: Scale) -> list[Claim]:
    """Every claim that the rows and methods of this study can speak to."""
    if scale.java_method not in study.methods[1:] or not study.labelled:
        return []
    found: list[Claim] = []
    for row in study.rows:
        if row.paper_python is not None and row.paper_java is not None:
            found += _figures(study, row, scale)
            found.append(_loss(study, row, scale))
    remedy = _remedy(study, scale)
    return found + ([remedy] if remedy else [])


def _figures(study: Study, row: Row, scale: Scale) -> list[Claim]:
    result = []
    for library, method, paper in (("Python", study.reference, row.paper_python), ("Java", scale.java_method, row.paper_java)):
        estimate = accuracy(study, row, method)
        if paper is None:
            continue
        result.append(
            Claim(
                id=f"table2-{row.name}-{library}".lower().replace(" ", "-"),
                statement=f"{row.name}: accuracy on images resized with {library} ({method})",
                paper=paper,
                value=estimate.value,
                interval=(estimate.low, estimate.high),
                n=estimate.n,
                unit="share",
                verdict=figure_verdict(estimate, paper, scale.comparable),
                rule=FIGURE_RULE,
            )
        )
    return result


def _loss(study: Study, row: Row, scale: Scale) -> Claim:
    paper = (row.paper_java or 0.0) - (row.paper_python or 0.0)
    loses = paper < -NO_LOSS
    estimate = delta(study, row)[scale.java_method]
    return Claim(
        id=f"loss-{row.name}".lower().replace(" ", "-"),
        statement=f"{row.name} {'loses' if loses else 'does not lose'} accuracy when Java ({scale.java_method}) resizes",
        paper=paper,
        value=estimate.value,
        interval=(estimate.low, estimate.high),
        n=estimate.n,
        unit="points",
        verdict=_if_learned(study, [row], loss_verdict(estimate) if loses else no_loss_verdict(estimate)),
        rule=LOSS_RULE if loses else NO_LOSS_RULE,
    )


def _if_learned(study: Study, rows: list[Row], verdict: Verdict) -> Verdict:
    return verdict if all(has_learned(study, row) for row in rows) else "not comparable"


def _remedy(study: Study, scale: Scale) -> Claim | None:
    """Does augmentation (and a base model, where trained with one) take the loss away from the same architecture?"""
    for robust in (row for row in study.rows if row.recipe == "robust"):
        plain = next(
            (r for r in study.rows if r.architecture == robust.architecture and r.recipe == "paper" and r.base == "none"), None
        )
        if plain is None:
            continue
        method = scale.java_method
        values = (study.difference(robust, method) - study.difference(plain, method))[:, None]
        estimate = cluster_bootstrap(values, study.groups, BOOTSTRAP_SEED)[0]
        known = None not in (robust.paper_java, robust.paper_python, plain.paper_java, plain.paper_python)
        paper = None
        if known:
            paper = (robust.paper_java or 0) - (robust.paper_python or 0) - (plain.paper_java or 0) + (plain.paper_python or 0)
        return Claim(
            id="remedy",
            statement=f"{robust.name} loses less under Java ({method}) than {plain.name}",
            paper=paper,
            value=estimate.value,
            interval=(estimate.low, estimate.high),
            n=estimate.n,
            unit="points",
            verdict=_if_learned(study, [robust, plain], remedy_verdict(estimate)),
            rule=REMEDY_RULE,
        )
    return None
