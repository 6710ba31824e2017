"""What is held against what."""

from robustfashion import taxonomy
from robustfashion.bench.separability.questions import Question, attributes_of, product_types_of, questions_of, usual_tasks

ALL = (*taxonomy.attributes(), *taxonomy.PRODUCT_TYPES)


def test_the_papers_question_comes_first_and_every_type_is_asked():
    found = questions_of(None, ALL)
    assert found[0] == Question("watch", ("display_type",))
    assert [question.task for question in found[1:]] == ["luggage", "shoe", "dress", "top"]
    assert found[3].attributes == ("sleeve_type", "skirt_length", "neck_style")


def test_an_attribute_is_held_against_its_product_types():
    assert questions_of(("sleeve_type",), ALL) == (Question("top", ("sleeve_type",)), Question("dress", ("sleeve_type",)))
    assert questions_of(("sleeve_type",), ("sleeve_type",)) == (Question("sleeve_type"),)


def test_what_the_data_cannot_teach_is_not_asked():
    assert questions_of(("watch", "luggage"), ("watch", "luggage", "shell_type")) == (
        Question("watch"),
        Question("luggage", ("shell_type",)),
    )
    assert questions_of(("label",), ("label",)) == (Question("label"),)


def test_classes_of_a_folder_are_its_question():
    assert usual_tasks(["dress", "top"]) == ["label"] and usual_tasks(["sleeve_type", "top"]) == ["sleeve_type", "top"]


def test_table_1_both_ways():
    for task in taxonomy.attributes():
        assert all(task in attributes_of(kind) for kind in product_types_of(task))
    assert product_types_of("watch") == ()
