"""Graphs that are not what they should be."""

from pathlib import Path

import onnx
import pytest
from contract.tiny_model import VOCABULARY, Layout, build
from onnx import TensorProto, helper
from PIL import Image

from altlens_host.errors import ModelBrokenError
from altlens_host.models.catalogue import find
from altlens_host.worker.engines import open_engine


def changed(folder: Path, graph: str) -> tuple[Path, onnx.ModelProto]:
    path = next((folder / "onnx").glob(f"{graph}*"))
    return path, onnx.load(path)


def test_an_input_that_nobody_fills_is_named(tmp_path: Path) -> None:
    """Another kind of decoder is refused when it is loaded, not at the first picture."""
    folder = build(tmp_path / "tiny")
    path, model = changed(folder, "decoder")
    shape = ["batch", "tokens"]
    model.graph.input.append(
        helper.make_tensor_value_info("attention_mask", TensorProto.INT64, shape)
    )
    onnx.save(model, path)

    with pytest.raises(ModelBrokenError, match="attention_mask"):
        open_engine(find(str(folder)), 1)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("input_ids", "tokens", "tokens"),
        ("logits", "scores", "logits"),
        ("present.1.value", "later.1.value", r"present\.1\.value"),
    ],
)
def test_a_graph_of_other_names_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    """The name that is missing or unknown is told."""
    folder = build(tmp_path / "tiny", Layout(merged=False))
    path, model = changed(folder, "decoder")
    for one in (*model.graph.input, *model.graph.output):
        one.name = one.name.replace(old, new)
    for node in model.graph.node:
        for names in (node.input, node.output):
            names[:] = [new if name == old else name for name in names]
    onnx.save(model, path)

    with pytest.raises(ModelBrokenError, match=told):
        open_engine(find(str(folder)), 1)


@pytest.mark.parametrize("kept", ["input_ids", "past_key_values.0.key"])
def test_a_decoder_without_a_past_or_a_picture_is_refused(tmp_path: Path, kept: str) -> None:
    """A graph that would say the same of every picture, or take ever longer."""
    folder = build(tmp_path / "tiny")
    path, _ = changed(folder, "decoder")
    shape = ["batch", 2, "past", 8]
    given = helper.make_tensor_value_info(kept, TensorProto.FLOAT, shape)
    made = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name in ("logits", "present.0.key")
    ]
    nodes = [helper.make_node("Identity", [kept], [one.name]) for one in made]
    graph = helper.make_graph(nodes, "decoder", [given], made)
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), path)

    with pytest.raises(ModelBrokenError, match="lacks"):
        open_engine(find(str(folder)), 1)


def test_an_encoder_that_wants_more_than_a_picture_is_refused(tmp_path: Path) -> None:
    """The decoder in the encoder's place."""
    folder = build(tmp_path / "tiny")
    (encoder, _), (decoder, _) = changed(folder, "encoder"), changed(folder, "decoder")
    encoder.write_bytes(decoder.read_bytes())

    with pytest.raises(ModelBrokenError, match="encoder"):
        open_engine(find(str(folder)), 1)


def test_a_past_of_the_picture_that_no_branch_makes_is_refused(tmp_path: Path) -> None:
    """A decoder for later tokens only cannot say the first one."""
    folder = build(tmp_path / "tiny", Layout(merged=False, cross=True))

    with pytest.raises(ModelBrokenError, match="encoder's part"):
        open_engine(find(str(folder)), 1)


def test_sizes_that_neither_graph_nor_config_name_are_asked_for(tmp_path: Path) -> None:
    """The empty past needs a number of heads."""
    folder = build(tmp_path / "tiny", Layout(merged=False, open_shapes=True))
    (folder / "config.json").write_text('{"decoder": {"n_embd": 16}}')

    with pytest.raises(ModelBrokenError, match="n_head"):
        open_engine(find(str(folder)), 1)


@pytest.mark.parametrize(
    ("kind", "shape"), [(TensorProto.DOUBLE, ["b", 2, "p", 8]), (TensorProto.FLOAT, ["b", 16])]
)
def test_a_past_of_another_kind_is_refused(
    tmp_path: Path, kind: int, shape: list[int | str]
) -> None:
    """It would be fed numbers of the wrong kind, or in the wrong order."""
    folder = build(tmp_path / "tiny")
    path, model = changed(folder, "decoder")
    names = ("past_key_values.7.key", "present.7.key")
    model.graph.input.append(helper.make_tensor_value_info(names[0], kind, shape))
    model.graph.output.append(helper.make_tensor_value_info(names[1], kind, shape))
    model.graph.node.append(helper.make_node("Identity", [names[0]], [names[1]]))
    onnx.save(model, path)

    with pytest.raises(ModelBrokenError, match=r"past_key_values\.7\.key"):
        open_engine(find(str(folder)), 1)


def test_a_model_that_fails_on_a_picture_is_broken(tmp_path: Path) -> None:
    """The processor's size is not the encoder's: told, not crashed."""
    folder = build(tmp_path / "tiny")
    (folder / "preprocessor_config.json").write_text('{"size": 40}')
    engine = open_engine(find(str(folder)), 1)

    with pytest.raises(ModelBrokenError, match="cannot be run"):
        engine.caption(Image.new("RGB", (8, 8)))


def test_a_vocabulary_too_small_is_told(tmp_path: Path) -> None:
    """The generation config of another model."""
    folder = build(tmp_path / "tiny", bad_words_ids=[[50256]])
    engine = open_engine(find(str(folder)), 1)

    with pytest.raises(ModelBrokenError, match="does not have"):
        engine.caption(Image.new("RGB", (8, 8)))


def test_an_end_token_says_nothing_whatever_the_tokenizer_thinks(tmp_path: Path) -> None:
    """Some tokenizers do not know which of their tokens are special."""
    folder = build(tmp_path / "tiny", eos_token_id=list(range(1, VOCABULARY)), min_length=2)
    picture = Image.radial_gradient("L").convert("RGB")

    made = open_engine(find(str(folder)), 1).caption(picture)

    assert made.tokens[-1] != 0
    assert made.text == ""


def test_a_model_without_a_generation_config_is_searched_greedily(tmp_path: Path) -> None:
    """Older models keep these settings in config.json."""
    folder = build(tmp_path / "tiny")
    (folder / "generation_config.json").unlink()
    (folder / "config.json").write_text(
        '{"decoder": {"n_head": 2, "n_embd": 16, "bos_token_id": 0, "max_length": 4}}'
    )

    made = open_engine(find(str(folder)), 1).caption(Image.new("RGB", (8, 8), "navy"))

    assert len(made.tokens) == 3
