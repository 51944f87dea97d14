"""Where the time of a caption goes: the picture, the encoder, the decoder."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.contenders import Contender, Lines

PARTS = ("picture", "encoder", "decoder")


def splits(contenders: Sequence[Contender], pictures: Sequence[Path]) -> list[dict[str, Any]]:
    """Measure the parts of a caption, in a process without host, turn by turn.

    Args:
        contenders: Those that can be looked into are measured.
        pictures: One caption of each; the first one warms up.

    Returns:
        For each contender its name and the median of each of PARTS, in milliseconds.
    """
    with ExitStack() as stack:
        live: dict[str, Lines] = {}
        for one in contenders:
            if one.splits is not None:
                live[one.name] = Lines(one.splits)
                stack.callback(live[one.name].close)
        made = {
            name: [process.tell(picture=str(picture), split=True)["split"]]
            for picture in pictures[:1]
            for name, process in live.items()
        }
        for picture in pictures[1:]:
            for name, process in live.items():
                made[name].append(process.tell(picture=str(picture), split=True)["split"])
    return [
        {"name": name, **{part: _median(taken[1:], at) for at, part in enumerate(PARTS)}}
        for name, taken in made.items()
    ]


def table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the Markdown table."""
    lines = ["| | picture | encoder | 12 tokens |", "|---|---:|---:|---:|"]
    return lines + [
        f"| {row['name']} | {row['picture']:.0f} ms | {row['encoder']:.0f} ms "
        f"| {row['decoder']:.0f} ms |"
        for row in rows
    ]


def _median(taken: Sequence[Sequence[float]], part: int) -> float:
    return round(statistics.median(one[part] for one in taken) * 1000, 1)
