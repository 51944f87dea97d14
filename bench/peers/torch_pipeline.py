"""transformers' own pipeline on torch, in 32-bit floats: `python -m … CHECKPOINT`."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import pipeline
from transformers.utils import logging

from bench.peers.serving import START, TOKENS, serve

logging.set_verbosity_error()
pipe: Any = pipeline("image-to-text", model=sys.argv[1], device="cpu", use_fast=False)
SEARCH = {
    "min_new_tokens": TOKENS, "max_new_tokens": TOKENS, "num_beams": 1, "do_sample": False
}  # fmt: skip


def caption(path: str) -> str:
    """Caption a picture."""
    return str(pipe(path, generate_kwargs=SEARCH)[0]["generated_text"])


@torch.no_grad()
def logits(path: str, forced: list[int]) -> Any:
    """Force tokens on the model; without any, those that it says itself."""
    picture = Image.open(path).convert("RGB")
    pixels = pipe.image_processor(picture, return_tensors="pt").pixel_values
    if not forced:
        forced = pipe.model.generate(pixels, **SEARCH)[0, 1:].tolist()
    tokens = torch.tensor([[START, *forced[: TOKENS - 1]]])
    return np.asarray(pipe.model(pixel_values=pixels, decoder_input_ids=tokens).logits[0])


serve(caption, logits)
