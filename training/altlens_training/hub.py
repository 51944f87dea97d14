"""The small files of the hub layout: configurations, tokenizer and checksums."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from altlens_host.models.catalogue import CALIBRATION, CARD
from altlens_host.models.golden import FILE as GOLDEN
from altlens_training.encoder import MEAN, STD
from altlens_training.files import write
from altlens_training.recipe import Recipe
from altlens_training.tokenizer import END_ID

ENCODER = "onnx/encoder_model_quantized.onnx"
DECODER = "onnx/decoder_model_merged_quantized.onnx"


def _ids() -> dict[str, int]:
    names = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id")
    return dict.fromkeys(names, END_ID)


def configurations(recipe: Recipe) -> dict[str, dict[str, Any]]:
    """File name to contents."""
    size = recipe.image_size
    decoder = {
        "model_type": "gpt2", "is_decoder": True, "add_cross_attention": True,
        "vocab_size": recipe.vocabulary, "n_positions": recipe.positions,
        "n_embd": recipe.width, "n_layer": recipe.layers, "n_head": recipe.heads,
        "activation_function": "gelu", "tie_word_embeddings": True, **_ids(),
    }  # fmt: skip
    encoder = {
        "model_type": "efficientnet", "image_size": size, "hidden_dim": 1280,
        "hidden_size": recipe.width, "num_tokens": recipe.grid**2 + 4,
    }  # fmt: skip
    return {
        "config.json": {
            "model_type": "vision-encoder-decoder",
            "architectures": ["VisionEncoderDecoderModel"],
            "is_encoder_decoder": True,
            "tie_word_embeddings": False,
            "encoder": encoder,
            "decoder": decoder,
            **_ids(),
        },
        "preprocessor_config.json": {
            "image_processor_type": "ViTImageProcessor",
            "do_resize": True, "size": {"height": size, "width": size}, "resample": 3,
            "do_rescale": True, "rescale_factor": 1 / 255,
            "do_normalize": True, "image_mean": [MEAN] * 3, "image_std": [STD] * 3,
        },
        "generation_config.json": {
            **_ids(), "max_length": recipe.max_length, "num_beams": recipe.beams,
            "length_penalty": recipe.length_penalty,
            "no_repeat_ngram_size": recipe.no_repeat_ngram_size,
            "early_stopping": False, "do_sample": False, "repetition_penalty": 1.0,
        },
    }  # fmt: skip


def write_small_files(folder: Path, recipe: Recipe, tokenizer: Tokenizer) -> None:
    """Everything of the layout that is not ONNX."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, contents in configurations(recipe).items():
        write(folder / name, f"{json.dumps(contents, indent=2)}\n".encode())
    write(folder / "tokenizer.json", f"{tokenizer.to_str(pretty=False)}\n".encode())


def write_checksums(folder: Path, *, model_id: str = "lite", licence: str = "Apache-2.0") -> None:
    """altlens.json: what the catalogue checks, with a revision made from the contents.

    What was recorded and measured of an earlier revision (`altlens model golden`, `altlens-train
    calibrate`) is not declared: it is not of these.
    """
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix in (".json", ".onnx") and path.name not in (CARD, CALIBRATION, GOLDEN)
    )
    files = {
        name: {
            "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            "size": (folder / name).stat().st_size,
        }
        for name in names
    }
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    contents = {"id": model_id, "revision": digest[:12], "licence": licence, "files": files}
    write(folder / "altlens.json", f"{json.dumps(contents, indent=2)}\n".encode())
