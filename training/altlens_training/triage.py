"""Fits the linear model of the worker's triage, and says how often it is right.

Pictures in, `host/altlens_host/worker/triage.json` out. Multinomial logistic regression, by
gradient descent with numpy: there are about seventy weights a kind, which need no library.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from altlens_host.models.catalogue import find
from altlens_host.worker import triage
from altlens_host.worker.engines import open_engine
from altlens_host.worker.kinds import agreed, names_a_drawing
from altlens_host.worker.picture_features import NAMES, features
from altlens_training.triage_pictures import Shown

WEIGHTS = Path(triage.__file__).with_suffix(".json")
_STEPS, _RATE, _DECAY = 1500, 0.05, 1e-3
_PHOTO_WEIGHT = 2.0
"""A photograph that is taken for a drawing loses its caption, so such a mistake counts double."""

Floats = NDArray[np.float64]


def fit(pictures: Iterable[Shown]) -> str:
    """Fit the model to pictures; returns the file of its weights."""
    kinds = [str(kind) for kind in triage.KINDS]
    measured, truth = [], []
    for shown in pictures:
        measured.append(features(shown.image))
        truth.append(kinds.index(shown.kind))
    x = triage.expand(np.array(measured)).astype(np.float64)
    mean, scale = x.mean(0), x.std(0)
    scale[scale < 1e-3] = 1  # the same in all pictures: it tells nothing
    x, y = (x - mean) / scale, np.eye(len(kinds))[truth]
    # Each kind counts the same, however many pictures there are of it.
    share = y.sum(0)
    weight = (y / share).sum(1) * np.where(y[:, 0] > 0, _PHOTO_WEIGHT, 1.0)
    weights, bias = _descend(x, y, weight / weight.sum())
    stored = {"kinds": kinds, "measures": list(NAMES)}
    for name, values in (("mean", mean), ("scale", scale), ("weights", weights), ("bias", bias)):
        stored[name] = np.round(values, 5).tolist()
    return json.dumps(stored) + "\n"


def _descend(x: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Adam on the weighted cross-entropy, with decay of the weights."""
    parameters = np.zeros((x.shape[1] + 1, y.shape[1]))
    design = np.concatenate([x, np.ones((len(x), 1))], 1)
    first, second = np.zeros_like(parameters), np.zeros_like(parameters)
    for step in range(1, _STEPS + 1):
        logits = design @ parameters
        chances = np.exp(logits - logits.max(1, keepdims=True))
        chances /= chances.sum(1, keepdims=True)
        slope = design.T @ ((chances - y) * weight[:, None])
        slope[:-1] += _DECAY * parameters[:-1]
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        move = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
        parameters -= _RATE * (1 - step / _STEPS) * move
    return parameters[:-1], parameters[-1]


HEARD = "heard as a photograph"
_PROBE = "A person on a street"
"""What a model may say of anything."""


def confusion(pictures: Iterable[Shown], *, captioned: bool = False) -> str:
    """Say, in Markdown, what triage takes pictures for: a row for each source.

    Args:
        pictures: What it is judged by.
        captioned: Count too what is heard of as if it were a photograph: triage lets the model
            speak, and lite, which then captions the picture, names nothing that is drawn. Of
            photographs, lite's words are not looked at.
    """
    counts: dict[tuple[str, str], Counter[str]] = {}
    describe = _lite() if captioned else None
    for shown in pictures:
        found = counts.setdefault((shown.kind, shown.source), Counter())
        seen = triage.look(shown.image)
        found["pictures"] += 1
        found[str(seen.kind)] += 1
        speaks = seen.kind is not triage.Kind.DECORATIVE and agreed(_PROBE, seen) == _PROBE
        if describe and speaks:
            found[HEARD] += shown.kind == "photo" or not names_a_drawing(describe(shown.image))
    columns = [str(kind) for kind in triage.Kind] + [HEARD] * captioned
    lines = [f"| is | from | pictures | {' | '.join(columns)} |", "|---" * (3 + len(columns)) + "|"]
    for (kind, source), found in counts.items():
        cells = [f"**{found[one]}**" if one == kind else str(found[one]) for one in columns]
        lines.append(f"| {kind} | {source} | {found['pictures']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _lite() -> Callable[[Image.Image], str]:
    engine = open_engine(find("lite"), 1)
    return lambda image: engine.caption(image).text
