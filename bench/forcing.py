"""altlens's engine, forced to say given tokens; asked like the peers: `python -m … FOLDER`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from altlens_host.models.catalogue import find
from altlens_host.worker import images
from altlens_host.worker.engines import open_engine
from altlens_host.worker.engines.generation import generate
from bench.peers.serving import TOKENS, serve

engine: Any = open_engine(find(sys.argv[1]), threads=0, device="cpu")


def caption(path: str) -> str:
    """Caption a picture."""
    return str(engine.caption(Image.open(path).convert("RGB")).text)


def logits(path: str, forced: list[int]) -> Any:
    """Force tokens on the model, one step after the other."""
    forced = forced or list(engine.caption(Image.open(path).convert("RGB")).tokens)
    step = engine.graphs.start(Image.open(path).convert("RGB"))
    rows = []
    for token in [engine.generation.start, *forced[: TOKENS - 1]]:
        made = step([token], [0])
        whole = made.completed().logits if hasattr(made, "completed") else made
        rows.append(np.asarray(whole[0], np.float32))
    return np.stack(rows)


def split(path: str) -> list[float]:
    """Caption a picture and say when it was how far; decoded as the worker decodes it."""
    data = Path(path).read_bytes()
    moments = [time.perf_counter()]
    picture = images.decode(data, engine.side)
    moments.append(time.perf_counter())
    first = engine.graphs.start(picture)
    moments.append(time.perf_counter())
    generate(first, engine.generation)
    return [*moments, time.perf_counter()]


serve(caption, logits, split)
