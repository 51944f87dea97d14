"""Weights stored in 8 bits and 16, computed in 32.

Each large weight becomes int8 with a scale a channel, followed by Cast and Mul, which onnxruntime
folds to a float constant when it loads the model. The files are a quarter of the size, the speed
is that of float, and activations lose nothing. (DequantizeLinear would say the same, but
onnxruntime does not fold it and would run it again for every picture.) The scales and other long
vectors become halves, and names become short: in so small a model both tell.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

_SMALLEST, _LONG = 2048, 64


def quantize_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of `model` with its large float weights in int8, and its long vectors in halves."""
    quantized = onnx.ModelProto()
    quantized.CopyFrom(model)
    graph = quantized.graph
    kept: list[onnx.TensorProto] = []
    nodes: list[onnx.NodeProto] = []

    def widened(values: NDArray[Any], stored: str, made: str) -> str:
        """Store values under one name, and make floats of them under another."""
        kept.append(numpy_helper.from_array(values, stored))
        nodes.append(helper.make_node("Cast", [stored], [made], to=onnx.TensorProto.FLOAT))
        return made

    for tensor in graph.initializer:
        array, name = numpy_helper.to_array(tensor), tensor.name
        if array.dtype != np.float32 or array.size < _LONG:
            kept.append(tensor)
        elif array.ndim < 2 or array.size < _SMALLEST:
            widened(array.astype(np.float16), f"{name}_half", name)
        else:
            values, scale = round_to_int8(array)
            factors = [
                widened(values, f"{name}_int8", f"{name}_cast"),
                widened(scale.astype(np.float16), f"{name}_scale", f"{name}_factor"),
            ]
            nodes.append(helper.make_node("Mul", factors, [name]))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    nodes.extend(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    _shorten_names(graph)
    return quantized


def _shorten_names(graph: onnx.GraphProto) -> None:
    """Give numbers to all but what goes in and comes out."""
    kept = {value.name for value in (*graph.input, *graph.output)}
    numbers: dict[str, str] = {}

    def short(name: str) -> str:
        return name if not name or name in kept else numbers.setdefault(name, f"t{len(numbers)}")

    def rename(part: onnx.GraphProto) -> None:
        for tensor in part.initializer:
            tensor.name = short(tensor.name)
        for value in (*part.input, *part.output, *part.value_info):
            value.name = short(value.name)
        for node in part.node:
            node.name = ""
            for names in (node.input, node.output):
                names[:] = map(short, names)
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    rename(attribute.g)

    rename(graph)


def round_to_int8(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """int8 values and a scale that broadcasts, per channel of the first or last axis.

    Which axis holds the channels depends on the operator; the one that loses less is taken.
    """
    best = None
    for axis in (0, weight.ndim - 1):
        others = tuple(a for a in range(weight.ndim) if a != axis)
        scale = np.abs(weight).max(others, keepdims=True) / 127
        scale = np.maximum(scale, np.finfo(np.float32).tiny).astype(np.float32)
        values = np.clip(np.rint(weight / scale), -127, 127).astype(np.int8)
        loss = float(np.square(values * scale - weight).sum())
        if best is None or loss < best[0]:
            best = (loss, values, scale)
    assert best is not None
    return best[1], best[2]
