"""Who captions: other programs, and altlens as Firefox starts it; all are asked the same way."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import psutil

from altlens_installer.client import Host
from bench.environment import ROOT
from bench.processes import Launcher, caption

TOKENS = 12
"""Each caption of the model has as many: its generation config bans ending before and after."""

_STATUS_PEAK = "VmHWM:"


class Running(Protocol):
    """A contender that has been started."""

    def ask(self, picture: Path) -> None:
        """Have a picture captioned, and wait for the words."""
        ...

    def processes(self) -> list[psutil.Process]:
        """Return the processes that work for it."""
        ...

    def peak_megabytes(self) -> float:
        """Return the most memory that the process with the model had resident, in 1e6 bytes."""
        ...

    def close(self) -> None:
        """End it."""
        ...


class Contender(NamedTuple):
    """A row of the table.

    Attributes:
        name: What it is called there.
        start: Starts it.
        forcing: The command of a process that forces tokens on the same model in the same way
            (`bench.peers.serving`); None where another row's errors are its own, see `like`.
        files: What it needs of the model on the disk.
        like: The row whose numbers it has by construction: the same graphs, run alike.
        splits: The command of a process that also says when a caption was how far; None for
            programs that cannot be looked into.
    """

    name: str
    start: Callable[[], Running]
    forcing: Command | None
    files: Callable[[], int]
    like: str | None = None
    splits: Command | None = None


class Command(NamedTuple):
    """How a process is started.

    Attributes:
        words: The program and its arguments.
        place: Its working folder.
        environment: What it sees beside the caller's environment.
    """

    words: Sequence[str]
    place: Path = ROOT
    environment: Mapping[str, str] = {}


class Lines:
    """A process that is asked and answers in lines, see `bench.peers.serving`."""

    def __init__(self, command: Command) -> None:
        """Start it; it is asked at once, so that its start counts."""
        self._process = subprocess.Popen(
            command.words,
            cwd=command.place,
            env={**os.environ, **command.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def ask(self, picture: Path) -> None:
        """Have a picture captioned."""
        if not self.tell(picture=str(picture))["text"]:
            raise RuntimeError(f"{self._process.args!r} said nothing")

    def tell(self, **asked: Any) -> dict[str, Any]:
        """Send a line and return the answer.

        Raises:
            RuntimeError: The process ended.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("@"):
                said: dict[str, Any] = json.loads(line[1:])
                return said
        raise RuntimeError(f"{self._process.args!r} ended with {self._process.wait()}")

    def processes(self) -> list[psutil.Process]:
        """Return it and its children."""
        return _tree(self._process.pid)

    def peak_megabytes(self) -> float:
        """Return its peak, or that of a child if that is higher."""
        return max(_peak(one.pid) for one in self.processes())

    def close(self) -> None:
        """Hang up, and see that it ends."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Altlens:
    """The host as Firefox starts it, with its worker, its sandbox and its checks."""

    def __init__(self, launcher: Launcher, environment: Mapping[str, str]) -> None:
        """Start the host; the worker starts with the first picture."""
        self._host: Host = launcher.start(environment={**os.environ, **environment})

    def ask(self, picture: Path) -> None:
        """Have a picture captioned, over the protocol."""
        said = caption(self._host, picture.read_bytes())
        if (said.kind, said.source, said.tokens) != ("described", "model", TOKENS):
            raise RuntimeError(f"{said.tokens} tokens from {said.source}: {said.kind}")

    def processes(self) -> list[psutil.Process]:
        """Return host and worker."""
        return _tree(self._host.process.pid)

    def peak_megabytes(self) -> float:
        """Return the worker's peak; the host has its own limit."""
        worker = psutil.Process(self._host.process.pid).children()[0]
        return _peak(worker.pid)

    def close(self) -> None:
        """Hang up."""
        self._host.close()


def _tree(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (line,) = (one for one in status.splitlines() if one.startswith(_STATUS_PEAK))
    return int(line.split()[1]) * 1024 / 1e6
