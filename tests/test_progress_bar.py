"""Progress with and without a terminal."""

import io

from rich.console import Console

from robustfashion.progress_bar import ProgressBar


def test_without_a_terminal_one_line_per_finished_step():
    text = io.StringIO()
    with ProgressBar(Console(file=text)) as progress:
        for done in range(4):
            progress("reading [a]", done, 3)
        progress("asking", 1, 2)
    lines = [line for line in text.getvalue().splitlines() if line.strip()]
    assert [line.split(" (")[0] for line in lines] == ["  reading [a]", "  asking"]
    assert all(line.endswith(" s)") for line in lines)


def test_on_a_terminal_a_bar_counts():
    text = io.StringIO()
    with ProgressBar(Console(file=text, force_terminal=True, width=80)) as progress:
        progress("reading", 2, 7)
    assert "2/7" in text.getvalue() and "reading" in text.getvalue()


def test_without_steps_nothing_is_printed():
    text = io.StringIO()
    with ProgressBar(Console(file=text)):
        pass
    assert not text.getvalue()


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_a_log_hears_of_long_steps_every_half_minute():
    text, clock = io.StringIO(), Clock()
    with ProgressBar(Console(file=text, width=40), clock) as progress:
        for done in range(0, 1201, 10):
            progress("preparing pictures", done, 1200)
            clock.now += 1
    lines = [line.strip() for line in text.getvalue().splitlines()]
    assert lines == [
        "preparing pictures: 300 of 1,200 (25%), 10 a second, 90 s left",
        "preparing pictures: 600 of 1,200 (50%), 10 a second, 60 s left",
        "preparing pictures: 900 of 1,200 (75%), 10 a second, 30 s left",
        "preparing pictures (120.0 s)",
    ]


def test_a_step_inside_another_is_said_once_each():
    text, clock = io.StringIO(), Clock()
    with ProgressBar(Console(file=text), clock) as progress:
        progress("asking", 0, 33)
        for done in range(5):
            progress("preparing", done, 4)
            clock.now += 8
        for done in range(1, 34):
            clock.now += 250
            progress("asking", done, 33)
    lines = [line.strip() for line in text.getvalue().splitlines()]
    assert lines[0] == "preparing (32.0 s)" and lines[-1] == "asking (8290.0 s)"
    assert lines[1] == "asking: 1 of 33 (3%), 0.00345 a second, 2 h 35 min left" and len(lines) == 34


def test_the_rate_is_of_this_run():
    """Work that goes on where it stopped does not count what was done before."""
    text, clock = io.StringIO(), Clock()
    with ProgressBar(Console(file=text), clock) as progress:
        progress("reading", 500, 1000)
        clock.now += 50
        progress("reading", 600, 1000)
    assert "reading: 600 of 1,000 (60%), 2 a second, 3 min left" in text.getvalue()
