"""A host process, spoken to over its pipe as Firefox does."""

from __future__ import annotations

import base64
import json
import os
import queue
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil

HELLO = {"type": "hello", "id": 1, "versions": [1], "client": "test", "client_version": "1"}
FIREFOX_ARGUMENTS = ("manifest.json", "altlens@altlens")
PATIENCE = 60.0


class HostProcess:
    """The host in a process of its own, with a reader that never blocks it."""

    def __init__(
        self,
        *arguments: str,
        runner: tuple[str, ...] = ("-m", "altlens_host"),
        under: tuple[str, ...] = (),
        home: Path | None = None,
    ) -> None:
        """Start it.

        Args:
            arguments: As Firefox gives them, unless others are named.
            runner: What Python runs.
            under: A program that runs it, with its options.
            home: The user's home folder, if not the real one.
        """
        command = [*under, sys.executable, "-E", "-P", *runner, *(arguments or FIREFOX_ARGUMENTS)]
        environment = os.environ | ({"HOME": str(home)} if home else {})
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        self._frames: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._kept: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> HostProcess:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it, whatever happened."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe and not pipe.closed:
                pipe.close()

    def greet(self) -> dict[str, Any]:
        """Say hello; return the welcome."""
        self.ask(**HELLO)
        return self.wait(1)

    def ask(self, **values: object) -> None:
        """Send a message."""
        self.send(json.dumps(values).encode())

    def send(self, body: bytes) -> None:
        """Send a frame."""
        self.write(struct.pack("=I", len(body)) + body)

    def write(self, data: bytes) -> None:
        """Send bytes that need not be a frame."""
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def caption(self, number: int, image: bytes, **more: object) -> None:
        """Ask for a caption in one frame; there is no sharper picture unless `more` says so."""
        picture = base64.b64encode(image).decode()
        self.ask(**{"type": "caption", "id": number, "image": picture, "sharp": True, **more})

    def wait(self, number: int | None) -> dict[str, Any]:
        """Return the answer of a request; those of others are kept for later."""
        for kept in self._kept:
            if kept["id"] == number:
                self._kept.remove(kept)
                return kept
        while (frame := self._next())["id"] != number:
            self._kept.append(frame)
        return frame

    def next_answer(self) -> dict[str, Any]:
        """Return the next answer that nobody waited for, whichever request it belongs to."""
        return self._kept.pop(0) if self._kept else self._next()

    def _next(self) -> dict[str, Any]:
        while True:
            frame = self._frames.get(timeout=PATIENCE)
            assert frame is not None, "the host hung up"
            if frame["type"] != "progress":
                return frame

    def hang_up(self) -> None:
        """Close the host's input, as Firefox does."""
        assert self.process.stdin
        self.process.stdin.close()

    def workers(self) -> list[psutil.Process]:
        """Return the host's child processes."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def _read(self) -> None:
        assert self.process.stdout
        out = self.process.stdout
        while len(head := out.read(4)) == 4:
            (length,) = struct.unpack("=I", head)
            self._frames.put(json.loads(out.read(length)))
        self._frames.put(None)
