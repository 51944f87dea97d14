"""Asks about many pictures: several hosts side by side, each with a worker of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from altlens_host.errors import AltlensError
from altlens_installer import client
from altlens_installer.caption import read

Answer = tuple[Path, client.Reply]

_Said = Answer | AltlensError | None


def ask(paths: Iterable[Path], jobs: int, command: list[str]) -> Iterator[Answer]:
    """Caption picture files.

    Args:
        paths: The files, taken as they are needed.
        jobs: How many hosts ask at once.
        command: How a host is started.

    Yields:
        A file and its answer, in the order of the answers.

    Raises:
        InstallerError: There is no host to ask, or one is lost.
    """
    waiting = _Shared(iter(paths))
    answers: queue.SimpleQueue[_Said] = queue.SimpleQueue()
    threads = [
        threading.Thread(target=_work, args=(waiting, answers.put, command), daemon=True)
        for _ in range(jobs)
    ]
    for thread in threads:
        thread.start()
    try:
        left = len(threads)
        while left:
            said = answers.get()
            if isinstance(said, AltlensError):
                raise said
            if said is None:
                left -= 1
            else:
                yield said
    finally:
        waiting.stop()
        for thread in threads:
            thread.join()


class _Shared:
    """An iterator that several threads take from."""

    def __init__(self, paths: Iterator[Path]) -> None:
        self._paths, self._lock, self._stopped = paths, threading.Lock(), False

    def __iter__(self) -> Iterator[Path]:
        return self

    def __next__(self) -> Path:
        with self._lock:
            if self._stopped:
                raise StopIteration
            return next(self._paths)

    def stop(self) -> None:
        self._stopped = True


def _work(waiting: _Shared, say: Callable[[_Said], None], command: list[str]) -> None:
    try:
        with client.Host(command) as host:
            most = host.welcome.limits["max_image_bytes"]
            asked: list[Path] = []

            def pictures() -> Iterator[bytes | AltlensError]:
                for path in waiting:
                    asked.append(path)
                    yield read(path, most)

            for index, reply in host.captions(pictures()):
                say((asked[index], reply))
    except AltlensError as error:
        say(error)
        return
    finally:
        with suppress(Exception):
            say(None)
