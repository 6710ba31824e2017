"""Which arm a claim is of, and when a claim can be made at all."""

import numpy as np

from robustfashion.bench.regularization.asking import _arms, _Planned
from robustfashion.bench.regularization.claims import claims
from robustfashion.bench.regularization.headline import headline
from robustfashion.bench.regularization.settings import RegularizationSettings
from robustfashion.bench.regularization.study import of_one_place, strongest
from robustfashion.bench.regularization.tables import five, matched, networks
from robustfashion.paper import TABLE_4
from tests.bench.regularization import samples


def by_id(found, papers=False):
    return {claim.id: claim for claim in claims(found, papers)}


def test_claims_and_table_4_are_of_the_same_place():
    found = samples.measured(*samples.places())
    assert [arm.name for arm in five(found)] == ["no weight decay", "weight decay 1"]
    said = {name: claim for name, claim in by_id(found).items() if name.startswith("decay")}
    assert len(said) == 6 and all("(weight decay 1" in c.statement for c in said.values())
    assert not any("on the" in c.statement.split("(", 1)[1] for c in said.values())
    printed = TABLE_4["resnet18-wd1"].error_share - TABLE_4["resnet50"].error_share
    assert said["decay-risk"].paper == printed


def test_the_paper_printed_nothing_of_weight_decay_on_the_body():
    arms = [one for one in samples.places() if "on the head" not in one.name and one.name != "weight decay 1"]
    said = by_id(samples.measured(*arms))
    assert "on the body" in said["decay-risk"].statement and said["decay-risk"].paper is None


def test_the_strongest_that_has_learned_counts():
    weak, strong = (samples.arm(f"wd {d}", samples.trained(f"wd {d}", d, knows=d < 1)) for d in (0.3, 1.0))
    other = samples.arm("on the body", samples.trained("on the body", 1.0, "body"))
    assert strongest([weak, strong, other]) is weak
    assert strongest([strong, other]) is strong and strongest([]) is None
    assert of_one_place([other]) == [other]


def test_the_gate_joins_the_weight_decay_of_the_same_place(tmp_path):
    networks = [one.trained for one in samples.places()[:4]]
    planned = [_Planned(one.name, one.row, "decay", one.decay, one.place) for one in networks]
    passes = [[np.ones(len(samples.KINDS)), np.ones(40)]] * samples.SEEDS
    gates = (samples.validator("watch"),)
    settings = RegularizationSettings(
        cache=tmp_path, architectures=("resnet18",), base="none", freeze="none", weight_decays=(0.0, 1.0), max_steps=1
    )
    found = _arms(planned, networks, settings, (gates, passes))
    assert [arm.name for arm in found if arm.kind == "gate"] == [
        "hard gate", "soft gate", "hard gate + weight decay 1", "soft gate + weight decay 1",
    ]  # fmt: skip
    assert all(arm.validators == gates for arm in found if arm.kind == "gate")


def test_a_validator_that_has_not_learned_is_not_compared():
    arms = samples.places()
    plain = [arms[0], arms[1], arms[4]]
    for knows in (True, False):
        gates = samples.validator("top"), samples.validator("dress", knows)
        hard = samples.arm("hard gate", plain[0].trained, 0.05, "gate", validators=gates)
        found = samples.measured(*plain, hard, gates=gates)
        said = by_id(found)
        verdicts = {said[name].verdict for name in said if name.startswith("validator")}
        assert ("not comparable" not in verdicts) if knows else (verdicts == {"not comparable"}), verdicts
        assert "validator: top and validator: dress" in said["validators-are-easier"].statement
        names = [row[0] for row in networks(found).rows]
        assert names[-2:] == ["validator: top", "validator: dress"]
        assert {row[0]: row[1] for row in matched(found).rows}["hard gate"] == ("yes" if knows else "no")
        assert any("validator: dress (collapsed" in line for line in headline(found)) is not knows


def test_easier_needs_both_to_have_learned():
    plain = samples.arm("no weight decay", samples.trained("no weight decay", knows=False))
    gates = (samples.validator("watch"),)
    hard = samples.arm("hard gate", plain.trained, 0.05, "gate", validators=gates)
    assert by_id(samples.measured(plain, hard, gates=gates))["validators-are-easier"].verdict == "not comparable"
