"""What altlens does around the model: triage, the way of a photograph, reading a page."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path

import psutil

from altlens_host.messages import Priority
from altlens_host.models.catalogue import Model, find
from altlens_host.settings import can_read_text
from altlens_host.worker import images, triage
from altlens_host.worker.captioner import Captioner
from altlens_host.worker.engines import open_engine
from altlens_host.worker.text.reader import Reader
from altlens_installer.client import Host
from altlens_installer.models.preparing import Outcome, prepare_text
from bench import installed, pictures
from bench.measure import Measure, milliseconds
from bench.processes import Launcher, caption, resident_megabytes, wait_until_gone, worker_of

PHOTOGRAPHS = 150
PAGES = 15
SETTLING = 2

_PAGE: dict[Priority, str] = {
    "visible": "is answered, as it is said",
    "asked": "is read to its end, on demand",
}
"""In this order: what was read to its end is remembered, and answers who wishes for less too."""

IDLE_SECONDS = 2
"""After how long without a picture the worker is ended, in the host that is measured here."""


def every() -> Iterator[Measure]:
    """Measure one after the other; nothing else should run on the machine meanwhile."""
    yield from photographs("lite", find("lite"))
    full = installed.there("q8")
    if full:
        yield from photographs("a prepared model of distilvit's size", find(str(full)))
    if can_read_text():
        yield from pages(Launcher())


def photographs(name: str, model: Model) -> Iterator[Measure]:
    """Triage, and the whole way of a photograph beside its model alone, in this process.

    Either decodes the picture: without that no model has anything to see.

    Args:
        name: What the table calls the model.
        model: What captions.
    """
    engine = open_engine(model, 0, "cpu")
    captioner = Captioner(model, engine, reader=Reader(0))
    sent = list(islice(pictures.endless(), PHOTOGRAPHS + SETTLING))

    looked, ratios = [], []
    for turn, data in enumerate(sent):

        def alone(data: bytes = data) -> None:
            engine.caption(images.decode(data, engine.side))

        def whole(data: bytes = data) -> None:
            captioner.answer(data, sharp=False)

        image = images.decode(data, engine.side)
        looked.append(milliseconds(lambda image=image: triage.look(image)))  # type: ignore[misc]
        # Whichever comes second finds the processor's caches warm.
        turns = (alone, whole) if turn % 2 else (whole, alone)
        taken = {one: milliseconds(one) for one in turns}
        captioner.remember()
        ratios.append(taken[whole] / taken[alone])
    if name == "lite":
        yield Measure("triage of a photograph", "ms", looked[SETTLING:], 3)
    whole_way = f"a photograph's whole way / decoding and {name} alone"
    yield Measure(whole_way, "", ratios[SETTLING:], 1.05)


def pages(launcher: Launcher) -> Iterator[Measure]:
    """Pages of text, read by a host's worker; and what is left of it once it is idle."""
    sent = list(islice(pictures.pages(), PAGES + SETTLING))
    with (
        tempfile.TemporaryDirectory(prefix="altlens-bench-") as home,
        launcher.start(environment=_settings(Path(home))) as host,
    ):
        made = _make_recognizer(Path(home))
        yield Measure("the quicker text recognizer is made and compared", "ms", [made])
        for priority, what in _PAGE.items():
            taken = [milliseconds(partial(_read, host, page, priority)) for page in sent]
            yield Measure(f"a page of {pictures.LINES} lines {what}", "ms", taken[SETTLING:], 1000)
        worker = worker_of(host)
        yield Measure("worker: peak memory with reading", "MB", [_peak_megabytes(worker)])
        wait_until_gone(worker)
        yield Measure("processes left beside the host", "", [_children(host)], 0)
        own = resident_megabytes(host.process.pid)
        yield Measure("host: memory once that worker has ended", "MB", [own], 35)


def _settings(home: Path) -> Mapping[str, str]:
    folder = home / "altlens"
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps({"idle_seconds": IDLE_SECONDS}))
    return os.environ | {"XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}


def _make_recognizer(home: Path) -> float:
    """Make what an installation makes, where the host looks for it; return how long that took."""
    place = home / "altlens" / "text"
    place.mkdir()
    outcomes: list[Outcome] = []
    taken = milliseconds(lambda: outcomes.append(prepare_text(place, lambda share, step: None)))
    if outcomes[0].state != "prepared":
        raise RuntimeError(f"the text recognizer was not made: {outcomes[0].reason}")
    return taken


def _read(host: Host, page: bytes, priority: Priority) -> None:
    answer = caption(host, page, priority)
    if answer.kind != "text":
        raise RuntimeError(f"a page of text was answered as {answer.kind}")


def _children(host: Host) -> int:
    """Count what runs still; what has ended and was not yet asked about holds nothing."""
    children = psutil.Process(host.process.pid).children(recursive=True)
    return sum(one.status() != psutil.STATUS_ZOMBIE for one in children)


def _peak_megabytes(process: psutil.Process) -> float:
    """Return the most that a process had resident (proc(5), VmHWM); now, where none tells."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return resident_megabytes(process.pid)
    (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6
