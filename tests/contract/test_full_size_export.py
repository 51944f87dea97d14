"""The exported graphs of distilvit's size, against torch: the same logits on the same tokens."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench import full_size
from PIL import Image

from altlens_host.models.catalogue import find
from altlens_host.worker import model_files
from altlens_host.worker.engines import open_engine
from altlens_training.shapes import drawn_pictures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

PICTURES, CLOSE = 10, 1e-3


@pytest.fixture(scope="module")
def model() -> full_size.FullSize:
    """The random model, built where it is not there yet."""
    pytest.importorskip("optimum.exporters.onnx", reason="needs the extras [train,torch]")
    return full_size.build()


@pytest.fixture(scope="module")
def plain(model: full_size.FullSize, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its hub layout with the graphs in 32-bit floats alone."""
    folder = tmp_path_factory.mktemp("plain") / "full"
    (folder / "onnx").mkdir(parents=True)
    for path in model.layout.glob("*.json"):
        if path.name != "altlens.json":
            shutil.copy(path, folder)
    for name in ("encoder_model.onnx", "decoder_model_merged.onnx"):
        (folder / "onnx" / name).symlink_to(model.layout / "onnx" / name)
    return folder


def test_logits_are_those_of_torch(model: full_size.FullSize, plain: Path) -> None:
    """Forced to the tokens that torch says, both say the same of every next one, within 1e-3."""
    import torch
    from transformers import VisionEncoderDecoderModel, ViTImageProcessor

    right: Any = VisionEncoderDecoderModel.from_pretrained(model.checkpoint).eval()
    processor: Any = ViTImageProcessor.from_pretrained(model.checkpoint)
    engine: Any = open_engine(find(str(plain)), threads=2, device="cpu")
    pictures = [one.resize((224, 224), Image.Resampling.BILINEAR) for one in drawn_pictures(20)]
    captions = set()
    for picture in pictures[:PICTURES]:
        pixels = processor(picture, return_tensors="pt").pixel_values
        tokens = right.generate(pixels, do_sample=False)
        with torch.no_grad():
            wanted = right(pixel_values=pixels, decoder_input_ids=tokens[:, :-1]).logits[0]
        step = engine.graphs.start(picture)

        rows = [_row(step([token], [0])) for token in tokens[0, :-1].tolist()]

        assert np.abs(np.stack(rows) - wanted.numpy()).max() < CLOSE
        captions.add(tuple(tokens[0].tolist()))
    assert len(captions) > PICTURES // 2


def _row(made: Any) -> Any:
    return (made.completed().logits if hasattr(made, "completed") else made)[0]


def test_layout_is_declared_and_as_large_as_the_hubs(model: full_size.FullSize) -> None:
    """The sizes are those that the hub lists of distilvit, to a few megabytes."""
    checked = model_files.check(find(str(model.layout)))

    sizes = {path.name: path.stat().st_size / 1e6 for path in (model.layout / "onnx").iterdir()}
    assert checked
    assert sizes["encoder_model.onnx"] == pytest.approx(343, abs=3)
    assert sizes["decoder_model_merged.onnx"] == pytest.approx(387, abs=3)
    assert sizes["encoder_model_quantized.onnx"] == pytest.approx(87, abs=3)
    assert sizes["decoder_model_merged_quantized.onnx"] == pytest.approx(99.8, abs=3)
