"""Starts the worker, asks it, and replaces it when it crashes or hangs.

The worker decodes pictures from the whole web, so it may die at any of them: it is then started
anew and the picture is tried once more. A picture that ends it twice is answered with an error.
A time limit is a timer that kills the process: reading and writing then fail at once, whatever
the worker was doing, on every system alike.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from altlens_host.errors import (
    AltlensError,
    FramingError,
    MessageError,
    WorkerDiedError,
    WorkerStartError,
    WorkerTimeoutError,
)
from altlens_host.fields import decode_object
from altlens_host.framing import Frame, FrameDecoder, encode
from altlens_host.messages import Answer
from altlens_host.settings import MAX_FRAME_BYTES, MAX_IMAGE_BYTES, Settings, worker_environment
from altlens_host.worker_messages import Ready, Task, read_worker, write_task

if TYPE_CHECKING:
    import subprocess

_READ_BYTES = 65_536


def worker_command(chosen: Settings) -> list[str]:
    """Return the command that starts a worker."""
    command = [sys.executable, "-E", "-P", "-m", "altlens_host.worker"]
    return [*command, "--model", chosen.model, "--threads", str(chosen.threads)]


class Supervisor:
    """The worker of one kind of window. `caption` is called from one thread."""

    def __init__(self, chosen: Settings, command: Sequence[str] | None = None) -> None:
        """Remember how to start a worker; none is started yet.

        Args:
            chosen: The model and the time limits.
            command: The program to start instead of the worker, for tests.
        """
        self._settings = chosen
        self._command = command or worker_command(chosen)
        self._worker: _Worker | None = None
        self._starts = 0
        self._ended = False

    def loaded(self) -> bool:
        """Say whether a worker is there with its model loaded."""
        worker = self._worker
        return worker is not None and worker.ready is not None

    def state(self) -> dict[str, Any]:
        """Describe the worker for `state` in the protocol."""
        worker = self._worker
        ready = worker.ready if worker else None
        return {
            "state": "absent" if worker is None else "ready" if ready else "loading",
            "pid": worker.process.pid if worker else None,
            "model": ready.model if ready else None,
            "engine": ready.engine if ready else None,
            "device": ready.device if ready else None,
            "starts": self._starts,
        }

    def caption(self, image: bytes) -> Answer:
        """Ask what a picture shows.

        Args:
            image: The picture's bytes.

        Raises:
            WorkerStartError: No worker can be started.
            WorkerDiedError: The picture ended the worker twice.
            WorkerTimeoutError: The worker took too long.
            AltlensError: What the worker says is wrong with the picture or the model.
        """
        try:
            return self._ask(image)
        except WorkerDiedError:
            return self._ask(image)

    def stop(self) -> None:
        """End the worker at once, for good. Safe from any thread and from a signal handler."""
        self._ended = True
        worker = self._worker
        if worker:
            worker.process.kill()

    def _ask(self, image: bytes) -> Answer:
        worker = self._running()
        try:
            return worker.ask(image, self._settings.answer_seconds)
        except (WorkerDiedError, WorkerTimeoutError):
            self._drop(worker)
            raise

    def _running(self) -> _Worker:
        worker = self._worker
        if worker is not None and worker.process.poll() is None:
            return worker
        if worker is not None:
            self._drop(worker)
        self._starts += 1
        worker = self._worker = _Worker(self._command)
        if self._ended:  # stop() may have looked before the worker was there
            worker.process.kill()
        try:
            worker.wait_until_ready(self._settings.start_seconds)
        except AltlensError as error:
            self._drop(worker)
            if isinstance(error, (WorkerDiedError, WorkerTimeoutError)):
                raise WorkerStartError(error.detail) from None
            raise
        return worker

    def _drop(self, worker: _Worker) -> None:
        self._worker = None
        worker.close()


class _Worker:
    """One process and its pipe."""

    def __init__(self, command: Sequence[str]) -> None:
        import subprocess  # not before the first picture: the welcome comes sooner

        self.process: subprocess.Popen[bytes]
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=worker_environment(),
                bufsize=0,
            )
        except OSError as error:
            raise WorkerStartError(f"{type(error).__name__}: {error.strerror}.") from None
        self.ready: Ready | None = None
        self._decoder = FrameDecoder(MAX_FRAME_BYTES)
        self._tasks = 0

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until the model is loaded."""
        with self._limit(seconds):
            number, said = self._read()
        if isinstance(said, AltlensError):
            raise said
        if number is not None or not isinstance(said, Ready):
            raise WorkerDiedError("The worker did not say that it is ready.")
        self.ready = said

    def ask(self, image: bytes, seconds: float) -> Answer:
        """Send a picture and wait for what the worker says about it."""
        self._tasks += 1
        with self._limit(seconds):
            task = write_task(Task(self._tasks, len(image)))
            self._write(encode(task, MAX_FRAME_BYTES))
            self._write(encode(image, MAX_IMAGE_BYTES))
            number, said = self._read()
        if number != self._tasks or isinstance(said, Ready):
            raise WorkerDiedError("The worker answered something else.")
        if isinstance(said, AltlensError):
            raise said
        return said

    def close(self) -> None:
        """End the process and wait for it, so that it does not stay as a zombie."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()

    @contextmanager
    def _limit(self, seconds: float) -> Iterator[None]:
        late = threading.Event()

        def end() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except WorkerDiedError:
            if late.is_set():
                raise WorkerTimeoutError(f"No answer in {seconds:g} seconds.") from None
            raise
        finally:
            timer.cancel()

    def _write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self.process.stdin.fileno(), view) :]
        except OSError:
            raise WorkerDiedError("The worker ended while a picture was sent to it.") from None

    def _read(self) -> tuple[int | None, Ready | Answer | AltlensError]:
        assert self.process.stdout is not None
        while True:
            data = os.read(self.process.stdout.fileno(), _READ_BYTES)
            if not data:
                raise WorkerDiedError("The worker ended.")
            for event in self._decoder.feed(data):
                try:
                    if not isinstance(event, Frame):
                        raise event.error
                    return read_worker(decode_object(event.body))
                except (FramingError, MessageError) as error:
                    raise WorkerDiedError(f"The worker said nonsense: {error.name}.") from None
