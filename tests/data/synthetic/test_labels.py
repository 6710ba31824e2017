import numpy as np
import pytest

from robustfashion import taxonomy
from robustfashion.data.synthetic.labels import NONE, draw_doubts, impossible_pairs, joint, label_rules
from robustfashion.errors import InputError

TYPES = taxonomy.PRODUCT_TYPES


def margin(found, axis):
    return found.shares.sum(axis=tuple(k for k in range(found.shares.ndim) if k != axis))


@pytest.mark.parametrize("product_type", TYPES)
def test_every_applicable_attribute_with_all_its_labels(product_type):
    found = joint(product_type, {})
    applicable = [a for a in taxonomy.attributes().values() if product_type in a.product_types]
    assert set(found.names) == {a.name for a in applicable}
    for axis, name in enumerate(found.names):
        labels = taxonomy.attributes()[name].labels
        assert set(found.labels[axis]) - {NONE} == set(labels)
        assert margin(found, axis).min() > 0
    assert found.shares.sum() == pytest.approx(1)


def test_all_51_labels():
    seen = {
        (name, label)
        for t in TYPES
        for f in [joint(t, {})]
        for name, axis in zip(f.names, f.labels, strict=True)
        for label in axis
    }
    assert len({pair for pair in seen if pair[1] != NONE}) == 51


def test_balanced_by_default():
    for product_type in ("dress", "top", "watch", "luggage"):
        found = joint(product_type, {})
        for axis in range(len(found.names)):
            np.testing.assert_allclose(margin(found, axis), 1 / len(found.labels[axis]), atol=1e-6)


def test_weights_are_met():
    found = joint("dress", {"sleeve_type": {"Long sleeve": 3, "Short sleeve": 1}, "skirt_length": {"Mini": 1}})
    assert dict(zip(found.labels[1], margin(found, 1).round(6), strict=True))["Long sleeve"] == pytest.approx(0.75, abs=1e-4)
    # No sleeveless dress: the halterneck has nothing to go with.
    assert dict(zip(found.labels[0], margin(found, 0), strict=True))["Halterneck"] == 0
    assert margin(found, 2).tolist().count(0.0) == 3


def test_impossible_weights_are_refused():
    with pytest.raises(InputError, match="leaves no possible dress"):
        joint("dress", {"neck_style": {"Halterneck": 1}, "sleeve_type": {"Long sleeve": 1}})


@pytest.mark.parametrize("product_type", TYPES)
def test_independent_but_for_what_cannot_be(product_type):
    """Quasi-independence: every 2 x 2 block of possible cells has an odds ratio of 1; impossible cells are empty."""
    found = joint(product_type, {})
    never = impossible_pairs(product_type)
    for a in range(len(found.names)):
        for b in range(a + 1, len(found.names)):
            table = found.shares.sum(axis=tuple(k for k in range(found.shares.ndim) if k not in (a, b)))
            for i, first in enumerate(found.labels[a]):
                for j, second in enumerate(found.labels[b]):
                    pair = ((found.names[a], first), (found.names[b], second))
                    assert (table[i, j] == 0) == (pair in never or pair[::-1] in never)
    if found.shares.ndim == 2:
        possible = found.shares > 0
        rows, columns = found.shares.shape
        for i in range(rows - 1):
            for j in range(columns - 1):
                block = np.ix_([i, i + 1], [j, j + 1])
                if possible[block].all():
                    (p, q), (r, s) = found.shares[block]
                    assert p * s == pytest.approx(q * r, rel=1e-6)


def test_draw_meets_the_shares():
    found = joint("shoe", {})
    drawn = [found.draw((k + 0.5) / 4000) for k in range(4000)]
    for axis, name in enumerate(found.names):
        for label, share in zip(found.labels[axis], margin(found, axis), strict=True):
            assert sum(d[name] == label for d in drawn) / 4000 == pytest.approx(share, abs=0.01)


def test_doubts():
    labels = {"sleeve_type": "3/4 sleeve", "neck_style": "Collared", "boot_style": NONE}
    rng = np.random.default_rng(3)
    found = [draw_doubts(rng, "dress", labels, 1.0, 0.3) for _ in range(200)]
    assert all(set(d) == {"sleeve_type"} for d in found)  # nothing is like a collar
    assert {d["sleeve_type"].toward for d in found} == {"Long sleeve", "Short sleeve"}
    amounts = [d["sleeve_type"].amount for d in found]
    assert 0.98 * 0.7 <= min(amounts) < 0.72
    assert 0.95 < max(amounts) < 1
    some = [draw_doubts(rng, "dress", labels, 0.25, 0.3) for _ in range(2000)]
    assert sum(bool(d) for d in some) / 2000 == pytest.approx(0.25, abs=0.03)
    assert not any(draw_doubts(rng, "dress", labels, 0.0, 0.3) for _ in range(50))


def test_doubts_lead_to_nothing_impossible():
    rng = np.random.default_rng(3)
    for neck in ("Halterneck", "Round Neck"):
        labels = {"neck_style": neck, "sleeve_type": "Sleeveless"}
        found = [draw_doubts(rng, "dress", labels, 1.0, 0.5) for _ in range(20)]
        assert all(("sleeve_type" in doubts) == (neck == "Round Neck") for doubts in found)


def test_neighbours_are_labels_of_the_attribute():
    known = taxonomy.attributes()
    for name, table in label_rules()["neighbours"].items():
        for label, others in table.items():
            assert {label, *others} <= set(known[name].labels)
            assert label not in others
    for rules in label_rules()["products"].values():
        for rule in rules["never"]:
            assert len(rule) == 2
            for name, labels in rule.items():
                assert set(labels) <= set(known[name].labels), name
