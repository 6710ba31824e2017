"""Times of stages, by a clock of our own."""

from robustfashion.progress import StageTimes


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def _run(script):
    """Tell of stages: ``(seconds passed, what, done, total)``."""
    clock, told = Clock(), []
    times = StageTimes(lambda *call: told.append(call), clock)
    for seconds, *call in script:
        clock.now += seconds
        times(*call)
    assert told == [tuple(call) for _, *call in script]
    clock.now += 7
    return times


def test_a_stage_lasts_from_its_first_word_to_its_end():
    times = _run([(5, "drawing", 0, 2), (3, "drawing", 1, 2), (4, "drawing", 2, 2), (9, "asking", 0, 1), (2, "asking", 1, 1)])
    assert times.seconds == {"drawing": 7, "asking": 2}
    assert times.total() == 5 + 7 + 9 + 2 + 7


def test_a_stage_inside_another_has_its_own_time():
    times = _run(
        [
            (0, "asking", 0, 2),
            (1, "preparing", 0, 2),
            (10, "preparing", 2, 2),
            (100, "asking", 1, 2),  # the network's time, behind the pictures'
            (1000, "asking", 2, 2),
        ]
    )
    assert times.seconds == {"asking": 1101, "preparing": 10}


def test_a_stage_that_never_ends_ends_with_the_one_around_it():
    times = _run([(0, "outer", 0, 2), (0, "inner", 0, 5), (3, "inner", 1, 5), (4, "outer", 1, 2), (5, "outer", 2, 2)])
    assert times.seconds == {"inner": 7, "outer": 5}


def test_a_stage_told_of_again_goes_on():
    times = _run([(0, "reading", 0, 1), (2, "reading", 1, 1), (5, "reading", 0, 1), (3, "reading", 1, 1), (1, "reading", 1, 1)])
    assert times.seconds == {"reading": 5}


def test_without_stages():
    times = StageTimes()
    times("nothing to do", 0, 0)
    assert sum(times.seconds.values()) == 0 and times.total() >= 0
