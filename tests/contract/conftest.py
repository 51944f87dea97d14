"""The models and pictures that every engine is held to its contract with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contract.layouts import ALL, make
from PIL import Image, ImageDraw

from altlens_host.models.catalogue import find
from altlens_host.worker.engines import Engine, open_engine

Vary = Callable[..., Path]


@pytest.fixture(scope="session")
def pictures() -> list[Image.Image]:
    """Eight pictures drawn by code, no two alike."""
    random = np.random.default_rng(4)
    drawn = []
    for _ in range(8):
        colours = random.integers(0, 256, (4, 4, 3)).astype(np.uint8)
        image = Image.fromarray(colours).resize((320, 240), Image.Resampling.BICUBIC)
        x, y, radius = (int(value) for value in random.integers(40, 120, 3))
        fill = tuple(int(value) for value in random.integers(0, 256, 3))
        ImageDraw.Draw(image).ellipse((x, y, x + radius, y + radius), fill=fill)
        drawn.append(image)
    return drawn


@pytest.fixture(scope="session", params=ALL)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model: tiny ones in each layout and for torch, what ships, the full size."""
    return make(request.param, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def engine(folder: Path) -> Engine:
    """That model, loaded."""
    return open_engine(find(str(folder)), threads=1)


@pytest.fixture
def vary(folder: Path, tmp_path: Path) -> Vary:
    """Make a copy of that model whose generation config differs."""

    def varied(**generation: Any) -> Path:
        copy = tmp_path / f"varied-{len(list(tmp_path.iterdir()))}"
        for path in (one for one in folder.rglob("*.*") if one.is_file()):
            link = copy / path.relative_to(folder)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
        config = copy / "generation_config.json"
        said = json.loads(config.read_text(encoding="utf-8"))
        config.unlink()
        config.write_text(json.dumps({**said, **generation}), encoding="utf-8")
        return copy

    return varied
