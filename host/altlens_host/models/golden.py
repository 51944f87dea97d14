"""Where the golden captions of a model lie: what the reference engine said of drawn pictures."""

from __future__ import annotations

from pathlib import Path

from altlens_host.models import store
from altlens_host.models.catalogue import Model

FILE = "golden.json"
"""Beside a model, declared in its card like every other file."""

RECORDED = Path(__file__).parent / "recorded"
"""What ships with altlens for models that do not: `ID/REVISION.json`."""


def golden_of(model: Model, recorded: Path = RECORDED) -> Path | None:
    """Return the golden captions of a model; None if none were recorded of this revision.

    Those that ship with altlens come first, since the model may come from anywhere. Beside a
    model that has a card they count only if it declares them: they may be another revision's.
    """
    shipped = store.home_of(recorded, model.id) / f"{model.revision}.json"
    beside = model.path / FILE
    if shipped.is_file():
        return shipped
    if beside.is_file() and (FILE in model.files or not model.files):
        return beside
    return None
