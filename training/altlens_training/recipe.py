"""Every number the training depends on, in one frozen object."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MOVENET = Path("node_modules/@vladmandic/human/models/movenet-lightning.json")
"""Where `npm install --no-save` puts it; see docs/TRAINING.md."""


@dataclass(frozen=True)
class Recipe:
    """How the next model is made; the committed one came from another recipe (decision 23)."""

    seed: int = 0
    threads: int = 2
    # Pictures. One extra view is a random crop, half of them mirrored.
    image_size: int = 260
    grid: int = 6
    poses: Path = MOVENET
    views: int = 10
    label_views: int = 3
    drawn: int = 2400
    noun_pictures: int = 12
    # Model.
    width: int = 256
    heads: int = 8
    layers: int = 3
    vocabulary: int = 4000
    concepts: int = 512
    positions: int = 32
    dropout: float = 0.1
    grid_dropout: float = 0.2
    # Decoder alone, on text.
    text_steps: int = 900
    text_batch: int = 64
    text_rate: float = 1e-3
    class_batch: int = 24
    replayed: int = 16
    # Cross-entropy on pairs of picture and caption.
    pair_epochs: int = 4
    pair_batch: int = 64
    pair_rate: float = 5e-4
    label_smoothing: float = 0.1
    concept_weight: float = 0.2
    text_weight: float = 0.5
    # Who or what a caption is about, and whether several.
    plan_decay: float = 0.5
    several_from: float = 0.4
    # Generation.
    beams: int = 3
    length_penalty: float = 1.0
    max_length: int = 24
    no_repeat_ngram_size: int = 3

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain values, for checkpoints and the model card."""
        return {**asdict(self), "poses": self.poses.name}
