"""Turns tokens into words, with the model's own tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import tokenizers

from altlens_host.errors import ModelBrokenError
from altlens_host.worker.model_files import first_file


class Tokenizer:
    """The tokenizer that the model was trained with."""

    def __init__(self, folder: Path) -> None:
        """Read tokenizer.json.

        Args:
            folder: The model's folder, or that of its prepared graphs.

        Raises:
            ModelMissingError: It has no tokenizer.json.
            ModelBrokenError: The file cannot be used, or does not say how words are joined.
        """
        path = first_file(folder, ["tokenizer.json"])
        try:
            self._inner = tokenizers.Tokenizer.from_file(str(path))
        except Exception as error:
            # The library raises a bare Exception, with the text of the file in it.
            raise ModelBrokenError(f"{path.name} is damaged: {type(error).__name__}.") from None
        if self._inner.decoder is None:
            raise ModelBrokenError(f"{path.name} does not say how words are joined.")

    @property
    def size(self) -> int:
        """The number of tokens, the special ones with them."""
        return int(self._inner.get_vocab_size())

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the words of these tokens, without the special ones.

        A token that the tokenizer does not have says nothing.
        """
        text: str = self._inner.decode(list(tokens), skip_special_tokens=True)
        return text
