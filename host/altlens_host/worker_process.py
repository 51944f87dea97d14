"""One worker process and its pipe, watched from its start to its end.

A limit, of time or of memory, is kept by a watching thread that kills the process: reading and
writing then fail at once, whatever the worker was doing, on every system alike.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from altlens_host import process
from altlens_host.errors import (
    AltlensError,
    FramingError,
    MessageError,
    WorkerDiedError,
    WorkerMemoryError,
    WorkerStartError,
    WorkerTimeoutError,
)
from altlens_host.fields import decode_object
from altlens_host.framing import Frame, FrameDecoder, encode
from altlens_host.messages import Answer
from altlens_host.settings import MAX_FRAME_BYTES, MAX_IMAGE_BYTES, worker_environment
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
_POLL_SECONDS = 0.1
"""How often the memory of a worker at work is looked at: a decoder can fill it in a second."""

_IDLE_POLL_SECONDS = 1.0
"""How often an idle worker is looked at, so that one that ended does not stay as a zombie."""


class Limits(NamedTuple):
    """What a worker may use.

    Attributes:
        start_seconds: The time until its model is loaded.
        answer_seconds: The time for one picture.
        idle_seconds: How long it is kept with nothing to do.
        memory_bytes: How much it may have resident.
    """

    start_seconds: float
    answer_seconds: float
    idle_seconds: float
    memory_bytes: int


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
        self._changed = threading.Condition()
        self._claimed = True
        self._idle_until = 0.0
        self._ended = False
        self._due: float | None = None
        self._why: AltlensError | None = None
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether the process is there and was not told to end."""
        return not self._ended and self.process.poll() is None

    def claim(self) -> bool:
        """Keep the worker from being ended as idle, until `release`; False if it has ended."""
        with self._changed:
            self._claimed = self.alive
            return self._claimed

    def release(self) -> None:
        """Let the worker be idle; it is ended after a while."""
        with self._changed:
            self._claimed = False
            self._idle_until = time.monotonic() + self._limits.idle_seconds
            self._changed.notify()

    def wait_until_ready(self) -> Ready:
        """Wait until the model is loaded, and return what the worker says of itself.

        Raises:
            WorkerDiedError: It ended, or said nonsense.
            WorkerTimeoutError: It took too long, and was ended.
            WorkerMemoryError: It took too much memory, and was ended.
            AltlensError: What it says is wrong with the model.
        """
        with self._limited(self._limits.start_seconds):
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
        sharp: bool = False,
    ) -> Answer:
        """Send a picture and wait for what the worker says about it.

        Args:
            image: The picture's bytes.
            wanted: Says whether anybody waits for the answer.
            any_format: Whether formats may be decoded that are not taken from web pages.
            sharp: Whether there is no sharper picture to be had.

        Raises:
            WorkerDiedError: It ended, or said nonsense.
            WorkerTimeoutError: It took too long, and was ended.
            WorkerMemoryError: It took too much memory, and was ended.
            AltlensError: What it says is wrong with the picture.
        """
        written = write_task(Task(self._task + 1, len(image), any_format, sharp))
        task = encode(written, MAX_FRAME_BYTES)
        with self._limited(self._limits.answer_seconds):
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
        with self._changed:
            self._ended = True
            self._changed.notify()
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

    def _watch(self) -> None:
        with self._changed:
            while not self._ended:
                if self._claimed:
                    self._changed.wait(self._check(time.monotonic()))
                elif self._idle_until <= time.monotonic() or self.process.poll() is not None:
                    self._ended = True
                else:
                    self._changed.wait(_IDLE_POLL_SECONDS)
        self.close()

    def _check(self, now: float) -> float | None:
        """End a worker that is beyond a limit; return how soon to look again."""
        if self._due is None:
            return None
        resident = process.resident_bytes(self.process.pid) or 0
        if resident > self._limits.memory_bytes:
            most = self._limits.memory_bytes >> 20
            self._why = WorkerMemoryError(f"It had {resident >> 20} MB; {most} are allowed.")
        elif now >= self._due:
            self._why = WorkerTimeoutError("")
        else:
            return min(_POLL_SECONDS, self._due - now)
        self._due = None
        self.process.kill()
        return None

    @contextmanager
    def _limited(self, seconds: float) -> Iterator[None]:
        with self._changed:
            self._due = time.monotonic() + seconds
            self._changed.notify()
        try:
            yield
        except WorkerDiedError as error:
            raise self._reason(seconds) or error from None
        finally:
            with self._changed:
                self._due = None

    def _reason(self, seconds: float) -> AltlensError | None:
        """Return why the watching thread ended the process, if it did."""
        with self._changed:
            if isinstance(self._why, WorkerTimeoutError):
                return WorkerTimeoutError(f"No answer in {seconds:g} seconds.")
            return self._why

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
