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
"""In so many parts the product with the unusual characters is computed: the sums of one, in 32
bits, stay in a core's cache until they are bytes."""

SURE = 25.0
"""A step whose logit of no character is so high says none: where one was said, no line was read
otherwise for leaving out what is higher (docs/decisions/0100)."""

BLANK = "blank"
"""The product that finds such steps; it stays in floats."""

KEPT = "kept"
"""The numbers of the other steps."""

USUAL = "usual"
"""The product with the usual characters."""

SETTLED = 20.0
"""A step with so high a logit of a usual character says it: in each of 3,900 such steps, of lines
in Latin, Chinese, Japanese and Greek, the best of the others was lower by 2 at least."""

OPEN = "open"
"""The numbers of the steps, among those that are kept, that may say another character."""

REST = "rest"
"""The product with the other characters, for those steps."""


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


def join_head(graph: onnx.GraphProto, order: NDArray[np.intp], usual: int) -> None:
    """Join the product with the characters and the sum after it, for the one line of a batch.

    It is computed for the steps alone that may say a character, and of those for the usual
    characters first; for the others only where no usual one is as good as sure. Which steps these
    are is returned, too.

    Args:
        graph: Ends in the product, the sum, and nothing else.
        order: In which the characters shall stand; no character stays the first.
        usual: How many of them are usual.
    """
    total = maker(graph, graph.output[0].name)
    product = maker(graph, total.input[0])
    if (product.op_type, total.op_type) != ("MatMul", "Add"):
        raise RefusedError("The recognizer does not end in a product with its characters.")
    given = product.input[0]
    values = {one.name: one for one in graph.initializer}
    read = [values[one] for one in (product.input[1], total.input[1])]
    weights, bias = (numpy_helper.to_array(one)[..., order] for one in read)
    for value in read:
        graph.initializer.remove(value)
    del graph.output[:]
    graph.initializer.append(numpy_helper.from_array(np.array([0]), "batch"))
    graph.node.append(helper.make_node("Squeeze", [given, "batch"], ["all_steps"], "all_steps"))
    _add_product(graph, BLANK, "all_steps", weights[:, :1], bias[:1])
    _keep_steps(graph, SURE, KEPT, "all_steps", "steps")
    _add_product(graph, USUAL, "steps", weights[:, :usual], bias[:usual])
    largest = helper.make_node("ReduceMax", [USUAL], ["largest"], "largest", axes=[1], keepdims=1)
    graph.node.append(largest)
    _keep_steps(graph, SETTLED, OPEN, "steps", "open_steps")
    cuts = np.array_split(np.arange(usual, len(order)), PARTS)
    for at, part in enumerate(cuts):
        _add_product(graph, f"{REST}_{at}", "open_steps", weights[:, part], bias[part])
    shapes = {USUAL: usual} | {f"{REST}_{at}": len(part) for at, part in enumerate(cuts)}
    graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["steps", count])
        for name, count in shapes.items()
    )
    graph.node.remove(total)
    graph.node.remove(product)


def _add_product(
    graph: onnx.GraphProto, name: str, steps: str, weights: NDArray[Any], bias: NDArray[Any]
) -> None:
    """Compute the logits of some characters for some steps."""
    for what, value in (("weights", weights), ("bias", bias)):
        made = numpy_helper.from_array(np.ascontiguousarray(value), f"{name}_{what}")
        graph.initializer.append(made)
    these = [steps, f"{name}_weights", f"{name}_bias"]
    graph.node.append(helper.make_node("Gemm", these, [name], name))


def _keep_steps(graph: onnx.GraphProto, most: float, kept: str, given: str, steps: str) -> None:
    """Keep the steps whose score is less than some number.

    Args:
        graph: Has the scores as the last operation's result, [steps, 1].
        most: The number.
        kept: What the kept steps' numbers are called.
        given: All steps, [steps, values].
        steps: What the kept ones are called.
    """
    scores = graph.node[-1].output[0]
    for name, value in (("most", np.float32(most)), ("column", [1]), ("row", [0])):
        made = numpy_helper.from_array(np.asarray(value), f"{kept}_{name}")
        graph.initializer.append(made)
    for kind, taken, made_here in (
        ("Less", [scores, f"{kept}_most"], f"{kept}_less"),
        ("Squeeze", [f"{kept}_less", f"{kept}_column"], f"{kept}_mask"),
        ("NonZero", [f"{kept}_mask"], f"{kept}_numbers"),
        ("Squeeze", [f"{kept}_numbers", f"{kept}_row"], kept),
        ("Gather", [given, kept], steps),
    ):
        graph.node.append(helper.make_node(kind, taken, [made_here], made_here))


def maker(graph: onnx.GraphProto, value: str) -> Any:
    """Return the operation that makes a value.

    Raises:
        RefusedError: None does.
    """
    for node in graph.node:
        if value in node.output:
            return node
    raise RefusedError(f"The recognizer has nothing that makes {value}.")
