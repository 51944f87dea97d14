"""What a training run begins with: weights, tokenizer and picture processor of distilvit's family.

Nothing but safetensors is read, and no program that comes with a model is run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from altlens_host.models import known

_HALF = [0.5, 0.5, 0.5]
_IDS = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id")
_GENERATION = {"max_length": 50, "num_beams": 2, "no_repeat_ngram_size": 2, "do_sample": False}
"""As in most of distilvit's revisions."""


@dataclass(frozen=True)
class Shape:
    """The size of a model made from nothing; `vocabulary` 0 takes GPT-2's own."""

    side: int
    patch: int
    width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    vocabulary: int
    positions: int


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "distilvit": Shape(224, 16, 768, 12, 12, 6, 0, 1024),
        "small": Shape(224, 16, 256, 4, 6, 3, 8000, 128),
        "tiny": Shape(32, 8, 32, 4, 2, 2, 300, 64),
    }
)
"""ViT-B/16 with DistilGPT-2, one that a few processor cores can train, and one for trying out."""


@dataclass(frozen=True)
class Parts:
    """A VisionEncoderDecoderModel, its tokenizer and its ViTImageProcessor."""

    model: Any
    tokenizer: Any
    processor: Any


def begin(
    start: str,
    captions: Iterable[str],
    seed: int,
    *,
    encoder: str | None = None,
    decoder: str | None = None,
    offline: bool = False,
) -> Parts:
    """Make or load what training begins with.

    Args:
        start: A name of SHAPES, for random weights; else a checkpoint: a folder, `distilvit-hub`
            for Mozilla's at the revision that altlens knows, or `owner/name@revision`.
        captions: What a tokenizer is trained on, if a shape needs one.
        seed: Of random weights.
        encoder: A ViT to begin with instead, as folder or `owner/name@revision`.
        decoder: A GPT-2 to join with it, likewise; cross-attention begins at random.
        offline: Take what has a name only from what was fetched before.

    Raises:
        ValueError: It is lite, is of another family, or cannot be had or read.
    """
    if start == "lite":
        raise ValueError(
            "lite has an encoder and a decoder of its own shape, which cannot become this one's. "
            "Train it on other pictures with: altlens-train lite --data DIR --out DIR"
        )
    import transformers

    transformers.set_seed(seed)
    if encoder or decoder:
        if not (encoder and decoder):
            raise ValueError("an encoder needs a decoder, and a decoder an encoder")
        parts = _joined(encoder, decoder, offline)
    elif start in SHAPES:
        parts = _made(SHAPES[start], captions)
    else:
        parts = _loaded(start, offline)
    return _agreed(parts, fresh=bool(encoder) or start in SHAPES)


def _made(shape: Shape, captions: Iterable[str]) -> Parts:
    import transformers

    from altlens_training.random_model import gpt2_tokenizer
    from altlens_training.tokenizer import train_tokenizer

    tokenizer = gpt2_tokenizer() if not shape.vocabulary else transformers.GPT2TokenizerFast(
        tokenizer_object=train_tokenizer(captions, shape.vocabulary)
    )  # fmt: skip
    encoder = transformers.ViTConfig(
        hidden_size=shape.width, num_hidden_layers=shape.encoder_layers,
        num_attention_heads=shape.heads, intermediate_size=4 * shape.width,
        image_size=shape.side, patch_size=shape.patch,
    )  # fmt: skip
    decoder = transformers.GPT2Config(
        vocab_size=len(tokenizer), n_embd=shape.width, n_layer=shape.decoder_layers,
        n_head=shape.heads, n_positions=shape.positions, is_decoder=True, add_cross_attention=True,
    )  # fmt: skip
    config = transformers.VisionEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    processor = transformers.ViTImageProcessor(
        size={"height": shape.side, "width": shape.side}, image_mean=_HALF, image_std=_HALF
    )
    return Parts(transformers.VisionEncoderDecoderModel(config), tokenizer, processor)


def _joined(encoder: str, decoder: str, offline: bool) -> Parts:
    import transformers

    eyes, mouth = _place(encoder, offline), _place(decoder, offline)
    return _read(
        f"{encoder} and {decoder}",
        lambda: Parts(
            transformers.VisionEncoderDecoderModel.from_encoder_decoder_pretrained(
                str(eyes), str(mouth), encoder_use_safetensors=True, decoder_use_safetensors=True,
                encoder_add_pooling_layer=False,
            ),
            transformers.AutoTokenizer.from_pretrained(mouth),
            transformers.ViTImageProcessor.from_pretrained(eyes),
        ),
    )  # fmt: skip


def _loaded(start: str, offline: bool) -> Parts:
    import transformers

    folder = _place(start, offline)
    return _read(
        start,
        lambda: Parts(
            _own_family(folder),
            transformers.AutoTokenizer.from_pretrained(folder),
            transformers.ViTImageProcessor.from_pretrained(folder),
        ),
    )


def _own_family(folder: Path) -> Any:
    import transformers

    family = transformers.AutoConfig.from_pretrained(folder).model_type
    if family != "vision-encoder-decoder":
        raise ValueError(f"it is a model of type {family!r}, not 'vision-encoder-decoder'")
    model, told = transformers.VisionEncoderDecoderModel.from_pretrained(
        folder, use_safetensors=True, output_loading_info=True
    )
    if told["missing_keys"]:
        raise ValueError(f"it lacks weights: {', '.join(sorted(told['missing_keys'])[:3])}")
    return model


def _read(name: str, load: Any) -> Parts:
    from safetensors import SafetensorError

    try:
        parts: Parts = load()
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        first = str(error).strip().partition("\n")[0]
        raise ValueError(f"{name} cannot be trained from: {first}") from None
    return parts


def _place(name: str, offline: bool) -> Path:
    """The folder of a model: one of the user's, or where the hub's library keeps it."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not any(folder.glob("*.safetensors")):
            raise ValueError(f"{name} has no weights in safetensors; a pickle is never loaded")
        return folder
    if name == "distilvit-hub":
        entry = known.ENTRIES[known.DEFAULT]
        name = f"{entry.repo}@{entry.revision}"
    repository, _, revision = name.partition("@")
    if "/" not in repository or not revision:
        raise ValueError(f"{name}: no such folder, and not owner/name@revision either")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(
                repository, revision=revision, local_files_only=offline,
                allow_patterns=["*.json", "*.safetensors", "*.txt"],
            )
        )  # fmt: skip
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        first = str(error).strip().partition("\n")[0]
        raise ValueError(f"{name} is not here and cannot be had from the hub: {first}") from None


def _agreed(parts: Parts, *, fresh: bool) -> Parts:
    """Have model, tokenizer and generation agree on the tokens that begin, end and fill."""
    from transformers import GenerationConfig

    model, tokenizer = parts.model, parts.tokenizer
    end = tokenizer.eos_token_id
    if end is None:
        raise ValueError("the tokenizer has no token that ends a text")
    tokenizer.pad_token = tokenizer.eos_token
    ids = dict.fromkeys(_IDS, end)
    for name, token in ids.items():
        setattr(model.config, name, token)
    if fresh:
        room = model.config.decoder.max_position_embeddings
        made = {**_GENERATION, "max_length": min(room, _GENERATION["max_length"])}
        model.generation_config = GenerationConfig(**made)
    for name, token in ids.items():
        setattr(model.generation_config, name, token)
    return parts
