"""Cutting the graphs of a model apart, and joining the pieces otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import helper

from altlens_host.models.catalogue import find
from altlens_host.worker.engines.interface import SIGNS, SIGNS_OUTPUT
from altlens_host.worker.model_files import read_config
from altlens_host.worker.prepare.checking import draw_pictures
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.surgery import Surgery
from altlens_host.worker.processor import ImageProcessor, read_image_processor

LITE = find("lite").path
ENCODER, DECODER = (
    LITE / "onnx" / f"{name}_quantized.onnx" for name in ("encoder_model", "decoder_model_merged")
)
LAYERS = 3
NODES = 40_000
"""About so many bytes at the start of the decoder's file are its nodes; weights follow."""

Arrays = dict[str, NDArray[np.generic]]
Run = Callable[[Arrays], Arrays]


@pytest.fixture(scope="module")
def processor() -> ImageProcessor:
    """Makes lite's input."""
    return read_image_processor(read_config(LITE / "preprocessor_config.json"))


@pytest.fixture(scope="module")
def surgery(processor: ImageProcessor) -> Surgery:
    """The way in which lite is prepared."""
    return Surgery(processor, "q8")


@pytest.fixture(scope="module")
def runs(surgery: Surgery) -> list[Run]:
    """The prepared encoder and decoder of lite."""
    return [runner(model) for model in surgery.join(ENCODER, DECODER)]


def runner(model: onnx.ModelProto) -> Run:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    names = [one.name for one in session.get_outputs()]
    return lambda feeds: dict(zip(names, session.run(None, feeds), strict=True))


def said(run: Run, cross: Arrays, captions: list[list[int]], origins: list[int]) -> Arrays:
    """Say the captions token by token, and then continue them in another order."""
    cross = {name: one for name, one in cross.items() if name != SIGNS_OUTPUT}
    made: Arrays = {"present": np.zeros((1, 8, 0, 32), np.float32)}
    past = {f"past.{n}.{part}": made["present"] for n in range(LAYERS) for part in ("key", "value")}
    past = {name: np.repeat(one, len(captions), axis=0) for name, one in past.items()}
    for at, tokens in enumerate(zip(*captions, strict=True)):
        order = origins if at else range(len(captions))
        feeds: Arrays = {
            "input_ids": np.array(tokens)[:, None],
            "position": np.array([at]),
            "origins": np.array(order),
            "candidates": np.array([5]),
        }
        made = run({**feeds, **past, **cross})
        past = {name: made[name.replace("past", "present")] for name in past}
    return made


def test_pictures_and_beams_side_by_side_are_each_as_alone(
    runs: list[Run], processor: ImageProcessor
) -> None:
    """Two pictures, three captions of each, continued in another order than they came in."""
    encode, decode = runs
    pixels = [processor.pixels(one)[None] for one in draw_pictures(2)]
    captions = [[0, 11, 12], [0, 21, 22], [0, 31, 32], [0, 41, 42], [0, 51, 52], [0, 61, 62]]
    order = [2, 0, 0, 4, 5, 3]

    seen = encode({"image": np.concatenate(pixels)})
    together = said(decode, seen, captions, order)

    assert seen[SIGNS_OUTPUT].shape == (2, len(SIGNS))

    for at, one in enumerate(pixels):
        rows = slice(3 * at, 3 * at + 3)
        own = [origin - 3 * at for origin in order[rows]]
        alone = said(decode, encode({"image": one}), captions[rows], own)
        for name in ("logits", "total", "top_logits", "present.2.key"):
            assert np.allclose(together[name][rows], alone[name], atol=1e-4), name
        assert (together["top_tokens"][rows] == alone["top_tokens"]).all()


def test_the_outputs_are_those_that_the_search_asks_for(
    runs: list[Run], processor: ImageProcessor
) -> None:
    """The likeliest tokens first, and the logarithm of the sum over the whole vocabulary."""
    encode, decode = runs
    image = processor.pixels(draw_pictures(1)[0])[None]

    made = said(decode, encode({"image": image}), [[0, 11]], [0])

    logits = np.asarray(made["logits"], np.float64)
    assert logits.shape == (1, 4000)
    assert made["top_tokens"].tolist() == np.argsort(-logits, axis=1)[:, :5].tolist()
    assert np.allclose(made["top_logits"], -np.sort(-logits, axis=1)[:, :5])
    assert np.allclose(made["total"], np.log(np.exp(logits).sum(axis=1)), atol=1e-5)
    assert made["present.0.value"].shape == (1, 8, 2, 32)


def lost_past(model: onnx.ModelProto) -> None:
    (one,) = (one for one in model.graph.input if one.name == "past_key_values.1.encoder.key")
    model.graph.input.remove(one)


def open_heads(model: onnx.ModelProto) -> None:
    (one,) = (one for one in model.graph.input if one.name == "past_key_values.0.decoder.key")
    one.type.tensor_type.shape.dim[1].dim_param = "heads"


def half_past(model: onnx.ModelProto) -> None:
    (one,) = (one for one in model.graph.input if one.name == "past_key_values.0.decoder.key")
    one.type.tensor_type.elem_type = onnx.TensorProto.FLOAT16


def older(model: onnx.ModelProto) -> None:
    model.opset_import[0].version = 17


def newer(model: onnx.ModelProto) -> None:
    model.opset_import[0].version = 20


def two_branches(model: onnx.ModelProto) -> None:
    model.graph.node.append(model.graph.node[-1])


def branch_of(model: onnx.ModelProto, name: str) -> onnx.GraphProto:
    graph: onnx.GraphProto
    (graph,) = (one.g for one in model.graph.node[-1].attribute if one.name == name)
    return graph


def words_in_keys(model: onnx.ModelProto) -> None:
    """Let the picture's first key be moved by the newest word."""
    graph = branch_of(model, "else_branch")
    key = graph.output[3].name
    (at,) = (n for n, node in enumerate(graph.node) if node.output[0] == key)
    graph.node[at].output[0] = "alone"
    nodes = [
        helper.make_node("Cast", ["input_ids"], ["floats"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Add", ["alone", "floats"], [key]),
    ]
    rest = [*graph.node[: at + 1], *nodes, *graph.node[at + 1 :]]
    del graph.node[:]
    graph.node.extend(rest)


def looks_again(model: onnx.ModelProto) -> None:
    """Let each later token look at the hidden states."""
    graph = branch_of(model, "then_branch")
    (node,) = (
        node
        for node in graph.node
        if "past_key_values.0.encoder.key" in node.input and node.op_type == "Transpose"
    )
    node.input[0] = "encoder_hidden_states"


def placeholder(model: onnx.ModelProto) -> None:
    """Let an output be one that no operation makes."""
    branch_of(model, "else_branch").output[3].name = "nowhere"


def second_input(model: onnx.ModelProto) -> None:
    model.graph.input.append(helper.make_tensor_value_info("mask", onnx.TensorProto.FLOAT, [1]))


def other_size(model: onnx.ModelProto) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = 224


@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        (DECODER, lost_past, "lacks a part of the past"),
        (DECODER, open_heads, "past_key_values.0.decoder.key is no tensor"),
        (DECODER, half_past, "past_key_values.0.decoder.key is no tensor"),
        (DECODER, older, "opset 17"),
        (DECODER, newer, "different opsets"),
        (DECODER, two_branches, "2 branches"),
        (DECODER, words_in_keys, "depend on the words"),
        (DECODER, looks_again, "encoder_hidden_states is needed for a later token"),
        (DECODER, placeholder, "present.0.encoder.key is made by no operation"),
        (ENCODER, second_input, "something else than one picture"),
        (ENCODER, other_size, "260 by 260"),
    ],
)
def test_what_is_not_known_is_refused_with_a_reason(
    surgery: Surgery,
    tmp_path: Path,
    path: Path,
    change: Callable[[onnx.ModelProto], None],
    told: str,
) -> None:
    """Rather than made into graphs that say something else."""
    model = onnx.load(str(path))
    change(model)
    onnx.save(model, str(tmp_path / path.name))
    paths = [tmp_path / one.name if one is path else one for one in (ENCODER, DECODER)]

    with pytest.raises(RefusedError, match=told):
        surgery.join(*paths)


def test_a_decoder_in_two_files_is_refused(surgery: Surgery, tmp_path: Path) -> None:
    """None of another family has been seen in that form."""
    with pytest.raises(RefusedError, match="two files"):
        surgery.write(ENCODER, [DECODER, DECODER], tmp_path, lambda _, __: None)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_graph_with_other_bytes_is_joined_or_refused(
    surgery: Surgery, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Never a crash, whatever a disk or a stranger made of it."""
    path = tmp_path_factory.mktemp("damaged") / DECODER.name
    whole = bytearray(DECODER.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, NODES))] = data.draw(st.integers(0, 255))
    path.write_bytes(whole)

    made = told = None
    try:
        made = [model.graph.name for model in surgery.join(ENCODER, path)]
    except RefusedError as error:
        told = str(error)

    assert made == ["encoder", "decoder"] or (told and len(told) < 400)
