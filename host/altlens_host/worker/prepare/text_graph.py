"""Changes rapidocr's recognizer, in floats, into one that can be computed in 8 bits.

Between two convolutions onnxruntime stays in 8 bits only where it has each operation for them; so
GELU, the means and the last product are written as those that it has (docs/decisions/0100).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from altlens_host.worker.prepare.refusal import RefusedError

GATE = 1.702
"""GELU(x) is x * sigmoid(1.702 x) up to 0.02 (Hendrycks and Gimpel, arXiv:1606.08415)."""


PARTS = 16
"""In so many parts the product with the characters is computed: the sums of one, in 32 bits, stay
in a core's cache until they are bytes."""

SURE = 25.0
"""A step whose logit of no character is so high says none: where one was said, no line was read
otherwise for leaving out what is higher (docs/decisions/0100)."""

BLANK = "blank"
"""The product that finds such steps; it stays in floats."""

KEPT = "kept"
"""The numbers of the other steps."""


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
    last = maker(graph, graph.output[0].name)
    while last.op_type == "Identity":
        last = maker(graph, last.input[0])
    if last.op_type != "Softmax":
        raise RefusedError("The recognizer does not end in a softmax.")
    graph.output[0].name = last.input[0]
    graph.node.remove(last)


def known_in_bytes(graph: onnx.GraphProto) -> None:
    """Write as operations that onnxruntime has in 8 bits what it has not."""
    for at, node in enumerate(graph.node):
        node.name = node.name or f"{node.op_type}_{at}"
    factor = numpy_helper.from_array(np.array(GATE, np.float32), "gate_factor")
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


def join_head(graph: onnx.GraphProto) -> None:
    """Join the product with the characters and the sum after it, for the one line of a batch.

    It is computed for the steps alone that may say a character; which they are is returned, too.
    """
    total = maker(graph, graph.output[0].name)
    product = maker(graph, total.input[0])
    if (product.op_type, total.op_type) != ("MatMul", "Add"):
        raise RefusedError("The recognizer does not end in a product with its characters.")
    given = product.input[0]
    values = {one.name: one for one in graph.initializer}
    weights, bias = (
        numpy_helper.to_array(values[one]) for one in (product.input[1], total.input[1])
    )
    for value in (product.input[1], total.input[1]):
        parts = np.array_split(numpy_helper.to_array(values[value]), PARTS, axis=-1)
        graph.initializer.remove(values[value])
        graph.initializer.extend(
            numpy_helper.from_array(part, f"{value}_{at}") for at, part in enumerate(parts)
        )
    graph.initializer.append(numpy_helper.from_array(np.array([0]), "batch"))
    graph.node.append(helper.make_node("Squeeze", [given, "batch"], ["all_steps"], "all_steps"))
    _leave_out_blanks(graph, weights[:, :1], bias[:1])
    for at, part in enumerate(parts):
        these = ["steps", f"{product.input[1]}_{at}", f"{total.input[1]}_{at}"]
        graph.node.append(helper.make_node("Gemm", these, [f"logits_{at}"], f"head_{at}"))
        graph.output.append(
            helper.make_tensor_value_info(f"logits_{at}", TensorProto.FLOAT, ["steps", len(part)])
        )
    graph.node.remove(total)
    graph.node.remove(product)
    del graph.output[0]


def _leave_out_blanks(graph: onnx.GraphProto, weights: NDArray[Any], bias: NDArray[Any]) -> None:
    """Keep the steps that may say a character: `steps`, and their numbers, `kept`.

    Args:
        graph: Has `all_steps`, [steps, values].
        weights: Of no character, the first: [values, 1].
        bias: As the weights, [1].
    """
    for name, value in (("weights", weights), ("bias", bias), ("sure", np.float32(SURE))):
        graph.initializer.append(numpy_helper.from_array(np.asarray(value), f"{BLANK}_{name}"))
    graph.initializer.append(numpy_helper.from_array(np.array([1]), f"{BLANK}_column"))
    graph.initializer.append(numpy_helper.from_array(np.array([0]), f"{BLANK}_row"))
    for kind, given, made in (
        ("Gemm", ["all_steps", f"{BLANK}_weights", f"{BLANK}_bias"], BLANK),
        ("Less", [BLANK, f"{BLANK}_sure"], "unsure"),
        ("Squeeze", ["unsure", f"{BLANK}_column"], "unsure_steps"),
        ("NonZero", ["unsure_steps"], "kept_row"),
        ("Squeeze", ["kept_row", f"{BLANK}_row"], KEPT),
        ("Gather", ["all_steps", KEPT], "steps"),
    ):
        graph.node.append(helper.make_node(kind, given, [made], made))


def maker(graph: onnx.GraphProto, value: str) -> Any:
    """Return the operation that makes a value.

    Raises:
        RefusedError: None does.
    """
    for node in graph.node:
        if value in node.output:
            return node
    raise RefusedError(f"The recognizer has nothing that makes {value}.")
