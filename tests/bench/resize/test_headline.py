"""The answer in sentences."""

from robustfashion.bench.resize.headline import headline
from tests.bench.resize.samples import study


def test_largest_loss_comes_first():
    lines = headline(study(), "java2d.bilinear")
    assert lines[0].startswith(
        "Largest loss: resnet18 trained with pillow.bilinear and served with java2d.bilinear goes from 97.5 %"
    )
    assert "−15.0 points [−" in lines[0]
    assert "(selected of 6: the interval holds for all of them at once)" in lines[0]
    assert "n = 400 pictures of 200 products, 2 seeds per model" in lines[-1]
    assert lines[-1].startswith(
        "Of 6 comparisons with the training method 2 are significant (sign flips over products) and 3 are"
    )
    assert lines[-1].endswith("All intervals are of these networks, not of their recipes.")


def test_nothing_lost():
    lines = headline(study(java_errors=0, robust_java_errors=0), "java2d.bilinear")
    assert lines[0] == "No method loses accuracy against pillow.bilinear, which trained the networks."
    assert lines[1].startswith("Under java2d.bilinear, resnet18 changes by 0.0 points [−1.")
    assert lines[2].startswith("Of 6 comparisons with the training method 0 are significant")


def test_three_seeds_speak_of_the_recipe():
    assert headline(study(seeds=(0, 1, 2)), "java2d.bilinear")[-1].endswith(
        "with about 80 % probability, a smaller one may be missed."
    )
