"""What the Python peers have in common: how they are asked, and the model's sizes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

START = 50256
"""GPT-2's end of text, the start of every caption too."""

TOKENS = 12

Caption = Callable[[str], str]
Logits = Callable[[str, list[int]], Any]
Split = Callable[[str], list[float]]


def serve(caption: Caption, logits: Logits, split: Split | None = None) -> None:
    """Answer until the input ends.

    Args:
        caption: From the path of a picture to its caption of TOKENS tokens.
        logits: From the path of a picture and tokens to a float array [TOKENS, vocabulary]: what
            the model says after each prefix of the start token and these tokens.
        split: Captions a picture and returns the moments, in seconds, at which it began, had the
            picture as numbers, had run the encoder, and had the last token.
    """
    for line in sys.stdin:
        asked = json.loads(line)
        if "forced" in asked:
            logits(asked["picture"], asked["forced"]).astype("<f4").tofile(asked["file"])
            said: dict[str, object] = {}
        elif "split" in asked:
            assert split is not None
            moments = split(asked["picture"])
            said = {"split": [after - at for at, after in pairwise(moments)]}
        else:
            said = {"text": caption(asked["picture"])}
        sys.stdout.write("@" + json.dumps(said) + "\n")
        sys.stdout.flush()
