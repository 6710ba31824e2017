"""What holds of the options of every suite."""

from dataclasses import MISSING, fields

import pytest

from robustfashion.bench.__main__ import SUITES, parse
from robustfashion.bench.experiment.row import Row


@pytest.mark.parametrize("name", SUITES)
def test_a_row_has_no_default_whose_fields_would_mix_with_those_that_are_given(name):
    for field in fields(SUITES[name].settings_class()):
        default = field.default if field.default_factory is MISSING else field.default_factory()
        assert not isinstance(default, Row), (
            f"{field.name}: of a row that names its architecture only, the rest would be the default's"
        )


@pytest.mark.parametrize(("suite", "option"), [("outliers", "gate_row"), ("separability", "row"), ("separability", "trunk_row")])
def test_a_row_is_taken_as_it_is_given(suite, option):
    given = {"architecture": "resnet18", "base": "imagenet"} if option == "trunk_row" else {"architecture": "resnet18"}
    settings = parse(suite, [f"--{option}.{key}={value}" for key, value in given.items()])
    assert getattr(settings, option) == Row(**given)
