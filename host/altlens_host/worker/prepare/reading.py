"""Finds weights in a graph by the names that exporters give them, and by what leads to them.

torch's exporter keeps a parameter's name (`decoder.transformer.h.0.mlp.c_fc.bias`) unless it
folded the parameter into a new constant, as it does with transposed matrices. So biases are found
by name, and the matrix beside a bias by following the graph. onnxruntime's dynamic quantization
(`quantize_dynamic`) puts DynamicQuantizeLinear, MatMulInteger, Cast and Mul between the two, and
optimum adds `_merged_0` to the names that both branches of a merged decoder share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from altlens_host.worker.prepare.pieces import renamed
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.weights import Linear, Matrix, Norm, Scores

Array = NDArray[Any]

_MERGED = re.compile(r"_merged_\d+$")
_PASSED = ("Identity", "Reshape", "Unsqueeze", "Squeeze", "Cast")
_DEEPEST = 12
"""More steps lie between no two things that are looked for here."""


def load(path: Path) -> onnx.ModelProto:
    """Read a graph with its weights.

    Raises:
        RefusedError: It cannot be read.
    """
    try:
        return onnx.load(str(path))
    except Exception as error:
        # protobuf and onnx have exceptions of their own, without a common base.
        raise RefusedError(f"{path.name} cannot be read ({type(error).__name__}).") from None


class Graph:
    """A graph and, of a merged decoder, one of its branches."""

    def __init__(self, path: Path, branch: str = "else_branch") -> None:
        """Read a graph.

        Args:
            path: Of the graph.
            branch: "else_branch" for the first token, which alone has all weights in some
                exports; "then_branch" for the later ones.

        Raises:
            RefusedError: It cannot be read.
        """
        self.name = path.name
        model = load(path)
        self._branch = branch
        self._constants: dict[str, onnx.TensorProto] = {}
        self._producers: dict[str, onnx.NodeProto] = {}
        self._consumers: dict[str, list[onnx.NodeProto]] = {}
        self.inputs = [one.name for one in model.graph.input]
        self.outputs = [one.name for one in model.graph.output]
        self._add(model.graph)
        named = {*self._constants, *self._producers}
        self._names = {_MERGED.sub("", name.removesuffix("_quantized")): name for name in named}

    def _add(self, graph: onnx.GraphProto) -> None:
        self._constants.update({one.name: one for one in graph.initializer})
        for node in graph.node:
            if node.op_type == "If":
                self._add(_attribute(node, self._branch))
                continue
            self._producers.update(dict.fromkeys(node.output, node))
            for name in node.input:
                self._consumers.setdefault(name, []).append(node)

    def find(self, ending: str) -> str:
        """Return the one name that ends like this.

        Raises:
            RefusedError: There is none, or more than one.
        """
        found = [name for plain, name in self._names.items() if f".{plain}".endswith(f".{ending}")]
        if len(found) != 1:
            raise RefusedError(f"{self.name} has {len(found)} tensors named like {ending}.")
        return found[0]

    def array(self, ending: str) -> Array:
        """Return a constant by the ending of its name, in 32-bit floats.

        Raises:
            RefusedError: It is not there, or is computed from an input.
        """
        return self.constant(self.find(ending)).floats()

    def norm(self, ending: str) -> Norm:
        """Return the weight and bias of a layer normalisation."""
        return Norm(self.array(f"{ending}.weight"), self.array(f"{ending}.bias"))

    def embedding(self, ending: str) -> Matrix:
        """Return the table that a Gather reads, quantized if it is."""
        name = self.find(ending)
        for node in self._consumers.get(name, []):
            if node.op_type != "Gather" or node.input[0] != name:
                continue
            for after in self._consumers.get(node.output[0], []):
                if after.op_type == "DequantizeLinear":
                    return Matrix(self._value(name), *(self._value(one) for one in after.input[1:]))
        return self.constant(name)

    def linear(self, ending: str) -> Linear:
        """Return the matrix and the bias of a linear layer, or of a convolution into patches.

        Args:
            ending: How the layer's name ends.

        Raises:
            RefusedError: The graph around it is not as expected.
        """
        name = self.find(f"{ending}.bias")
        for node in self._uses(name):
            sources = [one for one in node.input if one != name]
            if node.op_type in ("Gemm", "Conv"):
                made = self._float_linear(node)
            elif node.op_type == "Add":
                others = [one for one in sources if not self._is_constant(one)]
                made = self._product(others[0]) if len(others) == 1 else None
            else:
                continue
            if made is not None:
                matrix, dynamic = made
                return Linear(matrix, self.constant(name).floats().ravel(), dynamic)
        raise RefusedError(f"{self.name}: the layer {ending} is built in a way not known here.")

    def output_matrix(self, output: str) -> Linear:
        """Return the matrix whose product is an output; it has no bias."""
        made = self._product(output)
        if made is None:
            raise RefusedError(f"{self.name}: {output} is made in a way not known here.")
        return Linear(made[0], None, made[1])

    def scores(self) -> list[Scores]:
        """Return how each attention multiplies queries by keys, in the order of the graph."""
        softmaxes = (node for node in self._producers.values() if node.op_type == "Softmax")
        return [self._scores(node.input[0]) for node in softmaxes]

    def _scores(self, name: str, depth: int = _DEEPEST) -> Scores:
        node = self._producers.get(name)
        if node is None or depth == 0:
            raise RefusedError(f"{self.name}: attention is built in a way not known here.")
        if node.op_type == "FusedMatMul":
            other = ("transA", "transBatchA", "transBatchB")
            if any(_attribute(node, one, 0) for one in other):
                raise RefusedError(f"{self.name}: attention is built in a way not known here.")
            return Scores(_attribute(node, "alpha", 1.0), bool(_attribute(node, "transB", 0)))
        if node.op_type == "MatMul":
            sides = [self._producers.get(one) for one in node.input]
            return Scores(before=all(one is not None and one.op_type == "Mul" for one in sides))
        if node.op_type in ("Div", "Mul"):
            return self._scores(node.input[0], depth - 1)._replace(after=node.op_type)
        # A mask lies between: Add with it in second place, or Where with the scores before it.
        return self._scores(node.input[1 if node.op_type == "Where" else 0], depth - 1)

    def made_by(self, output: str) -> str:
        """Return the kind of the operation that makes an output."""
        node = self._producers.get(output)
        return "" if node is None else node.op_type

    def constant(self, name: str, depth: int = _DEEPEST) -> Matrix:
        """Return what a name always stands for, through transposes and dequantization.

        Raises:
            RefusedError: It is computed from an input, or by an operation not known here.
        """
        if name in self._constants:
            return Matrix(_array(self._constants[name]))
        node = self._producers.get(name)
        if node is None or depth == 0:
            raise RefusedError(f"{self.name}: {name[:80]} is not a constant.")
        if node.op_type == "Constant":
            return Matrix(_array(_attribute(node, "value")))
        if node.op_type == "DequantizeLinear":
            inner = self.constant(node.input[0], depth - 1)
            return Matrix(inner.values, *(self._value(one) for one in node.input[1:]))
        if node.op_type == "Transpose":
            inner = self.constant(node.input[0], depth - 1)
            order = _attribute(node, "perm", list(range(inner.values.ndim))[::-1])
            return inner._replace(values=inner.values.transpose(order))
        if node.op_type in _PASSED:
            return self.constant(node.input[0], depth - 1)
        raise RefusedError(f"{self.name}: {name[:80]} is not a constant.")

    def _value(self, name: str) -> Array:
        return self.constant(name).values

    def _is_constant(self, name: str) -> bool:
        try:
            self.constant(name)
        except RefusedError:
            return False
        return True

    def _uses(self, name: str, depth: int = _DEEPEST) -> Iterator[onnx.NodeProto]:
        """Return who uses a constant, also under another name or in another shape."""
        for node in self._consumers.get(name, []):
            if node.op_type in _PASSED and depth:
                yield from (
                    renamed(use, {node.output[0]: name})
                    for use in self._uses(node.output[0], depth - 1)
                )
            else:
                yield node

    def _product(self, name: str, depth: int = _DEEPEST) -> tuple[Matrix, bool] | None:
        """Return the constant matrix of the product that a tensor is, and whether it is dynamic."""
        node = self._producers.get(name)
        if node is None or depth == 0:
            return None
        if node.op_type in ("MatMul", "Gemm", "Conv"):
            return self._float_linear(node)
        if node.op_type == "Mul":
            return self._scaled(node)
        if node.op_type in _PASSED:
            return self._product(node.input[0], depth - 1)
        return None

    def _scaled(self, node: onnx.NodeProto) -> tuple[Matrix, bool] | None:
        """Read what quantize_dynamic makes of a product: integers, times two scales."""
        integers = scales = None
        for name in node.input:
            made = self._producers.get(name)
            if made is not None and made.op_type == "Cast":
                integers = self._producers.get(made.input[0])
            elif made is not None and made.op_type == "Mul":
                scales = made
        if integers is None or scales is None:
            return None
        if integers.op_type not in ("MatMulInteger", "ConvInteger"):
            return None
        scale = [self._value(one) for one in scales.input if self._is_constant(one)]
        values = self._value(integers.input[1])
        if len(scale) != 1:
            return None
        zero = values.dtype.type(0)
        if len(integers.input) > 3:
            zero = self._value(integers.input[3])
        return Matrix(values, scale[0], np.asarray(zero)), True

    def _float_linear(self, node: onnx.NodeProto) -> tuple[Matrix, bool] | None:
        if not self._is_constant(node.input[1]):
            return None
        matrix = self.constant(node.input[1])
        if node.op_type == "Gemm":
            if _attribute(node, "alpha", 1.0) != 1.0 or _attribute(node, "transA", 0):
                return None
            if _attribute(node, "transB", 0):
                matrix = matrix._replace(values=matrix.values.T)
        return matrix, False


def _attribute(node: onnx.NodeProto, name: str, default: Any = None) -> Any:
    for one in node.attribute:
        if one.name == name:
            return onnx.helper.get_attribute_value(one)
    if default is None:
        raise RefusedError(f"A {node.op_type} has no {name}.")
    return default


def _array(tensor: onnx.TensorProto) -> Array:
    try:
        return np.asarray(numpy_helper.to_array(tensor))
    except Exception as error:
        raise RefusedError(f"A constant is damaged ({type(error).__name__}).") from None
