"""What a caption is about, before its words: who or what comes first, and whether several.

A search for the likeliest sentence says "a" too often: where several are seen, "two people", "a
group" and "children" share what is likely, and one person is the single likeliest thing to say.
So who or what and how many are decided first, by their own probabilities, and the decoder is told.
"""

from __future__ import annotations

import re

KINDS = ("person", "child", "dog", "animal", "other")
PLAN = len(KINDS) + 1
"""Numbers in a plan: one for each kind, and one for several."""

_WORDS = {
    "dog": "dogs?|pupp(?:y|ies)",
    "child": "child|children|kids?|baby|babies|toddlers?|infants?",
    "person": "persons?|people|adults?|groups?|crowds?|couples?|teams?|friends?|family|teenagers?|"
    "cyclists?|bikers?|riders?|bicyclists?|motorcyclists?|skateboarders?|surfers?|"
    "snowboarders?|skiers?|players?|climbers?|hikers?|runners?|swimmers?|workers?|performers?|"
    "dancers?|fighters?|students?|soldiers?|musicians?|athletes?",
    "animal": "animals?|birds?|cats?|horses?|cows?|elephants?|bears?|sheep|zebras?|giraffes?|"
    "goats?|ducks?|monkeys?|fish|kittens?|lions?|tigers?|sharks?|chickens?|ostrich|eagles?|owls?|"
    "lizards?|frogs?|turtles?|crocodiles?|snakes?|spiders?|insects?|peacocks?|parrots?|goose|geese|"
    "swans?|jellyfish|crabs?|lobsters?|flamingos?|pelicans?|penguins?|whales?|seals?|wolf|wolves|"
    "fox|foxes|leopards?|bees?|dragonfly|butterfl(?:y|ies)|starfish|rabbits?|squirrels?|pigs?|deer|"
    "camels?|seagulls?|bulls?|ponies|pony",
}
_KIND = re.compile(r"\b(?:" + "|".join(f"(?P<{k}>{words})" for k, words in _WORDS.items()) + r")\b")

_SEVERAL = (
    "two|three|four|five|six|seven|eight|nine|ten|several|many|some|both|groups?|crowd|people|"
    "persons|children|kids|dogs|couple|pair|teams?|players|adults|horses|cows|birds|friends|family|"
    "toddlers|babies|cats|elephants|sheep|zebras|giraffes|cyclists|riders|bikers|surfers|skiers|"
    "runners|dancers|performers|soldiers|workers|students|teenagers|swimmers|puppies"
)
_OF_SEVERAL = re.compile(
    rf"(?:\S+ ){{0,3}}(?:{_SEVERAL})\b"
    r"|(?:\S+ ){1,5}and (?:an?|another|two|her|his|one|their)\b"
    r"|(?:\S+ ){1,6}(?:and|beside|by|near|with) (?:another|other|two)\b"
)


def kind(caption: str) -> str:
    """Who or what a plain caption names first; "other" where it is nobody and no animal."""
    found = _KIND.search(caption)
    return (found and found.lastgroup) or "other"


def several(caption: str) -> bool:
    """Whether a plain caption begins with several: "two dogs", "a group of", "a dog and a"."""
    return bool(_OF_SEVERAL.match(caption))


def plan(caption: str) -> list[float]:
    """The plan that a plain caption carries out, [PLAN]: 1 for its kind, 1 for several."""
    said = kind(caption)
    return [*(float(said == one) for one in KINDS), float(several(caption))]
