import pytest

from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 0}, "count is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"mix": {"hat": 1.0}}, "'hat'.*luggage, watch, shoe, dress, top"),
        ({"mix": {"dress": 0.0}}, "above 0"),
        ({"mix": {}}, "above 0"),
        ({"mix": {"dress": -1.0, "top": 2.0}}, "0 or greater"),
        ({"mix": {"dress": float("nan")}}, "0 or greater"),
        ({"long_side_px": (600, 500)}, r"long_side_px is \[600, 500\]"),
        ({"long_side_px": (2, 500)}, "between 16 and"),
        ({"long_side_px": (500, 90000)}, "between 16 and"),
        ({"long_side_px": (500,)}, "smallest and the largest"),
        ({"fine_pattern_share": 1.2}, "fine_pattern_share is 1.2"),
        ({"ambiguity": -0.1}, "ambiguity is -0.1"),
        ({"ambiguity_width": 2}, "ambiguity_width is 2"),
        ({"label_noise": float("nan")}, "label_noise is nan"),
        ({"bias": 1.5}, "bias is 1.5"),
        ({"biased": "colour"}, "biased is 'colour'"),
        ({"nuisance": 3}, "between 0 and 2"),
        ({"outlier_share": 0.7, "mis_filed": 0.7}, "together more than all"),
        ({"outlier_kinds": {"near/hat": 1.0}}, "'near/hat'"),
        ({"attribute_mix": {"colour": {"red": 1.0}}}, "attribute 'colour'"),
        ({"attribute_mix": {"sleeve_type": {"Cap": 1.0}}}, "label 'Cap'"),
        ({"attribute_mix": {"sleeve_type": {}}}, "above 0"),
    ],
)
def test_bad_settings(options, message):
    with pytest.raises(InputError, match=message):
        SyntheticSettings(**options)


def test_weights_are_shares_in_a_fixed_order():
    assert SyntheticSettings(mix={"top": 1, "dress": 3, "shoe": 0}).weights() == {"dress": 0.75, "top": 0.25}
    assert list(SyntheticSettings().weights().values()) == [0.2] * 5


def test_digest_says_whether_files_are_the_same():
    one = SyntheticSettings(count=7, mix={"dress": 1, "top": 1})
    assert one.digest() == SyntheticSettings(count=7, mix={"top": 2.0, "dress": 2.0}).digest()
    assert one.digest() != SyntheticSettings(count=8, mix={"dress": 1, "top": 1}).digest()
    assert one.item_digest() == SyntheticSettings(count=8, mix={"dress": 1, "top": 1}).item_digest()
    assert one.item_digest() != SyntheticSettings(count=7, seed=1, mix={"dress": 1, "top": 1}).item_digest()
    # Lists come from YAML and JSON.
    assert SyntheticSettings(long_side_px=[500, 700]).digest() == SyntheticSettings(long_side_px=(500, 700)).digest()
