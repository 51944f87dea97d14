"""Makes what the model wrote fit to be read aloud."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from altlens_host.messages import MAX_TEXT
from altlens_host.wording.agreement import with_plural_verbs
from altlens_host.wording.neutral import neutral
from altlens_host.worker.counts import FIRST_DOUBTFUL, softened
from altlens_host.worker.guesses import GUESSED_BY, without_guesses
from altlens_host.worker.sentences import (
    with_tidy_stops,
    without_loose_end,
    without_preamble,
    without_repeats,
)
from altlens_host.worker.withheld import is_withheld

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""What a tokenizer writes for half a character."""

_MOST_ROUNDS = 20
"""One rule may make work for another; two or three rounds are usual."""


class Style(NamedTuple):
    """What is done to captions beyond mending them.

    Attributes:
        neutral: Whether people are spoken of without gender, origin and faith.
        first_doubtful: The smallest number that the model is not to be trusted with; None
            trusts it with all (`counts.FIRST_DOUBTFUL`).
        sure_of_details: Whether the model is trusted with the colours of clothes, and with who
            stands and who sits (`guesses.GUESSED_BY`).
    """

    neutral: bool = True
    first_doubtful: int | None = None
    sure_of_details: bool = True


def style_for(model: str, *, neutral: bool) -> Style:
    """Return what is done to the captions of a model.

    Args:
        model: Its id.
        neutral: As in Style.
    """
    return Style(neutral, FIRST_DOUBTFUL.get(model), model not in GUESSED_BY)


def tidy(text: str, style: Style | None = None) -> str:
    """Tidy a caption.

    Control and formatting characters (the bidirectional overrides among them), halves of
    characters and surplus space go; so do repeats, a loose end, "a picture of", and gender. The
    first letter becomes a capital; the rest stays. What is tidied once is not changed again.

    Args:
        text: What the tokenizer made of the model's tokens.
        style: What is done beyond mending.

    Returns:
        At most MAX_TEXT characters. Empty where nothing is left that means anything, and where
        a word is withheld (`withheld.txt`).
    """
    chosen = style or Style()
    kept = "".join(character for character in text if _is_said(character))
    line = " ".join(kept.split())[:MAX_TEXT].rstrip()
    if is_withheld(line):
        return ""
    for _ in range(_MOST_ROUNDS):
        before, line = line, _mended(line, chosen)
        if line == before:
            break
    return "" if is_withheld(line) else line


def _mended(line: str, style: Style) -> str:
    line = without_preamble(with_tidy_stops(line))
    if style.neutral:
        line = with_plural_verbs(neutral(line))
    if not style.sure_of_details:
        line = without_guesses(line)
    line = softened(without_repeats(line), style.first_doubtful)
    line = " ".join(without_loose_end(line).split())[:MAX_TEXT].rstrip()
    return _with_a_capital(line)


def _with_a_capital(line: str) -> str:
    word = line.partition(" ")[0].rstrip(".,;:!?")
    first = line[:1].upper()
    # Names like iPhone and addresses have letter cases of their own; ß has no single capital.
    plain = word.replace("-", "").replace("'", "")
    return first + line[1:] if plain.isalpha() and plain.islower() and len(first) == 1 else line


def _is_said(character: str) -> bool:
    if character.isspace():
        return True
    return character != _REPLACEMENT and not unicodedata.category(character).startswith("C")
