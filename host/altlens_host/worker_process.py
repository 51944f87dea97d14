"""One worker process, and what is said to it and heard from it through its pipes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from altlens_host import process
from altlens_host.errors import (
    AltlensError,
    FramingError,
    MessageError,
    WorkerDiedError,
    WorkerStartError,
)
from altlens_host.fields import decode_object
from altlens_host.framing import Frame, FrameDecoder, encode
from altlens_host.messages import NO_WISH, Answer, Wish
from altlens_host.settings import MAX_FRAME_BYTES, MAX_IMAGE_BYTES, worker_environment
from altlens_host.watchdog import Limits, Watchdog
from altlens_host.worker_messages import (
    Moved,
    Ready,
    Stop,
    Task,
    read_worker,
    write_stop,
    write_task,
)

if TYPE_CHECKING:
    import subprocess

_READ_BYTES = 65_536


class WorkerProcess:
    """A worker, from its start to its end. `claim` and what it allows are for one thread."""

    def __init__(self, command: Sequence[str], limits: Limits) -> None:
        """Start it.

        Args:
            command: The program.
            limits: What it may use.

        Raises:
            WorkerStartError: It cannot be started.
        """
        import subprocess  # not before the first picture: the welcome comes sooner

        self.process: subprocess.Popen[bytes]
        try:
            # Nothing but its two pipes is inherited: no other descriptor, not even our stderr.
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=worker_environment(),
                close_fds=True,
                bufsize=0,
            )
        except OSError as error:
            raise WorkerStartError(f"{type(error).__name__}: {error.strerror}.") from None
        process.adopt(self.process.pid)
        self.ready: Ready | None = None
        self.started = time.monotonic()
        self._limits = limits
        self._decoder = FrameDecoder(MAX_FRAME_BYTES)
        self._task = 0
        self._writing = threading.Lock()
        self._watchdog = Watchdog(self.process, limits, self.close)

    @property
    def alive(self) -> bool:
        """Whether the process is there and was not told to end."""
        return self._watchdog.alive

    def claim(self) -> bool:
        """Keep the worker from being ended as idle, until `release`; False if it has ended."""
        return self._watchdog.claim()

    def release(self) -> None:
        """Let the worker be idle; it is ended after a while."""
        self._watchdog.release()

    def wait_until_ready(self) -> Ready:
        """Wait until the model is loaded, and return what the worker says of itself.

        Raises:
            WorkerDiedError: It ended, or said nonsense.
            WorkerTimeoutError: It took too long, and was ended.
            WorkerMemoryError: It took too much memory, and was ended.
            AltlensError: What it says is wrong with the model.
        """
        with self._watchdog.limited(self._limits.start_seconds):
            number, said = self._read()
        if isinstance(said, AltlensError):
            raise said
        if number is not None or not isinstance(said, Ready):
            raise WorkerDiedError("The worker did not say that it is ready.")
        self.ready = said
        return said

    def ask(
        self,
        image: bytes,
        wanted: Callable[[], bool],
        any_format: bool = False,
        wish: Wish = NO_WISH,
    ) -> Answer:
        """Send a picture and wait for what the worker says about it.

        Args:
            image: The picture's bytes.
            wanted: Says whether anybody waits for the answer.
            any_format: Whether formats may be decoded that are not taken from web pages.
            wish: What the answer may not stop short of.

        Raises:
            WorkerDiedError: It ended, or said nonsense.
            WorkerTimeoutError: It took too long, and was ended.
            WorkerMemoryError: It took too much memory, and was ended.
            AltlensError: What it says is wrong with the picture.
        """
        written = write_task(Task(self._task + 1, len(image), any_format, wish.sharp, wish.whole))
        task = encode(written, MAX_FRAME_BYTES)
        with self._watchdog.limited(self._limits.answer_seconds):
            with self._writing:
                self._task += 1
                self._write(task)
                self._write(encode(image, MAX_IMAGE_BYTES))
            if not wanted():  # a `give_up` may have come before the task had its number
                self.give_up()
            number, said = self._read()
        if number != self._task or isinstance(said, Ready):
            raise WorkerDiedError("The worker answered something else.")
        if isinstance(said, AltlensError):
            raise said
        return said

    def give_up(self) -> None:
        """Ask the worker to stop looking at its picture; returns at once, from any thread."""
        # A worker that hangs does not read: only this thread may then be held up, and it ends
        # when the process does.
        threading.Thread(target=self._stop_task, daemon=True).start()

    def close(self) -> None:
        """End the process and wait for it, so that it does not stay as a zombie."""
        self._watchdog.end()
        self.process.kill()
        self.process.wait()
        with self._writing:
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe:
                    pipe.close()

    def _stop_task(self) -> None:
        with self._writing, suppress(WorkerDiedError):  # whoever waits for its answer hears of it
            if self.process.stdin and not self.process.stdin.closed:
                self._write(encode(write_stop(Stop(self._task)), MAX_FRAME_BYTES))

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
                    number, said = read_worker(decode_object(event.body))
                except (FramingError, MessageError) as error:
                    raise WorkerDiedError(f"The worker said nonsense: {error.name}.") from None
                if not isinstance(said, Moved):
                    return number, said
                if self.ready is None:
                    raise WorkerDiedError("The worker moved before it was ready.")
                self.ready = self.ready._replace(device=said.device, reason=said.reason)
