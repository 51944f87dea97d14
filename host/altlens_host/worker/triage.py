"""What a picture is, from its pixels, before any model looks at it.

Nothing to see is answered without the model. For the rest a small linear model, over a few
measures of colours and edges, tells photographs from what is drawn, written or taken from a
screen (docs/decisions/0093-triage.md; `altlens-train triage` makes its weights).
"""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from altlens_host.worker.blankness import is_decoration
from altlens_host.worker.picture_features import NAMES, Numbers, features


class Kind(StrEnum):
    """What a picture is."""

    DECORATIVE = "decorative"
    PHOTO = "photo"
    ICON = "icon"
    CHART = "chart"
    SCREENSHOT = "screenshot"
    MAP = "map"
    TEXT = "text"


KINDS = (Kind.PHOTO, Kind.ICON, Kind.CHART, Kind.SCREENSHOT, Kind.MAP, Kind.TEXT)
"""What the linear model tells apart, in the order of its weights."""


LARGEST_SIDE = 1024
"""Of what is looked at; the extension sends less. A larger picture is made smaller first, so that
none takes long or much memory."""


class Seen(NamedTuple):
    """What triage makes of a picture.

    Attributes:
        kind: The likeliest kind.
        sure: How likely, from 0 to 1, as the linear model has it; 1 where a rule decided.
        photo: How likely it is a photograph, from 0 to 1.
    """

    kind: Kind
    sure: float
    photo: float


def look(image: Image.Image, grey: Image.Image | None = None) -> Seen:
    """Say what a picture is.

    Args:
        image: A picture of mode RGB.
        grey: The same in mode L, where it is at hand.
    """
    across, down = (-(-side // LARGEST_SIDE) for side in image.size)
    if max(across, down) > 1:
        image, grey = image.reduce((across, down)), None
    if is_decoration(image, grey):
        return Seen(Kind.DECORATIVE, 1.0, 0.0)
    chances = _chances(features(image))
    best = int(chances.argmax())
    return Seen(KINDS[best], float(chances[best]), float(chances[0]))


def expand(measured: Numbers) -> Numbers:
    """Return what the linear model weighs, [..., 2 * len(NAMES)]: the measures, their squares."""
    return np.concatenate([measured, measured**2], axis=-1)


def _chances(measured: Numbers) -> NDArray[np.float32]:
    model = _model()
    logits = ((expand(measured) - model.mean) / model.scale) @ model.weights + model.bias
    chances: NDArray[np.float32] = np.exp(logits - logits.max())
    return np.asarray(chances / chances.sum(), np.float32)


class _Model(NamedTuple):
    mean: Numbers
    scale: Numbers
    weights: Numbers
    bias: Numbers


@cache
def _model() -> _Model:
    text = Path(__file__).with_name("triage.json").read_text("utf-8")
    stored = json.loads(text)
    if (stored["measures"], stored["kinds"]) != ([*NAMES], [*KINDS]):
        raise ValueError("The weights of triage were made for other measures.")
    return _Model(*(np.array(stored[name], np.float32) for name in _Model._fields))
