"""The prepared encoder: a picture in, the decoder's cross-attention keys and values out."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from altlens_host.worker.prepare.attention import Arithmetic, Attention
from altlens_host.worker.prepare.family import Family, Shape
from altlens_host.worker.prepare.parts import Decoder, Encoder, EncoderLayer
from altlens_host.worker.prepare.weights import Linear, Matrix, side_by_side
from altlens_host.worker.prepare.writing import FUSED, Writer
from altlens_host.worker.processor import ImageProcessor


def write_encoder(
    writer: Writer,
    encoder: Encoder,
    decoder: Decoder,
    *,
    family: Family,
    processor: ImageProcessor,
    how: Arithmetic,
) -> None:
    """Write the encoder.

    Input: `image`, uint8 [batch, height, width, 3]. Outputs, for each layer
    N of the decoder, with one patch more for the class token: `cross.N.key`, float, scaled and
    transposed as the decoder multiplies by it, and `cross.N.value`, float
    [batch, heads, patches, width of a head].
    """
    side, shape = family.image, family.encoder
    image = writer.input("image", TensorProto.UINT8, ["batch", side, side, 3])
    x = _patches(writer, image, encoder.patches, family, processor)
    x = writer("Add", x, writer.constant(encoder.positions))
    x = writer("Concat", _first(writer, image, encoder), x, axis=1)
    y = writer.norm(x, encoder.layers[0].layernorm_before, shape.epsilon)
    attention = Attention(writer, how.encoder, shape.head_width)
    for n, layer in enumerate(encoder.layers):
        last = n + 1 == len(encoder.layers)
        after = encoder.layernorm if last else encoder.layers[n + 1].layernorm_before
        a = _attend(writer, y, layer, attention, shape)
        y, x = writer.skip_norm(a, x, layer.layernorm_after, shape.epsilon)
        y = writer.activation(shape.activation, writer.linear(y, layer.intermediate))
        y = writer.linear(y, layer.output)
        if last and how.fused_norm:
            y = writer.fused_skip_norm(y, x, after, shape.epsilon)
        else:
            y, x = writer.skip_norm(y, x, after, shape.epsilon)
    _cross(writer, y, decoder, family, how)


def _patches(
    writer: Writer, image: str, layer: Linear, family: Family, processor: ImageProcessor
) -> str:
    """Scale the pixels as the processor does, and multiply each patch by the matrix."""
    count, side = family.image // family.patch, family.patch
    if layer.matrix.quantized:
        # The numbers that are quantized must be those of the hub's graph, so none is folded.
        x = scaled(writer, image, processor)
        x, scale, zero = writer.many("DynamicQuantizeLinear", 3, x)
        x = _cut(writer, x, count, side)
        values, own_scale, own_zero = writer.matrix(layer.matrix)
        bias = [] if layer.bias is None else [writer.constant(layer.bias)]
        inputs = [x, values, scale, own_scale, zero, own_zero, *bias]
        return writer("MatMulIntegerToFloat", *inputs, domain=FUSED)
    x = _cut(writer, writer("Cast", image, to=TensorProto.FLOAT), count, side)
    return writer.linear(x, _folded(layer, side, processor))


def scaled(writer: Writer, image: str, processor: ImageProcessor) -> str:
    """Scale the pixels to the very numbers of the processor, [batch, height, width, 3]."""
    x = writer("Cast", image, to=TensorProto.FLOAT)
    x = writer("Mul", x, writer.constant(np.array(processor.scale, np.float32)))
    return writer("Add", x, writer.constant(np.array(processor.offset, np.float32)))


def _cut(writer: Writer, image: str, count: int, side: int) -> str:
    """Cut a picture into patches, each one row: [batch, patches, side x side x 3]."""
    x = writer("Reshape", image, writer.integers(0, count, side, count, side * 3))
    x = writer("Transpose", x, perm=[0, 1, 3, 2, 4])
    return writer("Reshape", x, writer.integers(0, count * count, side * side * 3))


def _folded(layer: Linear, side: int, processor: ImageProcessor) -> Linear:
    """Fold the processor's scale and offset into the matrix and the bias."""
    matrix = layer.matrix.floats().astype(np.float64)
    scale = np.tile(np.array(processor.scale), side * side)[:, None]
    offset = np.tile(np.array(processor.offset), side * side)
    bias = offset @ matrix + (0 if layer.bias is None else layer.bias)
    return Linear(Matrix((matrix * scale).astype(np.float32)), bias.astype(np.float32), False)


def _first(writer: Writer, image: str, encoder: Encoder) -> str:
    """Repeat the class token for each picture."""
    batch = writer("Shape", image, start=0, end=1)
    shape = writer("Concat", batch, writer.integers(*encoder.first.shape[1:]), axis=0)
    return writer("Expand", writer.constant(encoder.first), shape)


def _attend(writer: Writer, x: str, layer: EncoderLayer, attention: Attention, shape: Shape) -> str:
    joined = writer.linear(x, layer.query_key_value)
    query, key, value = writer.many("Split", 3, joined, axis=-1, num_outputs=3)
    heads = writer.integers(0, 0, shape.heads, shape.head_width)
    query, value = (
        writer("Transpose", writer("Reshape", part, heads), perm=[0, 2, 1, 3])
        for part in (query, value)
    )
    key = writer("Transpose", writer("Reshape", key, heads), perm=attention.key_order)
    seen = attention(attention.scaled(query), attention.scaled(key), value)
    seen = writer("Transpose", seen, perm=[0, 2, 1, 3])
    seen = writer("Reshape", seen, writer.integers(0, 0, shape.width))
    return writer.linear(seen, layer.attention_output)


def _cross(writer: Writer, x: str, decoder: Decoder, family: Family, how: Arithmetic) -> None:
    """Make the keys and values of all layers of the decoder in one product."""
    shape = family.decoder
    patches = (family.image // family.patch) ** 2 + 1
    attention = Attention(writer, how.cross, shape.head_width)
    y = writer.linear(x, side_by_side([layer.cross_c_attn for layer in decoder.layers]))
    layers = len(decoder.layers)
    y = writer("Reshape", y, writer.integers(0, patches, layers * 2, shape.heads, shape.head_width))
    cut = writer.many("Split", layers * 2, y, axis=2, num_outputs=layers * 2)
    axis = writer.integers(2)
    for n in range(layers):
        key, value = (writer("Squeeze", part, axis) for part in cut[2 * n : 2 * n + 2])
        key = attention.scaled(writer("Transpose", key, perm=attention.key_order))
        value = writer("Transpose", value, perm=[0, 2, 1, 3])
        sizes = cross_sizes(family, how)
        writer.output(f"cross.{n}.key", TensorProto.FLOAT, ["batch", *sizes[0]], key)
        writer.output(f"cross.{n}.value", TensorProto.FLOAT, ["batch", *sizes[1]], value)


def cross_sizes(family: Family, how: Arithmetic) -> tuple[list[int], list[int]]:
    """Return the shapes, without the batch, of one layer's keys and values."""
    shape = family.decoder
    tall = [shape.heads, (family.image // family.patch) ** 2 + 1, shape.head_width]
    wide = [shape.heads, shape.head_width, tall[1]]
    return (tall if how.cross.transposed else wide), tall
