"""Gender-neutral captions without ethnic or religious markers, by rules.

A captioner cannot see a person's gender, origin or faith, so captions must not claim them. The
same rules are applied to the captions a model learns from and to the references it is judged by:
otherwise "a person" would be scored against "a man". The word list is our own.
"""

from __future__ import annotations

import re

_WORDS = {
    "person": "man woman guy lady gentleman male female dude gal",
    "people": "men women guys ladies gentlemen males females dudes gals mankind",
    "child": "boy girl schoolboy schoolgirl",
    "children": "boys girls schoolboys schoolgirls",
    "parent": "mother father mom dad mum mommy daddy",
    "parents": "mothers fathers moms dads",
    "grandparent": "grandmother grandfather grandma grandpa",
    "sibling": "brother sister",
    "siblings": "brothers sisters",
    "spouse": "husband wife",
    "partner": "boyfriend girlfriend",
    "newlywed": "bride groom",
    "police officer": "policeman policewoman",
    "police officers": "policemen policewomen",
    "firefighter": "fireman firewoman",
    "firefighters": "firemen firewomen",
    "angler": "fisherman",
    "anglers": "fishermen",
    "business person": "businessman businesswoman",
    "business people": "businessmen businesswomen",
    "salesperson": "salesman saleswoman",
    "sportsperson": "sportsman sportswoman",
    "server": "waiter waitress",
    "performer": "actor actress showgirl",
    "they": "he she",
    "them": "him",
    "their": "his her",
    "theirs": "hers",
    "themself": "himself herself",
}
_REPLACEMENTS = {old: new for new, olds in _WORDS.items() for old in olds.split()}

_MARKERS = (
    "african american",
    "african-american",
    "asian",
    "caucasian",
    "hispanic",
    "latino",
    "latina",
    "chinese",
    "japanese",
    "korean",
    "indian",
    "arab",
    "arabic",
    "african",
    "mexican",
    "european",
    "muslim",
    "islamic",
    "christian",
    "jewish",
    "hindu",
    "buddhist",
    "amish",
    "oriental",
    "middle eastern",
    "middle-eastern",
    "dark-skinned",
    "dark skinned",
    "light-skinned",
    "light skinned",
    "black-skinned",
)
_PEOPLE = (
    "person|people|child|children|parent|parents|newlywed|adult|adults|kid|kids|teenager|teenagers|"
    "toddler|toddlers|baby|babies|youth|youths|couple|family|lad|sibling|siblings"
)

_WORD = re.compile(rf"\b({'|'.join(sorted(_REPLACEMENTS, key=len, reverse=True))})\b", re.I)
_MARKER = re.compile(
    rf"\b(?P<article>an?\s+)?(?:{'|'.join(_MARKERS)})"
    rf"(?P<rest>(?:\s+(?:looking|style))?\s+(?P<next>(?:[\w-]+\s+){{0,2}}?(?:{_PEOPLE})))\b",
    re.I,
)
_COLOUR = re.compile(
    rf"\b(?P<head>(?:(?:an?|the|young|old|older|elderly|little|small|\w*two|three|four)\s+)?)"
    rf"(?:black|white|brown)\s+(?P<noun>{_PEOPLE})\b",
    re.I,
)
_PAIR = re.compile(r"\b(a|an|one)\s+(person|child) and (?:a|an|one|another)\s+(\2)\b", re.I)
_AGREEMENT = (
    (re.compile(r"\b(they) (?:is|'s)\b", re.I), r"\1 are"),
    (re.compile(r"\b(they) has\b", re.I), r"\1 have"),
    (re.compile(r"\b(they) was\b", re.I), r"\1 were"),
    (re.compile(r"\b(they) does\b", re.I), r"\1 do"),
)
_REPEATED = re.compile(r"\b(people|children) and \1\b", re.I)
_PLURAL = {"person": "people", "child": "children"}


def _with_case_of(model: str, word: str) -> str:
    """`word` in the letter case of `model`: all capitals, a capital first, or as it is."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[0].upper() + word[1:] if model[0].isupper() else word


def _neutral(match: re.Match[str]) -> str:
    return _with_case_of(match[0], _REPLACEMENTS[match[0].lower()])


def _without_marker(match: re.Match[str]) -> str:
    rest = match["rest"].strip()
    if match["article"] is None:
        starts = match.start() == 0
        return _with_case_of(match[0], rest) if starts else rest
    article = "an" if rest[0].lower() in "aeiou" else "a"
    return f"{_with_case_of(match['article'], article)} {rest}"


def _without_colour(match: re.Match[str]) -> str:
    head, noun = match["head"], match["noun"]
    if head.strip().lower() in ("a", "an"):
        head = _with_case_of(head, "an " if noun[0].lower() in "aeiou" else "a ")
    return head + noun if head else _with_case_of(match[0], noun)


def _pair(match: re.Match[str]) -> str:
    return _with_case_of(match[1], "two ") + _PLURAL[match[2].lower()]


def debias(caption: str) -> str:
    """The caption in gender-neutral words, without ethnic or religious markers of people.

    Whole words only, letter case kept, everything else untouched; idempotent.
    """
    previous = None
    while previous != caption:
        previous = caption
        caption = _WORD.sub(_neutral, caption)
        caption = _MARKER.sub(_without_marker, caption)
        caption = _COLOUR.sub(_without_colour, caption)
        caption = _PAIR.sub(_pair, caption)
        caption = _REPEATED.sub(r"\1", caption)
        for pattern, replacement in _AGREEMENT:
            caption = pattern.sub(replacement, caption)
    return caption
