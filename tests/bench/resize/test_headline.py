"""The answer in sentences."""

from dataclasses import replace

from robustfashion.bench.resize.headline import headline
from robustfashion.bench.resize.settings import FROZEN
from tests.bench.resize.samples import catalogue, study


def test_tags_come_first():
    lines = headline(catalogue(), "java2d.bilinear")
    # Products p0, p2, p20 of the dresses, p26 and p35 of the wheels; 60 and 50 pictures of two each, five products in both.
    assert lines[0].startswith(
        "Of 50 products (2 classifiers, mean over 2 seeds), 5 (10.0 % [3.8, 21.2]) lose, gain or change a tag when "
        "java2d.bilinear instead of pillow.bilinear resizes the pictures, the farthest of all 2 methods; under "
        "java_image.smooth, the nearest of 2 Java "
    ), lines[0]
    assert lines[-1] == (
        "Not learned (balanced skill below 60%), so left out of tags, changes and claims: heels. Train longer (max_steps, "
        "max_epochs), or on more pictures of the rarer classes."
    )
    frozen = replace(catalogue(), everyone=tuple(replace(c, row=FROZEN) for c in catalogue().everyone))
    assert headline(frozen, "java2d.bilinear")[-1].endswith(
        "heels. More pictures of the rarer classes help, or a network that is not frozen."
    )
    assert headline(replace(catalogue(), trained=False), "java2d.bilinear")[-1].endswith("and claims: heels.")
    assert "over all 110 answers: by" in " ".join(lines) and " heels" not in " ".join(lines[:-1])


def test_the_method_shown_is_named_as_what_it_is():
    """Where the Java method of the claims was not asked the worst one is shown, and is called that."""
    assert ", the farthest of all 2 methods; under java_image.smooth" in headline(catalogue(), "java2d.bicubic")[0]


def test_every_row_has_its_tags_line():
    lines = headline(study(), "java2d.bilinear")
    assert [line.split(",")[0] for line in lines[:3]] == [
        "Of 200 products (by resnet18", "Of 200 products (by googlenet", "Of 200 products (by googlenet + augmentation"
    ]  # fmt: skip


def test_largest_loss():
    lines = headline(study(), "java2d.bilinear")
    assert lines[3].startswith("Largest loss of accuracy: resnet18 goes from 97.5 % [95.5, 98.6] with pillow.bilinear to 82.5 %")
    assert "−15.0 points [−" in lines[3]
    assert "(selected of 6: the interval holds for all of them at once)" in lines[3]
    assert "n = 400 pictures of 200 products, 2 seeds per classifier" in lines[-1]
    assert lines[-1].startswith(
        "Of 6 comparisons with the training method 2 are significant (sign flips over products) and 3 are"
    )
    assert lines[-1].endswith("All intervals are of these networks, not of their recipes.")


def test_nothing_lost():
    lines = headline(study(java_errors=0, robust_java_errors=0), "java2d.bilinear")
    assert lines[3] == "No method loses accuracy against pillow.bilinear."
    assert lines[4].startswith("Under java2d.bilinear, the accuracy of resnet18 changes by 0.0 points [−1.")
    assert lines[5].startswith("Of 6 comparisons with the training method 0 are significant")


def test_three_seeds_speak_of_the_recipe():
    assert headline(study(seeds=(0, 1, 2)), "java2d.bilinear")[-1].endswith(
        "with about 80 % probability, a smaller one may be missed."
    )
