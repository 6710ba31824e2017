"""``models threshold --rule`` and ``--check``: calibrated on validation rows of this network, kept, checked on new data."""

import json

import numpy as np
import pytest
import torch

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.__main__ import main
from robustfashion.models.checkpoint import checkpoint_digest, checkpoint_thresholds, load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.description import read_description
from robustfashion.models.recorded_thresholds import RecordedThresholds
from robustfashion.models.weights import read_weights
from robustfashion.predictions import Origin, PredictionTable, write_predictions
from robustfashion.rejection.thresholds import Calibration, parse_rule, to_decisions
from tests.models.samples import NET

CLASSES = ("Hard", "Soft")
PREPROCESSING = Preprocessing.parse("pillow.bilinear", canvas=120, size=48)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("threshold") / "shell.ckpt"
    save_checkpoint(Classifier(NET, CLASSES), path, preprocessing=PREPROCESSING, threshold=0.8)
    return path


@pytest.fixture
def checkpoint(written, tmp_path):
    (tmp_path / "shell.ckpt").write_bytes(written.read_bytes())
    return tmp_path / "shell.ckpt"


def table(path, network="", n=600, seed=0, shift=2.0, splits=("train", "validation", "validation"), labels=True):
    """Pictures two a product, surer ones more often right; every 20th an outlier."""
    rng = np.random.default_rng(seed)
    margin = rng.exponential(shift, n)
    label = rng.integers(0, 2, n)
    sign = np.where(rng.random(n) < 0.3 * np.exp(-margin), -1, 1) * np.where(label == 1, 1, -1)
    logits = np.stack([-margin * sign, margin * sign], axis=1).astype(np.float32) / 2
    made = PredictionTable(
        tuple(map(str, range(n))), label if labels else np.full(n, -1), logits,
        np.zeros((n, 2), np.float32), CLASSES, tuple(f"product {i // 2}" for i in range(n)),
        tuple(splits[i // 2 % len(splits)] for i in range(n)) if splits else (),
        tuple("person" if i % 20 == 7 else None for i in range(n)), None, Origin(network),
    )  # fmt: skip
    write_predictions(made, path)
    return made


def ends(status, *arguments):
    if status == 0:
        main(["threshold", *map(str, arguments)])
        return
    with pytest.raises(SystemExit) as caught:
        main(["threshold", *map(str, arguments)])
    assert caught.value.code == status


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("target-risk@0.2/0.1", ".safetensors"), ("quantile@0.1", ".ckpt"), ("per-class:quantile@0.1", ".safetensors"),
        ("mean-confidence", ".ckpt"),
    ],
)  # fmt: skip
def test_a_rule_sets_the_thresholds(checkpoint, tmp_path, capsys, text, suffix):
    made = table(tmp_path / "p.parquet", checkpoint_digest(checkpoint))
    out = tmp_path / f"out{suffix}"
    ends(0, checkpoint, out, "--rule", text, "--predictions", tmp_path / "p.parquet")
    shown = capsys.readouterr().out
    rows = made.ordinary().in_split("validation")
    expected = parse_rule(text).calibrate(Calibration.of(rows, -rows.probabilities.max(axis=1)))
    found = load_classifier(out).description.thresholds
    assert found.calibrated == expected and found.calibrated.rows == len(rows.ids) < 400
    assert shown.startswith(str(expected)) and "a picture gets a tag from 0." in shown
    deployed = checkpoint_thresholds(load_classifier(out))
    assert (deployed.overall, dict(deployed.by_class)) == (to_decisions(expected).overall, dict(to_decisions(expected).by_class))
    assert deployed.rule == f"carried by the checkpoint ({text})" and checkpoint_digest(out) == checkpoint_digest(checkpoint)
    main(["doctor", str(out)])
    assert f"note     threshold: max_softmax <= {expected.overall:.6g}" in capsys.readouterr().out
    main(["describe", str(out)])
    assert json.loads(capsys.readouterr().out)["threshold_rule"]["rule"] == text


def test_written_over_and_checked(checkpoint, tmp_path, capsys):
    table(tmp_path / "p.parquet")
    ends(0, checkpoint, "--rule", "target-risk@0.1/0.1", "--predictions", tmp_path / "p.parquet")
    before = checkpoint.read_bytes()
    table(tmp_path / "new.parquet", seed=9, splits=())
    capsys.readouterr()
    ends(0, checkpoint, "--check", tmp_path / "new.parquet")
    shown = capsys.readouterr().out
    assert (
        "promised: at most 10 % of accepted ordinary pictures are wrong, with confidence 90 %" in shown and "warning" not in shown
    )
    assert "of 570 pictures of 300 products" in shown and "of the accepted" in shown
    table(tmp_path / "duller.parquet", seed=9, shift=0.5, labels=False)
    ends(1, checkpoint, "--check", tmp_path / "duller.parquet")
    assert "warning: more pictures are refused than when the threshold was set" in capsys.readouterr().out
    assert checkpoint.read_bytes() == before


def test_thresholds_by_hand_are_checked_without_a_promise(checkpoint, tmp_path, capsys):
    table(tmp_path / "new.parquet")
    ends(0, checkpoint, "--check", tmp_path / "new.parquet")
    shown = capsys.readouterr().out
    assert "promised: nothing" in shown and "it does not say what its thresholds were calibrated on" in shown
    save_checkpoint(Classifier(NET, CLASSES), checkpoint, preprocessing=PREPROCESSING)
    ends(2, checkpoint, "--check", tmp_path / "new.parquet")
    assert "has no threshold to check" in capsys.readouterr().err


def test_later_thresholds_forget_the_rule(checkpoint, tmp_path):
    table(tmp_path / "p.parquet")
    ends(0, checkpoint, "--rule", "quantile@0.1", "--predictions", tmp_path / "p.parquet")
    content = torch.load(checkpoint, weights_only=True)
    content["robustfashion"]["threshold"] = 0.9  # as an older robustfashion would, which knows nothing of rules
    torch.save(content, checkpoint)
    assert load_classifier(checkpoint).description.thresholds == RecordedThresholds(0.9, {})
    ends(0, checkpoint, "--threshold", "0.7")
    assert "threshold_rule" not in read_weights(checkpoint).metadata


def test_rows_without_splits_are_all_calibrated_on(checkpoint, tmp_path):
    table(tmp_path / "p.parquet", splits=())
    ends(0, checkpoint, "--rule", "quantile@0.1", "--predictions", tmp_path / "p.parquet")
    assert load_classifier(checkpoint).description.thresholds.calibrated.rows == 570


@pytest.mark.parametrize(
    ("options", "made", "message"),
    [
        (["--rule", "quantile@0.1"], {}, "--rule and --predictions go together"),
        (["--predictions", "P", "--threshold", "0.5"], {}, "--rule and --predictions go together"),
        (["--rule", "quantile@0.1", "--predictions", "P", "--threshold", "0.5"], {}, "--threshold and --rule are 2 ways"),
        (["--rule", "quantile@0.1", "--predictions", "P", "--class", "Hard=0.5"], {}, "give --rule per-class:RULE"),
        (["--rule", "quantil@0.1", "--predictions", "P"], {}, "there is none of this name; there are mean-confidence"),
        (["--rule", "conformal-bh@0.1", "--predictions", "P"], {}, "is about a batch, not about single pictures"),
        (["--rule", "target-risk@0.001", "--predictions", "P"], {}, "with fewer than 2996 a risk of 0.001 cannot be shown"),
        (["--rule", "target-risk@0.2", "--predictions", "P"], {"labels": False}, "it is not known which answers are wrong"),
        (["--rule", "quantile@0.1", "--predictions", "P"], {"network": "abc"}, "its answers are another network's (abc…)"),
        (
            ["--rule", "quantile@0.1", "--predictions", "P"],
            {"splits": ("train",)},
            "none of its 570 ordinary images is a validation",
        ),
        (["--check", "P", "--threshold", "0.5"], {}, "--check writes nothing"),
        (["--check", "P"], {"network": "abc"}, "its answers are another network's"),
    ],
)
def test_refusals_write_nothing(checkpoint, tmp_path, capsys, options, made, message):
    table(tmp_path / "P.parquet", **made)
    before = checkpoint.read_bytes()
    ends(2, checkpoint, *[tmp_path / "P.parquet" if option == "P" else option for option in options])
    told = capsys.readouterr().err
    assert message in told and told.count("\n") == 1 and checkpoint.read_bytes() == before


def test_damaged_records(checkpoint, tmp_path):
    table(tmp_path / "p.parquet")
    ends(0, checkpoint, "--rule", "quantile@0.1", "--predictions", tmp_path / "p.parquet")
    metadata = read_weights(checkpoint).metadata
    text = json.dumps(metadata)
    assert json.dumps(read_description(json.loads(text), "a.ckpt").to_dict()) == text
    for value, message in (
        ([1], "expected the table of a threshold"),
        (metadata["threshold_rule"] | {"rows": "x"}, "rows is 'x'"),
    ):
        with pytest.raises(InputError, match=rf"a\.ckpt: field 'threshold_rule': .*{message}"):
            read_description(metadata | {"threshold_rule": value}, "a.ckpt")
