"""A model's weights, taken out of the hub's two graphs and put in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from altlens_host.worker.prepare.family import Family
from altlens_host.worker.prepare.reading import Graph
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.weights import Floats, Linear, Matrix, Norm, side_by_side


@dataclass(frozen=True, slots=True)
class EncoderLayer:
    """One layer of a ViT; each part is named as transformers names it."""

    layernorm_before: Norm
    query_key_value: Linear
    attention_output: Linear
    layernorm_after: Norm
    intermediate: Linear
    output: Linear


@dataclass(frozen=True, slots=True)
class Encoder:
    """A ViT.

    Attributes:
        patches: From a patch, [patch height, patch width, 3] in one row, to the width.
        first: The class token with its position, [1, 1, width].
        positions: Of the patches, [1, patches, width].
        layers: From the picture up.
        layernorm: The last one.
    """

    patches: Linear
    first: Floats
    positions: Floats
    layers: list[EncoderLayer]
    layernorm: Norm


@dataclass(frozen=True, slots=True)
class DecoderLayer:
    """One layer of a GPT-2 with cross-attention; each part is named as transformers names it."""

    ln_1: Norm
    c_attn: Linear
    c_proj: Linear
    ln_cross_attn: Norm
    cross_c_attn: Linear
    cross_q_attn: Linear
    cross_c_proj: Linear
    ln_2: Norm
    c_fc: Linear
    mlp_c_proj: Linear


@dataclass(frozen=True, slots=True)
class Decoder:
    """A GPT-2.

    Attributes:
        words: The table of the words' vectors, [vocabulary, width].
        positions: [positions, width].
        layers: From the words up.
        ln_f: The last layer normalisation.
        head: From the width to the logits.
    """

    words: Matrix
    positions: Floats
    layers: list[DecoderLayer]
    ln_f: Norm
    head: Linear


def read_encoder(graph: Graph, family: Family) -> Encoder:
    """Take the encoder's weights.

    Raises:
        RefusedError: One is missing, or has another shape than config.json says.
    """
    shape = family.encoder
    count = (family.image // family.patch) ** 2
    first = graph.array("embeddings.cls_token")
    positions = graph.array("embeddings.position_embeddings")
    _fits(positions, (1, count + 1, shape.width), "position_embeddings")
    _fits(first, (1, 1, shape.width), "cls_token")
    read = Encoder(
        _patches(graph.linear("embeddings.patch_embeddings.projection"), family),
        first + positions[:, :1],
        np.ascontiguousarray(positions[:, 1:]),
        [_encoder_layer(graph, f"layer.{n}", shape.width) for n in range(shape.layers)],
        _norm(graph, "layernorm", shape.width),
    )
    _no_more(graph, f"layer.{shape.layers}.layernorm_before.weight")
    return read


def read_decoder(graph: Graph, family: Family) -> Decoder:
    """Take the decoder's weights.

    Raises:
        RefusedError: One is missing, or has another shape than config.json says.
    """
    shape = family.decoder
    words, head = graph.embedding("wte.weight"), graph.output_matrix("logits")
    positions = graph.embedding("wpe.weight").floats()
    if head.size != (shape.width, words.values.shape[0]):
        raise RefusedError(f"{graph.name}: the logits do not fit the words.")
    _fits(positions, (len(positions), shape.width), "wpe.weight")
    read = Decoder(
        words,
        positions,
        [_decoder_layer(graph, f"h.{n}", shape.width) for n in range(shape.layers)],
        _norm(graph, "ln_f", shape.width),
        head,
    )
    _no_more(graph, f"h.{shape.layers}.ln_1.weight")
    return read


def _encoder_layer(graph: Graph, name: str, width: int) -> EncoderLayer:
    attention = f"{name}.attention.attention"
    parts = [
        _linear(graph, f"{attention}.{part}", width, width) for part in ("query", "key", "value")
    ]
    _alike(parts, name)
    up = graph.linear(f"{name}.intermediate.dense")
    inner = up.size[-1]
    return EncoderLayer(
        _norm(graph, f"{name}.layernorm_before", width),
        side_by_side(parts),
        _linear(graph, f"{name}.attention.output.dense", width, width),
        _norm(graph, f"{name}.layernorm_after", width),
        _linear(graph, f"{name}.intermediate.dense", width, inner),
        _linear(graph, f"{name}.output.dense", inner, width),
    )


def _decoder_layer(graph: Graph, name: str, width: int) -> DecoderLayer:
    inner = graph.linear(f"{name}.mlp.c_fc").size[-1]
    cross = f"{name}.crossattention"
    return DecoderLayer(
        _norm(graph, f"{name}.ln_1", width),
        _linear(graph, f"{name}.attn.c_attn", width, 3 * width),
        _linear(graph, f"{name}.attn.c_proj", width, width),
        _norm(graph, f"{name}.ln_cross_attn", width),
        _linear(graph, f"{cross}.c_attn", width, 2 * width),
        _linear(graph, f"{cross}.q_attn", width, width),
        _linear(graph, f"{cross}.c_proj", width, width),
        _norm(graph, f"{name}.ln_2", width),
        _linear(graph, f"{name}.mlp.c_fc", width, inner),
        _linear(graph, f"{name}.mlp.c_proj", inner, width),
    )


def _norm(graph: Graph, name: str, width: int) -> Norm:
    read = graph.norm(name)
    for values in read:
        _fits(values, (width,), name)
    return read


def _linear(graph: Graph, name: str, rows: int, columns: int) -> Linear:
    read = graph.linear(name)
    _fits(read.matrix.values, (rows, columns), name)
    if read.bias is not None:
        _fits(read.bias, (columns,), name)
    return read


def _patches(read: Linear, family: Family) -> Linear:
    """Turn a convolution whose kernel is one patch into a matrix over the patch's pixels."""
    width, side = family.encoder.width, family.patch
    _fits(read.matrix.values, (width, 3, side, side), "patch_embeddings.projection")
    if read.matrix.scale is not None and read.matrix.scale.size != 1:
        raise RefusedError("The patch embedding is quantized in a way not known here.")
    flat = read.matrix.values.transpose(2, 3, 1, 0).reshape(side * side * 3, width)
    return read._replace(matrix=read.matrix._replace(values=np.ascontiguousarray(flat)))


def _alike(parts: list[Linear], name: str) -> None:
    kinds = {(part.dynamic, part.matrix.quantized, part.matrix.values.dtype) for part in parts}
    if len(kinds) != 1:
        raise RefusedError(f"The parts of {name} are not quantized alike.")


def _fits(values: NDArray[Any], shape: tuple[int, ...], name: str) -> None:
    if values.shape != shape:
        raise RefusedError(f"{name} has the shape {values.shape}, not {shape}.")


def _no_more(graph: Graph, name: str) -> None:
    try:
        graph.find(name)
    except RefusedError:
        return
    raise RefusedError(f"{graph.name} has more layers than config.json says.")
