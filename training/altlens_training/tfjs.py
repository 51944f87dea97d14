"""A TensorFlow.js graph model as ONNX: the few operations of a convolutional network.

The format is that of tfjs-converter: a JSON file with a TensorFlow GraphDef and the places of its
weights, and a binary file of these. Tensors of four axes are [batch, height, width, channels]
there and [batch, channels, height, width] in what is written.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

OPSET = 18
_STORED = {"float32": np.float32, "int32": np.int32, "float16": np.float16, "bool": np.bool_}
_CONVOLUTIONS = (
    "Conv2D", "_FusedConv2D", "DepthwiseConv2dNative", "FusedDepthwiseConv2dNative",
)  # fmt: skip
_SAME = {"Add": "Add", "AddV2": "Add", "Relu": "Relu", "Sigmoid": "Sigmoid"}


class GraphModel:
    """A part of a graph model, from one of its tensors on to others."""

    def __init__(self, path: Path) -> None:
        """Read NAME.json and the weights that it names.

        Raises:
            OSError: a file is missing.
            ValueError: the JSON is none, or none of a graph model, or weights are cut off.
        """
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            self._nodes = {n["name"]: n for n in stored["modelTopology"]["node"]}
            self._weights = dict(_weights(path.parent, stored["weightsManifest"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}: not a graph model of TensorFlow.js: {error}") from error
        self._made: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._known: set[str] = set()

    def part(self, start: str, ends: Sequence[str]) -> tuple[list[Any], list[Any]]:
        """Nodes and initializers that make the tensors `ends` out of the tensor `start`.

        Raises:
            ValueError: an operation that this cannot write.
        """
        self._made, self._constants, self._known = [], {}, {start}
        for end in ends:
            self._make(end)
        return self._made, list(self._constants.values())

    def _make(self, name: str) -> None:
        if name in self._known:
            return
        self._known.add(name)
        node = self._nodes[name]
        kind, inputs, settings = node["op"], node.get("input", []), node["attr"]
        if kind in _CONVOLUTIONS:
            self._convolution(name, "Depthwise" in kind, inputs, settings)
        elif kind in _SAME:
            self._add(_SAME[kind], [self._tensor(i) for i in inputs], name)
        elif kind == "ResizeBilinear":
            centres = settings.get("half_pixel_centers", {}).get("b", False)
            twice = self._constant("twice", np.array([1, 1, 2, 2], np.float32))
            self._add(
                "Resize", [self._tensor(inputs[0]), "", twice], name, mode="linear",
                coordinate_transformation_mode="half_pixel" if centres else "asymmetric",
            )  # fmt: skip
        else:
            raise ValueError(f"{name}: no rule for the operation {kind}")

    def _convolution(
        self, name: str, depthwise: bool, inputs: list[str], settings: dict[str, Any]
    ) -> None:
        weight = self._weights[inputs[1]]
        groups = weight.shape[2] if depthwise else 1
        if depthwise:
            weight = weight.transpose(2, 3, 0, 1).reshape(-1, 1, *weight.shape[:2])
        else:
            weight = weight.transpose(3, 2, 0, 1)
        parts = [self._tensor(inputs[0]), self._constant(f"{name}/weight", weight)]
        fused = [_text(part) for part in settings.get("fused_ops", {}).get("list", {}).get("s", [])]
        if "BiasAdd" in fused:
            parts.append(self._constant(f"{name}/bias", self._weights[inputs[2]].reshape(-1)))
        then = [part for part in fused if part != "BiasAdd"]
        self._add(
            "Conv", parts, f"{name}/sum" if then else name, group=groups,
            strides=[int(i) for i in settings["strides"]["list"]["i"]][1:3],
            auto_pad="SAME_UPPER" if _text(settings["padding"]["s"]) == "SAME" else "VALID",
        )  # fmt: skip
        if then == ["Relu6"]:
            bounds = [self._constant(str(b), np.float32(b)) for b in (0, 6)]
            self._add("Clip", [f"{name}/sum", *bounds], name)
        elif then == ["Relu"]:
            self._add("Relu", [f"{name}/sum"], name)
        elif then:
            raise ValueError(f"{name}: no rule for a convolution with {', '.join(then)}")

    def _tensor(self, name: str) -> str:
        self._make(name)
        return name

    def _constant(self, name: str, values: NDArray[Any] | np.float32) -> str:
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def _add(self, kind: str, inputs: list[str], output: str, **settings: Any) -> None:
        self._made.append(helper.make_node(kind, inputs, [output], **settings))


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode("ascii")


def _weights(folder: Path, manifest: list[dict[str, Any]]) -> list[tuple[str, NDArray[Any]]]:
    """The stored weights by name; halves come as floats."""
    found = []
    for group in manifest:
        raw = b"".join((folder / path).read_bytes() for path in group["paths"])
        at = 0
        for weight in group["weights"]:
            kind = weight.get("quantization", {}).get("dtype", weight["dtype"])
            if kind not in _STORED:
                raise ValueError(f"{weight['name']}: no rule for weights of {kind}")
            count = math.prod(weight["shape"])
            values = np.frombuffer(raw, _STORED[kind], count, at).reshape(weight["shape"])
            at += values.nbytes
            found.append((weight["name"], values.astype(weight["dtype"])))
    return found
