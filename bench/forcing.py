"""altlens's engine, forced to say given tokens; asked like the peers: `python -m … FOLDER`."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from PIL import Image

from altlens_host.models.catalogue import find
from altlens_host.worker.engines import open_engine
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


serve(caption, logits)
