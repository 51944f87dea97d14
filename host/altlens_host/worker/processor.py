"""A picture in, the numbers that the encoder takes out, as preprocessor_config.json says.

The names of the settings are those of transformers' image processors
(https://huggingface.co/docs/transformers/main_classes/image_processor), in both generations of
the file: with `feature_extractor_type` or with `image_processor_type`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from altlens_host.errors import ModelBrokenError

MAX_SIDE = 2048
"""Larger than any encoder of this kind; guards against a typing error in the file."""


@dataclass(frozen=True, slots=True)
class ImageProcessor:
    """How a picture becomes numbers.

    Attributes:
        width: In pixels.
        height: In pixels.
        resample: How the picture is scaled.
        scale: What each channel of a pixel, 0 to 255, is multiplied by, three values.
        offset: What is then added to it, three values.
    """

    width: int
    height: int
    resample: Image.Resampling
    scale: tuple[float, float, float]
    offset: tuple[float, float, float]

    def __call__(self, image: Image.Image) -> NDArray[np.float32]:
        """Return the encoder's input.

        Args:
            image: A picture of mode RGB, of any size.

        Returns:
            Shape [1, 3, height, width]: red, green and blue planes.
        """
        pixels = self.pixels(image).astype(np.float32)
        pixels = pixels * np.array(self.scale, np.float32) + np.array(self.offset, np.float32)
        return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])

    def pixels(self, image: Image.Image) -> NDArray[np.uint8]:
        """Return the picture in the size that the model looks at.

        Args:
            image: A picture of mode RGB, of any size.

        Returns:
            Shape [height, width, 3].
        """
        return np.asarray(self.scaled(image), dtype=np.uint8)

    def scaled(self, image: Image.Image) -> Image.Image:
        """Return the picture in that size; one that has it stays as it is.

        Args:
            image: A picture of mode RGB, of any size.
        """
        return image.resize((self.width, self.height), self.resample)


def read_image_processor(config: Mapping[str, Any]) -> ImageProcessor:
    """Read preprocessor_config.json.

    Args:
        config: The object in the file.

    Raises:
        ModelBrokenError: A setting is missing, out of range, or asks for a step that is not done
            here (cropping, padding).
    """
    for step in ("do_center_crop", "do_pad"):
        if config.get(step):
            raise _broken(f"{step} is not supported")
    if not config.get("do_resize", True):
        raise _broken("do_resize must be true")
    width, height = _size(config.get("size"))
    factor = _rescale_factor(config)
    mean, std = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    if config.get("do_normalize", True):
        mean, std = _triple(config, "image_mean"), _triple(config, "image_std")
    if 0.0 in std:
        raise _broken("image_std holds a 0")
    scale = (factor / std[0], factor / std[1], factor / std[2])
    offset = (-mean[0] / std[0], -mean[1] / std[1], -mean[2] / std[2])
    return ImageProcessor(width, height, _resample(config), scale, offset)


def _size(value: object) -> tuple[int, int]:
    if isinstance(value, dict):
        if "shortest_edge" in value:
            value = value["shortest_edge"]
        else:
            return _side(value.get("width")), _side(value.get("height"))
    return _side(value), _side(value)


def _side(value: object) -> int:
    if type(value) is not int or not 1 <= value <= MAX_SIDE:
        raise _broken(f"size: not from 1 to {MAX_SIDE} pixels")
    return value


def _resample(config: Mapping[str, Any]) -> Image.Resampling:
    try:
        return Image.Resampling(config.get("resample", Image.Resampling.BILINEAR))
    except ValueError:
        raise _broken("resample: not one of Pillow's filters") from None


def _rescale_factor(config: Mapping[str, Any]) -> float:
    # The older kind of file has neither setting; its reader always divided by 255.
    if not config.get("do_rescale", True):
        return 1.0
    return _number(config.get("rescale_factor", 1 / 255), "rescale_factor")


def _triple(config: Mapping[str, Any], name: str) -> tuple[float, float, float]:
    value = config.get(name, [0.5, 0.5, 0.5])
    if not isinstance(value, list) or len(value) != 3:
        raise _broken(f"{name}: not three numbers")
    red, green, blue = (_number(one, name) for one in value)
    return red, green, blue


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _broken(f"{name}: not a finite number")
    return float(value)


def _broken(what: str) -> ModelBrokenError:
    return ModelBrokenError(f"preprocessor_config.json: {what}.")
