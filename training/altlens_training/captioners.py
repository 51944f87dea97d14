"""One captioner from torch, another from the exported files; both write by the same search."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor

from altlens_training.decoding import Step, beam_search
from altlens_training.encoder import Encoder
from altlens_training.model import Cache
from altlens_training.recipe import Recipe


class OnnxModel:
    """An exported encoder and merged decoder, run by onnxruntime."""

    def __init__(self, encoder: Path, decoder: Path, recipe: Recipe) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = recipe.threads
        self.encoder = Encoder(encoder, recipe.threads)
        self._decoder = onnxruntime.InferenceSession(
            str(decoder), options, providers=["CPUExecutionProvider"]
        )
        self._recipe = recipe

    def memory(self, image: Image.Image) -> Tensor:
        """What the encoder sees, [1, tokens, width]."""
        return torch.from_numpy(self.encoder(image))

    def step(self, ids: Tensor, memory: Tensor, cache: Cache | None) -> tuple[Tensor, Cache]:
        """One step of the merged decoder; its first branch if there is no cache."""
        recipe = self._recipe
        empty = torch.zeros(len(ids), recipe.heads, 0, recipe.width // recipe.heads)
        pairs = cache or [(empty, empty)] * (2 * recipe.layers)
        names = [f"{layer}.{of}" for of in ("decoder", "encoder") for layer in range(recipe.layers)]
        feed = {
            "input_ids": ids.numpy(),
            "encoder_hidden_states": np.ascontiguousarray(memory.numpy()),
            "use_cache_branch": np.array([cache is not None]),
        }
        for name, pair in zip(names, pairs, strict=True):
            for part, tensor in zip(("key", "value"), pair, strict=True):
                feed[f"past_key_values.{name}.{part}"] = np.asarray(tensor)
        outputs = [f"present.{name}.{part}" for name in names for part in ("key", "value")]
        logits, *flat = map(torch.from_numpy, self._decoder.run(["logits", *outputs], feed))
        grown = list(zip(flat[::2], flat[1::2], strict=True))
        # The picture's part is made by the first step; later ones give a placeholder for it.
        return logits, grown if cache is None else [
            *grown[: recipe.layers],
            *cache[recipe.layers :],
        ]


def write_captions(
    step: Step, memory: Tensor, tokenizer: Tokenizer, recipe: Recipe
) -> list[tuple[str, int]]:
    """Caption and number of generated tokens for each memory [batch, tokens, width]."""
    found = beam_search(step, memory, recipe)
    return [(tokenizer.decode(ids).strip(), len(ids) - 1) for ids in found]
