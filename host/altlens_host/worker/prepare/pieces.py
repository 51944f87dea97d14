"""Pieces of graphs: a branch of a merged decoder, what makes some values out of others, shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import onnx
from onnx import TensorProto
from onnx.utils import Extractor

from altlens_host.worker.prepare.refusal import RefusedError

LEAST_OPSET = 18
"""What is written around the pieces is not there in older versions of ONNX's operations."""


def opset_of(model: onnx.ModelProto, name: str) -> int:
    """Return the version of a graph's operations.

    Args:
        model: The graph.
        name: What it is called in a refusal.

    Raises:
        RefusedError: It is too old.
    """
    version = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), 0)
    if version < LEAST_OPSET:
        raise RefusedError(f"{name} is of opset {version}; {LEAST_OPSET} is the least.")
    return int(version)


def shape_of(
    values: Iterable[onnx.ValueInfoProto], name: str, rank: int, sizes: Sequence[int]
) -> list[int]:
    """Return the shape of an input or an output of floats, with 0 for what is left open.

    Args:
        values: All inputs, or all outputs.
        name: Which of them.
        rank: How many axes it must have.
        sizes: The axes that must not be left open.

    Raises:
        RefusedError: It is another.
    """
    kind = next((one.type.tensor_type for one in values if one.name == name), None)
    shape = [one.dim_value for one in kind.shape.dim] if kind else []
    floats = kind is not None and kind.elem_type == TensorProto.FLOAT
    if not floats or len(shape) != rank or any(shape[axis] < 1 for axis in sizes):
        raise RefusedError(f"{name[:80]} is no tensor of 32-bit floats of a size that is known.")
    return shape


def renamed(node: onnx.NodeProto, names: Mapping[str, str]) -> onnx.NodeProto:
    """Return a node with other names of what goes in and out; those that are not given stay."""
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    for own in (copy.input, copy.output):
        own[:] = [names.get(name, name) for name in own]
    return copy


def branch(merged: onnx.ModelProto, name: str) -> onnx.ModelProto:
    """Return a merged decoder as it is on one of its branches.

    Args:
        merged: The decoder.
        name: "else_branch" for the first token, "then_branch" for each later one.

    Raises:
        RefusedError: It has not one If.
    """
    choices = [node for node in merged.graph.node if node.op_type == "If"]
    if len(choices) != 1:
        raise RefusedError(f"The decoder has {len(choices)} branches instead of one.")
    (inner,) = (one.g for one in choices[0].attribute if one.name == name)
    made = onnx.ModelProto()
    made.CopyFrom(merged)
    del made.graph.node[:]
    for node in merged.graph.node:
        if node.op_type != "If":
            made.graph.node.append(node)
            continue
        public = dict(zip((one.name for one in inner.output), node.output, strict=True))
        made.graph.node.extend(renamed(one, public) for one in inner.node)
    made.graph.initializer.extend(inner.initializer)
    return made


def cut(
    model: onnx.ModelProto, inputs: Sequence[str], outputs: Sequence[str], what: str
) -> onnx.GraphProto:
    """Return what makes some values out of others.

    Args:
        model: It has all of this, and more.
        inputs: The values that are at hand, among the model's inputs.
        outputs: The values that are wanted, among its outputs.
        what: What they are called in a refusal.

    Raises:
        RefusedError: More is needed than is at hand.
    """
    graph = Extractor(model).extract_model([*inputs], [*outputs]).graph
    known = {"", *inputs, *(one.name for one in graph.initializer)}
    for node in graph.node:
        missing = [name for name in node.input if name not in known]
        if missing:
            raise RefusedError(f"{missing[0][:80]} is needed for {what}.")
        if any(one.type == onnx.AttributeProto.GRAPH for one in node.attribute):
            raise RefusedError(f"There is a branch or a loop in what makes {what}.")
        known.update(node.output)
    unmade = [name for name in outputs if name not in known]
    if unmade:
        raise RefusedError(f"{unmade[0][:80]} is made by no operation.")
    return graph
