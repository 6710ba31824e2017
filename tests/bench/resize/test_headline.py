"""The answer in sentences."""

from robustfashion.bench.resize.headline import headline
from tests.bench.resize.samples import study


def test_largest_loss_comes_first():
    lines = headline(study(), "java2d.bilinear")
    assert lines[0].startswith(
        "Largest loss: resnet18 trained with pillow.bilinear and served with java2d.bilinear goes from 97.5 %"
    )
    assert "−15.0 points [−" in lines[0]
    assert "n = 400 pictures of 200 products, 2 seeds per model" in lines[-1]


def test_nothing_lost():
    lines = headline(study(java_errors=0, robust_java_errors=0), "java2d.bilinear")
    assert lines[0] == "No method loses accuracy against pillow.bilinear, which trained the networks."
    assert lines[1] == "Under java2d.bilinear, resnet18 changes by 0.0 points [0.0, 0.0]."
    assert lines[2].startswith("0 of 6 comparisons")
