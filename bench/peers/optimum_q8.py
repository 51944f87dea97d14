"""optimum's model class on onnxruntime with the quantized graphs: `python -m … LAYOUT BEAMS`."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from optimum.onnxruntime import ORTModelForVision2Seq
from PIL import Image
from transformers import AutoImageProcessor, PreTrainedTokenizerFast
from transformers.utils import logging

from bench.peers.serving import START, TOKENS, serve

logging.set_verbosity_error()
folder, beams = sys.argv[1], int(sys.argv[2])
model: Any = ORTModelForVision2Seq.from_pretrained(
    folder,
    subfolder="onnx",
    encoder_file_name="encoder_model_quantized.onnx",
    decoder_file_name="decoder_model_merged_quantized.onnx",
    use_merged=True,
    use_cache=True,
)
tokenizer: Any = PreTrainedTokenizerFast(tokenizer_file=f"{folder}/tokenizer.json")
processor: Any = AutoImageProcessor.from_pretrained(folder, use_fast=False)


def caption(path: str) -> str:
    """Caption a picture."""
    made = model.generate(
        _pixels(path),
        min_new_tokens=TOKENS,
        max_new_tokens=TOKENS,
        num_beams=beams,
        do_sample=False,
    )
    return str(tokenizer.decode(made[0], skip_special_tokens=True))


def logits(path: str, forced: list[int]) -> Any:
    """Force tokens on the model, one step after the other."""
    seen = model.encoder(_pixels(path))
    past, rows = None, []
    for token in [START, *forced[: TOKENS - 1]]:
        made = model(
            encoder_outputs=seen,
            decoder_input_ids=torch.tensor([[token]]),
            past_key_values=past,
            use_cache=True,
        )
        past = made.past_key_values
        rows.append(np.asarray(made.logits[0, -1]))
    return np.stack(rows)


def _pixels(path: str) -> Any:
    return processor(Image.open(path).convert("RGB"), return_tensors="pt").pixel_values


serve(caption, logits)
