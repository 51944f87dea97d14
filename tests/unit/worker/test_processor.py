"""The numbers that the encoder gets."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from altlens_host.errors import ModelBrokenError
from altlens_host.worker.processor import read_image_processor

FOUR = np.array([[[0, 51, 102], [255, 204, 153]], [[10, 20, 30], [128, 127, 126]]], np.uint8)


def test_numbers_are_those_of_a_hand_computation() -> None:
    """Rescaled, less the mean, by the deviation, each channel its own, as planes."""
    mean, std = [0.1, 0.2, 0.3], [0.5, 0.25, 2.0]
    process = read_image_processor({
        "feature_extractor_type": "ViTFeatureExtractor",
        "size": 2, "resample": 0, "rescale_factor": 1 / 255,
        "image_mean": mean, "image_std": std,
    })  # fmt: skip

    pixels = process(Image.fromarray(FOUR))

    assert pixels.shape == (1, 3, 2, 2)
    assert pixels.dtype == np.float32
    for y, x, channel in np.ndindex(2, 2, 3):
        wanted = (FOUR[y, x, channel] / 255 - mean[channel]) / std[channel]
        assert pixels[0, channel, y, x] == pytest.approx(wanted, abs=1e-6)


def test_what_the_file_leaves_out_is_what_the_vit_extractor_does() -> None:
    """Bilinear, divided by 255, mean and deviation of one half: from -1 to 1."""
    process = read_image_processor({"size": {"height": 8, "width": 4}})

    pixels = process(Image.linear_gradient("L").convert("RGB"))

    assert pixels.shape == (1, 3, 8, 4)
    assert process.resample is Image.Resampling.BILINEAR
    assert -1 <= pixels.min() < -0.8 < 0.8 < pixels.max() <= 1
    assert (np.diff(pixels[0, 0, :, 0]) > 0).all()


def test_steps_can_be_turned_off() -> None:
    """Without rescaling and normalising the model gets the levels themselves."""
    process = read_image_processor(
        {"size": {"shortest_edge": 2}, "resample": 0, "do_rescale": False, "do_normalize": False}
    )

    assert (process(Image.fromarray(FOUR))[0].transpose(1, 2, 0) == FOUR).all()


@pytest.mark.parametrize(("code", "name"), [(0, "NEAREST"), (1, "LANCZOS"), (3, "BICUBIC")])
def test_the_filter_is_the_one_that_the_file_names(code: int, name: str) -> None:
    """A model sees best what was scaled as in its training."""
    process = read_image_processor({"size": 5, "resample": code, "do_normalize": False})
    picture = Image.radial_gradient("L").convert("RGB")

    wanted = picture.resize((5, 5), Image.Resampling[name])

    assert np.allclose(process(picture)[0].transpose(1, 2, 0) * 255, np.asarray(wanted), atol=1e-3)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"size": None}, "size"),
        ({"size": 0}, "size"),
        ({"size": 1e9}, "size"),
        ({"size": {"height": 8}}, "size"),
        ({"resample": 17}, "resample"),
        ({"image_mean": [0.5]}, "image_mean"),
        ({"image_std": [1, 0, 1]}, "image_std"),
        ({"image_std": [1, True, 1]}, "image_std"),
        ({"image_mean": [0.1, float("nan"), 0.1]}, "image_mean"),
        ({"rescale_factor": "1/255"}, "rescale_factor"),
        ({"do_center_crop": True}, "do_center_crop"),
        ({"do_pad": True}, "do_pad"),
        ({"do_resize": False}, "do_resize"),
    ],
)
def test_a_setting_that_cannot_be_followed_is_named(changes: dict[str, Any], named: str) -> None:
    """Better no caption than one of a picture that the model was never trained to see."""
    with pytest.raises(ModelBrokenError, match=named):
        read_image_processor({"size": 8, **changes})


PROCESSORS: list[tuple[dict[str, Any], list[float], float]] = [
    (
        {
            "image_processor_type": "ViTImageProcessor",
            "size": {"height": 32, "width": 32},
            "resample": 2,
            "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5],
        },
        [0.2471, -0.0588, 0.3647, -0.1373],
        0.081579,
    ),
    (
        {
            "feature_extractor_type": "ViTFeatureExtractor",
            "size": {"height": 24, "width": 40},
            "resample": 3,
            "image_mean": [0.485, 0.456, 0.406],
            "image_std": [0.229, 0.224, 0.225],
        },
        [0.6049, -0.6176, 2.2566, 2.1633],
        0.407318,
    ),
]
"""Settings, and what transformers 4.57.6 makes of `gradient` at four places and on average."""


def gradient() -> Image.Image:
    colours = np.random.default_rng(12).integers(0, 256, (7, 5, 3)).astype(np.uint8)
    return Image.fromarray(colours).resize((301, 199), Image.Resampling.BICUBIC)


@pytest.mark.parametrize(("settings", "recorded", "mean"), PROCESSORS)
def test_numbers_are_those_that_transformers_made(
    settings: dict[str, Any], recorded: list[float], mean: float
) -> None:
    """Resized and normalised; recorded, so that it is tested without torch too."""
    pixels = read_image_processor(settings)(gradient())[0]

    places = [(0, 0, 0), (1, 10, 20), (2, 23, 31), (0, 12, 3)]
    assert [pixels[at] for at in places] == pytest.approx(recorded, abs=1e-3)
    assert pixels.mean() == pytest.approx(mean, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("settings", [settings for settings, _, _ in PROCESSORS])
def test_numbers_are_those_of_transformers(settings: dict[str, Any]) -> None:
    """The real one, where the extra [torch] is installed."""
    transformers = pytest.importorskip("transformers", reason="[torch] is not installed")
    pytest.importorskip("torch", reason="the extra [torch] is not installed")
    known = {name: one for name, one in settings.items() if not name.endswith("_type")}

    theirs = transformers.ViTImageProcessor(**known)(gradient(), return_tensors="np")

    ours = read_image_processor(settings)(gradient())
    assert np.abs(ours - theirs.pixel_values).max() < 1e-3
