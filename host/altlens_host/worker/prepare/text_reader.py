"""Writes what reads a line quicker: rapidocr's, computed in bytes from picture to logits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
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
    OPEN,
    REST,
    join_head,
    maker,
    of_any_height,
    without_softmax,
)
from altlens_host.worker.prepare.text_samples import Drawn
from altlens_host.worker.text.line_pixels import LOW, pixels
from altlens_host.worker.text.line_reader import CHARACTERS, characters_of, is_usual


def write(source: Path, target: Path, lines: Sequence[Drawn]) -> None:
    """Write it.

    It takes [1, height, width, 3] bytes and returns logits in bytes: of the usual characters,
    [steps, usual], of the steps that may say one; of the others, [open steps, others], of the steps
    that may say one of these; and the numbers of the former among all steps, and of the latter
    among the former. What one step of a byte is, and which characters these are, its metadata say
    (`recognizer.SCALE`, `CHARACTERS`).

    Args:
        source: The original.
        target: The file to write; others are made beside it for a while.
        lines: From which the range of each value is learned.

    Raises:
        RefusedError: The original is built in a way not known here.
    """
    model = onnx.load(source)
    said = {one.key: one.value for one in model.metadata_props}
    characters = characters_of(said)
    order = sorted(range(len(characters)), key=lambda one: not is_usual(characters[one]))
    usual = sum(map(is_usual, characters))
    of_any_height(model)
    without_softmax(model)
    given = [pixels(one.line, LOW) for one in lines]
    change = partial(join_head, order=np.array(order), usual=usual)
    made = in_bytes(model, target, given, _in_bytes, change)
    said |= {SCALE: repr(_give_bytes(made.graph))}
    said |= {CHARACTERS: "\n".join(characters[one] for one in order[1:])}
    helper.set_model_props(made, said)
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
    usual, *parts = (last.input[0] for last in lasts)
    graph.node.append(helper.make_node("Concat", parts, [REST], REST, axis=1))
    del graph.output[:]
    for name, kind, shape in (
        (usual, TensorProto.UINT8, ["steps", "characters"]),
        (REST, TensorProto.UINT8, ["open steps", "other characters"]),
        (KEPT, TensorProto.INT64, ["steps"]),
        (OPEN, TensorProto.INT64, ["open steps"]),
    ):
        graph.output.append(helper.make_tensor_value_info(name, kind, shape))
    for last in lasts[1:]:
        graph.node.remove(last)
    return float(largest / 255)
