from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from robustfashion.data.synthetic import SyntheticSettings, sample_spec
from robustfashion.data.synthetic.labels import label_rules
from robustfashion.data.synthetic.outlier_kinds import all_kinds, outlier_parameters
from robustfashion.data.synthetic.products import PRODUCTS
from robustfashion.errors import InputError
from robustfashion.taxonomy import PRODUCT_TYPES, attributes

SETTINGS = SyntheticSettings(seed=5)
SPECS = [sample_spec(5, index, SETTINGS) for index in range(6000)]
FIRST_VIEWS = [spec for spec in SPECS if spec.view == 0]


def contents(spec):
    return {f.name: getattr(spec, f.name) for f in fields(spec)}


def test_item_depends_on_seed_and_index_alone():
    other = SyntheticSettings(seed=5, count=3)
    for index in (4000, 2, 77):
        assert contents(sample_spec(5, index, other)) == contents(SPECS[index])
    assert contents(sample_spec(6, 2, SETTINGS)) != contents(SPECS[2])


def test_styles_share_shape_and_cloth_not_colours_or_scene():
    by_group = {}
    for spec in SPECS[:600]:
        by_group.setdefault(spec.group, []).append(spec)
    assert Counter(len(views) for views in by_group.values()) == {1: 100, 2: 100, 3: 100}
    for views in by_group.values():
        assert [spec.view for spec in views] == list(range(len(views)))
        assert len({spec.product_type for spec in views}) == 1
        assert all(spec.shape == views[0].shape and spec.fabric == views[0].fabric for spec in views)
        assert len({spec.colours for spec in views}) == len(views)
        assert len({str(spec.scene) for spec in views}) == len(views)


@pytest.mark.parametrize("count", [61, 600, 6000])
def test_mix_is_met_at_every_size(count):
    counts = Counter(spec.product_type for spec in SPECS[:count])
    assert all(abs(counts[name] - count / 5) <= 13 for name in PRODUCT_TYPES)


def test_uneven_mix():
    settings = SyntheticSettings(seed=1, mix={"dress": 5, "top": 2, "watch": 3})
    counts = Counter(sample_spec(1, index, settings).label for index in range(1000))
    assert set(counts) == {"dress", "top", "watch"}
    assert counts["dress"] == pytest.approx(500, abs=12)
    assert counts["top"] == pytest.approx(200, abs=12)


def _thirds(values):
    return np.digitize(values, np.quantile(values, [1 / 3, 2 / 3]))


NUISANCES = {
    "palette": (SPECS, lambda s: s.palette),
    "background": (SPECS, lambda s: s.word("background")),
    "aspect": (SPECS, lambda s: s.word("aspect")),
    "side": (SPECS, lambda s: s.word("side")),
    "shadow": (SPECS, lambda s: s.word("shadow")),
    "stamp": (SPECS, lambda s: s.word("stamp")),
    "file": (SPECS, lambda s: s.word("file")),
    "subsampling": (SPECS, lambda s: s.word("subsampling")),
    "pattern": (FIRST_VIEWS, lambda s: s.word("pattern")),
    "scale": (FIRST_VIEWS, lambda s: s.word("scale")),
    "finish": (FIRST_VIEWS, lambda s: s.word("finish")),
    "long side": (SPECS, lambda s: max(s.size)),
    "fill": (SPECS, lambda s: s.number("fill")),
    "roll": (SPECS, lambda s: s.number("roll")),
    "light": (SPECS, lambda s: s.number("light_azimuth")),
    "quality": (SPECS, lambda s: s.number("quality")),
    "noise": (SPECS, lambda s: s.number("noise")),
    "ground brightness": (SPECS, lambda s: sum(s.colours[0])),
    "contrast hue": (SPECS, lambda s: s.colours[1][0] - s.colours[1][2]),
}


def _p_value(values, labels):
    kinds = sorted(set(values), key=str)
    table = np.array(
        [[sum(v == k and t == name for v, t in zip(values, labels, strict=True)) for k in kinds] for name in PRODUCT_TYPES]
    )
    return chi2_contingency(table[:, table.sum(axis=0) >= 25]).pvalue


@pytest.mark.parametrize("name", NUISANCES)
def test_nuisances_carry_no_label(name):
    specs, read = NUISANCES[name]
    values = [read(spec) for spec in specs]
    if not isinstance(values[0], str):
        values = _thirds(values).tolist()
    labels = [spec.product_type for spec in specs]
    assert _p_value(values, labels) > 0.01 / len(NUISANCES)
    # The test is able to fail: the same values, shifted for one product type.
    rare = Counter(values).most_common()[-1][0]
    biased = [rare if label == "dress" and k % 3 == 0 else v for k, (v, label) in enumerate(zip(values, labels, strict=True))]
    assert _p_value(biased, labels) < 1e-4


def test_necks_and_sleeves_do_not_tell_dress_from_top():
    garments = [spec for spec in FIRST_VIEWS if spec.product_type in ("dress", "top")]
    for name in ("neck_style", "sleeve_type", "sleeve_cut", "hanger"):
        kinds = sorted({spec.word(name) for spec in garments})
        table = [[sum(s.word(name) == k and s.product_type == t for s in garments) for k in kinds] for t in ("dress", "top")]
        assert chi2_contingency(np.array(table)).pvalue > 0.005, name


def test_fine_patterns_on_a_third_of_the_garments():
    garments = [spec for spec in FIRST_VIEWS if spec.product_type in ("dress", "top")]
    fine = [spec for spec in garments if spec.word("scale") == "fine"]
    assert len(fine) / len(garments) > 0.35
    assert all(spec.word("pattern") != "solid" for spec in fine)
    at_500 = [spec.period * 500 / max(spec.size) for spec in fine]
    assert min(at_500) >= 2.99
    assert max(at_500) <= 6.01


def test_sizes():
    long_sides = [max(spec.size) for spec in SPECS]
    assert min(long_sides) >= 500
    assert max(long_sides) <= 2000
    assert {round(spec.size[1] / spec.size[0], 2) for spec in SPECS} >= {1.0, 0.75, 0.8, 0.67, 1.78}
    forced = SyntheticSettings(seed=5, long_side_px=(333, 333))
    assert {max(sample_spec(5, k, forced).size) for k in range(50)} == {333}


def test_attributes_are_known_labels_of_the_type():
    known = attributes()
    for spec in SPECS[:500]:
        assert spec.attributes()
        for name, label in spec.attributes().items():
            assert spec.product_type in known[name].product_types
            assert label in known[name].labels


def test_ground_and_contrast_stand_apart():
    luma = np.array([[np.dot(c, (0.299, 0.587, 0.114)) for c in spec.colours] for spec in SPECS])
    least = np.array([spec.number("contrast") for spec in SPECS])
    apart = np.abs(luma[:, 1] - luma[:, 0])
    assert (apart > least - 2).all()
    assert np.median((apart - least)[least > 100]) < 25, "no further than asked, or dark and light would give patterns away"


def test_the_three_colours_are_drawn_alike():
    """No part tells by its colour which part it is: that is what keeps a histogram from knowing the product."""
    plain = [spec for spec in SPECS if spec.number("contrast") < 60]
    luma = np.array([[np.dot(c, (0.299, 0.587, 0.114)) for c in spec.colours] for spec in plain])
    assert ks_2samp(luma[:, 0], luma[:, 1]).pvalue > 1e-3
    assert ks_2samp(luma[:, 0], luma[:, 0] + 25).pvalue < 1e-3, "the test is able to fail"


def test_labels_are_balanced_and_independent_of_nuisances():
    for product_type, name in (("dress", "sleeve_type"), ("top", "neck_style"), ("shoe", "heel_type"), ("watch", "display_type")):
        specs = [spec for spec in FIRST_VIEWS if spec.product_type == product_type]
        labels = [spec.labels[name] for spec in specs]
        for read in (lambda s: s.word("background"), lambda s: s.palette, lambda s: s.word("pattern")):
            values = [read(spec) for spec in specs]
            kinds = [kind for kind, n in Counter(values).items() if n >= 25]
            table = [[sum(a == b and v == k for a, v in zip(labels, values, strict=True)) for k in kinds] for b in set(labels)]
            assert chi2_contingency(np.array(table)).pvalue > 1e-3, name


def test_ambiguity_changes_cues_only():
    clear, doubtful = (
        [sample_spec(5, k, SyntheticSettings(seed=5, ambiguity=share)) for k in range(120)] for share in (0.0, 1.0)
    )
    assert not any(spec.doubts for spec in clear)
    assert all(spec.doubts for spec in doubtful if spec.product_type in ("dress", "watch"))
    for one, two in zip(clear, doubtful, strict=True):
        assert (one.labels, one.scene, one.fabric, one.colours) == (two.labels, two.scene, two.fabric, two.colours)
        changed = {name for name in one.shape if one.shape[name] != two.shape[name]}
        assert changed <= {"sleeve_length", "leg", "heel_height", "shaft", "platform"}
        assert all(doubt.amount < 1 for doubt in two.doubts.values())


def test_ambiguous_lengths_are_nearer_to_their_own_label():
    ends = {"Mini": (0.22, 0.38), "Knee-Long": (0.46, 0.56), "Midi": (0.64, 0.78), "Maxi": (0.90, 1.0)}
    settings = SyntheticSettings(seed=5, mix={"dress": 1.0}, ambiguity=1.0)
    gaps = Counter()
    for spec in (sample_spec(5, k, settings) for k in range(300)):
        leg, (low, high) = spec.number("leg"), ends[spec.labels["skirt_length"]]
        away = {name: max(a - leg, leg - b, 0) for name, (a, b) in ends.items()}
        assert not low < leg < high
        assert min(away, key=lambda name: away[name]) == spec.labels["skirt_length"]
        gaps[spec.labels["skirt_length"], spec.doubts["skirt_length"].toward] += 1
    assert len(gaps) == 6


def test_every_doubt_changes_the_drawing():
    """Each ambiguous cue by itself moves or recolours a part."""
    seen = set()
    for product_type in PRODUCT_TYPES:
        for index in range(400 if product_type == "shoe" else 250):
            one, two = (
                sample_spec(6, index, SyntheticSettings(seed=6, mix={product_type: 1.0}, ambiguity=share)) for share in (0.0, 1.0)
            )
            for name, doubt in two.doubts.items():
                key = (name, one.labels[name], doubt.toward, one.shape.get("form"))
                if key in seen:
                    continue
                seen.add(key)
                moved = label_rules()["between"].get(name)
                shape = {**one.shape, **({moved: two.shape[moved]} if moved else {})}
                changed = replace(one, doubts={name: doubt}, shape=shape)
                assert _described(PRODUCTS[product_type](one)) != _described(PRODUCTS[product_type](changed)), key
    expected = {(n, own, other) for n, table in label_rules()["neighbours"].items() for own in table for other in table[own]}
    assert {key[:3] for key in seen} == expected


def _described(product):
    return [
        (p.name, p.opacity, p.surface.colours, p.body and p.body.gloss, *[o.round(6).tobytes() for o in p.outlines])
        for p in product.parts
    ]


def test_label_noise_in_train_only():
    settings = SyntheticSettings(seed=5, label_noise=0.3)
    specs = [sample_spec(5, k, settings) for k in range(3000)]
    counts = Counter(spec.split for spec in specs)
    assert counts["train"] / 3000 == pytest.approx(0.7, abs=0.03)
    assert counts["validation"] / 3000 == pytest.approx(0.1, abs=0.03)
    wrong = Counter()
    for spec, clean in zip(specs, SPECS, strict=False):
        assert spec.labels == clean.labels
        assert set(spec.wrong) <= set(spec.labels)
        for name, label in spec.wrong.items():
            assert label != spec.labels[name]
            assert label in attributes()[name].labels
            assert spec.attributes()[name] == label
        wrong[spec.split, bool(spec.wrong.get("display_type"))] += spec.product_type == "watch"
    assert wrong["test", True] == wrong["validation", True] == 0
    assert wrong["train", True] / (wrong["train", True] + wrong["train", False]) == pytest.approx(0.3, abs=0.09)
    by_group = {}
    for spec in specs:
        assert by_group.setdefault(spec.group, (spec.split, spec.wrong)) == (spec.split, spec.wrong)
    assert not any(spec.wrong or spec.split for spec in SPECS)


def test_splits_are_even_within_product_types():
    settings = SyntheticSettings(seed=5, label_noise=0.01)
    counts = Counter((spec.label, spec.split) for spec in (sample_spec(5, k, settings) for k in range(2000)))
    for name in PRODUCT_TYPES:
        assert counts[name, "train"] == pytest.approx(280, abs=30)
        assert counts[name, "test"] == pytest.approx(80, abs=25)


@pytest.mark.parametrize("biased", ["product_type", "skirt_length"])
def test_bias_in_train_only(biased):
    settings = SyntheticSettings(seed=5, mix={"dress": 1.0, "watch": 1.0}, bias=0.9, biased=biased)
    specs = [sample_spec(5, k, settings) for k in range(1500)]

    def p_value(some):
        labels = [s.label if biased == "product_type" else s.labels["skirt_length"] for s in some]
        table = Counter((label, s.word("background")) for label, s in zip(labels, some, strict=True))
        rows, columns = sorted({a for a, _ in table}), sorted({b for _, b in table})
        return chi2_contingency([[table[a, b] + 0.5 for b in columns] for a in rows]).pvalue

    concerned = [s for s in specs if biased == "product_type" or s.product_type == "dress"]
    assert p_value([s for s in concerned if s.split == "train"]) < 1e-10
    assert p_value([s for s in concerned if s.split == "test"]) > 1e-3


def test_outliers_and_mis_filed_products():
    settings = SyntheticSettings(seed=5, outlier_share=0.2, mis_filed=0.1)
    specs = [sample_spec(5, k, settings) for k in range(3000)]
    kinds = Counter(spec.outlier for spec in specs)
    assert kinds["mis-filed"] / 3000 == pytest.approx(0.1, abs=0.025)
    assert kinds[None] / 3000 == pytest.approx(0.7, abs=0.035)
    tiers = Counter(spec.outlier.split("/")[0] for spec in specs if spec.outlier)
    assert min(tiers[tier] for tier in ("near", "junk", "far")) > 130
    for spec, clean in zip(specs, SPECS, strict=False):
        assert spec.label == clean.label
        if spec.outlier is None:
            assert (spec.product_type, spec.shape, spec.scene) == (clean.product_type, clean.shape, clean.scene)
        elif spec.outlier in ("mis-filed", "near/other product"):
            assert spec.product_type not in (None, spec.label)
            assert spec.labels
        else:
            assert spec.product_type is None
            assert not spec.attributes()
    assert len({spec.outlier for spec in specs}) > 15


def test_names_of_parameters_are_clear():
    """A silhouette hides no parameter of the cloth or the scene of the same name, but for the framing of close-ups."""
    for spec in SPECS[:60]:
        assert not (set(spec.shape) & (set(spec.fabric) | set(spec.scene)))
    for kind in all_kinds():
        names = set(outlier_parameters(kind).rules)
        assert names & (set(SPECS[0].fabric) | set(SPECS[0].scene)) <= {"fill"}


def test_negative_index_or_seed():
    with pytest.raises(InputError, match="index -1"):
        sample_spec(0, -1, SETTINGS)
    with pytest.raises(InputError, match="seed -2"):
        sample_spec(-2, 0, SETTINGS)
