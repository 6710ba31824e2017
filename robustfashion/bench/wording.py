"""Numbers as sentences print them: percents and points to a tenth, intervals in brackets."""

from robustfashion.stats import Estimate

MINUS = "\N{MINUS SIGN}"


def share(estimate: Estimate) -> str:
    """A share 0..1 in percent: ``97.5 % [95.5, 98.6]``."""
    return f"{100 * estimate.value:.1f} % [{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]"


def percent(value: float) -> str:
    """A share 0..1 without an interval: ``58.8 %``."""
    return f"{100 * value:.1f} %"


def points(estimate: Estimate) -> str:
    """A difference of shares, -1..1, in percentage points with signs: ``−15.0 points [−20.0, −10.2]``."""
    value, low, high = (signed(100 * number) for number in (estimate.value, estimate.low, estimate.high))
    return f"{value} points [{low}, {high}]"


def signed(number: float) -> str:
    """A number to a tenth with its sign; what rounds to nothing has none: ``+1.2``, ``−0.3``, ``0.0``."""
    return f"{number:+.1f}".replace("-", MINUS) if abs(number) >= 0.05 else "0.0"


def are(count: int, noun: str = "") -> str:
    """A number and its verb: ``1 is``, ``2 are``; with a noun: ``1 is an outlier``, ``2 are outliers``."""
    one = f" {'an' if noun[:1] in 'aeiou' else 'a'} {noun}" if noun else ""
    return f"{count} is{one}" if count == 1 else f"{count} are{f' {noun}s' if noun else ''}"


def mean_count(mean: float) -> str:
    """A mean of counts, to a tenth where it is not whole: ``2``, ``0.3``."""
    return f"{mean:.0f}" if abs(mean - round(mean)) < 1e-9 else f"{mean:.1f}"


def counted(count: int, noun: str) -> str:
    """A number and its noun, with an s where there is not exactly one: ``1 seed``, ``2 seeds``."""
    return f"{count} {noun if count == 1 else noun + 's'}"
