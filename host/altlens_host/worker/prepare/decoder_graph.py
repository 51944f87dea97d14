"""The prepared decoder: one token of each caption in, the likeliest next tokens out."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from altlens_host.worker.prepare.attention import Arithmetic, Attention
from altlens_host.worker.prepare.encoder_graph import cross_sizes
from altlens_host.worker.prepare.family import Family, Shape
from altlens_host.worker.prepare.parts import Decoder, DecoderLayer
from altlens_host.worker.prepare.weights import Linear, Matrix
from altlens_host.worker.prepare.writing import FUSED, Writer

Size = list[int | str]


def write_decoder(writer: Writer, decoder: Decoder, family: Family, how: Arithmetic) -> None:
    """Write the decoder's step.

    Inputs:
        `input_ids`: int64 [captions, 1], the newest token of each.
        `position`: int64 [1], how many tokens there are before it.
        `origins`: int64 [captions], which row of the past each caption continues.
        `candidates`: int64 [1], how many of the likeliest tokens to return.
        `past.N.key`, `past.N.value`: float [rows, heads, length, width of a head].
        `cross.N.key`, `cross.N.value`: what the encoder made, for each picture; the captions
            of one picture lie together, and every picture has as many.

    Outputs:
        `top_tokens`: int64 [captions, candidates], the likeliest first.
        `top_logits`: float, their logits.
        `total`: float [captions], the logarithm of the sum of the exponentials of all logits.
        `logits`: float [captions, vocabulary].
        `present.N.key`, `present.N.value`: the next past.
    """
    shape = family.decoder
    tokens = writer.input("input_ids", TensorProto.INT64, ["captions", 1])
    position = writer.input("position", TensorProto.INT64, [1])
    origins = writer.input("origins", TensorProto.INT64, ["captions"])
    candidates = writer.input("candidates", TensorProto.INT64, [1])
    own, cross = (Attention(writer, one, shape.head_width) for one in (how.own, how.cross))
    crossed = _cross_inputs(writer, family, len(decoder.layers), how)
    pictures = writer("Shape", "cross.0.key", start=0, end=1)
    # Each picture's captions in a row of their own, beside that picture's keys and values.
    fold = writer("Concat", pictures, writer.integers(-1, shape.heads, 1, shape.head_width), axis=0)
    joined = writer.integers(-1, 1, shape.width)
    where = writer("Gather", writer.constant(decoder.positions), position)
    x = writer("Add", _words(writer, tokens, decoder.words), where)
    y = writer.norm(x, decoder.layers[0].ln_1, shape.epsilon)
    for n, layer in enumerate(decoder.layers):
        last = n + 1 == len(decoder.layers)
        after = decoder.ln_f if last else decoder.layers[n + 1].ln_1
        a = _self_attend(writer, own, y, origins=origins, n=n, layer=layer, shape=shape)
        y, x = writer.skip_norm(a, x, layer.ln_cross_attn, shape.epsilon)
        query = cross.scaled(writer("Reshape", writer.linear(y, layer.cross_q_attn), fold))
        seen = writer("Reshape", cross(query, *crossed[n]), joined)
        a = writer.linear(seen, layer.cross_c_proj)
        y, x = writer.skip_norm(a, x, layer.ln_2, shape.epsilon)
        y = writer.activation(shape.activation, writer.linear(y, layer.c_fc))
        y, x = writer.skip_norm(writer.linear(y, layer.mlp_c_proj), x, after, shape.epsilon)
    logits = writer("Squeeze", _head(writer, y, decoder.head), writer.integers(1))
    vocabulary = decoder.head.size[1]
    choose(writer, logits, candidates, vocabulary)


def _cross_inputs(
    writer: Writer, family: Family, layers: int, how: Arithmetic
) -> list[tuple[str, str]]:
    axis = writer.integers(1)
    made = [
        writer(
            "Unsqueeze",
            writer.input(f"cross.{n}.{part}", TensorProto.FLOAT, ["pictures", *size]),
            axis,
        )
        for n in range(layers)
        for part, size in zip(("key", "value"), cross_sizes(family, how), strict=True)
    ]
    return list(zip(made[::2], made[1::2], strict=True))


def _words(writer: Writer, tokens: str, table: Matrix) -> str:
    rows = writer("Gather", writer.constant(table.values), tokens)
    if table.scale is None:
        return rows
    zero = np.zeros((), table.values.dtype) if table.zero is None else table.zero
    if table.scale.size == 1:
        parts = (np.asarray(table.scale, np.float32), np.asarray(zero))
        return writer("DequantizeLinear", rows, *(writer.constant(p.reshape(())) for p in parts))
    # A scale for each word.
    rows = writer("Cast", rows, to=TensorProto.FLOAT)
    for kind, part in (("Sub", zero), ("Mul", table.scale)):
        column = writer.constant(part.astype(np.float32)[:, None])
        rows = writer(kind, rows, writer("Gather", column, tokens))
    return rows


def _self_attend(
    writer: Writer,
    attention: Attention,
    y: str,
    *,
    origins: str,
    n: int,
    layer: DecoderLayer,
    shape: Shape,
) -> str:
    parts = writer.many("Split", 3, writer.linear(y, layer.c_attn), axis=-1, num_outputs=3)
    heads = writer.integers(0, shape.heads, 1, shape.head_width)
    query, *new = (writer("Reshape", part, heads) for part in parts)
    present = []
    for name, part in zip(("key", "value"), new, strict=True):
        size: Size = ["rows", shape.heads, "length", shape.head_width]
        past = writer.input(f"past.{n}.{name}", TensorProto.FLOAT, size)
        moved = writer("Gather", past, origins, axis=0)
        grown: Size = ["captions", shape.heads, "length + 1", shape.head_width]
        joined = writer("Concat", moved, part, axis=2)
        present.append(writer.output(f"present.{n}.{name}", TensorProto.FLOAT, grown, joined))
    key, value = present
    if not attention.transposed:
        key = writer("Transpose", key, perm=[0, 1, 3, 2])
    seen = attention(attention.scaled(query), attention.scaled(key), value)
    return writer.linear(writer("Reshape", seen, writer.integers(0, 1, shape.width)), layer.c_proj)


def _head(writer: Writer, x: str, head: Linear) -> str:
    if not head.matrix.quantized or head.dynamic:
        return writer.linear(x, head)
    return _two_digits(writer, x, head.matrix)


def _two_digits(writer: Writer, x: str, matrix: Matrix) -> str:
    """Multiply floats by an 8-bit matrix, the floats cut into two 8-bit digits.

    The hub's graph multiplies floats by a matrix that it turned into floats, four times as many
    bytes to read for each token. Here a number is high * step + low * step / 254, high and low
    each from -127 to 127: sixteen bits, and the matrix is read once for both rows.
    """
    largest = writer("ReduceMax", writer("Abs", x), writer.integers(-1), keepdims=1)
    largest = writer("Max", largest, writer.constant(np.float32(1e-30)))
    step = writer("Mul", largest, writer.constant(np.float32(1 / 127)))
    high = writer("Round", writer("Div", x, step))
    rest = writer("Sub", x, writer("Mul", high, step))
    fine = writer("Mul", step, writer.constant(np.float32(1 / 254)))
    low = writer("Round", writer("Div", rest, fine))
    digits = writer("Add", writer("Concat", high, low, axis=0), writer.constant(np.float32(128)))
    digits = writer("Cast", digits, to=TensorProto.UINT8)
    values, scale, zero = writer.matrix(matrix)
    one, middle = writer.constant(np.float32(1)), writer.constant(np.uint8(128))
    product = writer("MatMulIntegerToFloat", digits, values, one, scale, middle, zero, domain=FUSED)
    high, low = writer.many("Split", 2, product, axis=0, num_outputs=2)
    low = writer("Mul", low, writer.constant(np.float32(1 / 254)))
    return writer("Mul", writer("Add", high, low), step)


def choose(writer: Writer, logits: str, candidates: str, vocabulary: int) -> None:
    """Write the outputs that the search looks at; see `write_decoder`."""
    total = writer("ReduceLogSumExp", logits, writer.integers(-1), keepdims=0)
    values, tokens = writer.many("TopK", 2, logits, candidates, axis=-1)
    some: Size = ["captions", "candidates"]
    writer.output("top_tokens", TensorProto.INT64, some, tokens)
    writer.output("top_logits", TensorProto.FLOAT, some, values)
    writer.output("total", TensorProto.FLOAT, ["captions"], total)
    writer.output("logits", TensorProto.FLOAT, ["captions", vocabulary], logits)
