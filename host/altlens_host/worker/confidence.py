"""How likely a caption is right, and how it may therefore be said.

A logistic function (Platt scaling: J. Platt, "Probabilistic outputs for support vector machines",
1999) of what the search left behind. Its numbers are measured for each model and lie beside it in
`calibration.json`, which `altlens-train calibrate` makes (docs/decisions/0104-confidence.md).
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from altlens_host.messages import Level
from altlens_host.models.catalogue import CALIBRATION, Model
from altlens_host.worker.engines.interface import SIGNS, Generation

VERSION = 1
"""Of the file; another one is not read."""

MEASURES = ("opening", "mean", "close_up", *SIGNS)
"""What the logistic function may weigh; see `measures`."""

_OPENING = 2
"""Tokens: an article and what the caption is about, or a number and what there are so many of."""

_CLOSE_UP = re.compile(r"(?:an? )?close[ -]?up\b", re.IGNORECASE)

_MOST_BYTES = 64 * 1024
_MOST_WEIGHT = 1e6


class Verdict(NamedTuple):
    """What may be thought of a caption.

    Attributes:
        confidence: How likely it is right, from 0 to 1.
        level: How it may be said.
        calibrated: Whether that was measured for the model.
    """

    confidence: float
    level: Level
    calibrated: bool


class Calibration(NamedTuple):
    """The logistic function of a model, and what its levels begin at.

    Attributes:
        bias: What is added to the weighted measures.
        weights: By the names of MEASURES; what is not there weighs nothing.
        plain: The least confidence that is said plainly.
        hedged: The least confidence that is said at all.
        measured: Whether these are of this model; else they are a guess.
    """

    bias: float
    weights: Mapping[str, float]
    plain: float
    hedged: float
    measured: bool

    def of(self, seen: Mapping[str, float]) -> Verdict:
        """Judge a caption by its measures.

        By DEFAULT, if one of those that weigh was not taken, or is no number; where that has none
        either, nothing is known, and the caption is not said.
        """
        if not all(math.isfinite(seen.get(name, math.nan)) for name in self.weights):
            return DEFAULT.of(seen) if self != DEFAULT else Verdict(0.0, "unsure", self.measured)
        total = self.bias + sum(weight * seen[name] for name, weight in self.weights.items())
        sure = 1 / (1 + math.exp(-max(-500.0, min(500.0, total))))
        level: Level = "unsure"
        if sure >= self.hedged:
            level = "plain" if sure >= self.plain else "hedged"
        return Verdict(round(sure, 4), level, self.measured)


DEFAULT = Calibration(math.log(2), {"opening": 1.0}, 0.5, 0.05, measured=False)
"""For a model that nobody measured: said plainly where the model holds the opening for as likely as
all others together, and not said below a probability of 0.026."""


def measures(made: Generation) -> dict[str, float]:
    """Return what may tell a right caption from a wrong one.

    Args:
        made: What the model made of the picture.

    Returns:
        By the names of MEASURES: the sum of the log-probabilities of the first two tokens, the
        mean of all, and 1 for a caption that begins with "a close up", else 0; and the signs,
        where the model gives them.
    """
    close_up = float(_CLOSE_UP.match(made.text.strip()) is not None)
    values = sum(made.logprobs[:_OPENING]), made.mean_logprob, close_up
    signs = made.signs if len(made.signs) == len(SIGNS) else ()
    return dict(zip(MEASURES, (*values, *signs), strict=False))


def load(model: Model) -> Calibration:
    """Read a model's calibration; DEFAULT where there is none, or none that can be trusted.

    Args:
        model: Where its card declares the file's digest, that must be right.
    """
    with suppress(OSError, ValueError, RecursionError):
        with (model.path / CALIBRATION).open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        declared = model.files.get(CALIBRATION)
        if declared == hashlib.sha256(data).hexdigest() or not model.files:
            return parse(data)
    return DEFAULT


def parse(data: bytes) -> Calibration:
    """Read the bytes of a calibration.

    Raises:
        ValueError: They are none of this version's.
    """
    if len(data) > _MOST_BYTES:
        raise ValueError("The calibration is too long.")
    said = json.loads(data)
    if not isinstance(said, dict) or said.get("version") != VERSION:
        raise ValueError("It is no calibration of this version.")
    weights = said.get("weights")
    if not isinstance(weights, dict) or not weights or not weights.keys() <= set(MEASURES):
        raise ValueError("The calibration weighs what is not known here.")
    plain, hedged = (_number(said.get(name), 0.0, 1.0) for name in ("plain", "hedged"))
    if hedged > plain:
        raise ValueError("The calibration's levels are in the wrong order.")
    return Calibration(
        _number(said.get("bias"), -_MOST_WEIGHT, _MOST_WEIGHT),
        {name: _number(one, -_MOST_WEIGHT, _MOST_WEIGHT) for name, one in weights.items()},
        plain,
        hedged,
        measured=True,
    )


def _number(value: Any, low: float, high: float) -> float:
    if type(value) not in (int, float) or not low <= value <= high:
        raise ValueError(f"The calibration has no number from {low:g} to {high:g} where one goes.")
    return float(value)
