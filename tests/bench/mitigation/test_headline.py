"""Sentences that can be forwarded, with their numbers."""

from dataclasses import replace

from robustfashion.bench.mitigation.effects import Effects
from robustfashion.bench.mitigation.headline import headline
from tests.bench.mitigation.samples import arm, control, study


def test_what_to_do_what_it_brings_and_what_it_costs():
    call = replace(arm("call thumbnailator.default", (8, 12), "serve"), call="thumbnailator.default")
    other = replace(arm("call java_image.smooth", (20, 30), "serve"), call="java_image.smooth")
    mix = arm("train with mixed libraries", (4, 6), wrong=range(12), seconds=13.0)
    lines = headline(Effects.of(study(call, other, mix, control())))
    assert lines[0].startswith("Served by java2d.nearest instead of pillow.bilinear, 30.0 % [")
    recommended = "Recommended: call thumbnailator.default (the nearest of 2 other Java calls): tag changes fall"
    assert f"{recommended} from 30.0 to 3.0 %, −27.0 points [−" in lines[0] and "(90.0 % of the damage removed)" in lines[0]
    change = Effects.of(study(call, other, mix, control())).found[call.name, "java2d.nearest"].change
    assert f"[−{-100 * change.low:.1f}, −{-100 * change.high:.1f}]" in lines[0], "the interval that allows for the choice"
    assert lines[0].endswith(
        "train with mixed libraries brings 1.5 %, costs 0.5 points of clean accuracy, 1.3 times the training."
    )
    assert lines[1].startswith("Served by java2d.bilinear")
    assert lines[2].startswith("Control: other seeds alone change the tag changes under java2d.nearest by 0.0 points [")
    assert lines[-1].startswith("n = 400 pictures of 200 products, 3 seeds, 3 remedies; differences are paired")


def test_the_nearest_call_is_named_where_it_is_not_recommended():
    """Both calls change more tags than no remedy does."""
    calls = [arm(f"call {name}", (n, n), "serve") for name, n in (("java_image.smooth", 90), ("thumbnailator.default", 88))]
    calls = [replace(of, call=of.name.removeprefix("call ")) for of in calls]
    lines = headline(Effects.of(study(*calls, plain=(80, 80))))
    assert "Recommended" not in " ".join(lines)
    found = next(line for line in lines if line.startswith("Of 2 other"))
    assert found.startswith("Of 2 other Java calls thumbnailator.default is the nearest to pillow.bilinear: 22.0 %")


def test_what_cannot_be_said_is_not_said():
    lines = headline(Effects.of(study(arm("call a", (0, 120), "serve"), plain=(0, 120))))
    assert "No remedy of 1 may be recommended by the rule; the largest fall is that of call a, 0.0 points [" in lines[0]
    assert lines[1].endswith(" of the pictures change their tag: there is nothing to remove.")
    few = headline(Effects.of(study(arm("call a", (1, 120), "serve"), plain=(1, 120))))
    assert few[1].startswith("Served by java2d.bilinear") and few[1].endswith("too few to be shown, so that no remedy is judged.")
    idle = study(arm("call a", (0, 0), "serve"))
    idle = replace(idle, arms=(arm("no remedy", (80, 120), "none", wrong=range(0, 400, 2)), idle.arms[1]))
    lines = headline(Effects.of(idle))
    assert lines[0] == "Resnet18 has not learned (balanced skill below 60%): nothing here proves anything."
    assert "Recommended" not in " ".join(lines)


def test_few_seeds_speak_of_their_networks_only():
    lines = headline(Effects.of(study(arm("call a", (0, 0), "serve", seeds=2), seeds=2)))
    assert lines[-1].endswith("2 seeds, 1 remedy. All intervals are of these networks, not of their recipes.")
