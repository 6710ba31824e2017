"""A noisy set: ordinary pictures with labels among outliers of known kinds."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from robustfashion.bench.experiment.noisy import NOISY, drawn_noisy_set, filed_under, noisy_set_of, tier_of
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.experiment.tasks import task_spec
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.paper import WATCHES_WITH_OUTLIERS

DRAWN = SyntheticSettings(count=240, seed=1, long_side_px=(32, 40), mix={"watch": 1, "luggage": 1})
SMALL = replace(NOISY, count=150, long_side_px=(32, 40), outlier_share=0.2, mis_filed=0.1)


@dataclass(frozen=True)
class _Settings(ExperimentSettings):
    synthetic: SyntheticSettings = field(default_factory=lambda: DRAWN)


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> Session:
    return Session(_Settings(cache=tmp_path_factory.mktemp("cache"), out=Path("unused")))


def noisy(session, name="display_type", settings=SMALL):
    spec = task_spec(name, session.catalogue)
    return drawn_noisy_set(session.workspace, settings, spec, session.divide(spec.target)), session.divide(spec.target)


def test_every_picture_is_ordinary_with_its_label_or_an_outlier_of_a_known_kind(session):
    found, division = noisy(session)
    assert len(found) == 150
    classes = division.task.classes
    assert [classes[label] for label in found.ordinary.labels] == found.ordinary.catalogue.column("display_type")
    assert (found.outliers.labels == -1).all()
    assert set(found.tiers) == {"near", "junk", "far", "mis-filed"}
    assert set(found.ordinary.catalogue.column("product_type")) == {"watch"}
    assert np.array_equal(found.whole.labels[: len(found.ordinary)], found.ordinary.labels)
    assert set(found.whole.texts("label")) == {"watch"}


def test_no_product_is_one_that_was_trained_on(session):
    found, division = noisy(session)
    assert not set(found.whole.groups) & set(division.catalogue.column("group"))
    assert not set(found.whole.catalogue.column("sha256")) & set(division.catalogue.column("sha256"))
    assert not set(found.ordinary.groups) & set(found.outliers.groups)


def test_the_note_counts_what_is_in_the_set(session):
    """Networks of these learn only some display types: watches of the others have no label of the task."""
    spec = task_spec("display_type", session.catalogue)
    division = session.divide(spec.target)
    few = replace(division, task=replace(division.task, classes=division.task.classes[:2]))
    found = drawn_noisy_set(session.workspace, SMALL, spec, few)
    assert 0 < len(found) < 150
    assert found.note.startswith(f"{len(found)} pictures drawn") and f"({150 - len(found)} more have no label" in found.note
    assert noisy(session)[0].note.startswith("150 pictures drawn with seed 43, filed under watch; no network")


def test_sets_of_another_prefix_share_no_names(session):
    spec = task_spec("display_type", session.catalogue)
    division = session.divide(spec.target)
    others = drawn_noisy_set(session.workspace, replace(SMALL, seed=37), spec, division, "calibration").whole
    usual = noisy(session)[0].whole
    assert not set(usual.groups) & set(others.groups) and not set(usual.ids) & set(others.ids)
    assert all(name.startswith("noisy/") for name in usual.ids), "names that lists and caches know"


def test_a_gates_noisy_set_is_filed_under_its_type(session):
    assert filed_under(task_spec("watch", session.catalogue)) == ("watch",)
    assert filed_under(task_spec("sleeve_type", session.catalogue)) == ("top", "dress")


def test_types_that_the_training_catalogue_lacks_are_drawn_nevertheless(session):
    spec = task_spec("sleeve_type", session.catalogue)
    with pytest.raises(InputError, match="no ordinary picture of the drawn noisy set has a class of sleeve_type"):
        # Networks of wheels know no sleeves: the class numbers are another task's.
        drawn_noisy_set(session.workspace, SMALL, spec, session.divide(task_spec("number_of_wheels", session.catalogue).target))


def test_the_training_pictures_themselves_are_no_noisy_set(session):
    with pytest.raises(InputError, match="drawn with seed 1, as the training pictures are"):
        noisy(session, settings=replace(SMALL, seed=1))


def test_labels_of_ones_own_name_nothing_to_draw(session):
    spec = task_spec("label", session.catalogue)
    with pytest.raises(InputError, match="no noisy set is drawn for the task 'label'"):
        filed_under(spec)


def test_ones_own_outliers_and_test_pictures_are_a_noisy_set(tmp_path_factory):
    own = Session(_Settings(hold_out=("luggage",), cache=tmp_path_factory.mktemp("own"), out=Path("unused")))
    division = own.divide(task_spec("display_type", own.catalogue).target)
    found = noisy_set_of(division)
    assert set(found.kinds) == {"held out/luggage"} and set(found.tiers) == {"held out"}
    assert found.ordinary.ids == division["test"].ids
    assert len(found.outliers) == own.catalogue.column("product_type").count("luggage") > 50


def test_data_without_outliers_has_none(session):
    division = session.divide(task_spec("display_type", session.catalogue).target)
    found = noisy_set_of(division)
    assert len(found.outliers) == 0 and found.kinds == ()
    assert len(found.whole) == len(division["test"])


def test_the_usual_one_has_as_many_pictures_as_the_papers():
    assert NOISY.count == WATCHES_WITH_OUTLIERS == 777
    assert tier_of("near/other product") == "near" and tier_of("mis-filed") == "mis-filed"
