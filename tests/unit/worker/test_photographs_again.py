"""The same photograph in another size or encoding is known again; nothing else is taken for it.

Measured on real photographs where they are to be had; on drawn ones, that are as rough, everywhere.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.encoding import encoded
from unit.worker.hard_pairs import pair

from altlens_host.messages import Answer
from altlens_host.models.catalogue import Model
from altlens_host.worker.captioner import Captioner
from altlens_host.worker.engines import Generation, nothing
from altlens_host.worker.photo_memory import PhotoMemory
from altlens_host.worker.photo_print import PhotoPrint, photo_print

FILTERS = [
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.HAMMING,
]


def rough(seed: int, size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Draw what has the statistics of a photograph: blobs of every size, and grain."""
    made = np.random.default_rng(seed)
    layers = np.zeros((size[1], size[0], 3))
    for step in (4, 8, 16, 32):
        blobs = made.integers(0, 256, (step * 3 // 4, step, 3)).astype(np.uint8)
        spread = Image.fromarray(blobs).resize(size, Image.Resampling.BICUBIC)
        layers += np.asarray(spread, float) * 4 / step
    layers = layers / layers.max() * 240 + made.normal(0, 4, layers.shape)
    return Image.fromarray(np.clip(layers, 0, 255).astype(np.uint8))


def again(image: Image.Image, chance: random.Random) -> Image.Image:
    """Store a picture once more: at 0.5 to 2 times its size, as a JPEG of quality 60 to 95."""
    scale = 2 ** chance.uniform(-1, 1)
    size = (round(image.width * scale), round(image.height * scale))
    buffer = io.BytesIO()
    quality = chance.randint(60, 95)
    image.resize(size, chance.choice(FILTERS)).save(buffer, "JPEG", quality=quality)
    with Image.open(buffer) as stored:
        return stored.convert("RGB")


def answer(text: str) -> Answer:
    return Answer("described", text, -1.0, 3, "lite", "1")


def printed(image: Image.Image) -> PhotoPrint:
    made = photo_print(image)
    assert made is not None
    return made


def test_a_photograph_is_known_again_in_another_size_and_encoding() -> None:
    """At the ends of what is promised."""
    memory = PhotoMemory()
    for seed in range(20):
        memory.put(printed(rough(seed)), answer(str(seed)))
    chance = random.Random(1)
    found = [memory.get(printed(again(rough(seed % 20), chance))) for seed in range(40)]

    right = [said == answer(str(at % 20)) for at, said in enumerate(found)]
    assert sum(right) >= 39
    assert all(said is None for said, good in zip(found, right, strict=True) if not good)


def test_another_photograph_is_not_known() -> None:
    """Not even one with the same colours in the same places."""
    memory = PhotoMemory()
    memory.put(printed(rough(1)), answer("one"))

    assert memory.get(printed(rough(2))) is None
    assert memory.get(printed(rough(1).transpose(Image.Transpose.FLIP_LEFT_RIGHT))) is None
    assert memory.get(printed(rough(1).convert("L").convert("RGB"))) is None
    assert memory.get(printed(rough(1).crop((0, 0, 400, 280)))) is None
    assert memory.get(printed(rough(1).resize((400, 280)))) is None


def test_something_small_that_changed_is_seen() -> None:
    """A ball, a bird, a hand: what the caption may be about."""
    image = rough(3)
    changed = image.copy()
    changed.paste((255, 255, 255), (190, 140, 206, 156))
    memory = PhotoMemory()
    memory.put(printed(image), answer("without"))

    assert memory.get(printed(changed)) is None


@pytest.mark.parametrize("drawn", range(4))
def test_pages_charts_boards_and_dialogues_are_never_remembered(drawn: int) -> None:
    """However they come; a digit in them may be all that matters."""
    chance = random.Random(drawn)
    for seed in range(drawn, 24, 6):
        image, _ = pair(seed)
        assert photo_print(image) is None
        assert photo_print(again(image, chance)) is None


@pytest.mark.parametrize(
    "seeds", [range(90), pytest.param(range(90, 500), marks=pytest.mark.slow)], ids=["some", "rest"]
)
def test_five_hundred_pairs_that_differ_in_a_number_are_kept_apart(seeds: range) -> None:
    """The same template, another number: no one is taken for the other."""
    chance = random.Random(500)
    for seed in seeds:
        first, second = pair(seed)
        memory = PhotoMemory()
        if seen := photo_print(first):
            memory.put(seen, answer("first"))
        for other in (second, again(second, chance)):
            seen = photo_print(other)
            assert seen is None or memory.get(seen) is None, f"pair {seed}"


def test_icons_are_never_remembered() -> None:
    """Too small to tell one from another."""
    assert photo_print(rough(1, (63, 200))) is None
    assert photo_print(rough(1, (64, 64))) is not None


def test_what_was_not_used_for_longest_is_forgotten_first() -> None:
    """And leaves nothing behind that would be found."""
    memory = PhotoMemory(most=2)
    prints = [printed(rough(seed)) for seed in range(3)]
    memory.put(prints[0], answer("0"))
    memory.put(prints[1], answer("1"))
    memory.get(prints[0])
    memory.put(prints[2], answer("2"))

    assert len(memory) == 2
    assert memory.get(prints[0]) == answer("0")
    assert memory.get(prints[1]) is None
    assert memory.get(prints[2]) == answer("2")


def photographs(repository: Path) -> Iterator[Image.Image]:
    for path in sorted((repository.parent / "shared" / "data" / "captions").glob("*/*.jpg")):
        with Image.open(path) as image:
            yield image.convert("RGB")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_real_photographs_are_known_again_and_never_mistaken(repository: Path) -> None:
    """At least nine in ten, and of all of them not one is taken for another."""
    memory, chance = PhotoMemory(most=100_000), random.Random(7)
    tried = hits = wrong = drawn = 0
    for tried, image in enumerate(photographs(repository), 1):
        seen = photo_print(image)
        if seen is None:
            drawn += 1
            continue
        wrong += memory.get(seen) is not None
        memory.put(seen, answer(str(tried)))
    if not tried:
        pytest.skip("the photographs are not there")
    for number, image in enumerate(photographs(repository), 1):
        seen = photo_print(again(image, chance))
        said = memory.get(seen) if seen else None
        hits += said == answer(str(number))
        wrong += said not in (None, answer(str(number)))
    print(f"{tried} photographs: {hits} known again, {wrong} mistaken, {drawn} taken for drawn")

    assert wrong == 0
    assert hits >= 0.9 * tried


class Counting:
    """An engine that says something new each time."""

    name, device, side = "counting", "cpu", 64

    def __init__(self) -> None:
        self.asked = 0

    def scaled(self, image: Image.Image) -> Image.Image:
        return image

    def caption(self, image: Image.Image, check: Callable[[], None] = nothing) -> Generation:
        self.asked += 1
        return Generation((1,), (-1.0,), f"Page {self.asked}")


def test_the_captioner_describes_a_photograph_once_and_a_page_each_time(tmp_path: Path) -> None:
    """The model is not asked again for what it has said already."""
    engine = Counting()
    captioner = Captioner(Model("m", "1", "MIT", tmp_path), engine)
    page, other_page = pair(0)

    first = captioner.answer(encoded(rough(1)))
    captioner.remember()
    again_ = captioner.answer(encoded(rough(1).resize((600, 450), Image.Resampling.LANCZOS)))
    texts = []
    for image in (rough(2), page, page, other_page):
        texts.append(captioner.answer(encoded(image)).text)
        captioner.remember()

    assert first == again_
    assert [first.text, *texts] == [f"Page {number}" for number in range(1, 6)]
