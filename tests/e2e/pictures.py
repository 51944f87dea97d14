"""Photographs that carry a number, which survives scaling and JPEG: a test knows each again."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from PIL import Image

BITS = 12
"""Of the number; as many follow with its complement, so that no other picture is taken for one."""

PHOTOGRAPHS = (
    Path(__file__).resolve().parents[2] / "installer/altlens_installer/demo/pictures"
).resolve()

# Captions without digits: numbers may be withheld from a page, and these must not be.
_HOW = "red green blue brown grey black white golden silver purple orange pale dark tiny huge old"
_WHAT = (
    "fox owl cat dog horse boat train tower bridge river garden kettle violin lamp clock barrel "
    "piano tree cloud hill castle tractor bicycle spoon teapot anchor candle ladder rabbit camel "
    "donkey eagle falcon goose heron iguana jaguar koala lemur mole newt otter panda quail raven "
    "salmon tiger urchin viper walrus yak zebra apple basket cactus drum easel fiddle globe hammer"
)
HOW, WHAT = _HOW.split(), _WHAT.split()


def caption(number: int) -> str:
    """Return the words of the scripted host for a numbered picture: no two have the same."""
    number, what = divmod(number, len(WHAT))
    where, how = divmod(number, len(HOW))
    places = ("in a field", "near a wall", "by the sea", "on a table", "under a roof")
    return f"A {HOW[how]} {WHAT[what]} {places[where]}"


def numbered(number: int, size: tuple[int, int] = (96, 72)) -> Image.Image:
    """Return a photograph of a size with a number in a strip along its top."""
    photographs = _photographs()
    picture = photographs[number % len(photographs)].resize(size)
    # A tint of its own, so that no memory of similar pictures takes one for another.
    tint = Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, number * 53 % 256))
    picture = Image.blend(picture, tint, 0.15)
    height = max(4, size[1] // 6)
    for index, bit in enumerate(_bits(number)):
        left, right = (round(at * size[0] / (2 * BITS)) for at in (index, index + 1))
        picture.paste((255, 255, 255) if bit else (0, 0, 0), (left, 0, right, height))
    return picture


def encoded(number: int, size: tuple[int, int] = (96, 72), kind: str = "PNG") -> bytes:
    """Return a numbered photograph as a file."""
    file = io.BytesIO()
    numbered(number, size).save(file, kind, quality=92)
    return file.getvalue()


def number_of(file: bytes) -> int | None:
    """Return the number in a picture, whatever its size now; None where it carries none."""
    with Image.open(io.BytesIO(file)) as opened:
        grey = opened.convert("L")
    width, height = grey.size
    row = height // 12
    bits = []
    for index in range(2 * BITS):
        left = round((index + 0.35) * width / (2 * BITS))
        value = grey.getpixel((min(left, width - 1), row))
        assert isinstance(value, int)
        if 70 < value < 185:
            return None
        bits.append(value > 127)
    number = _value(bits[:BITS])
    return number if bits == _bits(number) else None


def _bits(number: int) -> list[bool]:
    first = [bool(number >> at & 1) for at in range(BITS)]
    return first + [not bit for bit in first]


def _value(bits: list[bool]) -> int:
    return sum(bit << at for at, bit in enumerate(bits))


@cache
def _photographs() -> list[Image.Image]:
    found = []
    for path in sorted(PHOTOGRAPHS.glob("*.jpg")):
        with Image.open(path) as opened:
            found.append(opened.convert("RGB"))
    return found


def drawn_svg(number: int, attributes: str = "", title: str = "") -> str:
    """Return a drawing with a number as SVG, 96 by 72, without anything that needs a network."""
    strip = "".join(
        f'<rect x="{at * 4}" width="4" height="12" fill="{"#fff" if bit else "#000"}"/>'
        for at, bit in enumerate(_bits(number))
    )
    shapes = (
        '<rect width="96" height="72" fill="#8cf"/><circle cx="70" cy="30" r="12" fill="#fd0"/>'
        '<path d="M0 72 L30 30 L60 72 Z" fill="#485"/>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 72" width="96" height="72" '
        f"{attributes}>{title}{shapes}{strip}</svg>"
    )
