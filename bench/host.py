"""A host process on a pipe, with as little of our own time in between as can be."""

from __future__ import annotations

import base64
import json
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

import psutil

COMMAND = (sys.executable, "-E", "-P", "-m", "altlens_host", "manifest.json", "altlens@altlens")
HELLO = {"type": "hello", "id": 0, "versions": [1], "client": "bench", "client_version": "0"}


class Host:
    """Started, greeted and ready once made."""

    def __init__(self) -> None:
        """Start it and wait for its welcome."""
        self.process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.welcome = self._ask(HELLO)

    def __enter__(self) -> Host:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it, whatever happened."""
        self.process.kill()
        self.process.wait()

    def caption(self, number: int, picture: bytes) -> dict[str, Any]:
        """Ask what a picture shows, and wait for the result."""
        image = base64.b64encode(picture).decode()
        answer = self._ask({"type": "caption", "id": number, "image": image})
        assert answer["type"] == "result", answer
        return answer

    def resident(self) -> float:
        """Return the resident memory of the host itself, in MB."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    def worker(self) -> psutil.Process:
        """Return the worker's process."""
        (worker,) = psutil.Process(self.process.pid).children()
        return worker

    def hang_up(self) -> None:
        """Close the host's input, as Firefox does."""
        assert self.process.stdin
        self.process.stdin.close()

    def wait_until_gone(self, worker: psutil.Process) -> None:
        """Wait until neither host nor worker runs."""
        self.process.wait()
        while _runs(worker):
            time.sleep(0.0005)

    def _ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        body = json.dumps(message).encode()
        self.process.stdin.write(struct.pack("=I", len(body)) + body)
        self.process.stdin.flush()
        while True:
            (length,) = struct.unpack("=I", self.process.stdout.read(4))
            answer: dict[str, Any] = json.loads(self.process.stdout.read(length))
            if answer["type"] != "progress":
                return answer


def _runs(process: psutil.Process) -> bool:
    # An orphan that nobody reaps stays as a zombie in a container; it has ended all the same.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
