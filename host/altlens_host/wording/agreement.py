"""Lets the verb agree with "they", which the rules of `neutral` say for "he" and "she"."""

from __future__ import annotations

import re

_OTHERS = "this|always|perhaps|besides|sometimes|afterwards|themselves|others"
_VERB = rf"(?!(?:{_OTHERS})\b)[a-z]{{2,}}(?<![su])s"
_BETWEEN = "also|always|just|never|now|sometimes|still|then|both|often|slowly|quickly"
_GOES_ON = (
    "a|an|the|their|it|one|two|some|in|on|at|to|with|through|over|around|into|onto|for|from|of|by|"
    "up|down|off|out|under|along|across|past|towards?|behind|next|and|while|as"
)
"""What stands after a verb. After "and cars" another verb would: "they run and cars pass"."""
_AND_VERB = rf" and {_VERB}(?= (?:{_GOES_ON})\b|[^ \w]|$)"
_AFTER_THEY = re.compile(rf"\bthey (?:(?:{_BETWEEN}) )?{_VERB}(?:{_AND_VERB})?\b", re.I)
_ENDING = re.compile(rf"\b{_VERB}\b", re.I)
_AND_ES = re.compile(r"(?:s[sh]|ch|x|zz|go|do|echo|veto|focus)es$", re.I)
"""What takes -es in place of -s: they pass, push, catch, fix, buzz, go, focus."""
_IRREGULAR = {"has": "have", "was": "were"}


def with_plural_verbs(line: str) -> str:
    """Return a caption in which "they runs and jumps" has become "they run and jump".

    Args:
        line: A caption in neutral words. Its "they is" and the like were mended with them.
    """
    return _AFTER_THEY.sub(lambda found: _ENDING.sub(_plural, found[0]), line)


def _plural(verb: re.Match[str]) -> str:
    said = verb[0]
    if said.lower() in _IRREGULAR:
        return _IRREGULAR[said.lower()]
    if _AND_ES.search(said):
        return said[:-2]
    # They fly and carry, but lie, die and tie.
    return f"{said[:-3]}y" if said.lower().endswith("ies") and len(said) > 4 else said[:-1]
