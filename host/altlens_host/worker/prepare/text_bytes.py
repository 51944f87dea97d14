"""Writes the quicker recognizer of text: rapidocr's, computed in bytes from picture to logits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper, version_converter
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)

from altlens_host.models.recognizer import SCALE
from altlens_host.worker.engines.sessions import open_session
from altlens_host.worker.prepare.optimizing import optimize
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.text_graph import (
    BLANK,
    GATE,
    KEPT,
    known_in_bytes,
    maker,
    of_any_height,
    without_softmax,
)
from altlens_host.worker.text.line_reader import normalized

_OPSET = 17
"""The first in which a normalisation is one operation; scales for each channel came with 13."""

_UNFUSED = ("ConvActivationFusion", "MatmulTransposeFusion", "MatMulScaleFusion")
"""What onnxruntime must not join before it quantizes: it would not know the result."""


def write(source: Path, target: Path, lines: Sequence[NDArray[np.uint8]]) -> None:
    """Write the quicker recognizer.

    It takes [1, height, width, 3] bytes and returns the characters' logits in bytes, [steps,
    characters], of the steps that may say one, and these steps' numbers; what one step of a byte
    is, its metadata say (`recognizer.SCALE`).

    Args:
        source: The original.
        target: The file to write; others are made beside it for a while.
        lines: From which the range of each value is learned, as it will be given them.

    Raises:
        RefusedError: The original is built in a way not known here.
    """
    model = onnx.load(source)
    of_any_height(model)
    without_softmax(model)
    plain = target.with_name("plain.onnx")
    changed = version_converter.convert_version(model, _OPSET).SerializeToString()
    level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    optimize(changed, plain, level, without=_UNFUSED)
    rewritten = _make_up_for_gates(plain, lines)
    known_in_bytes(rewritten.graph)
    onnx.save(rewritten, plain)
    quantize_static(
        plain,
        target,
        _Calibration(rewritten.graph.input[0].name, lines),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        # With seven bits two products fit in 16, so that no processor's sums are cut off.
        reduce_range=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        nodes_to_quantize=list(_quantized(rewritten.graph)),
    )
    plain.unlink()
    made = onnx.load(target)
    scale = _in_and_out_in_bytes(made.graph)
    _join_gates(made.graph)
    del made.metadata_props[:]
    made.metadata_props.extend(model.metadata_props)  # the characters
    made.metadata_props.add(key=SCALE, value=repr(scale))
    onnx.save(made, target)


def _make_up_for_gates(plain: Path, lines: Sequence[NDArray[np.uint8]]) -> onnx.ModelProto:
    """Give the convolutions after each GELU what its gate will let through too much or too little.

    That is taken in the mean of some lines, by channel: a convolution's bias can hold it.

    Args:
        plain: The graph in floats; it is overwritten.
        lines: As for `write`.

    Returns:
        The graph, changed.
    """
    model = onnx.load(plain)
    graph = model.graph
    gelus = [(one.input[0], one.output[0]) for one in graph.node if one.op_type == "Gelu"]
    told = onnx.ModelProto()
    told.CopyFrom(model)
    told.graph.output.extend(onnx.ValueInfoProto(name=one) for pair in gelus for one in pair)
    onnx.save(told, plain)
    session = open_session(plain, 1)
    lost = np.zeros(len(gelus), object)
    for line in lines:
        said = session.run(None, {graph.input[0].name: normalized(line)})[1:]
        for at, (x, right) in enumerate(zip(said[::2], said[1::2], strict=True)):
            gated = x / (1 + np.exp(-GATE * x))
            lost[at] += (right - gated).mean(axis=(0, 2, 3)) / len(lines)
    values = {one.name: one for one in graph.initializer}
    for (_, after), mean in zip(gelus, lost, strict=True):
        for node in graph.node:
            if node.op_type == "Conv" and node.input[0] == after:
                weights, bias = (numpy_helper.to_array(values[one]) for one in node.input[1:])
                _set(values[node.input[2]], bias + weights.sum(axis=(2, 3)) @ mean)
    return model


def _quantized(graph: onnx.GraphProto) -> Iterator[str]:
    """Yield what is computed in 8 bits: all but the attention, which is small."""
    kinds = {output: node.op_type for node in graph.node for output in node.output}
    for node in graph.node:
        made_of = {kinds.get(one) for one in node.input}
        if (
            (node.op_type == "Gemm" and node.name != BLANK)
            or node.op_type in ("Conv", "MaxPool", "GlobalAveragePool", "Relu")
            or (node.op_type == "Sigmoid" and made_of == {"Mul"})
            or (node.op_type == "Concat" and made_of == {"MaxPool", "Relu"})
            or (node.op_type == "Mul" and made_of & {"Sigmoid", "HardSigmoid"})
            or (node.op_type == "Add" and "Conv" in made_of)
        ):
            yield node.name


def _in_and_out_in_bytes(graph: onnx.GraphProto) -> float:
    """Let a graph take and return what it computes with; return the scale of its result.

    A picture's bytes are its values from -1 to 1, with grey as 0. Of the logits negative ones are
    all 0: the likeliest of a step has 5 and more (measured), and finer steps tell it from others.
    """
    values = {one.name: one for one in graph.initializer}
    first = next(one for one in graph.node if graph.input[0].name in one.input)
    lasts = [maker(graph, one.name) for one in graph.output]
    kinds = {one.op_type for one in lasts}
    if first.op_type != "QuantizeLinear" or kinds != {"DequantizeLinear"}:
        raise RefusedError("The recognizer does not begin and end in 8 bits.")
    ranges = [[_number(values[one]) for one in last.input[1:]] for last in lasts]
    largest = max(scale * (255 - zero) for scale, zero in ranges)
    for node, scale, zero in (
        (first, 1 / 127.5, 128),
        *((last, largest / 255, 0) for last in lasts),
    ):
        _set(values[node.input[1]], np.array(scale, np.float32))
        _set(values[node.input[2]], np.array(zero, np.uint8))
    turned = helper.make_node("Transpose", ["line"], first.output, "line", perm=[0, 3, 1, 2])
    graph.node.insert(list(graph.node).index(first), turned)
    graph.node.remove(first)
    line = helper.make_tensor_value_info("line", TensorProto.UINT8, [1, "height", "width", 3])
    graph.input[0].CopyFrom(line)
    parts = [last.input[0] for last in lasts]
    graph.node.append(helper.make_node("Concat", parts, ["logits"], "logits", axis=1))
    for last in lasts:
        graph.node.remove(last)
    del graph.output[:]
    shape = ["steps", "characters"]
    graph.output.append(helper.make_tensor_value_info("logits", TensorProto.UINT8, shape))
    graph.output.append(helper.make_tensor_value_info(KEPT, TensorProto.INT64, shape[:1]))
    return float(largest / 255)


def _join_gates(graph: onnx.GraphProto) -> None:
    """Let each gate read the bytes that it gates, with a scale of its own, and no product."""
    values = {one.name: one for one in graph.initializer}
    for gate in [one for one in graph.node if one.op_type == "Sigmoid"]:
        read = maker(graph, gate.input[0])
        quantized = maker(graph, read.input[0])
        product = maker(graph, quantized.input[0])
        gated, scale, zero = maker(graph, product.input[0]).input
        own = np.array(_number(values[scale]) * GATE, np.float32)
        graph.initializer.append(numpy_helper.from_array(own, f"{gate.name}_own_scale"))
        read.input[:] = [gated, f"{gate.name}_own_scale", zero]
        graph.node.remove(quantized)
        graph.node.remove(product)


def _number(value: onnx.TensorProto) -> float:
    return float(numpy_helper.to_array(value))


def _set(value: onnx.TensorProto, array: NDArray[Any]) -> None:
    value.CopyFrom(numpy_helper.from_array(array, value.name))


class _Calibration(CalibrationDataReader):  # type: ignore[misc]  # the library has no types
    """Lines, from which the range of each value is learned."""

    def __init__(self, name: str, lines: Sequence[NDArray[np.uint8]]) -> None:
        self._given = iter([{name: normalized(one)} for one in lines])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._given, None)
