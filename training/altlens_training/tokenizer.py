"""The byte-level BPE of the captions."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

END = "<|endoftext|>"
END_ID = 0
"""Start, end and padding alike, as GPT-2 has it."""


def train_tokenizer(captions: Iterable[str], vocabulary: int) -> Tokenizer:
    """A tokenizer of at most `vocabulary` entries that joins its own word pieces."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=3,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(captions, trainer)
    return tokenizer


def encode(tokenizer: Tokenizer, caption: str, longest: int) -> list[int]:
    """Start token, pieces, end token; cut at `longest` ids."""
    ids: list[int] = tokenizer.encode(caption).ids
    return [END_ID, *ids, END_ID][:longest]
