"""A tiny random VisionEncoderDecoderModel in the hub layout, as safetensors: ViT and GPT-2."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from contract.tiny_model import PREPROCESSOR, SIDE, VOCABULARY, _tokenizer
from numpy.typing import NDArray

START, POSITIONS = 0, 32


def make() -> Any:
    """Make the model; the caller has torch and transformers."""
    import torch
    import transformers

    torch.manual_seed(5)
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    encoder = transformers.ViTConfig(**size, image_size=SIDE, patch_size=8, intermediate_size=16)
    decoder = transformers.GPT2Config(
        vocab_size=VOCABULARY, n_embd=16, n_layer=2, n_head=2, n_positions=POSITIONS,
        add_cross_attention=True, is_decoder=True, bos_token_id=START, eos_token_id=START,
    )  # fmt: skip
    joined = transformers.VisionEncoderDecoderConfig.from_encoder_decoder_configs
    model = transformers.VisionEncoderDecoderModel(joined(encoder, decoder)).eval()
    with torch.no_grad():
        # Random weights as they come say the same of every picture, with the same doubt.
        for name, parameter in model.decoder.named_parameters():
            if parameter.dim() > 1 or ".ln" in name:
                parameter.mul_(5.0)
        model.encoder.layernorm.weight.mul_(5.0)
    return model


def build(folder: Path, **generation: Any) -> Path:
    """Write the model into a folder and return it; keywords change its generation config."""
    make().save_pretrained(folder, safe_serialization=True)
    _tokenizer().save(str(folder / "tokenizer.json"))
    files = {
        "altlens.json": {"id": "tiny-torch", "revision": "1", "licence": "Apache-2.0"},
        "preprocessor_config.json": PREPROCESSOR,
        "generation_config.json": {
            "decoder_start_token_id": START,
            "eos_token_id": START,
            "max_length": 12,
            "do_sample": True,
            **generation,
        },
    }
    for name, value in files.items():
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
    return folder


def logits(folder: Path, pixels: NDArray[np.float32], tokens: Sequence[int]) -> Any:
    """Run the whole caption at once, without past key values or search: [tokens, vocabulary]."""
    import torch
    import transformers

    model = transformers.VisionEncoderDecoderModel.from_pretrained(folder).eval()
    with torch.no_grad():
        said = torch.tensor([[START, *tokens[:-1]]])
        made = model(pixel_values=torch.from_numpy(pixels), decoder_input_ids=said)
    return made.logits[0].double().numpy()
