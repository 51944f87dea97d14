"""Weights as they are taken out of a graph and put into another."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Floats = NDArray[np.float32]


class Scores(NamedTuple):
    """How attention multiplies queries by keys; the ways round differently.

    Attributes:
        alpha: What a fused product is multiplied by; None where the product is a plain one.
        transposed: The fused product reads the keys as they lie, [keys, width of a head].
        before: Queries and keys are each multiplied by the root of the factor first.
        after: "Div" or "Mul", where the product is then scaled; else empty.
    """

    alpha: float | None = None
    transposed: bool = False
    before: bool = False
    after: str = ""


class Matrix(NamedTuple):
    """A constant, quantized or not.

    Attributes:
        values: Floats; or 8-bit integers, where there is a scale.
        scale: What (values - zero) is multiplied by: one number, or one for each column.
        zero: The integer that stands for 0; of the values' type.
    """

    values: Array
    scale: Array | None = None
    zero: Array | None = None

    @property
    def quantized(self) -> bool:
        """Whether the values are 8-bit integers."""
        return self.scale is not None

    def floats(self) -> Floats:
        """Return the numbers that are meant."""
        if self.scale is None:
            return np.asarray(self.values, np.float32)
        zero = 0 if self.zero is None else self.zero.astype(np.int32)
        moved = (self.values.astype(np.int32) - zero).astype(np.float32)
        return moved * self.scale.astype(np.float32)


class Linear(NamedTuple):
    """A linear layer.

    Attributes:
        matrix: [in, out].
        bias: [out], or None.
        dynamic: Its input is quantized too, over the whole tensor, when it runs.
    """

    matrix: Matrix
    bias: Floats | None
    dynamic: bool

    @property
    def size(self) -> tuple[int, ...]:
        """The matrix's shape."""
        return tuple(self.matrix.values.shape)

    def columns(self, start: int, stop: int) -> Linear:
        """Return some of the outputs."""
        matrix = self.matrix
        cut = Matrix(
            matrix.values[:, start:stop],
            _cut(matrix.scale, start, stop),
            _cut(matrix.zero, start, stop),
        )
        return Linear(cut, None if self.bias is None else self.bias[start:stop], self.dynamic)


def _cut(value: Array | None, start: int, stop: int) -> Array | None:
    return value if value is None or value.size == 1 else value[start:stop]


class Norm(NamedTuple):
    """A layer normalisation.

    Attributes:
        weight: [width].
        bias: [width].
    """

    weight: Floats
    bias: Floats


def side_by_side(layers: list[Linear]) -> Linear:
    """Join layers with the same input into one; each keeps its scale and its zero."""
    matrices = [one.matrix for one in layers]
    values = np.concatenate([one.values for one in matrices], axis=1)
    bias = np.concatenate([_bias(one) for one in layers])
    if not matrices[0].quantized:
        return Linear(Matrix(values), bias, layers[0].dynamic)
    scale, zero = (
        np.concatenate(
            [
                np.broadcast_to(np.ravel(getattr(one, name)), one.values.shape[1:])
                for one in matrices
            ]
        )
        for name in ("scale", "zero")
    )
    return Linear(Matrix(values, scale, zero), bias, layers[0].dynamic)


def _bias(layer: Linear) -> Floats:
    if layer.bias is None:
        return np.zeros(layer.size[1], np.float32)
    return layer.bias
