"""Captions for pictures that have only an ImageNet class name."""

from __future__ import annotations

import random

# Ranges of ImageNet's 1,000 classes, in the order of their WordNet ids, whose names few people
# know: the plain word is what a listener needs first.
_PLAIN = {
    "fish": [(0, 1), (389, 397)],
    "shark": [(2, 4)],
    "chicken": [(7, 8)],
    "bird": [(10, 20), (80, 83), (86, 96), (98, 98), (127, 143), (145, 146)],
    "owl": [(24, 24)],
    "frog": [(30, 32)],
    "turtle": [(33, 37)],
    "lizard": [(38, 48)],
    "snake": [(52, 68)],
    "spider": [(72, 77)],
    "duck": [(97, 97)],
    "dog": [(151, 268)],
    "wolf": [(269, 272)],
    "fox": [(277, 280)],
    "cat": [(281, 285)],
    "bear": [(294, 297)],
    "beetle": [(300, 307)],
    "insect": [(308, 320)],
    "butterfly": [(321, 326)],
    "rabbit": [(330, 332)],
    "sheep": [(348, 350)],
    "monkey": [(365, 384)],
    "elephant": [(385, 386)],
    "truck": [(555, 555), (569, 569), (717, 717), (864, 864), (867, 867)],
    "train": [(466, 466), (547, 547)],
    "boat": [(472, 472), (554, 554), (625, 625), (814, 814)],
    "ship": [(510, 510), (628, 628), (724, 724)],
    "car": [(436, 436), (468, 468), (511, 511), (656, 656), (751, 751), (817, 817)],
    "mushroom": [(991, 994), (996, 997)],
}
_PLAIN_OF = {
    index: word
    for word, ranges in _PLAIN.items()
    for first, last in ranges
    for index in range(first, last + 1)
}
_FRAMES = ("{}", "a close up of {}", "a picture of {}")


def with_article(noun: str) -> str:
    """A noun with "a" or "an"; none for what looks plural."""
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is")):
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def label_caption(label: str, index: int, rng: random.Random) -> str:
    """One of several captions for class `label`, number `index` in ImageNet's order."""
    plain = _PLAIN_OF.get(index)
    noun = plain if plain and rng.random() < 0.75 else label.lower()
    return rng.choice(_FRAMES).format(with_article(noun))
