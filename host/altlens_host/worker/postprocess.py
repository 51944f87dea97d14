"""Makes what the model wrote fit to be read aloud."""

from __future__ import annotations

import unicodedata

from altlens_host.messages import MAX_TEXT

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""What a tokenizer writes for half a character."""


def tidy(text: str) -> str:
    """Tidy a caption.

    Control and formatting characters (the bidirectional overrides among them), halves of
    characters and surplus space go; the first letter becomes a capital; the rest stays.

    Args:
        text: What the tokenizer made of the model's tokens.

    Returns:
        At most MAX_TEXT characters; empty where nothing is left.
    """
    kept = "".join(character for character in text if _is_said(character))
    line = " ".join(kept.split())[:MAX_TEXT].rstrip()
    return line[:1].upper() + line[1:] if line[:1].islower() else line


def _is_said(character: str) -> bool:
    if character.isspace():
        return True
    return character != _REPLACEMENT and not unicodedata.category(character).startswith("C")
