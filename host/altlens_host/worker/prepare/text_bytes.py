"""Has a graph of the recognizer of text computed in bytes, from the picture on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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

from altlens_host.worker.engines.sessions import open_session
from altlens_host.worker.prepare.optimizing import optimize
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.text_graph import GATE, known_in_bytes, maker
from altlens_host.worker.text.line_pixels import normalized

Pixels = NDArray[np.uint8]
"""What is given to a graph: [1, height, width, 3], in blue, green, red."""

_OPSET = 17
"""The first in which a normalisation is one operation; scales for each channel came with 13."""

_UNFUSED = ("ConvActivationFusion", "MatmulTransposeFusion", "MatMulScaleFusion")
"""What onnxruntime must not join before it quantizes: it would not know the result."""


def in_bytes(
    model: onnx.ModelProto,
    target: Path,
    given: Sequence[Pixels],
    chosen: Callable[[onnx.GraphProto], Iterator[str]],
    change: Callable[[onnx.GraphProto], None] = lambda graph: None,
    *,
    finer: bool = False,
) -> onnx.ModelProto:
    """Return a graph that takes Pixels, and computes most of what it computes in 8 bits.

    Args:
        model: The graph in floats; it takes pictures as `normalized` makes them.
        target: Where a file may be written, and another beside it.
        given: From which the range of each value is learned.
        chosen: Names the operations that are computed in 8 bits.
        change: Changes the graph before.
        finer: Give the weights of depthwise convolutions all eight bits.

    Raises:
        RefusedError: It is built in a way not known here.
    """
    plain = target.with_name("plain.onnx")
    changed = version_converter.convert_version(model, _OPSET).SerializeToString()
    level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    optimize(changed, plain, level, without=_UNFUSED)
    rewritten = _make_up_for_gates(plain, given)
    known_in_bytes(rewritten.graph)
    change(rewritten.graph)
    onnx.save(rewritten, plain)
    quantize_static(
        plain,
        target,
        _Calibration(rewritten.graph.input[0].name, given),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        # With seven bits two products fit in 16, so that no processor's sums are cut off.
        reduce_range=True,
        extra_options={"TensorQuantOverrides": _all_bits(rewritten.graph) if finer else {}},
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        nodes_to_quantize=list(chosen(rewritten.graph)),
    )
    plain.unlink()
    made = onnx.load(target)
    _take_bytes(made.graph)
    _join_gates(made.graph)
    return made


def _all_bits(graph: onnx.GraphProto) -> dict[str, Any]:
    """Return what gives depthwise convolutions' weights all eight bits; they are summed in 32."""
    shapes = {one.name: one.dims for one in graph.initializer}
    weights = (one.input[1] for one in graph.node if one.op_type == "Conv")
    all_bits = {"axis": 0, "quant_type": QuantType.QInt8, "symmetric": True, "reduce_range": False}
    return {name: [all_bits] for name in weights if shapes[name][1] == 1}


def is_gated(node: onnx.NodeProto, made_of: set[str | None]) -> bool:
    """Say whether an operation is a gate, or lets something through one.

    Args:
        node: The operation.
        made_of: Which operations make what is given to it.
    """
    gate = node.op_type == "Sigmoid" and made_of == {"Mul"}
    return gate or (node.op_type == "Mul" and bool(made_of & {"Sigmoid", "HardSigmoid"}))


def _make_up_for_gates(plain: Path, given: Sequence[Pixels]) -> onnx.ModelProto:
    """Give the convolutions after each GELU what its gate will let through too much or too little.

    That is taken in the mean, by channel: a convolution's bias can hold it.

    Args:
        plain: The graph in floats; it is overwritten.
        given: As for `in_bytes`.

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
    for picture in given:
        said = session.run(None, {graph.input[0].name: normalized(picture)})[1:]
        for at, (x, right) in enumerate(zip(said[::2], said[1::2], strict=True)):
            gated = x / (1 + np.exp(-GATE * x))
            lost[at] += (right - gated).mean(axis=(0, 2, 3)) / len(given)
    values = {one.name: one for one in graph.initializer}
    for (_, after), mean in zip(gelus, lost, strict=True):
        for node in graph.node:
            if node.op_type == "Conv" and node.input[0] == after:
                weights, bias = (numpy_helper.to_array(values[one]) for one in node.input[1:])
                set_value(values[node.input[2]], bias + weights.sum(axis=(2, 3)) @ mean)
    return model


def _take_bytes(graph: onnx.GraphProto) -> None:
    """Let a graph take a picture's bytes: its values from -1 to 1, with grey as 0."""
    values = {one.name: one for one in graph.initializer}
    first = next(one for one in graph.node if graph.input[0].name in one.input)
    if first.op_type != "QuantizeLinear":
        raise RefusedError("The recognizer does not begin in 8 bits.")
    set_value(values[first.input[1]], np.array(1 / 127.5, np.float32))
    set_value(values[first.input[2]], np.array(128, np.uint8))
    turned = helper.make_node("Transpose", ["pixels"], first.output, "pixels", perm=[0, 3, 1, 2])
    graph.node.insert(list(graph.node).index(first), turned)
    graph.node.remove(first)
    taken = helper.make_tensor_value_info("pixels", TensorProto.UINT8, [1, "height", "width", 3])
    graph.input[0].CopyFrom(taken)


def _join_gates(graph: onnx.GraphProto) -> None:
    """Let each gate read the bytes that it gates, with a scale of its own, and no product."""
    values = {one.name: one for one in graph.initializer}
    for gate in [one for one in graph.node if one.op_type == "Sigmoid"]:
        read = maker(graph, gate.input[0])
        if read.op_type != "DequantizeLinear":
            continue  # it is no gate
        quantized = maker(graph, read.input[0])
        product = maker(graph, quantized.input[0])
        gated, scale, zero = maker(graph, product.input[0]).input
        own = np.array(number(values[scale]) * GATE, np.float32)
        graph.initializer.append(numpy_helper.from_array(own, f"{gate.name}_own_scale"))
        read.input[:] = [gated, f"{gate.name}_own_scale", zero]
        graph.node.remove(quantized)
        graph.node.remove(product)


def number(value: onnx.TensorProto) -> float:
    """Return a value that is one number."""
    return float(numpy_helper.to_array(value))


def set_value(value: onnx.TensorProto, array: NDArray[Any]) -> None:
    """Put other numbers in a value's place."""
    value.CopyFrom(numpy_helper.from_array(array, value.name))


class _Calibration(CalibrationDataReader):  # type: ignore[misc]  # the library has no types
    """Pictures, from which the range of each value is learned."""

    def __init__(self, name: str, given: Sequence[Pixels]) -> None:
        self._given = iter([{name: normalized(one)} for one in given])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._given, None)
