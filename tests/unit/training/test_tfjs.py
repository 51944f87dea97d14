"""A graph model of TensorFlow.js, written by hand, comes out of onnxruntime as numpy has it."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("onnx", reason="needs the extra [train]")


def text(value: str) -> dict[str, str]:
    return {"s": base64.b64encode(value.encode()).decode()}


def texts(*values: str) -> dict[str, Any]:
    return {"list": {"s": [text(value)["s"] for value in values]}}


def steps(size: int) -> dict[str, Any]:
    return {"list": {"i": ["1", str(size), str(size), "1"]}}


def stored(
    folder: Path, nodes: list[dict[str, Any]], weights: dict[str, NDArray[np.float32]]
) -> Path:
    """A model file; its weights are halves, as the ones that are read."""
    manifest = [
        {
            "name": name,
            "shape": list(values.shape),
            "dtype": "float32",
            "quantization": {"dtype": "float16"},
        }
        for name, values in weights.items()
    ]
    raw = b"".join(values.astype(np.float16).tobytes() for values in weights.values())
    (folder / "model.bin").write_bytes(raw)
    (folder / "model.json").write_text(
        json.dumps({
            "modelTopology": {"node": nodes},
            "weightsManifest": [{"paths": ["model.bin"], "weights": manifest}],
        })
    )  # fmt: skip
    return folder / "model.json"


def ran(path: Path, ends: list[str], given: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """What ONNX makes of an input [batch, height, width, channels], in the same order of axes."""
    import onnxruntime
    from onnx import TensorProto, helper

    from altlens_training.tfjs import OPSET, GraphModel

    nodes, constants = GraphModel(path).part("in", ends)
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "part",
        [value("in", TensorProto.FLOAT, [None] * 4)],
        [value(end, TensorProto.FLOAT, None) for end in ends],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    made = session.run(None, {"in": given.transpose(0, 3, 1, 2)})
    return [one.transpose(0, 2, 3, 1) for one in made]


def node(name: str, kind: str, *inputs: str, **settings: object) -> dict[str, Any]:
    return {"name": name, "op": kind, "input": list(inputs), "attr": settings}


def test_convolutions_pad_as_tensorflow_does(tmp_path: Path) -> None:
    """At an even size and a step of two, what is padded lies below and to the right."""
    weights = {"w": np.ones((3, 3, 1, 1), np.float32), "b": np.array([0.5], np.float32)}
    path = stored(
        tmp_path,
        [
            node("in", "Placeholder"),
            node("out", "_FusedConv2D", "in", "w", "b", strides=steps(2), padding=text("SAME"),
                 fused_ops=texts("BiasAdd", "Relu6")),
        ],
        weights,
    )  # fmt: skip
    given = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1) / 10

    (found,) = ran(path, ["out"], given)

    padded = np.pad(given[0, :, :, 0], ((0, 1), (0, 1)))
    sums = [[padded[y : y + 3, x : x + 3].sum() for x in (0, 2)] for y in (0, 2)]
    np.testing.assert_allclose(found[0, :, :, 0], np.clip(np.array(sums) + 0.5, 0, 6), rtol=1e-5)


def test_depthwise_convolutions_keep_their_channels_apart(tmp_path: Path) -> None:
    """Each channel of the input has filters of its own."""
    filters = np.zeros((1, 1, 2, 2), np.float32)
    filters[0, 0] = [[1, 2], [3, 4]]
    path = stored(
        tmp_path,
        [
            node("in", "Placeholder"),
            node("out", "DepthwiseConv2dNative", "in", "w", strides=steps(1),
                 padding=text("VALID")),
        ],
        {"w": filters},
    )  # fmt: skip
    given = np.array([[[[1.0, 10.0]]]], np.float32)

    (found,) = ran(path, ["out"], given)

    assert found.reshape(-1).tolist() == [1, 2, 30, 40]


@pytest.mark.parametrize(("centres", "row"), [(False, [0, 1, 2, 2]), (True, [0, 0.5, 1.5, 2])])
def test_twice_as_large_by_either_rule(tmp_path: Path, centres: bool, row: list[float]) -> None:
    """Pixels begin where the old ones do, or lie around their middles."""
    path = stored(
        tmp_path,
        [
            node("in", "Placeholder"),
            node("out", "ResizeBilinear", "in", "size", half_pixel_centers={"b": centres}),
        ],
        {"size": np.zeros(2, np.float32)},
    )

    (found,) = ran(path, ["out"], np.array([[[[0.0], [2.0]]]], np.float32))

    assert found[0, 0, :, 0].tolist() == row


def test_what_has_no_rule_is_named(tmp_path: Path) -> None:
    """Nothing is left out in silence."""
    path = stored(tmp_path, [node("in", "Placeholder"), node("out", "Softplus", "in")], {})

    with pytest.raises(ValueError, match="out: no rule for the operation Softplus"):
        ran(path, ["out"], np.zeros((1, 1, 1, 1), np.float32))


@pytest.mark.parametrize("content", ["[]", "{}", "no JSON", '{"modelTopology": {"node": [{}]}}'])
def test_what_is_no_graph_model_is_refused(tmp_path: Path, content: str) -> None:
    """With the file's name."""
    from altlens_training.tfjs import GraphModel

    (tmp_path / "model.json").write_text(content)

    with pytest.raises(ValueError, match=r"model\.json"):
        GraphModel(tmp_path / "model.json")
