"""What a way of making prepared graphs does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

Progress = Callable[[float, str], None]
"""Takes how much is done, from 0 to 1, and what is being done."""


class Way(Protocol):
    """Makes prepared graphs out of a model's own."""

    @property
    def optimize(self) -> Sequence[str]:
        """The names of those that onnxruntime shall optimize for a processor when it opens them."""
        ...

    def write(
        self, encoder: Path, decoders: Sequence[Path], folder: Path, progress: Progress
    ) -> None:
        """Write encoder.onnx, decoder.onnx and probe.onnx, with their weights beside them.

        Args:
            encoder: The model's own encoder.
            decoders: Its decoder: a merged one; or one for the first token and one for each
                later token; or one without past key values.
            folder: Where to.
            progress: Is told how far it is, up to 0.3.

        Raises:
            RefusedError: The graphs are built in a way not known here, or damaged.
        """
        ...
