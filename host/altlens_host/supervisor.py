"""Starts the worker, asks it, and replaces it when it crashes, hangs or takes too much memory.

The worker decodes pictures from the whole web, so it may die at any of them: it is then started
anew and the picture is tried once more. A picture that ends it twice is answered with an error,
and refused from then on. A worker that keeps dying is left alone for a while.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from altlens_host import process
from altlens_host.circuit import Circuit
from altlens_host.errors import (
    AltlensError,
    CancelledError,
    PictureRefusedError,
    WorkerDiedError,
    WorkerMemoryError,
    WorkerStartError,
    WorkerTimeoutError,
)
from altlens_host.messages import NO_WISH, Answer, Wish
from altlens_host.models import catalogue, recognizer
from altlens_host.settings import Settings
from altlens_host.strikes import Strikes
from altlens_host.watchdog import Limits
from altlens_host.worker_process import WorkerProcess

_DEATHS = (WorkerDiedError, WorkerMemoryError, WorkerTimeoutError)


def worker_command(chosen: Settings) -> list[str]:
    """Return the command that starts a worker."""
    command = [sys.executable, "-E", "-P", "-m", "altlens_host.worker"]
    limits = ["--threads", str(chosen.threads), "--memory", str(chosen.memory_megabytes)]
    where = ["--device", chosen.device, "--engine", chosen.engine]
    words = [] if chosen.neutral_words else ["--words-as-written"]
    reads = ["--read-text", *map(str, recognizer.folders())] if chosen.reads_text else []
    checks = ["--adult-check"] if chosen.adult_check else []
    return [*command, "--model", _place(chosen.model), *limits, *where, *words, *reads, *checks]


def _place(name: str) -> str:
    """Return the folder of a model as it is now, or its name where there is none.

    One that is installed while the host runs waits for the next start: the host has told the
    browser which model speaks, and remembers answers under its name.
    """
    try:
        return str(catalogue.find(name).path)
    except AltlensError:
        return name  # the worker says what is wrong


class Supervisor:
    """The worker of one kind of window.

    `caption` and `warm` are called from one thread, which must live as long as the worker shall:
    on Linux a child can only be told to end with the thread that started it.
    """

    def __init__(self, chosen: Settings, command: Sequence[str] | None = None) -> None:
        """Remember how to start a worker; none is started yet.

        Args:
            chosen: The model and the limits.
            command: The program to start instead of the worker, for tests.
        """
        self._limits = Limits(
            chosen.start_seconds,
            chosen.answer_seconds,
            chosen.idle_seconds,
            chosen.memory_megabytes << 20,
        )
        self._any_format = not chosen.by_browser
        self._command = command or worker_command(chosen)
        self._circuit = Circuit(chosen.resting_seconds)
        self._strikes = Strikes()
        self._worker: WorkerProcess | None = None
        self._checked = ""
        self._failed_device = ""
        self._starts = 0
        self._last_end: str | None = None
        self._ended = False

    def loaded(self) -> bool:
        """Say whether a worker is there with its model loaded."""
        worker = self._worker
        return worker is not None and worker.alive and worker.ready is not None

    def state(self) -> dict[str, Any]:
        """Describe the worker for `state` in the protocol."""
        worker = self._worker
        if worker is not None and not worker.alive:
            worker = None
        ready = worker.ready if worker else None
        reason = self._circuit.reason()
        absent = "absent" if reason is None else "resting"
        return {
            "state": absent if worker is None else "ready" if ready else "loading",
            "reason": reason,
            "pid": worker.process.pid if worker else None,
            "model": ready.model if ready else None,
            "engine": ready.engine if ready else None,
            "device": ready.device if ready else None,
            "device_reason": (ready.reason or None) if ready else None,
            "held": list(ready.held) if ready else None,
            "missing": list(ready.missing) if ready else None,
            "memory_bytes": process.resident_bytes(worker.process.pid) if worker else None,
            "starts": self._starts,
            "last_end": self._last_end,
            "refused": self._strikes.count(),
        }

    def warm(self) -> None:
        """Start the worker, if there is none. What goes wrong is told with the next picture."""
        try:
            self._circuit.check()
            self._running().release()
        except AltlensError:
            return

    def caption(
        self,
        key: bytes,
        image: bytes,
        wanted: Callable[[], bool] = lambda: True,
        wish: Wish = NO_WISH,
    ) -> Answer:
        """Ask what a picture shows.

        Args:
            key: The picture's digest.
            image: The picture's bytes.
            wanted: Says whether anybody still waits for the answer.
            wish: What the answer may not stop short of.

        Raises:
            PictureRefusedError: The picture ended the worker twice before.
            WorkerRestingError: The worker kept dying, and is not started for a while.
            WorkerStartError: No worker can be started.
            WorkerDiedError: The picture ended the worker twice.
            WorkerMemoryError: The worker took too much memory, twice.
            WorkerTimeoutError: The worker took too long.
            CancelledError: Nobody waits any more.
            AltlensError: What the worker says is wrong with the picture or the model.
        """
        if self._strikes.out(key):
            raise PictureRefusedError("It ended the worker twice.")
        try:
            return self._ask(key, image, wanted, wish)
        except (WorkerDiedError, WorkerMemoryError):
            if self._strikes.out(key):
                raise
            return self._ask(key, image, wanted, wish)

    def give_up(self) -> None:
        """Hear that nobody waits for the picture that is looked at now. From any thread."""
        worker = self._worker
        if worker is not None:
            worker.give_up()

    def stop(self) -> None:
        """End the worker at once, for good. Safe from any thread and from a signal handler."""
        self._ended = True
        worker = self._worker
        if worker:
            worker.process.kill()

    def _ask(self, key: bytes, image: bytes, wanted: Callable[[], bool], wish: Wish) -> Answer:
        self._circuit.check()
        _check(wanted)
        worker = self._running()
        try:
            _check(wanted)  # loading took its time
            return self._answer(worker, key, image, wanted, wish)
        finally:
            worker.release()

    def _answer(
        self,
        worker: WorkerProcess,
        key: bytes,
        image: bytes,
        wanted: Callable[[], bool],
        wish: Wish,
    ) -> Answer:
        try:
            answer = worker.ask(image, wanted, self._any_format, wish)
        except _DEATHS as error:
            self._strikes.add(key)
            self._drop(worker, error)
            raise
        except AltlensError:
            self._circuit.answered()
            raise
        self._strikes.forgive(key)
        self._circuit.answered()
        return answer

    def _running(self) -> WorkerProcess:
        """Return a worker that is claimed, with its model loaded."""
        worker = self._worker
        if worker is not None and worker.claim():
            return worker  # one that has ended clears itself away
        self._starts += 1
        # What an earlier worker knows of the model's files spares this one reading them all.
        known = ["--checked", self._checked] if self._checked else []
        known += ["--cpu-because", self._failed_device] if self._failed_device else []
        worker = self._worker = WorkerProcess([*self._command, *known], self._limits)
        if self._ended:  # stop() may have looked before the worker was there
            worker.process.kill()
        try:
            self._checked = worker.wait_until_ready().checked
        except AltlensError as error:
            self._drop(worker, error)
            if isinstance(error, _DEATHS):
                raise WorkerStartError(error.detail) from None
            raise
        return worker

    def _drop(self, worker: WorkerProcess, error: AltlensError) -> None:
        if isinstance(error, _DEATHS) and not (worker.ready and worker.ready.device == "cpu"):
            # A driver that ends the process or hangs would do so again: the next ones do without.
            self._failed_device = f"A worker that may use it ended ({error.name})."
        self._worker = None
        worker.close()
        self._last_end = f"{error.name}: {error.detail}"
        self._circuit.died(time.monotonic() - worker.started, self._last_end)


def _check(wanted: Callable[[], bool]) -> None:
    if not wanted():
        raise CancelledError("Nobody waits for it.")
