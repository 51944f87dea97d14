"""Taking weights out of graphs, and putting them into others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from contract.trained_model import unpack
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from altlens_host.models.catalogue import find
from altlens_host.worker.engines.generation import Step, generate
from altlens_host.worker.engines.generation_config import read_generation_config
from altlens_host.worker.engines.onnx import Graphs, OnnxEngine
from altlens_host.worker.model_files import read_config
from altlens_host.worker.prepare.checking import draw_pictures, same_tokens
from altlens_host.worker.prepare.family import Family, read_family
from altlens_host.worker.prepare.parts import read_decoder, read_encoder
from altlens_host.worker.prepare.quantizing import seven_bits, unsigned
from altlens_host.worker.prepare.reading import Graph
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.rewriting import Rewriting
from altlens_host.worker.prepare.weights import Linear, Matrix, side_by_side
from altlens_host.worker.processor import read_image_processor

ENCODER = "onnx/encoder_model_quantized.onnx"
DECODER = "onnx/decoder_model_merged_quantized.onnx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trained model."""
    return unpack(tmp_path_factory.mktemp("models") / "trained")


@pytest.fixture(scope="module")
def family(folder: Path) -> Family:
    """Its sizes."""
    return read_family(json.loads((folder / "config.json").read_text()))


@pytest.mark.parametrize("name", ["", "_quantized"])
def test_weights_of_floats_and_of_integers_are_the_same_to_rounding(
    folder: Path, family: Family, name: str
) -> None:
    """Each is found where it is, not one like it."""
    encoder, decoder = (
        read_encoder(Graph(folder / f"onnx/encoder_model{name}.onnx"), family),
        read_decoder(Graph(folder / f"onnx/decoder_model_merged{name}.onnx"), family),
    )
    right = read_decoder(Graph(folder / "onnx/decoder_model_merged.onnx"), family)
    layer = read_encoder(Graph(folder / "onnx/encoder_model.onnx"), family).layers[1]

    pairs = [
        (decoder.layers[1].cross_c_attn, right.layers[1].cross_c_attn),
        (decoder.layers[0].mlp_c_proj, right.layers[0].mlp_c_proj),
        (decoder.head, right.head),
        (encoder.layers[1].query_key_value, layer.query_key_value),
        (encoder.layers[1].output, layer.output),
    ]
    for one, other in pairs:
        floats = other.matrix.floats()
        step = (floats.max() - floats.min()) / 255
        assert np.abs(one.matrix.floats() - floats).max() <= 1.01 * step
    assert np.allclose(decoder.words.floats(), right.words.floats(), atol=0.05)
    assert not decoder.head.dynamic  # the words' own table, turned into floats by the graph


@settings(max_examples=150, deadline=None)
@given(data=st.data(), name=st.sampled_from([ENCODER, DECODER]))
def test_a_graph_with_other_bytes_is_read_or_refused(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, name: str
) -> None:
    """Never a crash, whatever a disk or a stranger made of it."""
    work = tmp_path_factory.mktemp("damaged")
    whole = bytearray((folder / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    paths = {one: folder / one for one in (ENCODER, DECODER)}
    paths[name] = work / "damaged.onnx"
    paths[name].write_bytes(whole)
    config = read_config(folder / "config.json")
    processor = read_image_processor(read_config(folder / "preprocessor_config.json"))
    way = Rewriting(config, processor, read_generation_config({}, config), "q8")

    layers = told = None
    try:
        layers = [len(one.layers) for one in way.read(paths[ENCODER], paths[DECODER])]
    except RefusedError as error:
        told = str(error)

    assert layers == [2, 2] or (told and len(told) < 400)


MATRICES = arrays.arrays(
    np.float32, (6, 3), elements=st.floats(-100, 100, width=32, allow_subnormal=False)
)


@given(MATRICES)
def test_rounding_is_off_by_at_most_one_step(values: np.ndarray) -> None:
    """For each column by its own scale; zero stays zero."""
    for rounding in (unsigned, seven_bits):
        made = rounding(Matrix(values))

        assert made.scale is not None
        assert (np.abs(made.floats() - values) <= 1.01 * made.scale + 1e-6).all()
        assert (rounding(Matrix(values * 0)).floats() == 0).all()
    assert np.abs(seven_bits(Matrix(values)).values).max() <= 63


def test_layers_side_by_side_keep_their_scales() -> None:
    """Three products in one are the three products."""
    random = np.random.default_rng(1)
    layers = []
    for scale, zero in ((0.5, 3), (0.25, 130), (2.0, 0)):
        values = random.integers(0, 256, (4, 2)).astype(np.uint8)
        matrix = Matrix(values, np.array(scale, np.float32), np.array(zero, np.uint8))
        layers.append(Linear(matrix, np.arange(2, dtype=np.float32), True))

    joined = side_by_side(layers)

    wanted = np.concatenate([one.matrix.floats() for one in layers], axis=1)
    assert (joined.matrix.floats() == wanted).all()
    assert joined.bias is not None
    assert joined.bias.tolist() == [0, 1] * 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"encoder": {"model_type": "swin"}}, "swin"),
        ({"decoder": {"model_type": "gpt2", "activation_function": "swish"}}, "swish"),
        ({"decoder": {"model_type": "gpt2", "n_embd": 48, "n_head": 4}}, "wide"),
        ({"decoder": {"model_type": "gpt2", "n_head": 7}}, "multiple"),
        ({"decoder": {"model_type": "gpt2", "n_layer": "2"}}, "n_layer"),
        ({"encoder": {"model_type": "vit", "image_size": 225}}, "patches"),
        ({"encoder": {"model_type": "vit", "layer_norm_eps": 7}}, "layer_norm_eps"),
        ({"decoder": {"model_type": "gpt2", "scale_attn_weights": False}}, "scale_attn_weights"),
        ({"encoder": None}, "encoder"),
    ],
)
def test_another_family_is_refused_by_name(change: dict[str, object], told: str) -> None:
    """What stands in the way is said."""
    with pytest.raises(RefusedError, match=told):
        read_family({"encoder": {"model_type": "vit"}, "decoder": {"model_type": "gpt2"}, **change})


class Swapped:
    """A model whose words have changed places, but for some."""

    def __init__(self, graphs: Graphs, kept: set[int]) -> None:
        """Change them."""
        self._graphs, self._kept = graphs, kept

    def start(self, image: Image.Image) -> Step:
        """Begin a caption."""
        step = self._graphs.start(image)

        def swapped(tokens: Sequence[int], origins: Sequence[int]) -> np.ndarray:
            logits = np.array(step(tokens, origins))
            others = [one for one in range(logits.shape[1]) if one not in self._kept]
            logits[:, others] = logits[:, others[::-1]]
            return logits

        return swapped


def test_graphs_are_compared_beyond_what_a_model_says_of_all_that_is_drawn() -> None:
    """Of every drawn picture lite says that it is blank, and so would one without other words."""
    engine = OnnxEngine(find("lite"), 1)
    config = replace(engine.generation, num_beams=1)
    drawn = draw_pictures(8)
    said = {generate(engine.graphs.start(one), config).tokens for one in drawn}
    swapped = Swapped(engine.graphs, {token for tokens in said for token in tokens})
    assert {generate(swapped.start(one), config).tokens for one in drawn} == said

    with pytest.raises(RefusedError, match="something else"):
        same_tokens(swapped, engine.graphs, config, lambda _: None)
