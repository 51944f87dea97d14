"""Lets the verb agree with "they", which the rules of `neutral` say for "he" and "she"."""

from __future__ import annotations

import re

_VERB = r"(?!(?:this|always|perhaps|besides|sometimes|afterwards)\b)[a-z]{2,}(?<![su])s"
_BETWEEN = "also|always|just|now|still|both|often|slowly|quickly"
_AFTER_THEY = re.compile(rf"\bthey (?:(?:{_BETWEEN}) )?{_VERB}(?: and {_VERB})?\b", re.I)
_ENDING = re.compile(rf"\b{_VERB}\b", re.I)
_AND_ES = re.compile(r"(?:s[sh]|ch|x|zz|[^aeiou]o|focus)es$", re.I)
"""What takes -es in place of -s: they pass, push, catch, fix, buzz, go, focus."""


def with_plural_verbs(line: str) -> str:
    """Return a caption in which "they runs and jumps" has become "they run and jump".

    Args:
        line: A caption in neutral words. Its "they is" and the like were mended with them.
    """
    return _AFTER_THEY.sub(lambda found: _ENDING.sub(_plural, found[0]), line)


def _plural(verb: re.Match[str]) -> str:
    said = verb[0]
    if _AND_ES.search(said):
        return said[:-2]
    # They fly and carry, but lie, die and tie.
    return f"{said[:-3]}y" if said.lower().endswith("ies") and len(said) > 4 else said[:-1]
