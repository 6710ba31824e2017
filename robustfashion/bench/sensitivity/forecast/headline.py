"""The answer in a few sentences that can be sent on."""

from collections.abc import Sequence

from robustfashion.bench.sensitivity.forecast.numbers import Foreseen, MethodForecast
from robustfashion.bench.sensitivity.forecast.refusing import Refusal, refusals
from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.bench.wording import counted, percent, points, share
from robustfashion.resize import is_java
from robustfashion.stats import Estimate, paired_change

BEYOND = 0.05
"""Share of the catalogue in products that are larger than any of the sample from which on the intervals come with a warning."""
REFUSED = 0.1
"""Share of refused pictures that the headline prices."""


def headline(subject: Subject, found: Sequence[MethodForecast], java_method: str, within: float) -> list[str]:
    """Tags that change, classes, how many pictures would tell it better, and what refusing the least sure pictures buys."""
    named = _named(found, java_method)
    lines = [
        _tags(subject, named), _known(subject, named[0][0], within), _classes(subject, named),
        _refusing(subject, named[0][0].method),
    ]  # fmt: skip
    if subject.labelled:
        method = named[0][0].method
        of = paired_change(subject.classifier.differences(method), subject.groups).estimate
        lines.append(f"Accuracy of the {subject.n} pictures under {method}: {points(of)} against {subject.reference}.")
    else:
        lines.append("The pictures have no labels, so that changes can be counted, but not whether they are for better or worse.")
    if subject.beyond >= BEYOND * subject.total:
        more = f"; --pictures {subject.total} asks all" if subject.drawn else ""
        lines.append(
            f"{subject.beyond:,} pictures lie in products larger than any that was asked: if such a product changes as a whole, "
            f"the intervals do not hold{more}."
        )
    return [line for line in lines if line]


def _named(found: Sequence[MethodForecast], java_method: str) -> list[tuple[MethodForecast, str]]:
    """Forecasts that the headline names, and why: the Java method of the settings, the nearest one, the farthest of all."""
    by_share = sorted(found, key=lambda of: (of.tags.catalogue.value, of.classes.catalogue.value))
    java = [of for of in by_share if is_java(of.method)]
    first = next((of for of in found if of.method == java_method), by_share[-1])
    named = [(first, "")]
    if java and java[0] is not first:
        named.append((java[0], f"the nearest of {counted(len(java), 'Java method')}"))
    if by_share[-1] not in [of for of, _ in named]:
        named.append((by_share[-1], f"the farthest of all {counted(len(found), 'method')}"))
    return named


def _tags(subject: Subject, named: Sequence[tuple[MethodForecast, str]]) -> str:
    (first, _), *others = named
    line = (
        f"If {first.method} resizes instead of {subject.reference}, {_share(first.tags)} of your "
        f"{_many(subject.total, 'picture')} lose, gain or change their tag{_pictures(first.tags)}"
    )
    for of, why in others:
        line += f"; {of.method}, {why}: {_share(of.tags)}{_pictures(of.tags)}"
    return f"{line}."


def _share(of: Foreseen) -> str:
    """Of the catalogue; where all of it was asked nothing is left to an interval."""
    return percent(of.catalogue.value) if of.complete else share(of.catalogue)


def _pictures(of: Foreseen) -> str:
    """How many, unless all were asked: ``(540 [250, 990])``."""
    count = of.count
    return f" ({count.value:,.0f})" if of.complete else f" ({count.value:,.0f} [{count.low:,.0f}, {count.high:,.0f}])"


def _known(subject: Subject, first: MethodForecast, within: float) -> str:
    """From how many pictures, and how many would be enough."""
    likely, surely = (first.tags.needed(within, surely) for surely in (False, True))
    width = f"±{100 * within:g} points"
    products = f"{_many(len(set(subject.groups)), 'product')}"
    if first.tags.complete:
        all_of = f"All {subject.n:,} pictures ({products}) were" if subject.n > 1 else "The one picture was"
        asked = f"{all_of} asked: of pictures like these in general {share(first.tags.general)} change their tag"
    else:
        how = "drawn by product" if subject.drawn else "which tell of the others only if they were drawn at random"
        asked = f"Told from {_many(subject.n, 'picture')} ({products}), {how}"
    if likely is None:
        return f"{asked}; more than 10 million pictures would tell it to {width}."
    most = "more than 10 million" if surely is None else f"{surely:,}"
    enough = f"; about {likely:,} pictures tell it to {width}"
    return f"{asked}{enough if most == f'{likely:,}' else f'{enough} if the share is as seen, {most} surely'}."


def _classes(subject: Subject, named: Sequence[tuple[MethodForecast, str]]) -> str:
    """What a tag is, and the changes that no threshold has a part in."""
    told = "; ".join(f"{of.method}: {_share(of.classes)}" for of, _ in named)
    thresholds = subject.run.thresholds
    limit = "its class's threshold" if thresholds.by_class else f"{thresholds.overall:.3f}"
    return (
        f"A tag is the most probable class where its confidence reaches {limit} ({thresholds.rule}). Whatever the threshold, "
        f"another class comes first: {told}."
    )


def _refusing(subject: Subject, method: str) -> str:
    (found,) = [of for of in refusals(subject, (REFUSED,)) if of.method == method]
    return refused_line(found)


def refused_line(found: Refusal) -> str:
    """What refusing buys, in words; empty where nothing changes, or so few were asked that none is refused."""
    removed: Estimate | None = found.removed
    if removed is None or not found.refused:
        return ""
    return (
        f"Refusing the {100 * found.refused:.0f} % of pictures with the least margin removes {share(removed)} of the tag changes "
        f"under {found.method}; of the others {share(found.left)} change."
    )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun if count == 1 else noun + 's'}"
