"""How well the forecast held: pictures of a study drawn again and again, and the rest of them held against what was said."""

from collections.abc import Mapping

from robustfashion.bench.resize.study import ResizeStudy
from robustfashion.result import Table


def promise_table(studies: Mapping[str, ResizeStudy], pictures: int = 200, draws: int = 100) -> Table | None:
    """A line for each condition: how often the interval of a sample held what the pictures that were not drawn then showed.

    Args:
        studies: by the name of the condition; of each every classifier that has learned, every seed and every method counts.
        pictures: drawn each time, by product; half of the condition's pictures where that is fewer.
        draws: samples of each condition.

    Returns:
        None where there is no condition with a classifier that has learned and at least two methods.
    """
    raise NotImplementedError(studies, pictures, draws)
