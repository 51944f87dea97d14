"""Rewrites rapidocr's recognizer so that nearly all of it is computed in 8 bits.

Between two convolutions onnxruntime stays in 8 bits only where it has each operation for them; so
GELU, the means and the last product are written as those that it has (docs/decisions/0100).
"""

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
from altlens_host.worker.prepare.optimizing import optimize
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.text.line_reader import normalized

_OPSET = 17
"""The first in which a normalisation is one operation; scales for each channel came with 13."""

_UNFUSED = ("ConvActivationFusion", "MatmulTransposeFusion", "MatMulScaleFusion")
"""What onnxruntime must not join before it quantizes: it would not know the result."""

_GATE = 1.702
"""GELU(x) is x * sigmoid(1.702 x) up to 0.02 (Hendrycks and Gimpel, arXiv:1606.08415, section 2):
less than a step of 8 bits between the values that are met here."""


PARTS = 16
"""In so many parts the product with the characters is computed: the sums of one, in 32 bits, stay
in a core's cache until they are bytes."""


def write(source: Path, target: Path, lines: Sequence[NDArray[np.uint8]]) -> None:
    """Write the quicker recognizer.

    It takes [1, height, width, 3] bytes and returns the characters' logits in bytes, [steps,
    characters]; what one step of a byte is, its metadata say (`recognizer.SCALE`).

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
    rewritten = onnx.load(plain)
    _known_in_bytes(rewritten.graph)
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


def of_any_height(model: onnx.ModelProto) -> None:
    """Change a recognizer so that it takes lines of every height, and of its own as before.

    Its convolutions leave three rows of a line of 48 pixels, and two columns a step; a pool makes
    one of these six. Here the mean of all rows is taken first, however many there are.

    Raises:
        RefusedError: There is no such pool, or another operation that knows the height.
    """
    graph = model.graph
    pools = [node for node in graph.node if node.op_type == "AveragePool"]
    shape = {"kernel_shape": [3, 2], "strides": [3, 2], "pads": [0, 0, 0, 0]}
    said = [{one.name: list(one.ints) for one in node.attribute} for node in pools]
    if len(pools) != 1 or not shape.items() <= said[0].items():
        raise RefusedError("The recognizer has not the one pool that is known.")
    (pool,) = pools
    rows = helper.make_node("ReduceMean", [pool.input[0]], ["rows"], axes=[2], keepdims=1)
    pool.input[0] = "rows"
    for attribute in pool.attribute:
        if attribute.name in ("kernel_shape", "strides"):
            attribute.ints[0] = 1
    graph.node.insert(list(graph.node).index(pool), rows)
    graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    del graph.value_info[:]  # they are those of the one height


def without_softmax(model: onnx.ModelProto) -> None:
    """Let a recognizer return logits.

    Raises:
        RefusedError: It does not end in a softmax.
    """
    graph = model.graph
    last = _maker(graph, graph.output[0].name)
    while last.op_type == "Identity":
        last = _maker(graph, last.input[0])
    if last.op_type != "Softmax":
        raise RefusedError("The recognizer does not end in a softmax.")
    graph.output[0].name = last.input[0]
    graph.node.remove(last)


def _known_in_bytes(graph: onnx.GraphProto) -> None:
    """Write as operations that onnxruntime has in 8 bits what it has not."""
    for at, node in enumerate(graph.node):
        node.name = node.name or f"{node.op_type}_{at}"
    factor = numpy_helper.from_array(np.array(_GATE, np.float32), "gate_factor")
    graph.initializer.append(factor)
    for node in list(graph.node):
        axes = [list(one.ints) for one in node.attribute if one.name == "axes"]
        if node.op_type == "ReduceMean" and axes == [[2, 3]]:
            new = [helper.make_node("GlobalAveragePool", node.input, node.output, node.name)]
        elif node.op_type == "Gelu":
            x, gated, gate = node.input[0], f"{node.name}_x", f"{node.name}_gate"
            new = [
                helper.make_node("Mul", [x, factor.name], [gated], f"{node.name}_factor"),
                helper.make_node("Sigmoid", [gated], [gate], gate),
                helper.make_node("Mul", [x, gate], node.output, f"{gate}ed"),
            ]
        else:
            continue
        at = list(graph.node).index(node)
        graph.node.remove(node)
        for later, one in enumerate(new):
            graph.node.insert(at + later, one)
    _join_head(graph)


def _join_head(graph: onnx.GraphProto) -> None:
    """Join the product with the characters and the sum after it, for the one line of a batch."""
    total = _maker(graph, graph.output[0].name)
    product = _maker(graph, total.input[0])
    if (product.op_type, total.op_type) != ("MatMul", "Add"):
        raise RefusedError("The recognizer does not end in a product with its characters.")
    given = product.input[0]
    values = {one.name: one for one in graph.initializer}
    for value in (product.input[1], total.input[1]):
        parts = np.array_split(numpy_helper.to_array(values[value]), PARTS, axis=-1)
        graph.initializer.remove(values[value])
        graph.initializer.extend(
            numpy_helper.from_array(part, f"{value}_{at}") for at, part in enumerate(parts)
        )
    graph.initializer.append(numpy_helper.from_array(np.array([0]), "batch"))
    graph.node.append(helper.make_node("Squeeze", [given, "batch"], ["steps"], "steps"))
    for at, part in enumerate(parts):
        these = ["steps", f"{product.input[1]}_{at}", f"{total.input[1]}_{at}"]
        graph.node.append(helper.make_node("Gemm", these, [f"logits_{at}"], f"head_{at}"))
        graph.output.append(
            helper.make_tensor_value_info(f"logits_{at}", TensorProto.FLOAT, ["steps", len(part)])
        )
    graph.node.remove(total)
    graph.node.remove(product)
    del graph.output[0]


def _quantized(graph: onnx.GraphProto) -> Iterator[str]:
    """Yield what is computed in 8 bits: all but the attention, which is small."""
    kinds = {output: node.op_type for node in graph.node for output in node.output}
    for node in graph.node:
        made_of = {kinds.get(one) for one in node.input}
        if (
            node.op_type in ("Conv", "Gemm", "MaxPool", "GlobalAveragePool")
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
    lasts = [_maker(graph, one.name) for one in graph.output]
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
    return float(largest / 255)


def _join_gates(graph: onnx.GraphProto) -> None:
    """Let each gate read the bytes that it gates, with a scale of its own, and no product."""
    values = {one.name: one for one in graph.initializer}
    for gate in [one for one in graph.node if one.op_type == "Sigmoid"]:
        read = _maker(graph, gate.input[0])
        quantized = _maker(graph, read.input[0])
        product = _maker(graph, quantized.input[0])
        gated, scale, zero = _maker(graph, product.input[0]).input
        own = np.array(_number(values[scale]) * _GATE, np.float32)
        graph.initializer.append(numpy_helper.from_array(own, f"{gate.name}_own_scale"))
        read.input[:] = [gated, f"{gate.name}_own_scale", zero]
        graph.node.remove(quantized)
        graph.node.remove(product)


def _maker(graph: onnx.GraphProto, value: str) -> Any:
    """Return the operation that makes a value.

    Raises:
        RefusedError: None does.
    """
    for node in graph.node:
        if value in node.output:
            return node
    raise RefusedError(f"The recognizer has nothing that makes {value}.")


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
