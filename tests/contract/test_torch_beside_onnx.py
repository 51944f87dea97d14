"""The checkpoint in torch and its graphs in onnxruntime: the same words, the same numbers."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contract.drawn import fifty
from contract.layouts import keep

from altlens_host.models.catalogue import find
from altlens_host.worker.engines.onnx import OnnxEngine
from altlens_host.worker.prepare.checking import TOKENS, draw_pictures, forced

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
FLOATS = ("encoder_model", "decoder_model_merged")


@pytest.fixture
def torch() -> Any:
    """The extra [train], where it is installed."""
    for name in ("torch", "transformers", "optimum"):
        if importlib.util.find_spec(name) is None:
            pytest.skip("the extra [train] is not installed")
    import torch

    return torch


def test_the_same_tokens_on_fifty_pictures(torch: Any, tmp_path: Path) -> None:
    """The trained model by transformers' `generate`, and by the ONNX engine, in 32 bits."""
    import transformers
    from contract.trained_model import export, train

    checkpoint = train(tmp_path / "checkpoint")
    folder = keep(export(checkpoint, tmp_path / "trained"), FLOATS)
    model = transformers.VisionEncoderDecoderModel.from_pretrained(checkpoint).eval()
    processor = transformers.ViTImageProcessor.from_pretrained(checkpoint)
    engine = OnnxEngine(find(str(folder)), 0)
    pictures = fifty()

    theirs = []
    for picture in pictures:
        pixels = processor(picture, return_tensors="pt").pixel_values
        with torch.no_grad():
            theirs.append(tuple(model.generate(pixels)[0, 1:].tolist()))
    ours = [engine.caption(picture).tokens for picture in pictures]

    assert len(set(ours)) >= 30
    assert [tokens[: len(one)] for tokens, one in zip(theirs, ours, strict=True)] == ours


def test_the_same_logits_at_full_size(torch: Any) -> None:
    """Forced along the same tokens, with random weights of distilvit's exact shape."""
    import transformers
    from bench.full_size import build

    made = build()
    model = transformers.VisionEncoderDecoderModel.from_pretrained(made.checkpoint).eval()
    processor = transformers.ViTImageProcessor.from_pretrained(made.checkpoint)
    engine = OnnxEngine(find(str(made.layout)), 0)
    engine.graphs = floats_of(made.layout)
    random = np.random.default_rng(5)

    for picture in draw_pictures(3):
        tokens = [engine.generation.start, *map(int, random.integers(0, 50257, TOKENS - 1))]
        pixels = processor(picture, return_tensors="pt").pixel_values
        with torch.no_grad():
            theirs = model(pixels, decoder_input_ids=torch.tensor([tokens])).logits[0].numpy()

        ours = forced(engine.graphs, picture, tokens)

        assert np.abs(ours - theirs).max() < 1e-3


def floats_of(layout: Path) -> Any:
    """Open the graphs in 32 bits of a folder that has quantized ones too."""
    from functools import partial

    from altlens_host.worker.engines.reference import ReferenceGraphs
    from altlens_host.worker.engines.sessions import open_session
    from altlens_host.worker.model_files import read_config
    from altlens_host.worker.processor import read_image_processor

    processor = read_image_processor(read_config(layout / "preprocessor_config.json"))
    opened = partial(open_session, threads=0)
    return ReferenceGraphs(layout, read_config(layout / "config.json"), processor, opened, ("",))
