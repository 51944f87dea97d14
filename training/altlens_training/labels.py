"""ImageNet's class names in plain words: captions for pictures, and classes for captions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from altlens_training.data import plain

# ImageNet's 1,000 classes in the order of their WordNet ids: first and last class of a range, and
# the word that a listener needs. Names that few people know, or that captions never use, would
# only teach the model to stammer.
_RANGES = """
0 1 fish, 2 4 shark, 5 6 fish, 7 8 chicken, 9 9 ostrich, 10 21 bird, 22 22 eagle, 23 23 bird,
24 24 owl, 25 29 lizard, 30 32 frog, 33 37 turtle, 38 48 lizard, 49 50 crocodile, 51 51 dinosaur,
52 68 snake, 69 69 animal, 70 77 spider, 78 79 insect, 80 83 bird, 84 84 peacock, 85 86 bird,
87 90 parrot, 91 96 bird, 97 97 duck, 98 98 bird, 99 99 goose, 100 100 swan, 101 101 elephant,
102 106 animal, 107 107 jellyfish, 108 109 coral, 110 116 animal, 117 117 shell, 118 121 crab,
122 124 lobster, 125 125 crab, 126 126 insect, 127 129 bird, 130 130 flamingo, 131 143 bird,
144 144 pelican, 145 145 penguin, 146 146 bird, 147 148 whale, 149 150 seal, 151 268 dog,
269 271 wolf, 272 275 dog, 276 276 animal, 277 280 fox, 281 285 cat, 286 287 cat, 288 290 leopard,
291 291 lion, 292 292 tiger, 293 293 leopard, 294 297 bear, 298 299 animal, 300 307 insect,
308 308 insect, 309 309 bee, 310 318 insect, 319 320 dragonfly, 321 326 butterfly,
327 327 starfish, 328 329 animal, 330 332 rabbit, 333 334 animal, 335 335 squirrel,
336 338 animal, 339 339 horse, 340 340 zebra, 341 343 pig, 344 344 animal, 345 347 cow,
348 350 sheep, 351 353 deer, 354 354 camel, 355 364 animal, 365 384 monkey, 385 386 elephant,
387 388 bear, 389 397 fish, 404 404 airplane, 409 409 clock, 436 436 car, 444 444 bicycle,
466 466 train, 468 468 car, 472 472 boat, 487 487 phone, 504 504 cup, 510 510 ship, 511 511 car,
528 528 phone, 530 530 clock, 547 547 train, 554 554 boat, 555 555 truck, 569 569 truck,
620 620 laptop, 625 625 boat, 628 628 ship, 656 656 car, 657 657 rocket, 665 665 motorcycle,
670 670 motorcycle, 671 671 bicycle, 681 681 laptop, 717 717 truck, 724 724 ship, 726 726 tool,
732 732 camera, 744 744 rocket, 751 751 car, 759 759 camera, 812 812 rocket, 814 814 boat,
817 817 car, 821 821 bridge, 831 831 couch, 839 839 bridge, 864 864 truck, 867 867 truck,
888 888 bridge, 892 892 clock, 895 895 airplane, 956 956 fruit, 967 967 cup of coffee, 968 968 cup,
987 987 corn, 989 989 fruit, 991 997 mushroom, 998 998 corn
"""
_CLASSES = 1000
_FRAMES = ("{}", "a close up of {}")
_OFTEN = 12
_MISLEADING = frozenset(
    "bank bar bars beam can cap center chest cover disc home muzzle pad pick pitcher player shade "
    "site slide spray stage track".split()
)
"""Last words of names that mean something else in captions: a lens cap is no cap."""
_COARSE = ("animal", "food", "object")


def plain_nouns(labels: Sequence[str], text: Iterable[str]) -> list[str]:
    """A word for each of ImageNet's classes, such as captions use.

    What has no word above keeps its name if the captions of `text` have it often enough, or else
    the last word of its name; the rest is "food" or "object".
    """
    known = {}
    for entry in _RANGES.replace("\n", " ").split(","):
        first, last, word = entry.split(maxsplit=2)
        known.update(dict.fromkeys(range(int(first), int(last) + 1), word.strip()))
    counts: Counter[str] = Counter()
    for caption in text:
        said = caption.split()
        counts.update(said)
        counts.update(f"{a} {b}" for a, b in pairwise(said))
    nouns = []
    for index, label in enumerate(labels):
        name = plain(label)
        candidates = [known[index]] if index in known else [name, name.split()[-1]]
        coarse = "food" if 924 <= index <= 969 else "object"
        usual = [
            noun
            for noun in candidates
            if index in known or (counts[noun] >= _OFTEN and noun not in _MISLEADING)
        ]
        nouns.append(usual[0] if usual else coarse)
    return nouns


def with_article(noun: str) -> str:
    """A noun with "a" or "an"; none for what looks plural."""
    if noun == "food" or (noun.endswith("s") and not noun.endswith(("ss", "us", "is"))):
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def noun_captions(noun: str) -> tuple[str, ...]:
    """What to say of a picture of which only its class is known."""
    return tuple(frame.format(with_article(noun)) for frame in _FRAMES)


class Classes:
    """Which classes a caption speaks of, as the vision trunk might have seen them.

    Text teaches the decoder what to say of a class, as if it had seen pictures: a caption that
    names a class gets probabilities that are high for it, and any other caption none at all.

    Raises:
        ValueError: there is no class.
    """

    def __init__(self, nouns: Sequence[str]) -> None:
        if not nouns:
            raise ValueError("the data has no labelled picture, so no class has a name")
        self._nouns = nouns
        self._of: dict[str, list[int]] = {}
        for index, noun in enumerate(nouns):
            self._of.setdefault(noun, []).append(index)
        spoken = sorted(set(nouns).difference(_COARSE), key=lambda noun: (-len(noun), noun))
        self._pattern = re.compile(rf"\b({'|'.join(map(re.escape, spoken))})s?\b")
        self._groups = sorted(self._of)

    def seen(self, caption: str, rng: np.random.Generator) -> NDArray[np.float32]:
        """Made-up class probabilities [classes] for a caption."""
        found = list(dict.fromkeys(self._pattern.findall(caption)))[:2]
        return self._peaked([int(rng.choice(self._of[noun])) for noun in found], rng)

    def _peaked(self, indices: list[int], rng: np.random.Generator) -> NDArray[np.float32]:
        values = np.zeros(_CLASSES, np.float32)
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
        """A caption of a class and its probabilities; mostly, every noun is as likely."""
        if rng.random() < 0.7:
            noun = self._groups[int(rng.integers(len(self._groups)))]
            index = int(rng.choice(self._of[noun]))
        else:
            index = int(rng.integers(len(self._nouns)))
        captions = noun_captions(self._nouns[index])
        return captions[int(rng.integers(len(captions)))], self._peaked([index], rng)
