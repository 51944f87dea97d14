"""Weights stored in 8 bits, computed in 32.

Each large weight becomes int8 with a scale a channel, followed by Cast and Mul, which onnxruntime
folds to a float constant when it loads the model. The files are a quarter of the size, the speed
is that of float, and activations lose nothing. (DequantizeLinear would say the same, but
onnxruntime does not fold it and would run it again for every picture.)
"""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

_SMALLEST = 2048


def quantize_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of `model` with its large float weights in int8."""
    quantized = onnx.ModelProto()
    quantized.CopyFrom(model)
    graph = quantized.graph
    kept, nodes = [], []
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype != np.float32 or array.ndim < 2 or array.size < _SMALLEST:
            kept.append(tensor)
            continue
        values, scale = round_to_int8(array)
        name = tensor.name
        kept.append(numpy_helper.from_array(values, f"{name}_int8"))
        kept.append(numpy_helper.from_array(scale, f"{name}_scale"))
        nodes.append(
            helper.make_node("Cast", [f"{name}_int8"], [f"{name}_cast"], to=onnx.TensorProto.FLOAT)
        )
        nodes.append(helper.make_node("Mul", [f"{name}_cast", f"{name}_scale"], [name]))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    nodes.extend(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    return quantized


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
