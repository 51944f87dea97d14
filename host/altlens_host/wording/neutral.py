"""Gender-neutral captions without ethnic or religious markers, by rules.

A captioner cannot see a person's gender, origin or faith, so captions must not claim them. One
rule set serves three: what a model says, the captions it learns from, and the references it is
judged by; otherwise "a person" would be scored against "a man".
"""

from __future__ import annotations

import re

from altlens_host.wording.people import ANIMALS, MARKERS, PEOPLE, WORDS

_REPLACEMENTS = {old: new for new, olds in WORDS.items() for old in olds.split()}

_WORD = re.compile(
    rf"\b(?:(?P<article>an?)(?P<space>\s+))?"
    rf"(?P<word>{'|'.join(sorted(_REPLACEMENTS, key=len, reverse=True))})\b(?!-made\b)",
    re.I,
)
_AFTER_A_PERSON = (
    "is|are|was|were|has|have|had|and|or|but|in|on|at|of|by|to|as|with|who|that|from|near|while|"
    "whilst|off|over|under|behind|beside|next|up|down|into|onto|through|for|stand|sit|walk|pose|"
    r"play|look|run|ride|do|\w+ing|\w+ed"
)
_TEAM = re.compile(
    r"\b(?P<article>an?\s+)?(?:(?:wo)?men|ladies|girls|boys)'s?\s+"
    r"(?P<rest>(?:\w+\s+){0,2}(?:team|game|match|race|event|final)s?)\b",
    re.I,
)
"""A women's soccer team is a soccer team, not a people's."""

# Not a possessive quantifier: those match wrongly around groups before Python 3.11.5, and Debian 12
# has 3.11.2 (python/cpython#106052).
_BOTH = r"\s+and\s+(?:male|female)"
_SEX = re.compile(
    rf"\b(?P<head>(?:an?|one|another|each)\s+(?:[\w-]+\s+){{0,2}}?)?"
    rf"(?P<word>(?:male|female)(?:{_BOTH}|(?!{_BOTH})))"
    rf"(?:(?=\s+(?:{_AFTER_A_PERSON})\b|\s*[^\w\s-]|\s*$)|\s+(?!(?:{ANIMALS})\b)(?P<next>[\w-]+))",
    re.I,
)
_MARKER = re.compile(
    rf"\b(?P<article>an?\s+)?(?:{'|'.join(MARKERS)})(?:[\s-]+(?:looking|style))?\s+"
    rf"(?P<rest>(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE}))\b",
    re.I,
)
_SKIN = "(?:black|white|brown)"
_COLOUR = re.compile(
    rf"\b(?P<article>an?\s+)?(?:{_SKIN}\s+and\s+)?{_SKIN}\s+(?P<rest>{PEOPLE})\b", re.I
)
_PAIR = re.compile(
    r"\b(?P<article>an?|one|the) (?P<like>(?:young|little|small|older|elderly) )?"
    r"(?P<who>person|child|newlywed|parent) and (?:(?:an?|one|another|the) )?(?P=like)?(?P=who)\b",
    re.I,
)
_HER = re.compile(
    r"(?<!/)\bher(?=\s*[.,;:!?]|\s*$|\s+(?:and|as|while|in|on|at|by|with|from|to|for|into|onto|near|an?|the)\b)",
    re.I,
)
_AGREEMENT = (
    (re.compile(r"\b(they)(?: is(?=\b|n't)|'s\b)", re.I), r"\1 are"),
    (re.compile(r"\b(they) has(?=\b|n't)", re.I), r"\1 have"),
    (re.compile(r"\b(they) was(?=\b|n't)", re.I), r"\1 were"),
    (re.compile(r"\b(they) does(?=\b|n't)", re.I), r"\1 do"),
    (re.compile(r"\b(people|children)'(?=\s+\w)", re.I), r"\1's"),
    (re.compile(rf"\b({'|'.join(one for one in WORDS if one.endswith('s'))})'s\b", re.I), r"\1'"),
    (re.compile(r"\b(they|them|their|person|people|child|children)/\1\b", re.I), r"\1"),
    (re.compile(r"\b(\w+) (people|children) and \1 \2\b", re.I), r"several \2"),
)
_REPEATED = re.compile(r"\b(people|children) and \1\b", re.I)
_PLURAL = {
    "person": "people",
    "child": "children",
    "newlywed": "newlyweds",
    "parent": "parents",
}


def _with_case_of(model: str, word: str) -> str:
    """`word` in the letter case of `model`: all capitals, a capital first, or as it is."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[0].upper() + word[1:] if model[0].isupper() else word


def _article(before: str | None, word: str) -> str:
    """The article for `word` in the letter case of the one that stood there."""
    return "" if before is None else _with_case_of(before, "an" if word[0] in "aeiou" else "a")


def _neutral(match: re.Match[str]) -> str:
    word = _REPLACEMENTS[match["word"].lower()]
    article = _article(match["article"], word)
    return article + (match["space"] or "") + _with_case_of(match["word"], word)


def _without_sex(match: re.Match[str]) -> str:
    """Drop "male" and "female" before what they describe; alone, they are a person."""
    head, word, following = match["head"] or "", match["word"], match["next"]
    # After "a young male" a word with an s is what he does; after "two male" it is who they are.
    does = bool(following) and bool(head) and re.search(r"[^s]s$", following, re.I)
    if following is None and " and " in word.lower():
        return _with_case_of(match[0], "two people")
    if following is None or does:
        return f"{head}{_with_case_of(word, 'person')}" + (f" {following}" if does else "")
    if head.strip().lower() in ("a", "an"):
        return f"{_article(head.strip(), following.lower())} {following}"
    starts = match.start() == 0 and not head
    return _with_case_of(word, following) if starts else head + following


def _rest(match: re.Match[str]) -> str:
    """What is left without the words between article and rest."""
    rest = match["rest"]
    if match["article"] is None:
        starts = match.start() == 0
        return _with_case_of(match[0], rest) if starts else rest
    return f"{_article(match['article'].strip(), rest.lower())} {rest}"


def _pair(match: re.Match[str]) -> str:
    the = match["article"].lower() == "the"
    two = match["article"] + " " if the else _with_case_of(match["article"], "two ")
    return two + (match["like"] or "") + _PLURAL[match["who"].lower()]


def neutral(caption: str) -> str:
    """Return the caption in gender-neutral words, without ethnic or religious markers of people.

    Whole words only, letter case kept, everything else untouched; idempotent.
    """
    previous = None
    while previous != caption:
        previous = caption
        caption = _HER.sub(lambda found: _with_case_of(found[0], "them"), caption)
        caption = _TEAM.sub(_rest, caption)
        caption = _SEX.sub(_without_sex, caption)
        caption = _WORD.sub(_neutral, caption)
        caption = _MARKER.sub(_rest, caption)
        caption = _COLOUR.sub(_rest, caption)
        caption = _PAIR.sub(_pair, caption)
        caption = _REPEATED.sub(r"\1", caption)
        for pattern, replacement in _AGREEMENT:
            caption = pattern.sub(replacement, caption)
    return caption
