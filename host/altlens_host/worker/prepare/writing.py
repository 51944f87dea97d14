"""Writes graphs for onnxruntime, node by node, with their weights in a file beside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from altlens_host.worker.prepare.pieces import renamed
from altlens_host.worker.prepare.weights import Linear, Matrix, Norm

FUSED = "com.microsoft"
"""The domain of onnxruntime's own operations (docs/ContribOperators.md in its repository)."""

_OPSET, _IR_VERSION = 20, 9
_LEAST_BYTES = 1024
"""Smaller constants stay in the graph's own file."""


class Writer:
    """A graph as it grows."""

    def __init__(self, *, signed: bool = False, opset: int = _OPSET) -> None:
        """Start an empty graph.

        Args:
            signed: Store every 8-bit matrix as signed integers. The products are the same
                (values and zero are moved alike) and several times faster where a processor
                multiplies unsigned by signed integers without saturating.
            opset: The version of ONNX's operations, at least 18.
        """
        self._signed, self._opset = signed, opset
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, kind: int, shape: list[int | str]) -> str:
        """Declare an input and return its name."""
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name: str, kind: int, shape: list[int | str], source: str) -> str:
        """Declare an output, the value of `source`, which has that name from now on."""
        self._outputs.append(helper.make_tensor_value_info(name, kind, shape))
        for node in self._nodes:
            for at, made in enumerate(node.output):
                if made == source:
                    node.output[at] = name
            for at, used in enumerate(node.input):
                if used == source:
                    node.input[at] = name
        return name

    def constant(self, value: NDArray[Any] | np.generic) -> str:
        """Add a constant and return its name."""
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def integers(self, *values: int) -> str:
        """Add a constant list of integers and return its name."""
        return self.constant(np.array(values, np.int64))

    def __call__(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        (name,) = self.many(kind, 1, *inputs, domain=domain, **attributes)
        return name

    def many(
        self, kind: str, count: int, *inputs: str, domain: str = "", **attributes: Any
    ) -> list[str]:
        """Add a node and return its outputs' names."""
        at = len(self._nodes)
        names = [f"{kind}{at}_{n}" for n in range(count)]
        node = helper.make_node(
            kind, list(inputs), names, name=f"{kind}{at}", domain=domain, **attributes
        )
        self._nodes.append(node)
        return names

    def norm(self, x: str, norm: Norm, epsilon: float) -> str:
        """Add a layer normalisation."""
        weights = [self.constant(norm.weight), self.constant(norm.bias)]
        return self("LayerNormalization", x, *weights, axis=-1, epsilon=epsilon)

    def skip_norm(self, x: str, skip: str, norm: Norm, epsilon: float) -> tuple[str, str]:
        """Add x to skip, then normalise: return the normalised sum and the sum."""
        total = self("Add", x, skip)
        return self.norm(total, norm, epsilon), total

    def fused_skip_norm(self, x: str, skip: str, norm: Norm, epsilon: float) -> str:
        """Add x to skip and normalise in one operation, which rounds differently."""
        weights = [self.constant(norm.weight), self.constant(norm.bias)]
        kind = "SkipLayerNormalization"
        return self(kind, x, skip, *weights, domain=FUSED, epsilon=epsilon)

    def linear(self, x: str, layer: Linear) -> str:
        """Add a linear layer over the last axis."""
        if not layer.matrix.quantized or not layer.dynamic:
            return self._floats(x, layer)
        bias = [] if layer.bias is None else [self.constant(layer.bias)]
        return self("DynamicQuantizeMatMul", x, *self.matrix(layer.matrix), *bias, domain=FUSED)

    def _floats(self, x: str, layer: Linear) -> str:
        product = self("MatMul", x, self.constant(layer.matrix.floats()))
        return product if layer.bias is None else self("Add", product, self.constant(layer.bias))

    def matrix(self, matrix: Matrix) -> tuple[str, str, str]:
        """Add a quantized matrix: return the names of its values, scale and zero."""
        assert matrix.scale is not None
        zero = matrix.values.dtype.type(0) if matrix.zero is None else matrix.zero
        values, zero = matrix.values, np.asarray(zero)
        if self._signed and values.dtype == np.uint8:
            values, zero = (np.bitwise_xor(one, 128).view(np.int8) for one in (values, zero))
        # A vector for each column or one number: a vector of one would be taken for neither.
        parts = [
            one.reshape(()) if one.size == 1 else one
            for one in (np.asarray(matrix.scale, np.float32), zero)
        ]
        return self.constant(values), self.constant(parts[0]), self.constant(parts[1])

    def activation(self, kind: str, x: str) -> str:
        """Add the operation between the two halves of a feed-forward part."""
        return self(kind, x, domain="" if kind == "Relu" else FUSED)

    def include(
        self, graph: onnx.GraphProto, prefix: str, inputs: Mapping[str, str]
    ) -> dict[str, str]:
        """Add another graph's nodes and constants, none of which holds a graph itself.

        Args:
            graph: It.
            prefix: Begins its names here.
            inputs: What its inputs are here.

        Returns:
            What its outputs are here.
        """
        used = [name for node in graph.node for name in (*node.input, *node.output) if name]
        names = {name: f"{prefix}{name}" for name in used} | dict(inputs)
        for tensor in graph.initializer:
            self._constants.append(onnx.TensorProto())
            self._constants[-1].CopyFrom(tensor)
            self._constants[-1].name = names[tensor.name]
        for node in graph.node:
            self._nodes.append(renamed(node, names))
            self._nodes[-1].name = f"{node.op_type}{len(self._nodes) - 1}"
        return {one.name: names[one.name] for one in graph.output}

    def model(self, name: str) -> onnx.ModelProto:
        """Return the graph.

        Args:
            name: What it is called.
        """
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._constants)
        opsets = [helper.make_opsetid("", self._opset), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)

    def save(self, path: Path, *, apart: bool = True) -> None:
        """Write the graph; see `save`."""
        save(self.model(path.stem), path, apart=apart)


def save(model: onnx.ModelProto, path: Path, *, apart: bool = True) -> None:
    """Write a graph.

    Args:
        model: It.
        path: Where to.
        apart: The weights go into a file of the same name that ends in .bin, from where
            they can be mapped into memory.
    """
    onnx.save(
        model,
        str(path),
        save_as_external_data=apart,
        location=path.with_suffix(".bin").name,
        size_threshold=_LEAST_BYTES,
    )
