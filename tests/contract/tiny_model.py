"""A tiny model in the hub layout, built by code: a patch encoder and a two-layer decoder.

Its weights are random and fixed, its captions are babble; but it has attention, past key values
and the two branches of the real thing, so that an engine that mixes up a name, a branch or a beam
says something else. Built in several layouts, from the same weights: all must say the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import tokenizers
from onnx import TensorProto, helper, numpy_helper
from tokenizers import decoders, models, pre_tokenizers, trainers

SIDE, PATCH = 32, 8
HEADS, HEAD_WIDTH, LAYERS = 2, 8, 2
WIDTH = HEADS * HEAD_WIDTH
POSITIONS = 64
VOCABULARY = 60
END = "<|endoftext|>"
SENTENCES = [
    "a brown dog runs through the snow",
    "a person rides a bike down a hill",
    "two children play with a ball on the grass",
    "a cup of coffee stands on a wooden table",
]


@dataclass(frozen=True)
class Layout:
    """How a model's graphs are named and cut.

    Attributes:
        merged: One graph with an If on use_cache_branch; otherwise one that takes an empty past.
        cross: The past holds the picture's keys and values too, under `.encoder.`.
        quantized: The file names end in _quantized.
        open_shapes: The graph does not say how many heads it has.
        half: What goes in and out is in half floats.
    """

    merged: bool = True
    cross: bool = False
    quantized: bool = True
    open_shapes: bool = False
    half: bool = False

    @property
    def ending(self) -> str:
        """How the files' names end."""
        if self.half:
            return "_fp16.onnx"
        return "_quantized.onnx" if self.quantized else ".onnx"


LAYOUTS = {
    "hub": Layout(),
    "fp32 names": Layout(quantized=False),
    "encoder past": Layout(cross=True),
    "unmerged": Layout(merged=False, open_shapes=True),
    "half floats": Layout(half=True),
}


class Nodes:
    """Nodes of one graph, written like calls."""

    def __init__(self, prefix: str) -> None:
        """Start with none; the prefix keeps names apart between branches."""
        self.list: list[onnx.NodeProto] = []
        self._prefix = prefix

    def __call__(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        name = f"{self._prefix}_{len(self.list)}"
        self.list.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, value: Any) -> str:
        """Add a constant."""
        return self("Constant", value=numpy_helper.from_array(np.array(value)))


def build(folder: Path, layout: Layout = LAYOUTS["hub"], **generation: Any) -> Path:
    """Write the model into a folder and return it; keywords change its generation config."""
    (folder / "onnx").mkdir(parents=True)
    for name, model in (("encoder_model", _encoder()), ("decoder_model_merged", _decoder(layout))):
        made = _halved(model) if layout.half else model
        onnx.save(made, folder / "onnx" / f"{name}{layout.ending}")
    _tokenizer().save(str(folder / "tokenizer.json"))
    files = {
        "altlens.json": {"id": "tiny", "revision": "1", "licence": "Apache-2.0"},
        "config.json": {
            "model_type": "vision-encoder-decoder",
            "decoder": {"n_head": HEADS, "n_embd": WIDTH},
        },
        "preprocessor_config.json": {
            "image_processor_type": "ViTImageProcessor",
            "size": {"height": SIDE, "width": SIDE},
            "resample": 2,
        },
        "generation_config.json": {
            "decoder_start_token_id": 0,
            "eos_token_id": 0,
            "max_length": 12,
            "do_sample": True,
            **generation,
        },
    }
    for name, value in files.items():
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
    return folder


def _halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Take half floats and give half floats; in between the numbers are the same."""
    graph, nodes = model.graph, []
    for one in (*graph.input, *graph.output):
        if one.type.tensor_type.elem_type != TensorProto.FLOAT:
            continue
        inner = f"{one.name} in full"
        _rename(graph, one.name, inner)
        one.type.tensor_type.elem_type = TensorProto.FLOAT16
        ends = (one.name, inner, TensorProto.FLOAT)
        if one in graph.output:
            ends = (inner, one.name, TensorProto.FLOAT16)
            graph.node.append(helper.make_node("Cast", [ends[0]], [ends[1]], to=ends[2]))
        else:
            nodes.append(helper.make_node("Cast", [ends[0]], [ends[1]], to=ends[2]))
    nodes += graph.node
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def _rename(graph: onnx.GraphProto, old: str, new: str) -> None:
    """Give a tensor another name, in the inner graphs too, but not as the graph's own end."""
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [new if name == old else name for name in names]
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                _rename(attribute.g, old, new)


def _tokenizer() -> tokenizers.Tokenizer:
    made = tokenizers.Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=[END], show_progress=False, min_frequency=1
    )
    made.train_from_iterator(SENTENCES, trainer)
    assert made.get_vocab_size() == VOCABULARY
    return made


def _weights() -> dict[str, np.ndarray]:
    shapes = {"words": (VOCABULARY, WIDTH), "positions": (POSITIONS, WIDTH), "patches": (3, WIDTH)}
    for layer in range(LAYERS):
        for part in ("q", "k", "v", "o", "cq", "ck", "cv", "co", "up", "down"):
            shapes[f"{part}{layer}"] = (WIDTH, WIDTH)
    shapes["out"] = (WIDTH, VOCABULARY)
    random = np.random.default_rng(11)
    weights = {name: random.normal(size=shape) for name, shape in shapes.items()}
    for name in weights.keys() - {"words", "positions"}:
        weights[name] *= 1.6 / shapes[name][0] ** 0.5
    # Unsure enough that beams part from greedy search, and captions end now and then.
    weights["out"] *= 0.35
    weights["bias"] = np.zeros(VOCABULARY)
    weights["bias"][0] = 3.0
    return {name: value.astype(np.float32) for name, value in weights.items()}


def _initializers(names: set[str]) -> list[onnx.TensorProto]:
    return [
        numpy_helper.from_array(value, name) for name, value in _weights().items() if name in names
    ]


def _encoder() -> onnx.ModelProto:
    add = Nodes("e")
    pooled = add("AveragePool", "pixel_values", kernel_shape=[PATCH] * 2, strides=[PATCH] * 2)
    rows = add("Transpose", add("Reshape", pooled, add.constant([0, 3, -1])), perm=[0, 2, 1])
    mixed = add("MatMul", rows, "patches")
    spread = add("Mul", mixed, add.constant(np.float32(4)))
    add.list.append(helper.make_node("Tanh", [spread], ["last_hidden_state"]))
    graph = helper.make_graph(
        add.list,
        "encoder",
        [_tensor("pixel_values", ["batch", 3, SIDE, SIDE])],
        [_tensor("last_hidden_state", ["batch", "patches", WIDTH])],
        _initializers({"patches"}),
    )
    return _model(graph)


def _decoder(layout: Layout) -> onnx.ModelProto:
    heads, width = ("heads", "head_width") if layout.open_shapes else (HEADS, HEAD_WIDTH)
    inputs = [
        helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"]),
        _tensor("encoder_hidden_states", ["batch", "patches", WIDTH]),
        *(
            _tensor(f"past_key_values.{name}", ["batch", heads, f"past {name[2:]}", width])
            for name in _past(layout)
        ),
    ]
    names = _outputs(layout)
    outputs = [_tensor("logits", ["batch", "tokens", VOCABULARY])]
    outputs += [_tensor(name, ["batch", HEADS, "length", HEAD_WIDTH]) for name in names[1:]]
    if not layout.merged:
        nodes = _branch(layout, cached=True).node
    else:
        switch = helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1])
        inputs.append(switch)
        nodes = [
            helper.make_node(
                "If",
                ["use_cache_branch"],
                names,
                then_branch=_branch(layout, cached=True),
                else_branch=_branch(layout, cached=False),
            )
        ]
    weights = _initializers(set(_weights()) - {"patches"})
    return _model(helper.make_graph(nodes, "decoder", inputs, outputs, weights))


def _outputs(layout: Layout) -> list[str]:
    return ["logits", *(f"present.{name}" for name in _past(layout))]


def _past(layout: Layout) -> list[str]:
    parts = ("decoder.key", "decoder.value", "encoder.key", "encoder.value")
    plain = ("key", "value")
    return [f"{n}.{part}" for n in range(LAYERS) for part in (parts if layout.cross else plain)]


def _branch(layout: Layout, *, cached: bool) -> onnx.GraphProto:
    """Make the decoder's nodes: with the past, or for the first tokens."""
    add = Nodes("then" if cached else "else")
    own = ".decoder" if layout.cross else ""
    x = add("Gather", "words", "input_ids")
    length = add("Squeeze", add("Shape", x, start=1, end=2))
    before = add.constant(np.int64(0))
    if cached:
        before = add("Squeeze", add("Shape", f"past_key_values.0{own}.key", start=2, end=3))
    one, zero = add.constant(np.int64(1)), add.constant(np.int64(0))
    total = add("Add", before, length)
    places = add("Range", before, total, one)
    x = add("Add", x, add("Gather", "positions", places))
    columns = add("Range", zero, total, one)
    seen = add("LessOrEqual", columns, add("Unsqueeze", places, add.constant([1])))
    mask = add("Where", seen, add.constant(np.float32(0)), add.constant(np.float32(-1e9)))
    # Only equal numbers of captions and pictures can be joined; attention alone would broadcast.
    joined = add("Concat", x, "encoder_hidden_states", axis=1)
    ends = add("Unsqueeze", length, add.constant([0]))
    x = add("Slice", joined, add.constant([0]), ends, add.constant([1]))
    present: list[str] = []
    for n in range(LAYERS):
        key, value = _split(add, x, f"k{n}"), _split(add, x, f"v{n}")
        if cached:
            key = add("Concat", f"past_key_values.{n}{own}.key", key, axis=2)
            value = add("Concat", f"past_key_values.{n}{own}.value", value, axis=2)
        present += [key, value]
        x = add(
            "Add", x, _attend(add, _split(add, x, f"q{n}"), key, value, weight=f"o{n}", mask=mask)
        )
        cross = [_split(add, "encoder_hidden_states", f"{part}{n}") for part in ("ck", "cv")]
        if layout.cross and cached:
            cross = [f"past_key_values.{n}.encoder.{part}" for part in ("key", "value")]
        if layout.cross:
            nothing = np.zeros((1, HEADS, 1, HEAD_WIDTH), np.float32)
            present += [add.constant(nothing) for _ in cross] if cached else cross
        x = add("Add", x, _attend(add, _split(add, x, f"cq{n}"), *cross, weight=f"co{n}"))
        x = add("Add", x, add("MatMul", add("Tanh", add("MatMul", x, f"up{n}")), f"down{n}"))
    logits = add("Add", add("MatMul", x, "out"), "bias")
    made = [logits, *present]
    if not layout.merged:
        # These nodes are the graph itself, so that its outputs carry the public names.
        public = _outputs(layout)
        add.list += [
            helper.make_node("Identity", [inner], [outer])
            for inner, outer in zip(made, public, strict=True)
        ]
        made = public
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in made]
    return helper.make_graph(add.list, "branch", [], outputs)


def _split(add: Nodes, x: str, weight: str) -> str:
    shape = add.constant([0, 0, HEADS, HEAD_WIDTH])
    return add("Transpose", add("Reshape", add("MatMul", x, weight), shape), perm=[0, 2, 1, 3])


def _attend(
    add: Nodes, query: str, key: str, value: str, *, weight: str, mask: str | None = None
) -> str:
    scores = add("MatMul", query, add("Transpose", key, perm=[0, 1, 3, 2]))
    scores = add("Mul", scores, add.constant(np.float32(HEAD_WIDTH**-0.5)))
    shares = add("Softmax", add("Add", scores, mask) if mask else scores, axis=-1)
    joined = add("Transpose", add("MatMul", shares, value), perm=[0, 2, 1, 3])
    return add("MatMul", add("Reshape", joined, add.constant([0, 0, WIDTH])), weight)


def _tensor(name: str, shape: list[int | str]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _model(graph: onnx.GraphProto) -> onnx.ModelProto:
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    onnx.checker.check_model(made)
    return made
