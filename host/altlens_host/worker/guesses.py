"""Leaves out what a model is known to guess: colours of clothes, and who stands or sits."""

from __future__ import annotations

import re

GUESSED_BY = frozenset({"lite"})
"""The models that say a colour whatever is worn, and a posture whoever is there. Three of four
such colours of lite's, and two of three postures, are in none of five people's captions of the
picture (docs/decisions/0092)."""

_COLOURS = "red|blue|green|yellow|white|black|brown|orange|pink|purple|gray|grey|tan|beige|maroon"
_SHADES = "dark|light|bright|navy|neon|pale"
_KINDS = (
    "soccer|football|baseball|basketball|hockey|tennis|team|sports|work|swim|bathing|wet|life|"
    "winter|rain|ski|snow|leather|denim|long|short|hard|cowboy|dress|t|tee|polo|bicycle|bike"
)
"""What may stand between the colour and the clothes."""
_CLOTHES = (
    r"shirts?|t-?shirts?|jackets?|coats?|dress(?:es)?|hats?|caps?|helmets?|jerseys?|"
    r"uniforms?|outfits?|costumes?|clothes|clothing|pants|trousers|jeans|shorts|skirts?|suits?|"
    r"wetsuits?|swimsuits?|bikinis?|trunks|sweaters?|sweatshirts?|hoodies?|vests?|scarf|scarves|"
    r"gloves?|socks?|shoes?|boots?|sneakers?"
)
_COLOUR = rf"(?:(?:{_SHADES})[ -])?(?:{_COLOURS})"
_COLOURED = re.compile(
    rf"\b(?:(?P<article>an?) )?{_COLOUR}(?:(?:,| and|, and) {_COLOUR})* "
    rf"(?P<worn>(?:(?:{_KINDS})[ -]){{0,2}}(?:{_CLOTHES}))\b(?!-)",
    re.I,
)

_PLACE = (
    r"(?= (?:in|on|at|near|by|behind|beside|with|next|under|outside|inside|among|between|against)"
    r" (?!(?:its|their|one|two)\b)\w)"
)
_SUBJECTS = (
    "person|child|dog|cat|bird|horse|animal|shirt|jacket|coat|hat|helmet|suit|dress|uniform|outfit"
)
_IS_PLACED = re.compile(rf"\b(?P<be>is|are) (?:standing|sitting){_PLACE}", re.I)
_STANDS = re.compile(rf"\b(?P<who>{_SUBJECTS}) (?:stands|sits){_PLACE}", re.I)
_PLACED = re.compile(rf"(?<=\w) (?:standing|sitting){_PLACE}", re.I)


def without_guesses(line: str) -> str:
    """Take out of a caption what is guessed more than seen.

    "A child in a blue shirt is standing in the grass" becomes "A child in a shirt is in the grass".
    What is told by where it is said to stand ("on its hind legs") stays.

    Args:
        line: A caption.
    """
    return unplaced(uncoloured(line))


def unplaced(line: str) -> str:
    """Take it out whether somebody stands or sits where the caption says that they are."""
    line = _IS_PLACED.sub(r"\g<be>", line)
    line = _STANDS.sub(r"\g<who> is", line)
    return _PLACED.sub("", line)


def uncoloured(line: str) -> str:
    """Take the colours of clothes out of a caption: "a blue shirt" becomes "a shirt".

    Args:
        line: A caption.
    """
    return _COLOURED.sub(_plain, line)


def _plain(found: re.Match[str]) -> str:
    worn = found["worn"]
    if not found["article"]:
        return worn
    article = "an" if worn.lower().startswith("outfit") else "a"
    return f"{article.title() if found['article'][0].isupper() else article} {worn}"
