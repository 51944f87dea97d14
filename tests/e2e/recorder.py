"""Stands between Firefox and the host, passes every byte on, and writes down the frames.

Run as a program: `recorder.py FOLDER ARGUMENTS...` starts the real host with those arguments. Each
connection gets a folder of its own, `FOLDER/<number>`, with `asked` and `answered` as the bytes
went by, and `pid` of the host. A file `FOLDER.command`, if it is there, names another program
(a list in JSON) that is started instead: so a host is replaced by one of another version.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import psutil

if __name__ != "__main__":
    from e2e.pictures import number_of


def frames(data: bytes) -> list[dict[str, Any]]:
    """Read the whole frames in what went by so far."""
    spans = _spans(data)
    return [json.loads(data[start:end]) for start, end in spans if end <= len(data)]


def _spans(data: bytes) -> list[tuple[int, int]]:
    """Return where each frame's JSON starts and ends; the last may end after what is there."""
    found = []
    at = 0
    while at + 4 <= len(data):
        (length,) = struct.unpack_from("=I", data, at)
        found.append((at + 4, at + 4 + length))
        at += 4 + length
    return found


class Recording:
    """What went by between Firefox and the hosts that it started."""

    def __init__(self, folder: Path) -> None:
        """Start with what is recorded below a folder."""
        self._folder = folder
        self._seen: dict[Path, int] = {}

    def connections(self) -> list[Path]:
        """Return the folder of each connection, oldest first."""
        return sorted(self._folder.iterdir(), key=lambda one: int(one.name))

    def host(self) -> int:
        """Return the pid of the newest host."""
        return int((self.connections()[-1] / "pid").read_text())

    @contextlib.contextmanager
    def another_host(self, command: list[str] | None) -> Iterator[None]:
        """Have another program started from now on: a command, or None for the real host."""
        file = self._folder.with_suffix(".command")
        before = file.read_text() if file.exists() else None
        _put(file, None if command is None else json.dumps(command))
        self.end_host()
        try:
            yield
        finally:
            _put(file, before)
            self.end_host()

    def end_host(self) -> None:
        """Kill every host that still runs, and what it started."""
        for one in self.connections():
            with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError, ValueError):
                host = psutil.Process(int((one / "pid").read_text()))
                if host.status() != psutil.STATUS_ZOMBIE:
                    for process in [host, *host.children(recursive=True)]:
                        process.kill()

    @contextlib.contextmanager
    def stopped_workers(self) -> Iterator[None]:
        """Keep the newest host from answering what it has not seen before."""
        workers = psutil.Process(self.host()).children()
        assert workers
        for one in workers:
            one.suspend()
        try:
            yield
        finally:
            for one in workers:
                one.resume()

    def forget(self) -> None:
        """Pass over all that went by until now, and over the rest of a frame that is half by."""
        for name in ("asked", "answered"):
            for one in self.connections():
                spans = _spans(_read(one / name))
                self._seen[one / name] = spans[-1][1] if spans else 0

    def asked(self, kind: str = "caption") -> list[dict[str, Any]]:
        """Return the messages of a type that Firefox has sent since the last forget."""
        return self._new("asked", kind)

    def answered(self, kind: str = "result") -> list[dict[str, Any]]:
        """Return the messages of a type that the host has sent since the last forget."""
        return self._new("answered", kind)

    def pictures(self) -> list[bytes]:
        """Return the picture files that were sent whole in one frame, oldest first."""
        return [base64.b64decode(one["image"]) for one in self.asked() if "image" in one]

    def files(self) -> list[tuple[dict[str, Any], bytes]]:
        """Return each question that is whole with its picture's file, also if it came in parts."""
        parts: dict[int, list[str]] = {}
        questions = self.asked()
        for one in self.asked("part"):
            parts.setdefault(one["id"], []).append(one["data"])
        return [
            (asked, b"".join(base64.b64decode(one) for one in data))
            for asked in questions
            for data in [[asked["image"]] if "image" in asked else parts.get(asked["id"], [])]
            if len(data) == asked.get("parts", 1)
        ]

    def numbers(self) -> list[int]:
        """Return the numbers in the pictures that were asked about, in their order."""
        found = [number_of(file) for _, file in self.files()]
        return [one for one in found if one is not None]

    def _new(self, name: str, kind: str) -> list[dict[str, Any]]:
        found = []
        for one in self.connections():
            data = _read(one / name)[self._seen.get(one / name, 0) :]
            found += [message for message in frames(data) if message["type"] == kind]
        return found


def _put(file: Path, text: str | None) -> None:
    if text is None:
        file.unlink(missing_ok=True)
    else:
        file.write_text(text)


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _pump(source: BinaryIO, target: BinaryIO, record: Path) -> None:
    with record.open("ab", buffering=0) as file:
        while data := os.read(source.fileno(), 65536):
            file.write(data)
            target.write(data)
            target.flush()
    target.close()


def _main(folder: Path, arguments: list[str]) -> int:
    mine = folder / str(len(list(folder.iterdir())))
    mine.mkdir()
    another = folder.with_suffix(".command")
    real = [sys.executable, "-E", "-P", "-m", "altlens_host", *arguments]
    host = subprocess.Popen(
        json.loads(another.read_text()) if another.exists() else real,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert host.stdin
    assert host.stdout
    (mine / "pid").write_text(str(host.pid))
    inward = (sys.stdin.buffer, host.stdin, mine / "asked")
    threading.Thread(target=_pump, args=inward, daemon=True).start()
    _pump(host.stdout, sys.stdout.buffer, mine / "answered")
    # The other thread may sit in a read of standard input, which a normal exit would wait for.
    os._exit(host.wait())


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2:])
