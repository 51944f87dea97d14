"""ImageNet's class names in plain words: captions for pictures, and classes for captions."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Ranges of ImageNet's 1,000 classes, in the order of their WordNet ids, whose names few people
# know: the plain word is what a listener needs first.
# fmt: off
_PLAIN = {
    "fish": [(0, 1), (389, 397)],
    "shark": [(2, 4)],
    "chicken": [(7, 8)],
    "bird": [
        (10, 20), (80, 83), (85, 86), (91, 96), (98, 98), (127, 129), (131, 143), (146, 146),
    ],
    "parrot": [(87, 90)],
    "penguin": [(145, 145)],
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
    "insect": [(316, 318)],
    "butterfly": [(321, 326)],
    "rabbit": [(330, 332)],
    "sheep": [(348, 350)],
    "monkey": [(368, 384)],
    "elephant": [(385, 386)],
    "truck": [(555, 555), (569, 569), (717, 717), (864, 864), (867, 867)],
    "train": [(466, 466), (547, 547)],
    "boat": [(472, 472), (554, 554), (625, 625), (814, 814)],
    "ship": [(510, 510), (628, 628), (724, 724)],
    "car": [(436, 436), (468, 468), (511, 511), (656, 656), (751, 751), (817, 817)],
    "motorcycle": [(665, 665), (670, 670)],
    "bicycle": [(444, 444), (671, 671)],
    "airplane": [(404, 404), (895, 895)],
    "rocket": [(657, 657), (744, 744)],
    "horse": [(339, 339)],
    "cow": [(345, 345)],
    "laptop": [(620, 620), (681, 681)],
    "phone": [(487, 487), (528, 528)],
    "clock": [(409, 409), (530, 530), (892, 892)],
    "bridge": [(821, 821), (839, 839), (888, 888)],
    "camera": [(732, 732), (759, 759)],
    "couch": [(831, 831)],
    "cup": [(504, 504), (968, 968)],
    "cup of coffee": [(967, 967)],
    "mushroom": [(991, 994), (996, 997)],
}
# fmt: on
_PLAIN_OF = {
    index: word
    for word, ranges in _PLAIN.items()
    for first, last in ranges
    for index in range(first, last + 1)
}
_FRAMES = ("{}", "a close up of {}")


def with_article(noun: str) -> str:
    """A noun with "a" or "an"; none for what looks plural."""
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is")):
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def plain_noun(label: str, index: int) -> str:
    """The word most people would use for class `label`, number `index` in ImageNet's order."""
    return _PLAIN_OF.get(index, label.lower())


def label_caption(label: str, index: int, rng: random.Random) -> str:
    """One of several captions for a class; now and then with its exact name."""
    noun = plain_noun(label, index) if rng.random() < 0.75 else label.lower()
    return rng.choice(_FRAMES).format(with_article(noun))


class Classes:
    """Which classes a caption speaks of, as the vision trunk might have seen them.

    Text teaches the decoder what to say of a class, as if it had seen pictures: a caption that
    names a class gets probabilities that are high for it, and any other caption none at all.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = labels
        self._of: dict[str, list[int]] = {}
        for index, label in enumerate(labels):
            for noun in {label.lower(), plain_noun(label, index)}:
                self._of.setdefault(noun, []).append(index)
                self._of.setdefault(f"{noun}s", []).append(index)
        nouns = sorted(self._of, key=len, reverse=True)
        self._pattern = re.compile(rf"\b({'|'.join(map(re.escape, nouns))})\b")
        self._groups = sorted({plain_noun(label, i) for i, label in enumerate(labels)})

    def seen(self, caption: str, rng: np.random.Generator) -> NDArray[np.float32]:
        """Made-up class probabilities [classes] for a caption."""
        found = list(dict.fromkeys(self._pattern.findall(caption)))[:2]
        return self._peaked([int(rng.choice(self._of[noun])) for noun in found], rng)

    def _peaked(self, indices: list[int], rng: np.random.Generator) -> NDArray[np.float32]:
        values = np.zeros(len(self._labels), np.float32)
        if not indices:
            return values
        sure = rng.uniform(0.3, 0.98)
        for index in indices:
            # What the trunk confuses a class with stands near it in WordNet's order.
            near = np.clip(index + rng.integers(-3, 4, 3), 0, len(values) - 1)
            values[near] += 0.1 * rng.random(3)
            values[index] += sure
        far = rng.integers(0, len(values), 5)
        values[far] += (1 - sure) * rng.random(5) / 2
        return (values / values.sum()).astype(np.float32)

    def example(self, rng: np.random.Generator) -> tuple[str, NDArray[np.float32]]:
        """A caption of a class, every plain noun as likely, and its probabilities."""
        noun = self._groups[int(rng.integers(len(self._groups)))]
        index = int(rng.choice(self._of[noun]))
        chance = random.Random(int(rng.integers(2**31)))
        caption = label_caption(self._labels[index], index, chance)
        return caption, self._peaked([index], rng)
