"""A tiny model through training and export: resumable, and the same tokens in ONNX as in torch."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.slow

COLOURS = {"red": (220, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 220), "grey": (99,) * 3}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A data set of flat colours, and a recipe of a few steps."""
    pytest.importorskip("torch", reason="needs the extra [train]")
    pytest.importorskip("efficientnet_lite_pytorch", reason="needs the extra [train]")
    from altlens_training.recipe import MOVENET, Recipe

    movenet = Path(__file__).parents[3] / MOVENET
    if not movenet.exists():
        pytest.skip("needs MoveNet: npm install --no-save @vladmandic/human@3.3.6")
    folder = tmp_path_factory.mktemp("data")
    lines = []
    for number in range(12):
        name, colour = list(COLOURS.items())[number % 4]
        Image.new("RGB", (40, 30), colour).save(folder / f"{number}.png")
        said = [f"a {name} wall", f"a wall that is {name}"]
        lines.append(json.dumps({"image": f"{number}.png", "captions": said}))
    for name in ("tabby", "wall clock"):
        Image.new("RGB", (40, 30), "white").save(folder / f"{name}.png")
        lines.append(json.dumps({"image": f"{name}.png", "label": name}))
    (folder / "pictures.jsonl").write_text("\n".join(lines))
    (folder / "some-text.txt").write_text(
        "\n".join(f"a {c} wall {i}" for i in range(5) for c in COLOURS)
    )
    recipe = dataclasses.replace(
        Recipe(), threads=1, views=2, drawn=9, width=32, heads=2, layers=2, vocabulary=300,
        concepts=8, text_batch=4, text_steps=5, class_batch=2, replayed=2,
        pair_batch=8, pair_epochs=2, poses=movenet,
    )  # fmt: skip
    return {"data": folder, "recipe": recipe, "cache": tmp_path_factory.mktemp("cache")}


def _trainer(tiny: dict[str, Any], out: Path) -> Any:
    from altlens_training.data import load_corpus
    from altlens_training.dataset import Dataset
    from altlens_training.train import Trainer

    dataset = Dataset(load_corpus(tiny["data"]), tiny["recipe"], tiny["cache"])
    return Trainer(dataset, tiny["recipe"], out)


@pytest.mark.parametrize("place", [(0, 3), (1, 2)])
def test_resumed_run_equals_uninterrupted(
    tiny: dict[str, Any], tmp_path: Path, place: tuple[int, int]
) -> None:
    """A run that was killed in any stage and started again ends with the very same weights."""
    import torch

    from altlens_training.checkpoint import save
    from altlens_training.train import resume

    whole = _trainer(tiny, tmp_path / "whole").run().state_dict()
    killed = _trainer(tiny, tmp_path / "killed")
    killed.run(stop=lambda stage, step: (stage, step) == place)
    save(killed.state(), tmp_path / "killed/checkpoint.pt")
    again = _trainer(tiny, tmp_path / "killed")
    torch.rand(7)

    assert resume(again)
    finished = again.run().state_dict()

    assert all(torch.equal(whole[name], finished[name]) for name in whole)


def test_export_writes_the_same_tokens(tiny: dict[str, Any], tmp_path: Path) -> None:
    """The graphs, before quantization, write what the torch model writes, token for token."""
    import torch

    from altlens_training.captioners import OnnxModel
    from altlens_training.decoding import beam_search
    from altlens_training.encoder import pixels
    from altlens_training.export import export_decoder, export_encoder, write
    from altlens_training.features import Sight

    recipe = tiny["recipe"]
    model = _trainer(tiny, tmp_path).run()
    write(export_encoder(model, recipe), tmp_path / "encoder.onnx")
    write(export_decoder(model, recipe), tmp_path / "decoder.onnx")
    exported = OnnxModel(tmp_path / "encoder.onnx", tmp_path / "decoder.onnx", recipe)
    sight = Sight(recipe, tmp_path)

    for colour in COLOURS.values():
        image = Image.new("RGB", (50, 50), colour)
        with torch.no_grad():
            seen = sight(pixels(image, recipe.image_size)[None])
            memory, _ = model.bridge(*map(torch.from_numpy, seen))
        expected = beam_search(model.decoder, memory, recipe)
        found = beam_search(exported.step, exported.memory(image), recipe)
        np.testing.assert_allclose(exported.memory(image), memory, atol=1e-3)
        assert found == expected


def test_quantized_files_stay_close(tiny: dict[str, Any], tmp_path: Path) -> None:
    """`quantize_weights` shrinks a graph to about a quarter and barely moves its results."""
    from altlens_training.captioners import OnnxModel
    from altlens_training.hub import DECODER, ENCODER
    from altlens_training.lite import write_model

    trainer = _trainer(tiny, tmp_path)
    write_model(trainer.model.eval(), trainer.dataset, tiny["recipe"], tmp_path)
    whole = OnnxModel(
        tmp_path / "float/encoder.onnx", tmp_path / "float/decoder.onnx", tiny["recipe"]
    )
    small = OnnxModel(tmp_path / "model" / ENCODER, tmp_path / "model" / DECODER, tiny["recipe"])
    image = Image.new("RGB", (60, 40), (120, 30, 200))

    first, second = whole.memory(image), small.memory(image)

    cosine = (first * second).sum() / (first.norm() * second.norm())
    sizes = [
        p.stat().st_size for p in (tmp_path / "float/encoder.onnx", tmp_path / "model" / ENCODER)
    ]
    assert cosine > 0.95
    assert sizes[1] < 0.3 * sizes[0]
    assert {p.name for p in (tmp_path / "model").iterdir()} == {
        "altlens.json", "config.json", "generation_config.json", "onnx",
        "preprocessor_config.json", "tokenizer.json",
    }  # fmt: skip
