"""Writes a tokenizer that only turns tokens into words, since nothing else is asked of it here.

Reading the rules by which GPT-2's 50,000 words are put together takes most of the time in which
its tokenizer is read; captions are only ever taken apart.
"""

from __future__ import annotations

import json
from pathlib import Path

from altlens_host.errors import ModelBrokenError
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepared_files import WORDS
from altlens_host.worker.tokenizer import Tokenizer

_OF_ENCODING = ("normalizer", "pre_tokenizer", "post_processor", "truncation", "padding")


def write_words(source: Path, target: Path) -> None:
    """Write what a tokenizer needs to decode; the file's form is that of the tokenizers library.

    Args:
        source: A model's folder.
        target: The folder for a tokenizer.json whose model is a list of words.

    Raises:
        ModelMissingError: The source has no tokenizer.json.
        ModelBrokenError: It cannot be used.
        RefusedError: The words of some token would not be the same.
    """
    whole = Tokenizer(source)
    said = json.loads((source / WORDS).read_text(encoding="utf-8"))
    vocabulary = said["model"].get("vocab")
    if isinstance(vocabulary, dict):
        said["model"] = {"type": "WordLevel", "vocab": vocabulary, "unk_token": ""}
        said.update(dict.fromkeys(_OF_ENCODING))
    written = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    (target / WORDS).write_text(written, encoding="utf-8")
    try:
        words = Tokenizer(target)
    except ModelBrokenError as error:
        raise RefusedError(f"Its words cannot be kept: {error.detail}") from None
    # Pairs, since a space may be written only between two tokens.
    for token in range(whole.size):
        if words.decode([token, token]) != whole.decode([token, token]):
            raise RefusedError(f"Token {token} would not be the same words.")
