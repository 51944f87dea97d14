"""Mends how a caption is put, never what it says: one rule a function, each safe to repeat.

A small model repeats itself, breaks off, and begins like the captions it learned from. Whoever
listens must sit through all of that, so it goes (docs/decisions/0092-what-is-done-to-a-caption.md).
"""

from __future__ import annotations

import re

_PREAMBLE = re.compile(
    r"\A(?:(?:this|that|here|it) (?:is|was) |there (?:is|was) )?"
    r"(?:an? |the )?(?:picture|image|photo|photograph|snapshot|pic) "
    r"(?:of|showing|depicting|shows|depicts)(?: |$)",
    re.I,
)
_THERE = re.compile(
    r"\A(?:there|this|these) (?:is|are|was|were) "
    r"(?=(?:an?|one|two|three|four|some|several|many)\b)",
    re.I,
)

_LONGEST_REPEAT = 8
"""Words; longer loops are not seen in captions, whose models stop at about 50 tokens."""

_SAID_TWICE = frozenset(
    "aye bye cha chow choo dik go hula hush knock mahi pom so that tom can tuk very walla yo you "
    "bora baden no".split()
)
"""Words that are said twice on purpose: a tuk tuk, a pom pom, a choo choo train."""

_JOINS = "and|or|with|in|on|of|by|at|near|beside|behind|under|next to|in front of|on top of"
_NOT_ONE = (
    # Two people are two, not one who is mentioned twice.
    "person|child|newlywed|parent|man|woman|boy|girl|lady|guy|baby|adult|kid|bride|groom|"
    "step|side|face|hand|back|day"
)
_SAME_THING = re.compile(
    rf"(?<![\w-])(?P<thing>(?:an?|the) (?P<noun>(?!(?:{_NOT_ONE})\b)[\w-]+(?: [\w-]+){{0,4}}))"
    rf"(?: (?:{_JOINS}) (?:(?:an?|the) )?(?P=noun))+(?![\w-])",
    re.I,
)

_SAME_WORD = re.compile(
    rf"(?<![\w-])(?!(?:{_NOT_ONE}|again|over|more|round|around|less|miles|hours|years)\b)"
    r"(?P<word>\w{3,}) and (?P=word)(?![\w-])",
    re.I,
)

_CANNOT_END = frozenset(
    "a an the and or but nor with of to for from at into onto near beside against between among "
    "is are was were as its their my your which who whose while where that because this these "
    "wearing".split()
)
_PLACES = frozenset("in on under behind through about".split())
_ENDS_IN_A_VERB = re.compile(r"(?<!looking)(?<=ing)$", re.I)
_BEFORE_OF = re.compile(r" (?:in front|on top|on the side|in the middle|on the back|next)$")
_OPEN = " \t,;:-\N{EN DASH}\N{EM DASH}&+/("


def without_preamble(line: str) -> str:
    """Drop "a picture of" and "there is": that it is a picture is known to whoever hears of it."""
    return _THERE.sub("", _PREAMBLE.sub("", line))


def without_repeats(line: str) -> str:
    """Say once what is said twice in a row: a word, a phrase, a sentence, "a car with a car"."""
    words = line.split(" ")
    bare = [_bare(word) for word in words]
    for length in range(min(_LONGEST_REPEAT, len(words) // 2), 0, -1):
        at = 0
        while at + 2 * length <= len(words):
            again = (
                bare[at] == bare[at + length]
                and bare[at : at + length] == (bare[at + length : at + 2 * length])
            )
            if again and _is_mistake(words[at : at + length], bare[at : at + length]):
                # The second one stands before the full stop, if there is one.
                del words[at : at + length], bare[at : at + length]
            else:
                at += 1
    line = _SAME_THING.sub(lambda found: found["thing"], " ".join(words))
    return _SAME_WORD.sub(lambda found: found["word"], line)


def without_loose_end(line: str) -> str:
    """Drop the words at the end that only a following word would give a meaning."""
    stop = line[-1:] if line[-1:] in (".", "!", "?") else ""
    kept = line.rstrip(".!?" + _OPEN)
    broken_off = False
    while True:
        before, _, last = kept.rpartition(" ")
        word = last.casefold()
        # "With a hat on" is whole; "a hat on a" broke off, and "a person standing on" did.
        loose = word in _PLACES and (broken_off or _ENDS_IN_A_VERB.search(before))
        if word not in _CANNOT_END and not loose:
            return kept + stop if kept else ""
        broken_off = True
        kept = before.rstrip(_OPEN)
        if word in ("of", "to"):
            kept = _BEFORE_OF.sub("", kept)


def with_tidy_stops(line: str) -> str:
    """Close up before commas and stops, and say a stop once."""
    line = re.sub(r" +(?=[.,;:!?](?:\s|$|[.,;:!?]))", "", line)
    line = re.sub(r"([.,;:!?])[.,;:!?]*\1(?=\s|$)", r"\1", line)
    return line.lstrip(".,;:!?- \N{EN DASH}\N{EM DASH}")


def _is_mistake(words: list[str], bare: list[str]) -> bool:
    """Whether words that come again at once, here as written and bare, are not so on purpose."""
    if not all(bare):
        return False
    if not words[0][0].isalnum():  # a quotation or a bracket would be left without its end
        return False
    meant = bare[0] in _SAID_TWICE or bare[0].isdigit() or not words[0][-1].isalnum()
    return len(bare) > 1 or not meant


def _bare(word: str) -> str:
    return word.strip(".,;:!?\"'()").casefold()
