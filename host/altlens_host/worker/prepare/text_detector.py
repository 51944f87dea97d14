"""Writes what finds lines quicker: rapidocr's detector, computed in bytes for the most part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
from PIL import Image

from altlens_host.worker.prepare.text_bytes import in_bytes, is_gated

_IN_BYTES = ("Conv", "MaxPool", "GlobalAveragePool", "Relu", "Concat", "Add", "Resize")


def write(source: Path, target: Path, pages: Sequence[Image.Image]) -> None:
    """Write it; it takes [1, height, width, 3] bytes, and returns what the original returns.

    Args:
        source: The original.
        target: The file to write; others are made beside it for a while.
        pages: From which the range of each value is learned: of mode RGB, their sides multiples
            of 32 pixels.

    Raises:
        RefusedError: The original is built in a way not known here.
    """
    # The models were trained on blue, green, red.
    given = [np.ascontiguousarray(np.asarray(page)[None, :, :, ::-1]) for page in pages]
    # With seven bits there, one of fifty small lines is too faint to be found.
    onnx.save(in_bytes(onnx.load(source), target, given, _in_bytes, finer=True), target)


def _in_bytes(graph: onnx.GraphProto) -> Iterator[str]:
    """Yield what is computed in 8 bits: all until the map of chances is made as large as the page.

    After that it is a few operations, which onnxruntime has in floats alone.
    """
    kinds: dict[str, str] = {}
    enlarged: set[str] = set()
    for node in graph.node:
        made_of = {kinds.get(one) for one in node.input}
        kinds |= dict.fromkeys(node.output, node.op_type)
        if node.op_type == "ConvTranspose" or enlarged.intersection(node.input):
            enlarged.update(node.output)
        elif node.op_type in _IN_BYTES or is_gated(node, made_of):
            yield node.name
