"""Quantizes matrices that are still floats, with a scale for each column.

The formulas are those of ONNX's QuantizeLinear with the range of each column, which always holds 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from altlens_host.worker.prepare.parts import Decoder, Encoder
from altlens_host.worker.prepare.weights import Linear, Matrix

Rounding = Callable[[Matrix], Matrix]


def unsigned(matrix: Matrix) -> Matrix:
    """Round to 8 bits, from each column's smallest number to its largest."""
    values = matrix.floats()
    low, high = np.minimum(values.min(axis=0), 0), np.maximum(values.max(axis=0), 0)
    scale = _never_zero((high - low) / 255)
    zero = np.clip(np.round(-low / scale), 0, 255)
    rounded = np.clip(np.round(values / scale) + zero, 0, 255)
    return Matrix(rounded.astype(np.uint8), scale, zero.astype(np.uint8))


def seven_bits(matrix: Matrix) -> Matrix:
    """Round to integers from -63 to 63: two products with a byte always fit in 16 bits."""
    values = matrix.floats()
    scale = _never_zero(np.abs(values).max(axis=0) / 63)
    rounded = np.round(values / scale).astype(np.int8)
    return Matrix(rounded, scale, np.zeros(scale.shape, np.int8))


def quantized(encoder: Encoder, decoder: Decoder, variant: str) -> tuple[Encoder, Decoder]:
    """Quantize all but the patch embedding and what comes from a table.

    Args:
        encoder: In floats.
        decoder: In floats.
        variant: "precise", all unsigned; "fast", seven bits for what is done once a picture.
    """
    once: Rounding = seven_bits if variant == "fast" else unsigned
    layers = [_each(layer, once) for layer in encoder.layers]
    later = [
        _each(layer, unsigned, cross_c_attn=_rounded(layer.cross_c_attn, once))
        for layer in decoder.layers
    ]
    rows = unsigned(Matrix(decoder.words.floats().T))
    words = rows._replace(values=rows.values.T)
    head = _rounded(decoder.head, unsigned)
    return replace(encoder, layers=layers), replace(decoder, layers=later, words=words, head=head)


def _each(layer: Any, rounding: Rounding, **given: Linear) -> Any:
    """Quantize every linear layer among the fields of a dataclass, but those that are given."""
    named = {one.name: getattr(layer, one.name) for one in fields(layer)}
    linear = {
        name: _rounded(one, rounding)
        for name, one in named.items()
        if isinstance(one, Linear) and name not in given
    }
    return replace(layer, **linear, **given)


def _rounded(layer: Linear, rounding: Rounding) -> Linear:
    return Linear(rounding(layer.matrix), layer.bias, True)


def _never_zero(scale: Any) -> Any:
    narrow = scale.astype(np.float32)
    return np.where(narrow == 0, np.float32(1), narrow)
