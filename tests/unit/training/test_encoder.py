"""The shipped encoder, run without torch, sees what is alike."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from altlens_host.models.catalogue import EMBEDDED
from altlens_installer.demo.judge import PICTURES
from altlens_training.encoder import Encoder, pixels


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The encoder of lite."""
    return Encoder(EMBEDDED / "lite/onnx/encoder_model_quantized.onnx")


def test_a_part_of_a_picture_is_nearest_to_the_whole(encoder: Encoder, tmp_path: Path) -> None:
    """Otherwise the nearest neighbour would be any picture at all."""
    names = ("cat", "bee", "bridge", "coffee")
    whole = np.stack([encoder.features(PICTURES / f"{name}.jpg") for name in names])
    parts = []
    for name in names:
        with Image.open(PICTURES / f"{name}.jpg") as image:
            width, height = image.size
            image.crop((width // 10, height // 10, width, height)).save(tmp_path / "part.png")
        parts.append(encoder.features(tmp_path / "part.png"))

    alike = [[float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)) for b in whole] for a in parts]

    assert [int(np.argmax(row)) for row in alike] == [0, 1, 2, 3]


def test_the_levels_are_what_the_trunk_was_trained_with() -> None:
    """(level - 127) / 128, channels first, whatever the picture's shape and mode."""
    values = pixels(Image.new("L", (30, 20), 255), 8)

    assert values.shape == (3, 8, 8)
    assert np.allclose(values, 1)
    assert np.allclose(pixels(Image.new("RGB", (5, 9), (127, 127, 127)), 8), 0, atol=1e-6)


def test_what_is_no_picture_is_an_error(encoder: Encoder, tmp_path: Path) -> None:
    """The caller says which data cannot be used."""
    (tmp_path / "no.jpg").write_text("no picture")

    with pytest.raises(OSError, match=r"no\.jpg"):
        encoder.features(tmp_path / "no.jpg")
