"""One division of a catalogue for all fourteen tasks, with and without a limit, for suites and for ``fit``."""

import pytest

from robustfashion import taxonomy
from robustfashion.bench.experiment.division import divide, divide_for_network
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.tasks import task_spec
from robustfashion.data.catalogue import SPLITS
from robustfashion.data.datamodule import FashionDataModule
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError

DRAWN = SyntheticSettings(count=260, seed=5, long_side_px=(40, 60), outlier_share=0.06, mis_filed=0.02)
TASKS = (*taxonomy.attributes(), *taxonomy.PRODUCT_TYPES)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    return Session(ExperimentSettings(synthetic=DRAWN, cache=tmp_path_factory.mktemp("cache"), canvas=30, size=24))


@pytest.fixture(scope="module")
def divisions(session):
    found = {}
    for name in TASKS:
        try:
            found[name] = session.divide(task_spec(name, session.catalogue).target)
        except InputError as error:  # a rare label may be absent from a split of so few products
            assert "lack images in a split" in str(error)
    assert len(found) >= 10
    return found


def groups(division, split):
    return set(division.catalogue.usable().ordinary().in_split(split).column("group"))


def test_no_product_trains_one_task_and_tests_another(divisions):
    trained = set().union(*(division["train"].groups for division in divisions.values()))
    tested = set().union(*(division["test"].groups for division in divisions.values()))
    assert tested and trained and not trained & tested
    first = next(iter(divisions.values()))
    for division in divisions.values():
        assert all(groups(division, split) == groups(first, split) for split in SPLITS)


@pytest.mark.parametrize("limit", [40, 90, 150])
def test_a_limit_leaves_products_out_and_moves_none(session, divisions, limit):
    whole = divisions["dress"]
    limited = session.divide(task_spec("dress", session.catalogue).target, limit)
    assert sum(len(part) for name, part in limited.parts.items() if name in SPLITS) <= limit + 12
    for split in SPLITS:
        kept = set(limited[split].ids)
        assert kept < set(whole[split].ids)
        # As many of each class, in proportion to what the split has of them.
        for label in (0, 1):
            had, has = (int((division[split].labels == label).sum()) for division in (whole, limited))
            total = sum(int((whole[name].labels == label).sum()) for name in SPLITS)
            assert abs(has - had * min(1, limit / 2 / total)) <= 3  # the last product may be more than is wanted
    for name in limited["test"].groups:
        assert limited["test"].groups.count(name) == whole["test"].groups.count(name)


def test_a_given_network_finds_the_test_set_of_its_training(session, divisions):
    for limit in (None, 90):
        trained = session.divide(task_spec("dress", session.catalogue).target, limit)
        asked = divide_for_network(session.catalogue, ("other", "dress"), None, 0, split_all=True, max_images=limit)
        assert asked["test"].ids == trained["test"].ids


def test_fit_has_the_splits_of_the_suites(session, divisions):
    data = FashionDataModule(
        "synthetic", positive="dress", column="product_type", synthetic=DRAWN, canvas=30, size=24,
        cache_dir=session.workspace.cache,
    )  # fmt: skip
    for split in ("train", "validation"):
        assert data.rows(split).column("id") == list(divisions["dress"][split].ids)
    assert data.rows("test").ordinary().column("id") == list(divisions["dress"]["test"].ids)
    again = divide(session.catalogue, task_spec("dress", session.catalogue).target, seed=0)
    assert again["test"].ids == divisions["dress"]["test"].ids
