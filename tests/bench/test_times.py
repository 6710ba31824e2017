"""The table of times: kinds of stages, the rest, the total."""

import pytest

from robustfashion.bench.times import REST, TOTAL, by_kind, in_lines
from robustfashion.progress import StageTimes


def _times(stages, total):
    now = [0.0]
    times = StageTimes(clock=lambda: now[0])
    for what, seconds in stages:
        times(what, 0, 1)
        now[0] += seconds
        times(what, 1, 1)
    now[0] = total
    return times


def test_kinds_are_added_up_in_order_and_the_rest_makes_the_total():
    stages = [
        ("asking mix: two, seed 0", 3),
        ("drawing the synthetic catalogue", 36),
        ("watch: training resnet18, seed 1", 40),
        ("training resnet18, seed 0", 30.04),
        ("asking the trunk (5 ways)", 2),
        ("looking for something", 1),
    ]
    found = by_kind(_times(stages, 120))
    assert found == {"drawing pictures": 36, "training": 70, "asking": 5, REST: 9, TOTAL: 120}
    assert list(found) == ["drawing pictures", "training", "asking", REST, TOTAL]


def test_without_stages_all_is_rest():
    assert by_kind(_times([], 2.5)) == {REST: 2.5, TOTAL: 2.5}


@pytest.mark.parametrize("total", [0.0, 0.04])
def test_lines_of_nothing(total):
    assert in_lines(by_kind(_times([], total)))[-1].split() == ["total", "0.0", "s", "0%"]


def test_lines():
    lines = in_lines({"training": 70.0, REST: 30.0, TOTAL: 100.0})
    assert [line.split()[-3:] for line in lines[1:]] == [["70.0", "s", "70%"], ["30.0", "s", "30%"], ["100.0", "s", "100%"]]
    assert lines[0] == "time by stage" and len({len(line) for line in lines[1:]}) == 1
