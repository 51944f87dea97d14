"""The reference layout: the graphs as the hub publishes them, quantized or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from PIL import Image

from altlens_host.errors import ModelBrokenError, ModelMissingError
from altlens_host.worker.engines.decoder import Decoder, DecoderRun
from altlens_host.worker.engines.interface import SIGNS_OUTPUT
from altlens_host.worker.engines.sessions import signs_of, value_of
from altlens_host.worker.processor import ImageProcessor

ENDINGS = ("_quantized", "", "_fp16")
"""Of the files' names, best first: on a CPU half floats are the slowest."""

ENDINGS_ON_CARDS = ("_fp16", "", "_quantized")
"""On a card they are the fastest, and what is quantized is computed on the processor."""

Open = Callable[[Path], onnxruntime.InferenceSession]


class ReferenceGraphs:
    """An encoder, and a decoder in one graph or in two."""

    def __init__(
        self,
        folder: Path,
        config: Mapping[str, Any],
        processor: ImageProcessor,
        open_graph: Open,
        endings: Sequence[str] = ENDINGS,
    ) -> None:
        """Open the graphs.

        Args:
            folder: The model's folder; the graphs lie in its folder `onnx`.
            config: The object in config.json.
            processor: Makes the encoder's input.
            open_graph: Opens one graph.
            endings: Which of the files to look for, best first.

        Raises:
            ModelMissingError: A graph is not there.
            ModelBrokenError: A graph cannot be used.
        """
        self._processor = processor
        graphs = folder / "onnx"
        encoder = encoder_of(graphs, endings)
        decoders = decoders_of(graphs, endings)
        # Side by side: loading takes most of the time from start to ready.
        with ThreadPoolExecutor(1) as second:
            loading = second.submit(lambda: [open_graph(one) for one in decoders])
            self._encoder = open_graph(encoder)
        if len(self._encoder.get_inputs()) != 1:
            raise ModelBrokenError("The encoder takes something else than one picture.")
        half = self._encoder.get_inputs()[0].type == "tensor(float16)"
        self._type = np.float16 if half else np.float32
        decoder = config.get("decoder")
        self._decoder = Decoder(loading.result(), decoder if isinstance(decoder, dict) else config)

    def start(self, image: Image.Image) -> DecoderRun:
        """Run the encoder, and return the decoder before its first token."""
        pixels = value_of(self._processor(image).astype(self._type, copy=False))
        name = self._encoder.get_inputs()[0].name
        outputs = [one.name for one in self._encoder.get_outputs()]
        beside = [SIGNS_OUTPUT] if SIGNS_OUTPUT in outputs[1:] else []
        made = self._encoder.run_with_ort_values([outputs[0], *beside], {name: pixels})
        return DecoderRun(self._decoder, made[0], signs_of(made[1:]))


def encoder_of(graphs: Path, endings: Sequence[str] = ENDINGS) -> Path:
    """Return the best encoder in a folder of graphs.

    Raises:
        ModelMissingError: There is none.
    """
    names = [f"encoder_model{ending}.onnx" for ending in endings]
    return _first([[name] for name in names], graphs)[0]


def decoders_of(graphs: Path, endings: Sequence[str] = ENDINGS) -> list[Path]:
    """Return the best decoder in a folder of graphs.

    Returns:
        A merged one; or one for the first token and one for each later token; or one without
        past key values.

    Raises:
        ModelMissingError: There is none.
    """
    return _first(list(_decoders(endings)), graphs)


def _decoders(endings: Sequence[str]) -> Iterator[list[str]]:
    for ending in endings:
        yield [f"decoder_model_merged{ending}.onnx"]
        yield [f"decoder_model{ending}.onnx", f"decoder_with_past_model{ending}.onnx"]
    for ending in endings:
        yield [f"decoder_model{ending}.onnx"]


def _first(wanted: list[list[str]], graphs: Path) -> list[Path]:
    tried = []
    for names in wanted:
        paths = [graphs / name for name in names]
        if all(path.is_file() for path in paths):
            return paths
        tried.append(names[0])
    folder = graphs.parent.name
    raise ModelMissingError(f"{folder} has none of {graphs.name}/: {', '.join(tried[:3])}.")
