"""The host as Firefox starts it, and its worker."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from altlens_host.messages import Priority, Result
from altlens_installer import launcher
from altlens_installer.client import Host, command


class Launcher:
    """The script that Firefox starts, in a folder that goes with it."""

    def __init__(self, model: Path | None = None) -> None:
        """Write it as `altlens install` does.

        Args:
            model: The folder of a model; None for the usual one.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="altlens-bench-")
        self._script = Path(self._folder.name) / "altlens-host"
        self._script.write_bytes(launcher.render(command(str(model) if model else None)))
        self._script.chmod(0o755)

    @property
    def script(self) -> Path:
        """Where the script lies."""
        return self._script

    def start(
        self, profile_key: bytes | None = None, environment: Mapping[str, str] | None = None
    ) -> Host:
        """Start a host with the arguments that Firefox gives, and greet it.

        Args:
            profile_key: The key of a profile; None has nothing remembered.
            environment: The whole environment of the process; None for the caller's.
        """
        command = [str(self._script), "altlens.json", "altlens@altlens"]
        return Host(command, environment, profile_key=profile_key)


def caption(host: Host, picture: bytes, priority: Priority = "asked") -> Result:
    """Ask what a picture shows."""
    ((_, answer),) = host.captions([picture], priority)
    if not isinstance(answer, Result):
        raise RuntimeError(f"error {answer.code}: {answer.message}")
    return answer


def resident_megabytes(pid: int) -> float:
    """Return the resident memory of one process."""
    return float(psutil.Process(pid).memory_info().rss) / 1e6


def worker_of(host: Host) -> psutil.Process:
    """Return the process that the host started."""
    (worker,) = psutil.Process(host.process.pid).children()
    return worker


def wait_until_gone(process: psutil.Process) -> None:
    """Wait until a process that is not ours to reap has ended."""
    while _runs(process):
        time.sleep(0.0005)


def _runs(process: psutil.Process) -> bool:
    # An orphan that nobody reaps stays as a zombie in a container; it has ended all the same.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
