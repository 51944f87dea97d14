"""A picture as the encoder takes it, and what the exported encoder makes of it; without torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MEAN, STD = 127.0 / 255.0, 128.0 / 255.0
"""EfficientNet-Lite's (byte - 127) / 128, said of values in 0 to 1."""


def pixels(image: Image.Image, size: int) -> NDArray[np.float32]:
    """The trunk's input [3, size, size]: stretched to a square, bicubic, normalised."""
    square = image.convert("RGB").resize((size, size), Image.Resampling.BICUBIC)
    values = (np.asarray(square, np.float32) / 255 - MEAN) / STD
    return np.ascontiguousarray(values.transpose(2, 0, 1), dtype=np.float32)


class Encoder:
    """An exported encoder of lite, run by onnxruntime."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """Load a graph; `threads` of 0 leaves their number to onnxruntime."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self._size = int(self._session.get_inputs()[0].shape[-1])

    def __call__(self, image: Image.Image) -> NDArray[np.float32]:
        """What it makes of a picture, [1, tokens, width]."""
        batch = pixels(image, self._size)[None]
        (memory,) = self._session.run(["last_hidden_state"], {"pixel_values": batch})
        return np.asarray(memory, np.float32)

    def features(self, path: Path) -> NDArray[np.float32]:
        """The average over the tokens of a picture file, [width].

        Raises:
            OSError: The file cannot be read as a picture.
        """
        with Image.open(path) as image:
            return np.asarray(self(image)[0].mean(0), np.float32)
