"""The measurements, each with the limit that the project promises."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from altlens_host.models.catalogue import EMBEDDED
from bench import pictures
from bench.host import Host
from bench.measure import Measure, milliseconds

STARTS = 20
CAPTIONS = 40
ENDINGS = 10


def every() -> Iterator[Measure]:
    """Measure one after the other; nothing else should run on the machine meanwhile."""
    yield welcome()
    yield host_memory()
    yield command_help()
    yield first_caption()
    yield from warm()
    yield ending("EOF", Host.hang_up)
    yield ending("SIGTERM", lambda host: host.process.terminate())
    yield model_size()


def welcome() -> Measure:
    """From starting the host to its welcome."""

    def start() -> float:
        hosts = []
        taken = milliseconds(lambda: hosts.append(Host()))
        hosts[0].__exit__()
        return taken

    start()  # the first reads Python from the disk
    return Measure("host: from exec to welcome", "ms", [start() for _ in range(STARTS)], 100)


def host_memory() -> Measure:
    """Resident memory of a host that has no worker yet."""

    def resident() -> float:
        with Host() as host:
            return host.resident()

    return Measure("host: memory without a worker", "MB", [resident() for _ in range(5)], 30)


def command_help() -> Measure:
    """The command line's start."""
    command = [str(Path(sys.executable).with_name("altlens")), "--help"]

    def show() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    show()
    return Measure("`altlens --help`", "ms", [milliseconds(show) for _ in range(STARTS)], 150)


def first_caption() -> Measure:
    """From asking to the answer, where the worker has to be started first."""

    def ask(picture: bytes) -> float:
        with Host() as host:
            return milliseconds(lambda: host.caption(1, picture))

    values = [ask(picture) for picture in islice(pictures.endless(), 5)]
    return Measure("first caption: start the worker, load the model", "ms", values)


def warm() -> Iterator[Measure]:
    """A host that captions one picture after the other."""
    sent = list(enumerate(islice(pictures.endless(), CAPTIONS + 5)))
    with Host() as host:

        def ask(number: int, picture: bytes) -> float:
            return milliseconds(lambda: host.caption(number, picture))

        for number, picture in sent[:5]:
            ask(number, picture)
        values = [ask(number, picture) for number, picture in sent[5:]]
        yield Measure("warm caption, asked and answered", "ms", values, 60)

        again = [ask(number, picture) for number, picture in sent[5:]]
        yield Measure("the same bytes again, from memory", "ms", again)

        yield Measure("host: memory after captions", "MB", [host.resident()])
        yield Measure(
            "worker: memory after captions", "MB", [host.worker().memory_info().rss / 1e6]
        )


def ending(how: str, end: Callable[[Host], None]) -> Measure:
    """From the browser's word to the last process gone, with a worker that has a model loaded."""
    picture = next(pictures.endless())

    def measured() -> float:
        with Host() as host:
            host.caption(1, picture)
            worker = host.worker()

            def finish() -> None:
                end(host)
                host.wait_until_gone(worker)

            return milliseconds(finish)

    values = [measured() for _ in range(ENDINGS)]
    return Measure(f"{how}: host and worker gone", "ms", values, 100)


def model_size() -> Measure:
    """What the embedded model weighs in the project."""
    files = [path for path in (EMBEDDED / "lite").rglob("*") if path.is_file()]
    return Measure("`lite` on disk", "MB", [sum(f.stat().st_size for f in files) / 1e6], 16)
