"""What prepared.json says: of what and for what the prepared graphs were made.

No library that runs a model is used here: a worker reads it before it is shut in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from altlens_host.models.catalogue import Model

FOLDER = "prepared"
"""Within the model's folder."""

CARD = "prepared.json"
FORMAT = 2
"""Raised whenever graphs of an earlier version can no longer be run."""

VARIANTS = ("q8", "precise", "fast")
WORDS = "tokenizer.json"
FILES = ("encoder.onnx", "encoder.bin", "decoder.onnx", "decoder.bin", "probe.onnx", WORDS)

_MOST_BYTES = 1 << 20


class Prepared(NamedTuple):
    """Graphs that were made from a model's own.

    Attributes:
        folder: Where they lie.
        variant: One of VARIANTS.
        optimize: The names of those of its graphs that onnxruntime shall optimize for this
            processor when it opens them; the others are opened as they are.
        files: The SHA-256 of each of their files, in hexadecimal, by its name.
        sources: The SHA-256 of each file that they were made from, by its path within the
            model's folder.
    """

    folder: Path
    variant: str
    optimize: Sequence[str]
    files: Mapping[str, str]
    sources: Mapping[str, str]


def prepared_of(model: Model) -> Prepared | None:
    """Return a model's prepared graphs, if they are there and were made from its files.

    Their own digests are another matter (`model_files.check`).
    """
    folder = model.path / FOLDER
    try:
        card = folder / CARD
        if card.stat().st_size > _MOST_BYTES:
            return None
        said = json.loads(card.read_bytes())
        sources = {str(name): dict(one) for name, one in said["sources"].items()}
        files = {str(name): str(one["sha256"]) for name, one in said["files"].items()}
        variant, form = str(said["variant"]), said["format"]
        optimize = tuple(map(str, said.get("optimize", ())))
        digests = {name: str(one["sha256"]) for name, one in sources.items()}
        fits = all((folder / name).is_file() for name in FILES) and all(
            _is_source(model, name, one) for name, one in sources.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not fits or form != FORMAT or variant not in VARIANTS or set(files) != set(FILES):
        return None
    return Prepared(folder, variant, optimize, files, digests)


def _is_source(model: Model, name: str, made_from: Mapping[str, Any]) -> bool:
    """Say whether a file is still the one that was read; a card's word is enough."""
    declared = model.files.get(name)
    if declared is not None:
        return declared == str(made_from["sha256"])
    if model.files:
        # Taken away after preparing: what the prepared graphs do is declared by their own card.
        return not (model.path / name).exists()
    return (model.path / name).stat().st_size == int(made_from["size"])
