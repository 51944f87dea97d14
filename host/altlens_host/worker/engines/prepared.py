"""The prepared layout: graphs made for altlens from those of the hub, for the same weights.

What goes in and out of them is said where they are written, in `worker/prepare`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from altlens_host.errors import ModelBrokenError
from altlens_host.worker.engines.choices import Choices, all_of
from altlens_host.worker.engines.interface import SIGNS_OUTPUT
from altlens_host.worker.engines.sessions import Value, signs_of, value_of
from altlens_host.worker.processor import ImageProcessor

Open = Callable[[Path], onnxruntime.InferenceSession]

_CHOSEN = ("top_tokens", "top_logits", "total", "logits")
_INPUTS = {"input_ids", "position", "origins", "candidates"}


class PreparedGraphs:
    """An encoder that makes keys and values, and a decoder's step."""

    def __init__(
        self, folder: Path, processor: ImageProcessor, candidates: int | None, open_graph: Open
    ) -> None:
        """Open the graphs.

        Args:
            folder: Where encoder.onnx and decoder.onnx lie.
            processor: Scales the picture; the graph does the rest.
            candidates: How many of the likeliest tokens the search asks for; None for all.
            open_graph: Opens one graph.

        Raises:
            ModelBrokenError: A graph cannot be used.
        """
        self._processor = processor
        with ThreadPoolExecutor(1) as second:
            loading = second.submit(open_graph, folder / "decoder.onnx")
            self._encoder = open_graph(folder / "encoder.onnx")
        self.decoder = loading.result()
        inputs = {one.name: one for one in self.decoder.get_inputs()}
        outputs = {one.name: one for one in self.decoder.get_outputs()}
        made = [one.name for one in self._encoder.get_outputs()]
        self.crossed = [name for name in made if name != SIGNS_OUTPUT]
        self._beside = [name for name in made if name == SIGNS_OUTPUT]
        self.past = [name for name in inputs if name.startswith("past.")]
        self.present = [name.replace("past.", "present.", 1) for name in self.past]
        known = {*_INPUTS, *self.past, *self.crossed}
        if inputs.keys() != known or not {*_CHOSEN, *self.present} <= outputs.keys():
            raise ModelBrokenError("The prepared graphs do not fit this version of altlens.")
        heads, _, width = inputs[self.past[0]].shape[1:]
        self.empty = value_of(np.zeros((1, heads, 0, width), np.float32))
        vocabulary = outputs["logits"].shape[1]
        most = vocabulary if candidates is None else min(candidates, vocabulary)
        self.candidates = value_of(np.array([most]))
        self.vocabulary: int = vocabulary

    def start(self, image: Image.Image) -> PreparedRun:
        """Run the encoder, and return the decoder before its first token."""
        pixels = value_of(self._processor.pixels(image)[None])
        names = [*self.crossed, *self._beside]
        made = self._encoder.run_with_ort_values(names, {"image": pixels})
        crossed = dict(zip(self.crossed, made, strict=False))
        return PreparedRun(self, crossed, signs_of(made[len(crossed) :]))


class PreparedRun:
    """The decoder at work on one picture; a Step of the search."""

    def __init__(
        self, graphs: PreparedGraphs, crossed: dict[str, Value], signs: tuple[float, ...] = ()
    ) -> None:
        """Start before the first token.

        Args:
            graphs: The model.
            crossed: What its encoder made of the picture.
            signs: What it says beside.
        """
        self.signs = signs
        self._graphs = graphs
        self._fixed = {**crossed, "candidates": graphs.candidates}
        self._past: Sequence[Value] = [graphs.empty] * len(graphs.past)
        self._length = 0

    def __call__(self, tokens: Sequence[int], origins: Sequence[int]) -> Choices:
        """Run the graph for one more token of each caption; see `generation.Step`."""
        graphs = self._graphs
        feeds = {
            **self._fixed,
            **dict(zip(graphs.past, self._past, strict=True)),
            "input_ids": value_of(np.array(tokens, np.int64)[:, None]),
            "position": value_of(np.array([self._length])),
            "origins": value_of(np.array(origins, np.int64)),
        }
        names = [*_CHOSEN, *graphs.present]
        likeliest, logits, totals, every, *self._past = graphs.decoder.run_with_ort_values(
            names, feeds
        )
        self._length += 1
        chosen = likeliest.numpy()
        if chosen.shape[1] == graphs.vocabulary:
            return all_of(every.numpy())
        order = np.argsort(chosen, axis=1)
        return Choices(
            np.take_along_axis(chosen, order, 1),
            np.take_along_axis(logits.numpy(), order, 1),
            totals.numpy(),
            graphs.vocabulary,
            every.numpy,
        )
