"""What is remembered on the disk: how soon a host finds it, with a file as full as files get."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from altlens_host import settings
from altlens_host.cache.places import prepare
from altlens_host.cache.sealed_file import SealedFile
from altlens_host.cache.store import Limits
from altlens_host.messages import Answer
from altlens_host.models import catalogue
from altlens_installer.client import Host
from bench import pictures
from bench.measure import Measure, milliseconds
from bench.processes import Launcher, caption, resident_megabytes

ENTRIES = 100_000
HITS = 200
STARTS = 20


def cache(launcher: Launcher) -> Iterator[Measure]:
    """Measure with a cache of its own, in a folder that goes with it."""
    known = list(islice(pictures.endless(), HITS))
    key = os.urandom(32)
    with tempfile.TemporaryDirectory(prefix="altlens-bench-") as home:
        environment = os.environ | {"XDG_DATA_HOME": home}
        _fill(prepare(Path(home, "altlens", "cache")), key, known)

        def start() -> Host:
            return launcher.start(key, environment)

        yield Measure(
            "first answer from the disk, from welcome",
            "ms",
            [_first(start(), known[0]) for _ in range(STARTS)],
            40,
        )
        with start() as host:

            def ask(picture: bytes) -> float:
                return milliseconds(lambda: _hit(host, picture))

            values = [ask(picture) for picture in known]
            yield Measure(f"an answer from the disk, {ENTRIES} kept", "ms", values, 2)
            own = resident_megabytes(host.process.pid)
            yield Measure("host: memory with the cache open", "MB", [own], 35)


def _fill(folder: Path, key: bytes, known: list[bytes]) -> None:
    model = catalogue.find("lite")
    options = (model.id, model.revision, settings.LANGUAGE, str(settings.ANSWER_VERSION), "")
    answer = Answer("described", "A cat lies on a red sofa", -0.3, 9, model.id, model.revision)
    file = SealedFile(folder, key, Limits())
    for number in range(ENTRIES - len(known)):
        file.put(number.to_bytes(32, "big"), options, answer)
    for picture in known:
        file.put(hashlib.sha256(picture).digest(), options, answer)
    file.close()


def _first(host: Host, picture: bytes) -> float:
    with host:
        return milliseconds(lambda: _hit(host, picture))


def _hit(host: Host, picture: bytes) -> None:
    source = caption(host, picture).source
    if source != "cache":
        raise RuntimeError(f"answered from {source}")
