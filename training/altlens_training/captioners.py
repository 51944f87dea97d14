"""One captioner from torch, another from the exported files; both write by the same search."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor

from altlens_training.decoding import Step, beam_search
from altlens_training.features import pixels
from altlens_training.model import Cache
from altlens_training.recipe import Recipe


class OnnxModel:
    """An exported encoder and merged decoder, run by onnxruntime."""

    def __init__(self, encoder: Path, decoder: Path, recipe: Recipe) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = recipe.threads
        self._encoder, self._decoder = (
            onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
            for path in (encoder, decoder)
        )
        self._recipe = recipe

    def memory(self, image: Image.Image) -> Tensor:
        """What the encoder sees, [1, tokens, width]."""
        batch = pixels(image, self._recipe.image_size)[None]
        return torch.from_numpy(self._encoder.run(None, {"pixel_values": batch})[0])

    def step(self, ids: Tensor, memory: Tensor, cache: Cache | None) -> tuple[Tensor, Cache]:
        """One step of the merged decoder; its first branch if there is no cache."""
        recipe = self._recipe
        head = recipe.width // recipe.heads
        empty = np.zeros((len(ids), recipe.heads, 0, head), np.float32)
        feed = {
            "input_ids": ids.numpy(),
            "encoder_hidden_states": np.ascontiguousarray(memory.numpy()),
            "use_cache_branch": np.array([cache is not None]),
        }
        for layer in range(recipe.layers):
            pair = cache[layer] if cache else (empty, empty)
            for part, tensor in zip(("key", "value"), pair, strict=True):
                feed[f"past_key_values.{layer}.{part}"] = np.asarray(tensor)
        logits, *grown = (torch.from_numpy(value) for value in self._decoder.run(None, feed))
        return logits, list(zip(grown[::2], grown[1::2], strict=True))


def write_captions(
    step: Step, memory: Tensor, tokenizer: Tokenizer, recipe: Recipe
) -> list[tuple[str, int]]:
    """Caption and number of generated tokens for each memory [batch, tokens, width]."""
    found = beam_search(step, memory, recipe)
    return [(tokenizer.decode(ids).strip(), len(ids) - 1) for ids in found]
