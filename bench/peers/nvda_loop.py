"""A plain loop on onnxruntime, as NVDA's captioner had it: `python -m … LAYOUT default|tuned`.

Two sessions with default options, numpy arrays handed in and out for every token, the branch
with past key values from the first token on, argmax in numpy, words joined from a vocabulary.
Written from a description of it. "tuned" gives it what an attentive user would: two threads
that do not spin.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from PIL import Image

from bench.peers.serving import TOKENS, serve

folder = Path(sys.argv[1])
options = onnxruntime.SessionOptions()
if sys.argv[2] == "tuned":
    options.intra_op_num_threads = 2
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")


def _session(name: str) -> Any:
    return onnxruntime.InferenceSession(str(folder / "onnx" / f"{name}_quantized.onnx"), options)


def _config(name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


words = {token: word for word, token in _config("tokenizer.json")["model"]["vocab"].items()}
heads = _config("config.json")["decoder"]["n_head"]
width = _config("config.json")["decoder"]["n_embd"] // heads
side = _config("preprocessor_config.json")["size"]
start = _config("generation_config.json")["decoder_start_token_id"]
encoder, decoder = _session("encoder_model"), _session("decoder_model_merged")
past_names = [one.name for one in decoder.get_inputs() if one.name.startswith("past_key_values")]


def caption(path: str) -> str:
    """Caption a picture."""
    tokens = [int(row.argmax()) for row in _steps(_hidden(_pixels(path)), None)]
    return " ".join(words[token] for token in tokens)


def logits(path: str, forced: list[int]) -> Any:
    """Force tokens on the model, one step after the other."""
    return np.stack(_steps(_hidden(_pixels(path)), forced))


def split(path: str) -> list[float]:
    """Caption a picture and say when it was how far."""
    moments = [time.perf_counter()]
    pixels = _pixels(path)
    moments.append(time.perf_counter())
    hidden = _hidden(pixels)
    moments.append(time.perf_counter())
    _steps(hidden, None)
    return [*moments, time.perf_counter()]


def _hidden(pixels: Any) -> Any:
    return encoder.run(None, {"pixel_values": pixels})[0]


def _steps(hidden: Any, forced: list[int] | None) -> list[Any]:
    past = {name: np.zeros((1, heads, 0, width), np.float32) for name in past_names}
    token, rows = start, []
    for step in range(TOKENS):
        feeds = {
            "input_ids": np.array([[token]], np.int64),
            "encoder_hidden_states": hidden,
            "use_cache_branch": np.array([True]),
            **past,
        }
        scores, *present = decoder.run(None, feeds)
        past = dict(zip(past_names, present, strict=True))
        row = scores[0, -1]
        if forced is None:
            row[start] = -1e30  # the length is fixed for all, so the end is never said
        rows.append(row)
        token = int(row.argmax()) if forced is None else forced[step]
    return rows


def _pixels(path: str) -> Any:
    size = (side["width"], side["height"])
    picture = Image.open(path).convert("RGB").resize(size, Image.Resampling.BILINEAR)
    values = (np.asarray(picture, np.float32) / 255 - 0.5) / 0.5
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None], np.float32)


serve(caption, logits, split)
