"""How far each contender's logits are from those in 32-bit floats, on the same tokens."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from altlens_training.shapes import drawn_pictures
from bench.contenders import TOKENS, Command, Contender, Lines
from bench.lineup import REFERENCE
from bench.rows import Row

SIDE = 224
Logits = NDArray[np.float32]


def errors(contenders: Sequence[Contender], rows: Mapping[str, Row], count: int) -> None:
    """Measure the errors of all contenders, and enter them into their rows.

    Every contender is forced to say the tokens that the reference says by itself. The pictures
    are as large as the encoder takes them, and without loss, so that no difference comes from
    decoding or scaling.
    """
    reference = next((one for one in contenders if one.name == REFERENCE), None)
    if reference is None or reference.forcing is None:
        return
    with tempfile.TemporaryDirectory(prefix="altlens-bench-") as place:
        pictures = _drawn(Path(place), count)
        with _forced(reference.forcing, Path(place)) as force:
            right = [force(one, None) for one in pictures]
        tokens = [[int(token) for token in one.argmax(1)] for one in right]
        for one in contenders:
            if one.forcing is None:
                continue
            with _forced(one.forcing, Path(place)) as force:
                made = [force(*asked) for asked in zip(pictures, tokens, strict=True)]
            pairs = list(zip(made, right, strict=True))
            rows[one.name].rel_logit_error = float(np.mean([distance(*pair) for pair in pairs]))
            rows[one.name].top1 = float(np.mean([agreement(*pair) for pair in pairs]))
    _shared(contenders, rows)


def distance(made: Logits, right: Logits) -> float:
    """Return the distance of logits [tokens, vocabulary] from the right ones.

    It is relative to the distance of the right ones from their mean, which says nothing.
    """
    return float(np.linalg.norm(made - right) / np.linalg.norm(right - right.mean()))


def agreement(made: Logits, right: Logits) -> float:
    """Return for which share of the tokens both have the same first choice."""
    return float(np.mean(made.argmax(1) == right.argmax(1)))


def _shared(contenders: Sequence[Contender], rows: Mapping[str, Row]) -> None:
    for one in contenders:
        if one.like is not None and one.like in rows:
            row, other = rows[one.name], rows[one.like]
            row.rel_logit_error, row.top1 = other.rel_logit_error, other.top1
            row.error_of = one.like


def _drawn(folder: Path, count: int) -> list[Path]:
    paths = []
    for number, picture in enumerate(drawn_pictures(count)):
        paths.append(folder / f"{number}.png")
        picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR).save(paths[-1])
    return paths


@contextmanager
def _forced(command: Command, folder: Path) -> Iterator[_Force]:
    process = Lines(command)
    try:
        yield _Force(process, folder / "logits.f32")
    finally:
        process.close()


class _Force:
    """Asks one process for logits."""

    def __init__(self, process: Lines, file: Path) -> None:
        self._process, self._file = process, file

    def __call__(self, picture: Path, tokens: list[int] | None) -> Logits:
        """Return the logits [tokens, vocabulary]; no tokens for those it says by itself."""
        self._process.tell(picture=str(picture), forced=tokens or [], file=str(self._file))
        values = np.fromfile(self._file, "<f4")
        if not np.isfinite(values).all():
            raise RuntimeError("logits that are not finite")
        return values.reshape(TOKENS, -1)
