"""One interleaved run of all contenders: cold starts, warm captions, memory, errors."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from bench import environment, full_size, pictures, splits
from bench.contenders import Contender, Running
from bench.forced import errors
from bench.lineup import NAMES, lineup
from bench.others import Watch
from bench.rows import Row, Timing, limits, limits_table, table

COLD, SETTLING = 7, 1
"""How often each is started, at most, and how many captions come before the warm ones."""

REST_SECONDS = 0.1
"""Between two measurements, so that what one leaves behind is not the next one's burden."""


def run(rounds: int, only: Sequence[str], forced: int) -> dict[str, Any]:
    """Set everything up, measure, and print the table.

    Args:
        rounds: How many warm captions each contender makes.
        only: The names of the contenders; none for all.
        forced: On how many drawn pictures errors are measured; 0 for none.

    Returns:
        What results/latest.json holds: `rows`, `splits`, `engine_limits`.
    """
    environment.set_up()
    model = full_size.build(environment.python())
    contenders = lineup(model, only or NAMES)
    rows = measure(contenders, rounds, forced)
    said = [row.as_json() for row in rows]
    held = limits({one["name"]: one for one in said})
    parts = _parts(contenders, rounds)
    lines = [*table(said), "", *splits.table(parts), "", *limits_table(held)]
    print("\n".join(lines), flush=True)
    return {"rows": said, "splits": parts, "engine_limits": [one.as_json() for one in held]}


def measure(contenders: Sequence[Contender], rounds: int, forced: int) -> list[Row]:
    """Measure all contenders, turn by turn.

    Args:
        contenders: Who is measured.
        rounds: How many warm captions each makes; it is started as often, but COLD times at most.
        forced: On how many drawn pictures errors are measured; 0 for none.
    """
    rows = {one.name: Row(one.name, model_mb=one.files() / 1e6) for one in contenders}
    with tempfile.TemporaryDirectory(prefix="altlens-bench-") as place:
        starts = min(COLD, rounds)
        sent = _written(Path(place), starts + SETTLING + rounds)
        told("Cold starts")
        for picture in sent[:starts]:
            for one in contenders:
                rows[one.name].cold.append(cold(one, picture))
        _warm(contenders, rows, sent[starts:])
    if forced:
        told("Errors against 32-bit floats")
        errors(contenders, rows, forced)
    return list(rows.values())


def told(what: str) -> None:
    """Say on standard error what goes on."""
    print(f"{what} …", file=sys.stderr, flush=True)


def cold(contender: Contender, picture: Path) -> Timing:
    """Measure from the start of a contender's process to its first caption, and end it."""
    running: list[Running] = []

    def start() -> None:
        running.append(contender.start())
        running[0].ask(picture)

    try:
        return timed(start, lambda: running)
    finally:
        for one in running:
            one.close()


def timed(action: Callable[[], object], running: Callable[[], Sequence[Running]]) -> Timing:
    """Measure an action and what others did meanwhile.

    Args:
        action: What is measured.
        running: Whose work is not that of others.
    """
    time.sleep(REST_SECONDS)
    watch = Watch(lambda: [process for one in running() for process in one.processes()])
    start = time.perf_counter()
    action()
    seconds = time.perf_counter() - start
    return Timing(seconds, watch.share())


def _warm(contenders: Sequence[Contender], rows: Mapping[str, Row], sent: Sequence[Path]) -> None:
    live: dict[str, Running] = {}
    try:
        told("Warm captions")
        for one in contenders:
            live[one.name] = one.start()
            for picture in sent[:SETTLING]:
                live[one.name].ask(picture)
        for picture in sent[SETTLING:]:
            for name, running in live.items():
                rows[name].warm.append(_caption(running, picture))
        for name, running in live.items():
            rows[name].peak_mb = running.peak_megabytes()
    finally:
        for running in live.values():
            running.close()


def _parts(contenders: Sequence[Contender], rounds: int) -> list[dict[str, Any]]:
    told("Parts of a caption")
    with tempfile.TemporaryDirectory(prefix="altlens-bench-") as place:
        return splits.splits(contenders, _written(Path(place), 1 + rounds))


def _caption(running: Running, picture: Path) -> Timing:
    return timed(lambda: running.ask(picture), lambda: [running])


def _written(folder: Path, count: int) -> list[Path]:
    paths = []
    for number, picture in enumerate(islice(pictures.endless(), count)):
        paths.append(folder / f"{number}.jpg")
        paths[-1].write_bytes(picture)
    return paths
