"""The measurements, each with the limit that the project promises."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from altlens_host.models.catalogue import EMBEDDED
from altlens_installer.client import Host
from bench import pictures
from bench.measure import Measure, milliseconds
from bench.processes import Launcher, caption, resident_megabytes, wait_until_gone, worker_of

STARTS = 20
CAPTIONS = 40
ENDINGS = 10
SETTLING = 5


def every() -> Iterator[Measure]:
    """Measure one after the other; nothing else should run on the machine meanwhile."""
    launcher = Launcher()
    yield welcome(launcher)
    yield host_memory(launcher)
    yield command_help()
    yield first_caption(launcher)
    yield from warm(launcher)
    yield ending(launcher, "EOF", Host.close)
    yield ending(launcher, "SIGTERM", terminate)
    yield model_size()


def welcome(launcher: Launcher) -> Measure:
    """From starting the host to its welcome."""

    def start() -> float:
        hosts: list[Host] = []
        taken = milliseconds(lambda: hosts.append(launcher.start()))
        hosts[0].close()
        return taken

    start()  # the first reads Python from the disk
    return Measure("host: from exec to welcome", "ms", [start() for _ in range(STARTS)], 100)


def host_memory(launcher: Launcher) -> Measure:
    """Resident memory of a host that has no worker yet."""

    def resident() -> float:
        with launcher.start() as host:
            return resident_megabytes(host.process.pid)

    return Measure("host: memory without a worker", "MB", [resident() for _ in range(5)], 30)


def command_help() -> Measure:
    """The command line's start."""
    command = [str(Path(sys.executable).with_name("altlens")), "--help"]

    def show() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    show()
    return Measure("`altlens --help`", "ms", [milliseconds(show) for _ in range(STARTS)], 150)


def first_caption(launcher: Launcher) -> Measure:
    """From asking to the answer, where the worker has to be started first."""

    def ask(picture: bytes) -> float:
        with launcher.start() as host:
            return milliseconds(lambda: caption(host, picture))

    values = [ask(picture) for picture in islice(pictures.endless(), 5)]
    return Measure("first caption: start the worker, load the model", "ms", values)


def warm(launcher: Launcher) -> Iterator[Measure]:
    """A host that captions one picture after the other."""
    sent = list(islice(pictures.endless(), CAPTIONS + SETTLING))
    with launcher.start() as host:

        def ask(picture: bytes) -> float:
            return milliseconds(lambda: caption(host, picture))

        values = [ask(picture) for picture in sent][SETTLING:]
        yield Measure("warm caption, asked and answered", "ms", values, 60)
        again = [ask(picture) for picture in sent]
        yield Measure("the same bytes again, from memory", "ms", again)

        own = resident_megabytes(host.process.pid)
        yield Measure("host: memory after captions", "MB", [own])
        worker = resident_megabytes(worker_of(host).pid)
        yield Measure("worker: memory after captions", "MB", [worker])


def ending(launcher: Launcher, how: str, end: Callable[[Host], None]) -> Measure:
    """From the browser's word to the last process gone, with a worker that has a model loaded."""
    picture = next(pictures.endless())

    def measured() -> float:
        with launcher.start() as host:
            caption(host, picture)
            worker = worker_of(host)

            def finish() -> None:
                end(host)
                wait_until_gone(worker)

            return milliseconds(finish)

    values = [measured() for _ in range(ENDINGS)]
    return Measure(f"{how}: host and worker gone", "ms", values, 100)


def terminate(host: Host) -> None:
    """Send SIGTERM, and wait for the host."""
    host.process.terminate()
    host.process.wait()


def model_size() -> Measure:
    """What the embedded model weighs in the project."""
    files = [path for path in (EMBEDDED / "lite").rglob("*") if path.is_file()]
    return Measure("`lite` on disk", "MB", [sum(f.stat().st_size for f in files) / 1e6], 16)
