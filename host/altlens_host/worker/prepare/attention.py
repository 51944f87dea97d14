"""Attention, multiplied and scaled in the same order as in the hub's graphs.

onnxruntime's fused MultiHeadAttention rounds differently, by one part in ten million. Where
activations are quantized that is enough to move a zero point, and after a few layers the logits
differ by a percent: other words now and then. In the original's own order, the numbers are the
same to the last bit (docs/decisions/0077-prepared-graphs.md).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnxruntime import GraphOptimizationLevel

from altlens_host.worker.prepare.optimizing import optimize
from altlens_host.worker.prepare.reading import Graph
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.weights import Scores
from altlens_host.worker.prepare.writing import FUSED, Writer


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """In which order numbers are added and multiplied, where the order is a choice.

    Attributes:
        encoder: The encoder's attention.
        own: The decoder's attention to the words so far.
        cross: The decoder's attention to the picture.
        fused_norm: The encoder's last addition and normalisation are one operation.
    """

    encoder: Scores
    own: Scores
    cross: Scores
    fused_norm: bool


def plain(encoder_head: int, decoder_head: int) -> Arithmetic:
    """Return the order that is used where there is no original to follow to the last bit."""
    first, second = (Scores(float(1 / np.sqrt(one))) for one in (encoder_head, decoder_head))
    return Arithmetic(first, second._replace(transposed=True), second, fused_norm=True)


def arithmetic_of(encoder: Path, decoder: Path) -> Arithmetic:
    """Return the order in which onnxruntime runs two graphs of the hub.

    It depends on the exporter, and on what this version of onnxruntime makes of the graph when
    it is loaded; so that is looked at.

    Raises:
        RefusedError: A graph cannot be loaded, or its attention is not known here.
    """
    first, second = _optimized(encoder), _optimized(decoder)
    seen, looked = first.scores(), second.scores()
    if len(set(seen)) != 1 or len(looked) < 2 or {*looked[::2], *looked[1::2]} != {*looked[:2]}:
        raise RefusedError("The layers' attention is not built alike.")
    fused = first.made_by(first.outputs[0]) == "SkipLayerNormalization"
    return Arithmetic(seen[0], looked[0], looked[1], fused)


def _optimized(path: Path) -> Graph:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / path.name
        optimize(str(path), target, GraphOptimizationLevel.ORT_ENABLE_ALL)
        return Graph(target, "then_branch")


class Attention:
    """Writes the attention of one kind of layer."""

    def __init__(self, writer: Writer, scores: Scores, head_width: int) -> None:
        """Write the factor once.

        Args:
            writer: The graph.
            scores: How its original multiplies queries by keys.
            head_width: The products are divided by its square root.
        """
        self._writer = writer
        self._scores = scores
        self.transposed = scores.transposed
        root = np.sqrt(np.float32(head_width))
        factor = root if scores.after == "Div" else np.float32(1) / root
        self._factor = writer.constant(np.float32(np.sqrt(factor) if scores.before else factor))

    @property
    def key_order(self) -> list[int]:
        """How keys are transposed from [batch, keys, heads, width of a head]."""
        return [0, 2, 1, 3] if self.transposed else [0, 2, 3, 1]

    def scaled(self, x: str) -> str:
        """Scale queries or keys, where the original scales both."""
        return self._writer("Mul", x, self._factor) if self._scores.before else x

    def __call__(self, query: str, key: str, value: str) -> str:
        """Let queries look at values.

        Args:
            query: Scaled, [..., queries, width of a head].
            key: Scaled, in the order of `key_order`.
            value: [..., keys, width of a head].

        Returns:
            [..., queries, width of a head].
        """
        write = self._writer
        if self._scores.alpha is None:
            scores = write("MatMul", query, key)
        else:
            fused = {"alpha": self._scores.alpha, "transB": int(self.transposed)}
            scores = write("FusedMatMul", query, key, domain=FUSED, **fused)
        if self._scores.after:
            scores = write(self._scores.after, scores, self._factor)
        return write("MatMul", write("Softmax", scores, axis=-1), value)
