"""Verdicts are of as many networks as were asked, and coverages that are called the same are the same."""

from dataclasses import replace

import numpy as np
import pytest

from robustfashion.bench.outliers.claims import claims
from robustfashion.bench.outliers.operating import matched, operate
from robustfashion.bench.outliers.settings import OutliersSettings
from robustfashion.bench.outliers.study import OutlierStudy
from tests.bench.outliers.samples import table
from tests.bench.outliers.test_table4 import subject


def network(seed, outliers=0.95):
    """The sample with confidences that are not tied, its outliers about as sure as said."""
    of = subject()
    rng = np.random.default_rng(seed)
    n, kinds = len(of.noisy.ids), of.noisy.outlier_kinds
    sure = np.where(of.outlier, outliers, 0.8) + rng.uniform(-0.04, 0.04, n)
    noisy = table(of.noisy.predicted, sure, of.noisy.labels, kinds=kinds, features=False)
    noisy = replace(noisy, ids=of.noisy.ids, groups=of.noisy.groups)
    return replace(of, seed=seed, noisy=noisy, thresholds=replace(of.thresholds, overall=0.78), recipe="net")


def found(*subjects):
    study = OutlierStudy("display_type", subjects)
    return {one.id: one for one in claims(study, operate(study.first, OutliersSettings()), False)}


def test_a_single_network_speaks_for_itself():
    said = found(network(0))
    assert said["threshold-alone"].statement.endswith(", of this one network") and said["threshold-alone"].value == 1.0
    assert "of this one network (" in said["validator-at-equal-coverage"].statement
    assert said["validator-at-equal-coverage"].verdict == "observed here"


def test_networks_of_one_recipe_are_judged_together():
    alike = [network(seed, sure) for seed, sure in ((0, 0.95), (1, 0.6), (2, 0.6), (3, 0.6))]
    said = found(*alike)
    assert said["threshold-alone"].value == pytest.approx(1 / 4), "one of four answers all outliers"
    assert said["validator-cuts-outliers"].value == pytest.approx((-39 + 3) / 40 / 4, abs=0.03)
    assert all("of 4 networks of one recipe" in one.statement for one in said.values())
    assert said["validator-cuts-outliers"].verdict == "not shown", "the seeds differ too much"
    assert said["validator-cuts-outliers"].interval[1] > found(alike[0])["validator-cuts-outliers"].interval[1]


def test_another_recipe_is_no_witness():
    other = replace(network(1, 0.6), recipe="other")
    assert found(network(0), other)["threshold-alone"].value == 1.0
    assert "of these 2 networks" in found(network(0), network(1))["threshold-alone"].statement


def test_thresholds_of_classes_leave_both_sides_alike():
    of = network(0)
    of = replace(of, thresholds=replace(of.thresholds, by_class={"Digital": 0.999}))
    compared = matched(of)
    assert compared.matched and not compared.second.class_thresholds
    assert compared.coverages == pytest.approx(matched(network(0)).coverages)
