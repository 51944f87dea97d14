"""Five hundred captions with nothing in them to withhold, half of them near to something."""

import random

_WHO = "a person|two people|a young child|a brown dog|a grey cat|a flock of geese|a rider".split(
    "|"
)
_DOES = (
    "sits on a bench|runs along the beach|stands in tall grass|looks at the camera|waits at a stop|"
    "lies under a tree|plays with a red ball|walks past a shop"
).split("|")
_WHERE = (
    "near a river|in the snow|at a market|beside a fountain|under a bridge|on a sunny day|at night"
).split("|")

_NEAR = (
    "Scunthorpe|a cockatoo|a raccoon|a cocktail|grapes|drapes|a therapist|a peacock|a bass guitar|"
    "a class of pupils|an analyst|a canal|Essex|a sextant|a sexton|a document|cucumbers|a titmouse|"
    "shiitake mushrooms|a Dickens novel|Hancock tower|a basement|a swanky hotel|the Niger river|"
    "a spice stall|spicy noodles|Japan|homework|a fire retardant suit|a gypsum quarry|Pakistan|"
    "a chinchilla|an organism|a specimen jar|a prickly pear|a cockpit|a rooster|"
    "a dike|a shuttlecock|"
    "a Sussex church|a pussy willow|two great tits|a Moby Dick poster|a sperm whale|a Maine coon|"
    "a chink in the wall|a honky tonk bar|a rape field|wire strippers|the Rio Negro|a gypsy moth|"
    "a nude statue|a naked tree|a bare chest|an ass and a cart|a hoe and a rake|a cock on a fence|"
    "a sea dyke|a rugby hooker|nuts in a bowl|a hump on the road|"
    "a donkey's ass|a queer little house|"
    "a black horse|a white wall|Chinese lanterns|an Indian elephant|a mosque|a church|a temple|"
    "a nurse|a bikini|a breast stroke swimmer|a dam|a beaver|a hooded crow|a bush|a melon|a banana|"
    "a sausage|a wiener dog|a rack of clothes|a screw|a shaft of light|a ball and a bat|"
    "a strip mall|"
    "a knob on a door|a booby on a rock|a mandrill|a gay pride flag|a lesbian couple|a slot machine"
).split("|")


def innocent_captions() -> list[str]:
    """Return 500 captions, always the same."""
    rng = random.Random("innocent")
    near = [f"{who} with {thing}" for thing in _NEAR for who in rng.sample(_WHO, 3)]
    plain = [f"{who} {does} {where}" for who in _WHO for does in _DOES for where in _WHERE]
    return near + rng.sample(plain, 500 - len(near))
