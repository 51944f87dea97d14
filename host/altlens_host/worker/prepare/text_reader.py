"""Writes what reads a line quicker: rapidocr's, computed in bytes from picture to logits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from altlens_host.models.recognizer import SCALE
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.text_bytes import in_bytes, is_gated, number, set_value
from altlens_host.worker.prepare.text_graph import (
    BLANK,
    KEPT,
    join_head,
    maker,
    of_any_height,
    without_softmax,
)
from altlens_host.worker.prepare.text_samples import Drawn
from altlens_host.worker.text.line_reader import pixels


def write(source: Path, target: Path, lines: Sequence[Drawn]) -> None:
    """Write it.

    It takes [1, height, width, 3] bytes and returns the characters' logits in bytes, [steps,
    characters], of the steps that may say one, and these steps' numbers; what one step of a byte
    is, its metadata say (`recognizer.SCALE`).

    Args:
        source: The original.
        target: The file to write; others are made beside it for a while.
        lines: From which the range of each value is learned.

    Raises:
        RefusedError: The original is built in a way not known here.
    """
    model = onnx.load(source)
    of_any_height(model)
    without_softmax(model)
    given = [pixels(one.line, any_height=True) for one in lines]
    made = in_bytes(model, target, given, _in_bytes, join_head)
    scale = _give_bytes(made.graph)
    del made.metadata_props[:]
    made.metadata_props.extend(model.metadata_props)  # the characters
    made.metadata_props.add(key=SCALE, value=repr(scale))
    onnx.save(made, target)


def _in_bytes(graph: onnx.GraphProto) -> Iterator[str]:
    """Yield what is computed in 8 bits: all but the attention, which is small."""
    kinds = {output: node.op_type for node in graph.node for output in node.output}
    for node in graph.node:
        made_of = {kinds.get(one) for one in node.input}
        if (
            (node.op_type == "Gemm" and node.name != BLANK)
            or node.op_type in ("Conv", "MaxPool", "GlobalAveragePool", "Relu")
            or (node.op_type == "Concat" and made_of == {"MaxPool", "Relu"})
            or (node.op_type == "Add" and "Conv" in made_of)
            or is_gated(node, made_of)
        ):
            yield node.name


def _give_bytes(graph: onnx.GraphProto) -> float:
    """Let a graph return what it computes with; return the scale of that.

    Negative logits are all 0: the likeliest of a step has 5 and more (measured), and finer steps
    tell it from others.
    """
    values = {one.name: one for one in graph.initializer}
    lasts = [maker(graph, one.name) for one in graph.output]
    if {one.op_type for one in lasts} != {"DequantizeLinear"}:
        raise RefusedError("The recognizer does not end in 8 bits.")
    ranges = [[number(values[one]) for one in last.input[1:]] for last in lasts]
    largest = max(scale * (255 - zero) for scale, zero in ranges)
    for last in lasts:
        set_value(values[last.input[1]], np.array(largest / 255, np.float32))
        set_value(values[last.input[2]], np.array(0, np.uint8))
    parts = [last.input[0] for last in lasts]
    graph.node.append(helper.make_node("Concat", parts, ["logits"], "logits", axis=1))
    for last in lasts:
        graph.node.remove(last)
    del graph.output[:]
    shape = ["steps", "characters"]
    graph.output.append(helper.make_tensor_value_info("logits", TensorProto.UINT8, shape))
    graph.output.append(helper.make_tensor_value_info(KEPT, TensorProto.INT64, shape[:1]))
    return float(largest / 255)
