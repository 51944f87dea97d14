"""The trained captioner as ONNX in distilvit's hub layout: an encoder, and a merged decoder."""

from __future__ import annotations

from pathlib import Path

import onnx
import onnx.compose
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from altlens_training import files
from altlens_training.model import Bridge, Cache, Captioner, Decoder, planner_sees
from altlens_training.planner import decided, signs
from altlens_training.poses import MAPS, SIDE, Poses, heat_maps
from altlens_training.recipe import Recipe
from altlens_training.trunk import Trunk

OPSET = 18
SIGNS_OUTPUT = "signs"
"""Where the host looks for them (`altlens_host.worker.engines.interface`)."""


class EncoderGraph(nn.Module):
    """Normalised pixels [batch, 3, size, size] and heat maps to memory [batch, tokens, width].

    Beside it come the signs [batch, 10] of how sure the plan is.
    """

    def __init__(self, trunk: Trunk, poses: Poses, bridge: Bridge) -> None:
        super().__init__()
        self.trunk, self.poses, self.bridge = trunk, poses, bridge

    def forward(self, pixel_values: Tensor, heat: Tensor) -> tuple[Tensor, Tensor]:
        places, classes = self.trunk(pixel_values)
        posed, peaks = self.poses(heat)
        places = torch.cat([places, posed], 2)
        logits = self.bridge.planner(planner_sees(places, classes, peaks))
        memory, concepts = self.bridge(places, classes, peaks, decided(logits))
        return memory, signs(logits, classes, concepts)


class FirstStep(nn.Module):
    """The first token: makes self-attention's cache, and the picture's keys and values once.

    The past is a flat list, four tensors a layer: the decoder's keys and values, the picture's.
    """

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, input_ids: Tensor, encoder_hidden_states: Tensor) -> tuple[Tensor, ...]:
        crossed = self.decoder.crossed(encoder_hidden_states)
        logits, grown = self.decoder.attend(input_ids, crossed, None)
        return logits, *_flat(grown, crossed)


class LaterStep(nn.Module):
    """Each later token. The picture's part of what it gives is an empty placeholder."""

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, input_ids: Tensor, past: list[Tensor]) -> tuple[Tensor, ...]:
        own = list(zip(past[::4], past[1::4], strict=True))
        crossed = list(zip(past[2::4], past[3::4], strict=True))
        logits, grown = self.decoder.attend(input_ids, crossed, own)
        return logits, *_flat(grown, [(keys[:0], values[:0]) for keys, values in crossed])


def _flat(own: Cache, crossed: Cache) -> list[Tensor]:
    return [tensor for pairs in zip(own, crossed, strict=True) for pair in pairs for tensor in pair]


def export_encoder(model: Captioner, recipe: Recipe) -> onnx.ModelProto:
    """Input `pixel_values`, outputs `last_hidden_state` and `signs`."""
    trunk, poses = Trunk(recipe.image_size, recipe.grid), Poses(recipe.grid)
    graph = EncoderGraph(trunk, poses, model.bridge).eval()
    example = torch.zeros(2, 3, recipe.image_size, recipe.image_size)
    heat = torch.zeros(2, MAPS, SIDE // 4, SIDE // 4)
    batch = {0: torch.export.Dim("batch_size")}
    encoder = _export(
        graph, (example, heat), ["pixel_values", "heat"], ["last_hidden_state", SIGNS_OUTPUT],
        {"pixel_values": batch, "heat": batch},
    )  # fmt: skip
    return _fed(heat_maps(recipe.poses, recipe.image_size), encoder)


def _fed(first: onnx.ModelProto, second: onnx.ModelProto) -> onnx.ModelProto:
    """`second` with what `first` makes of the same input, where it would take it as another."""
    first = onnx.compose.add_prefix(first, "poses/", rename_inputs=False, rename_outputs=False)
    made = {output.name for output in first.graph.output}
    kept = [value for value in second.graph.input if value.name not in made]
    graph = helper.make_graph(
        [*first.graph.node, *second.graph.node], second.graph.name, kept, second.graph.output,
        [*first.graph.initializer, *second.graph.initializer],
    )  # fmt: skip
    return helper.make_model(
        graph, opset_imports=list(second.opset_import), ir_version=second.ir_version
    )


def export_decoder(model: Captioner, recipe: Recipe) -> onnx.ModelProto:
    """The decoder's first step and its later steps in one graph, under `use_cache_branch`."""
    decoder = model.decoder.eval()
    head = recipe.width // recipe.heads
    past = [torch.zeros(2, recipe.heads, 3, head) for _ in range(4 * recipe.layers)]
    ids = torch.zeros(2, 4, dtype=torch.long)
    memory = torch.zeros(2, 5, recipe.width)
    batch, sequence = torch.export.Dim("batch_size"), torch.export.Dim("sequence_length")
    seen = torch.export.Dim("encoder_sequence_length")
    said = torch.export.Dim("past_sequence_length")
    words = {"input_ids": {0: batch, 1: sequence}}
    lengths = (said, said, seen, seen) * recipe.layers
    kept = [
        f"{layer}.{owner}.{part}"
        for layer in range(recipe.layers)
        for owner in ("decoder", "encoder")
        for part in ("key", "value")
    ]
    outputs = ["logits", *(f"present.{name}" for name in kept)]
    first = _export(
        FirstStep(decoder), (ids, memory), ["input_ids", "encoder_hidden_states"], outputs,
        {**words, "encoder_hidden_states": {0: batch, 1: seen}},
    )  # fmt: skip
    later = _export(
        LaterStep(decoder), (ids, past), ["input_ids", *(f"past_key_values.{n}" for n in kept)],
        outputs, {**words, "past": [{0: batch, 2: length} for length in lengths]},
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
    inputs = {value.name: value for value in (*first.graph.input, *later.graph.input)}
    graph = helper.make_graph(
        [choice], "decoder_merged", [*inputs.values(), condition], first.graph.output,
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
    files.write(path, model.SerializeToString())
