"""Leaves out the colours of clothes, where the model is known to guess them."""

from __future__ import annotations

import re

GUESSED_BY = frozenset({"lite"})
"""The models that say a colour whatever is worn. Of four such colours of lite's, three are in
none of five people's captions of the picture (docs/decisions/0092)."""

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
