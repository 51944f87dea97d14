"""Nothing but the error tree escapes, whatever is read."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz import seeds, targets

CORPUS = Path(__file__).parent / "corpus"
MANY_FRAMES = 1_000_000
MANY_PICTURES = 10_000


@pytest.mark.parametrize("name", targets.EVERY)
def test_what_fuzzing_found_before(name: str) -> None:
    """Every seed, and every input that once reached new code, is still handled."""
    kept = [file.read_bytes() for file in sorted((CORPUS / name).glob("*"))]
    assert kept, "the corpus is lost"
    for data in [*seeds.every()[name], *kept]:
        targets.EVERY[name](data)


@pytest.mark.parametrize("name", targets.EVERY)
@given(data=st.binary(max_size=2048))
def test_any_bytes(name: str, data: bytes) -> None:
    """Noise is refused, never passed on."""
    targets.EVERY[name](data)


@pytest.mark.parametrize("name", targets.EVERY)
@settings(max_examples=200)
@given(chance=st.randoms(use_true_random=False))
def test_damaged_examples(name: str, chance: random.Random) -> None:
    """Good examples that were damaged go deeper than noise does."""
    targets.EVERY[name](_damaged(chance.choice(seeds.every()[name]), chance))


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_a_million_frames(capsys: pytest.CaptureFixture[str]) -> None:
    """Frames of all kinds, whole and damaged, through framing and messages."""
    chance, count = random.Random(5), 0
    examples = seeds.every()["messages"]
    while count < MANY_FRAMES:
        bodies = [_damaged(chance.choice(examples), chance) for _ in range(50)]
        for body in bodies:
            targets.messages(body)
        targets.framing(b"".join(len(b).to_bytes(4, "little") + b for b in bodies))
        count += len(bodies)
    with capsys.disabled():
        print(f"\ncampaign: {count} frames, nothing but the error tree escaped")


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_ten_thousand_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    """Pictures of every shape, damaged."""
    count = sum(1 for data in _pictures(random.Random(6)) if targets.images(data) is None)
    with capsys.disabled():
        print(f"\ncampaign: {count} mutated pictures, nothing but the error tree escaped")


def _pictures(chance: random.Random) -> Iterator[bytes]:
    examples = seeds.pictures()
    for _ in range(MANY_PICTURES):
        yield _damaged(chance.choice(examples), chance)


def _damaged(data: bytes, chance: random.Random) -> bytes:
    """Return an example with a few bytes changed, lost, doubled or cut off."""
    damaged = bytearray(data)
    for _ in range(chance.randint(0, 4)):
        at, length = chance.randrange(len(damaged) + 1), chance.randint(1, 8)
        kind = chance.randrange(5)
        if kind == 0:
            damaged[at : at + length] = chance.randbytes(length)
        elif kind == 1:
            del damaged[at : at + length]
        elif kind == 2:
            damaged[at:at] = damaged[at : at + length * 8]
        elif kind == 3:
            damaged[at : at + 1] = chance.choice([b"\x00", b"\xff", b"\x7f", b'"', b"}"])
        else:
            del damaged[max(at, 1) :]
    return bytes(damaged)
