"""What the frozen trunk sees of every picture and its random views, computed once and kept.

The trunk takes nearly all the time of a picture, so training reads its outputs from a cache.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from altlens_training.data import Picture
from altlens_training.drawn import draw
from altlens_training.encoder import pixels
from altlens_training.poses import MAPS, PEAKS, SIDE, Poses, heat_maps
from altlens_training.recipe import Recipe
from altlens_training.trunk import CHANNELS, CLASSES, Trunk, export_trunk

Opener = Callable[[], Image.Image]
_BATCH = 8


@dataclass(frozen=True)
class Features:
    """Rows of the cache, one a view.

    `places` [rows, grid * grid, 1280 + 18], of the trunk and of the poses; `classes` [rows, 1000];
    `peaks` [rows, 18 * 6].
    """

    places: NDArray[np.float16]
    classes: NDArray[np.float16]
    peaks: NDArray[np.float16]


class Sight:
    """Pixels [batch, 3, size, size] to a batch of the features, by onnxruntime.

    It takes half of torch's time. The graphs are kept in `folder`.
    """

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = recipe.threads
        trunk = folder / f"trunk-{recipe.image_size}-{recipe.grid}.onnx"
        if not trunk.exists():
            export_trunk(Trunk(recipe.image_size, recipe.grid), trunk)
        poses = heat_maps(recipe.poses, recipe.image_size).SerializeToString()
        self._trunk, self._poses = (
            onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
            for graph in (str(trunk), poses)
        )
        self._peaks = Poses(recipe.grid)

    def __call__(self, pixel_values: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Places, classes and peaks, as Features has them."""
        feed = {"pixel_values": pixel_values}
        places, classes = self._trunk.run(None, feed)
        (heat,) = self._poses.run(None, feed)
        posed, peaks = self._peaks(torch.from_numpy(heat))
        return np.concatenate([places, posed.numpy()], 2), classes, peaks.numpy()


def view(image: Image.Image, number: int, key: str) -> Image.Image:
    """View 0 is the whole picture; every other a random crop, every second of them mirrored."""
    if number == 0:
        return image
    rng = random.Random(f"{key}:{number}")
    width, height = image.size
    w, h = (side * rng.uniform(0.75, 1.0) for side in (width, height))
    x, y = rng.uniform(0, width - w), rng.uniform(0, height - h)
    crop = image.crop((round(x), round(y), round(x + w), round(y + h)))
    mirrored = number % 2 == 1
    return crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else crop


def _picture(picture: Picture, number: int, seed: int) -> Image.Image:
    with Image.open(picture.path) as image:
        return view(image.convert("RGB"), number, f"{seed}:{picture.id}")


def compute(name: str, openers: Sequence[Opener], recipe: Recipe, folder: Path) -> Features:
    """The features of a list of pictures, from the cache `folder` where a run left off.

    `name` is the list's; the cache is dropped when the list or the trunk's settings change.
    """
    stamp = f"{name}:{len(openers)}:{recipe.seed}:{recipe.image_size}:{recipe.grid}:{SIDE}"
    stem = folder / f"{name}-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}"
    done = stem.with_suffix(".done")
    count, cells = len(openers), recipe.grid**2
    shapes = (count, cells, CHANNELS + MAPS), (count, CLASSES), (count, MAPS * PEAKS)
    mode = "r+" if done.exists() else "w+"
    parts = [
        np.lib.format.open_memmap(
            stem.with_suffix(f".{part}.npy"), mode=mode, dtype=np.float16, shape=shape
        )
        for part, shape in zip(("places", "classes", "peaks"), shapes, strict=True)
    ]
    start = int(done.read_text()) if done.exists() else 0
    if start < len(openers):
        sight = Sight(recipe, folder)
        for at in tqdm(range(start, len(openers), _BATCH), f"features of {name}", unit="batch"):
            batch = np.stack([pixels(o(), recipe.image_size) for o in openers[at : at + _BATCH]])
            rows = slice(at, at + len(batch))
            for part, values in zip(parts, sight(batch), strict=True):
                part[rows] = values
            if (at // _BATCH) % 16 == 15:
                for part in parts:
                    part.flush()
                done.write_text(str(at + len(batch)))
        done.write_text(str(len(openers)))
    return Features(*parts)


def picture_openers(pictures: Sequence[Picture], views: int, seed: int) -> list[Opener]:
    """View after view of picture after picture: row = picture * views + view."""
    return [
        lambda picture=picture, number=number: _picture(picture, number, seed)  # type: ignore[misc]
        for picture in pictures
        for number in range(views)
    ]


def drawn_openers(count: int, seed: int) -> list[Opener]:
    """The drawn pictures, one view each."""
    return [lambda index=index: draw(index, seed) for index in range(count)]  # type: ignore[misc]
