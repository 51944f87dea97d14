"""The captions of distilvit's second stage: of nobody's gender, origin or faith, and short.

Mozilla had a large language model rewrite Flickr30k's captions, after rules of one page
(github.com/mozilla/distilvit, `docs/fighting_bias.md`): gender-neutral, no ethnic or religious
markers, noun phrases, one sentence. Here rules do what rules can. Whoever has a model that writes
better plugs it in as a function; what it says goes through the rules as well, since a model may
forget its instructions, and a rule does not.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable

from altlens_host.wording.neutral import neutral

Rewriter = Callable[[str], str]
"""Takes a caption as somebody wrote it, and gives a better one."""

_SPACE_BEFORE_STOP = re.compile(r"\s+([.,;:!?])")
_LATER_SENTENCE = re.compile(r"(?<=[a-z0-9)\"'][.!?])\s+(?=[A-Z\"']).*$")
_THERE_IS = re.compile(
    r"^(?:there(?:'s| is| are| appears to be| seems to be)|(?:this|it) is|these are)\s+"
    r"(?=(?:an?|the|one|two|three|four|five|six|some|several|many)\b)",
    re.I,
)
_PICTURE_OF = re.compile(
    r"^(?:an?|the|this)\s+(?:picture|image|photo|photograph)\s+"
    r"(?:of|shows|showing|depicts|depicting|contains|containing)\s+(?=\w)",
    re.I,
)
_IS_DOING = re.compile(
    r"^(?P<who>(?:an?|the|one|two|three|four|five|six|some|several|many|people|children)\b"
    r"(?:\s+(?!who\b|that\b|which\b|as\b|while\b|if\b|\w+ing\b)[\w'-]+){0,6}?)\s+"
    r"(?:is|are|was|were)\s+(?=\w+ing\b|in\b|on\b|at\b|near\b|beside\b|under\b|with\b)",
    re.I,
)
_LONGEST = 2.0
"""What is this many times as long as the caption it was made of has something added to it."""


def by_rules(caption: str) -> str:
    """One sentence, a noun phrase where that is sure, gender-neutral and free of markers.

    "There are two women who sit." becomes "Two people who sit.", "A man is riding a bike ." "A
    person riding a bike." What is no such sentence stays as it is. Idempotent; a caption that
    has words keeps some.
    """
    previous, text = None, " ".join(caption.split())
    while previous != text:
        previous = text
        text = _SPACE_BEFORE_STOP.sub(r"\1", text)
        text = _LATER_SENTENCE.sub("", text)
        for pattern in (_PICTURE_OF, _THERE_IS):
            text = pattern.sub("", text)
        text = _IS_DOING.sub(r"\g<who> ", text)
        text = " ".join(neutral(text).split())
        text = text[:1].upper() + text[1:]
    return text


def rewriter(written: Rewriter | None = None) -> Rewriter:
    """What makes captions for the second stage: the rules, after `written` if one is given.

    Where `written` gives nothing, or something much longer than the caption, the rules alone
    speak: of what a model adds, nobody has seen that it is in the picture.
    """
    if written is None:
        return by_rules

    def both(caption: str) -> str:
        said = written(caption).strip()
        if not said or len(said) > _LONGEST * len(caption) + 20:
            return by_rules(caption)
        return by_rules(said)

    return both


def load_rewriter(name: str) -> Rewriter:
    """A function of the user's, named `module:function`.

    Raises:
        ValueError: There is no such module or function.
    """
    module, _, function = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"no rewriter {name!r} (module:function): {error}") from None
    if not callable(found):
        raise ValueError(f"{name!r} is no function")
    wanted: Rewriter = found
    return wanted
