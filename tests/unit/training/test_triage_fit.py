"""Fitting the weights of triage, on pictures that are easy to tell apart."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from altlens_host.worker import triage
from altlens_host.worker.picture_features import NAMES, features
from altlens_training import cli
from altlens_training.triage import fit
from altlens_training.triage_pictures import Shown

GREYS = {kind: 20 + 40 * place for place, kind in enumerate(triage.KINDS)}


def pictures(seed: int) -> list[Shown]:
    """Return pictures of each kind, told apart by how light they are and how rough."""
    rng = np.random.default_rng(seed)
    shown = []
    for kind, grey in GREYS.items():
        for _ in range(30):
            pixels = grey + rng.integers(-9, 10, (40, 50, 3)) * (1 + grey // 40)
            shown.append(Shown(str(kind), "test", Image.fromarray(pixels.clip(0).astype(np.uint8))))
    return shown


def test_what_is_easily_told_apart_is_told_apart() -> None:
    """The weights that come out put other pictures where they belong."""
    stored = json.loads(fit(pictures(1)))

    assert stored["measures"] == [*NAMES]
    right = []
    for shown in pictures(2):
        weighed = (triage.expand(features(shown.image)) - stored["mean"]) / stored["scale"]
        chances = weighed @ np.array(stored["weights"]) + stored["bias"]
        right.append(stored["kinds"][int(chances.argmax())] == shown.kind)
    assert np.mean(right) > 0.95


def test_without_the_packages_it_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And changes no weights."""
    before = Path(triage.__file__).with_suffix(".json").read_bytes()

    code = cli.main(["triage", "--data", str(tmp_path), "--packages", str(tmp_path)])

    assert code == 2
    assert "no jsonl file of pictures" in capsys.readouterr().err
    assert Path(triage.__file__).with_suffix(".json").read_bytes() == before
