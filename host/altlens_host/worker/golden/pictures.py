"""Pictures to caption, drawn in whole numbers: the same bytes on every machine, for ever.

No library draws here, since the next version of one may draw a circle otherwise, and none makes
the random numbers. They need not look like anything, but a model must say different things of
them: so most are rough as photographs are, with land, sky and things between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 320, 240

Pixels = NDArray[np.uint8]
"""[HEIGHT, WIDTH, 3]"""

_Y, _X = np.mgrid[0:HEIGHT, 0:WIDTH]


class Dice:
    """Whole numbers that look random: SHA-256 of a name and a counter."""

    def __init__(self, name: str) -> None:
        """Start."""
        self._name, self._count = name, 0

    def __call__(self, low: int, high: int) -> int:
        """Return a number from low to high, high included."""
        return low + int.from_bytes(self._bytes()[:6], "big") % (high - low + 1)

    def colour(self, low: int = 0, high: int = 255) -> NDArray[np.int64]:
        """Return a colour whose parts are between these."""
        return np.array([self(low, high) for _ in range(3)])

    def grid(self, rows: int, columns: int) -> NDArray[np.int64]:
        """Return numbers from 0 to 255, [rows, columns]."""
        count = -(-rows * columns // 32)
        data = b"".join(self._bytes() for _ in range(count))
        return np.frombuffer(data, np.uint8)[: rows * columns].reshape(rows, columns).astype(int)

    def _bytes(self) -> bytes:
        self._count += 1
        return hashlib.sha256(f"{self._name}:{self._count}".encode()).digest()


def draw(number: int) -> Pixels:
    """Draw one of the pictures, which are without end."""
    return _KINDS[number % len(_KINDS)](Dice(f"altlens golden {number}"))


def digest_of(numbers: Iterable[int]) -> str:
    """Return the SHA-256 of the pixels of some pictures, in hexadecimal."""
    made = hashlib.sha256()
    for number in numbers:
        made.update(draw(number).tobytes())
    return made.hexdigest()


def _land(dice: Dice) -> Pixels:
    """Rough ground under a sky, and things that stand before both."""
    sky, ground = dice.colour(110, 255), dice.colour(30, 190)
    line = dice(50, 190) + (_roughness(dice, dice(1, 3))[0] - 128) * dice(0, 60) // 128
    below = (line < _Y)[:, :, None]
    picture = np.where(below, ground, sky - _Y[:, :, None] * dice(0, 60) // HEIGHT)
    rough = np.where(below, dice(30, 130), dice(4, 60))
    picture = picture + (_roughness(dice, dice(3, 6)) - 128)[:, :, None] * rough // 128
    return _with_things(picture, dice, dice(1, 6))


def _near(dice: Dice) -> Pixels:
    """One large rough thing, and others that cover it in part."""
    picture = (
        dice.colour(20, 230)
        + (_roughness(dice, dice(1, 6)) - 128)[:, :, None] * dice(20, 120) // 128
    )
    return _with_things(picture, dice, dice(2, 9))


def _page(dice: Dice) -> Pixels:
    """Dark strokes in rows, as of writing."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    picture[:] = dice.colour(215, 255)
    ink, height = dice.colour(0, 90), dice(2, 9)
    for top in range(dice(8, 30), HEIGHT - 2 * height, 2 * height + dice(0, 6)):
        left = dice(8, 24)
        while left < WIDTH - 60 - dice(0, 90):
            wide = dice(4, 30)
            picture[top : top + height, left : left + wide] = ink
            left += wide + dice(3, 7)
    return picture


def _roughness(dice: Dice, fine: int) -> NDArray[np.int64]:
    """Return noise of 0 to 255 whose coarse parts are the strongest, [HEIGHT, WIDTH].

    Args:
        dice: Makes it.
        fine: In how many sizes, each half as large and half as strong as the one before.
    """
    total = np.zeros((HEIGHT, WIDTH), np.int64)
    for octave in range(fine):
        cells = 3 << octave
        total += _stretched(dice.grid(cells + 1, cells + 1), cells) >> octave
    return total * (1 << (fine - 1)) // ((1 << fine) - 1)


def _stretched(grid: NDArray[np.int64], cells: int) -> NDArray[np.int64]:
    top, below = np.divmod(np.arange(HEIGHT) * cells * 256 // HEIGHT, 256)
    left, right = np.divmod(np.arange(WIDTH) * cells * 256 // WIDTH, 256)
    below = below[:, None]
    rows = grid[top] * (256 - below) + grid[top + 1] * below
    stretched: NDArray[np.int64] = (rows[:, left] * (256 - right) + rows[:, left + 1] * right) >> 16
    return stretched


def _with_things(picture: NDArray[np.int64], dice: Dice, count: int) -> Pixels:
    """Set rough things of any colour before a picture, lit from one side."""
    for _ in range(count):
        x, y, wide, high = dice(20, 300), dice(40, 220), dice(6, 70), dice(10, 90)
        inside = (abs(_X - x) < wide) & (abs(_Y - y) < high)
        if dice(0, 2):
            inside = ((_X - x) * high) ** 2 + ((_Y - y) * wide) ** 2 < (wide * high) ** 2
        light = (_X - x) * dice(-60, 60) // wide + (_roughness(dice, 4) - 128) * dice(0, 90) // 128
        picture = np.where(inside[:, :, None], dice.colour() + light[:, :, None], picture)
    return picture.clip(0, 255).astype(np.uint8)


_KINDS: tuple[Callable[[Dice], Pixels], ...] = (_land, _near, _land, _page, _near)
