"""The trained captioner as ONNX in distilvit's hub layout: an encoder, and a merged decoder."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from altlens_training.model import Bridge, Captioner, Decoder
from altlens_training.recipe import Recipe
from altlens_training.trunk import Trunk

OPSET = 18


class EncoderGraph(nn.Module):
    """Normalised pixels [batch, 3, size, size] to memory [batch, tokens, width]."""

    def __init__(self, trunk: Trunk, bridge: Bridge) -> None:
        super().__init__()
        self.trunk, self.bridge = trunk, bridge

    def forward(self, pixel_values: Tensor) -> Tensor:
        memory: Tensor = self.bridge(*self.trunk(pixel_values))[0]
        return memory


class DecoderGraph(nn.Module):
    """The decoder with its cache as a flat list: keys and values, layer by layer."""

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(
        self, input_ids: Tensor, encoder_hidden_states: Tensor, past: list[Tensor]
    ) -> tuple[Tensor, ...]:
        cache = list(zip(past[::2], past[1::2], strict=True)) or None
        logits, grown = self.decoder(input_ids, encoder_hidden_states, cache)
        return logits, *(tensor for pair in grown for tensor in pair)


def export_encoder(model: Captioner, recipe: Recipe) -> onnx.ModelProto:
    """Input `pixel_values`, output `last_hidden_state`."""
    graph = EncoderGraph(Trunk(recipe.image_size, recipe.grid), model.bridge).eval()
    example = torch.zeros(2, 3, recipe.image_size, recipe.image_size)
    return _export(
        graph, (example,), ["pixel_values"], ["last_hidden_state"],
        {"pixel_values": {0: torch.export.Dim("batch_size")}},
    )  # fmt: skip


def export_decoder(model: Captioner, recipe: Recipe) -> onnx.ModelProto:
    """The decoder's first step and its later steps in one graph, under `use_cache_branch`."""
    graph = DecoderGraph(model.decoder).eval()
    head = recipe.width // recipe.heads
    past = [torch.zeros(2, recipe.heads, 3, head) for _ in range(2 * recipe.layers)]
    ids = torch.zeros(2, 4, dtype=torch.long)
    memory = torch.zeros(2, 5, recipe.width)
    batch, sequence = torch.export.Dim("batch_size"), torch.export.Dim("sequence_length")
    shapes = {
        "input_ids": {0: batch, 1: sequence},
        "encoder_hidden_states": {0: batch, 1: torch.export.Dim("encoder_sequence_length")},
    }
    kept = [f"{i}.{part}" for i in range(recipe.layers) for part in ("key", "value")]
    names = ["input_ids", "encoder_hidden_states"]
    outputs = ["logits", *(f"present.{name}" for name in kept)]
    length = torch.export.Dim("past_sequence_length")
    first = _export(graph, (ids, memory, []), names, outputs, {**shapes, "past": []})
    later = _export(
        graph, (ids, memory, past), [*names, *(f"past_key_values.{name}" for name in kept)],
        outputs, {**shapes, "past": [{0: batch, 2: length} for _ in past]},
    )  # fmt: skip
    return merge(first, later)


def _export(
    module: nn.Module,
    example: tuple[object, ...],
    inputs: list[str],
    outputs: list[str],
    shapes: dict[str, object],
) -> onnx.ModelProto:
    program = torch.onnx.export(
        module, example, dynamo=True, opset_version=OPSET, input_names=inputs,
        output_names=outputs, dynamic_shapes=shapes, verbose=False,
    )  # fmt: skip
    assert program is not None
    model = program.model_proto
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    del model.graph.value_info[:]
    return model


def merge(first: onnx.ModelProto, later: onnx.ModelProto) -> onnx.ModelProto:
    """One model with an If on the input `use_cache_branch`: `later` if true, else `first`.

    Weights go to the outer graph, each once, where both branches see them.
    """
    weights: dict[bytes, onnx.TensorProto] = {}
    else_branch = _branch(first, "first", weights)
    then_branch = _branch(later, "later", weights)
    condition = helper.make_tensor_value_info("use_cache_branch", onnx.TensorProto.BOOL, [1])
    names = [output.name for output in later.graph.output]
    choice = helper.make_node(
        "If", ["use_cache_branch"], names, "use_cache_branch",
        then_branch=then_branch, else_branch=else_branch,
    )  # fmt: skip
    graph = helper.make_graph(
        [choice], "decoder_merged", [*later.graph.input, condition], later.graph.output,
        list(weights.values()),
    )  # fmt: skip
    return helper.make_model(
        graph, opset_imports=list(later.opset_import), ir_version=later.ir_version
    )


def _branch(
    model: onnx.ModelProto, prefix: str, weights: dict[bytes, onnx.TensorProto]
) -> onnx.GraphProto:
    """The graph as an If's branch: no inputs, its weights moved to `weights`, names its own."""
    renamed = {value.name: value.name for value in model.graph.input}
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        key = repr((array.dtype, array.shape)).encode() + array.tobytes()
        if key not in weights:
            weights[key] = numpy_helper.from_array(array, f"weight_{len(weights)}")
        renamed[tensor.name] = weights[key].name
    for node in model.graph.node:
        for output in node.output:
            renamed[output] = f"{prefix}/{output}"
        node.name = f"{prefix}/{node.name}"
        for names in (node.input, node.output):
            names[:] = [renamed.get(name, name) for name in names]
    outputs = []
    for output in model.graph.output:
        # Left out, the shape is inferred; the two branches' would differ in their dimension names.
        info = onnx.ValueInfoProto(name=renamed[output.name])
        info.type.tensor_type.elem_type = output.type.tensor_type.elem_type
        outputs.append(info)
    return helper.make_graph(list(model.graph.node), prefix, [], outputs)


def write(model: onnx.ModelProto, path: Path) -> None:
    """Check a model and save it in one file, whole or not at all."""
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    temporary.write_bytes(model.SerializeToString())
    temporary.replace(path)
