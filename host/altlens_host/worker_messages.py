"""What passes between host and worker, over the worker's stdin and stdout.

Both directions use the frames of `framing`. The host sends a task, a JSON object, and then one
frame with the picture's bytes as they are; after a picture it may say `stop`. The worker says
`ready` once its model is loaded, then sends one `answer` or `failure` for each task, in order.
The worker handles pictures from the whole web, so the host reads what it says as carefully as
what the extension says.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from altlens_host.errors import AltlensError, InternalError, wire_errors
from altlens_host.fields import MAX_ID, Fields
from altlens_host.messages import MAX_TEXT, Answer, read_answer

PROMISES = ("no_new_privileges", "file_access", "system_calls", "limits", "no_devices")
"""What a worker may hold itself to before it sees a picture.

It cannot gain privileges; it reads its program and its model, and writes nothing; it makes the
system calls of a list, so no socket and no process; memory, time and files are limited; it
reaches no driver of a device, which one that computes on a graphics card must.
"""

MAX_REASON = 500
"""The most characters of why a model does not run where it was asked to."""


class Ready(NamedTuple):
    """The worker has loaded its model.

    Attributes:
        model: The model's name.
        revision: Which revision of it.
        engine: What runs it, for example "onnx".
        device: Where it runs, for example "cpu".
        held: Which of PROMISES hold in this worker, in their order.
        checked: Stands for the model's files as they were when their digests were checked;
            the next worker is started with it and need not check them again. Empty where the
            model declares no digests.
        reason: Why the device is not the one that was asked for; empty where it is.
    """

    model: str
    revision: str
    engine: str
    device: str
    held: tuple[str, ...] = ()
    checked: str = ""
    reason: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Which of PROMISES this system could not keep."""
        return tuple(one for one in PROMISES if one not in self.held)


class Moved(NamedTuple):
    """The model runs elsewhere from now on: a device failed in the middle.

    Attributes:
        device: Where it runs now.
        reason: What became of the other device.
    """

    device: str
    reason: str


class Task(NamedTuple):
    """A picture to look at; its bytes are the next frame.

    Attributes:
        id: A number that the answer repeats.
        size: Number of bytes of the picture.
        any_format: Take WebP, GIF, BMP and AVIF too: the command line asks, not a web page.
        sharp: The client has no sharper one, so `more_pixels` is no answer.
        whole: What is written is to be read to its end, so an `unread` answer is none.
    """

    id: int
    size: int
    any_format: bool = False
    sharp: bool = False
    whole: bool = False


class Stop(NamedTuple):
    """Nobody waits any more for a task, nor for those before it.

    A task that is begun is answered soon, with error 501; one that was answered is not concerned.

    Attributes:
        id: The task's number.
    """

    id: int


def write_stop(stop: Stop) -> bytes:
    """Write a stop as the body of a frame."""
    return _write("stop", stop._asdict())


def read_host(values: dict[str, Any]) -> Task | Stop:
    """Read what the host says; BadFieldError if it is none of its messages."""
    if values.get("type") != "stop":
        return read_task(values)
    given = Fields(values)
    given.choice("type", ("stop",))
    stop = Stop(given.integer("id", 0, MAX_ID))
    given.done()
    return stop


def write_task(task: Task) -> bytes:
    """Write a task as the body of a frame."""
    return _write("task", task._asdict())


def read_task(values: dict[str, Any]) -> Task:
    """Read a task; BadFieldError if it is none."""
    given = Fields(values)
    given.choice("type", ("task",))
    task = Task(
        given.integer("id", 0, MAX_ID),
        given.integer("size", 0, MAX_ID),
        given.boolean("any_format", False),
        given.boolean("sharp", False),
        given.boolean("whole", False),
    )
    given.done()
    return task


def write_ready(ready: Ready) -> bytes:
    """Write the worker's first message as the body of a frame."""
    values = ready._asdict()
    held = values.pop("held")
    return _write("ready", {**values, **{name: name in held for name in PROMISES}})


def write_moved(moved: Moved) -> bytes:
    """Write where the model runs now as the body of a frame."""
    return _write("moved", moved._asdict())


def write_answer(number: int, answer: Answer) -> bytes:
    """Write an answer as the body of a frame."""
    return _write("answer", {"id": number, **answer._asdict()})


def write_failure(number: int | None, error: AltlensError) -> bytes:
    """Write an error as the body of a frame; no number where it concerns no task."""
    return _write("failure", {"id": number, "code": error.code, "detail": error.detail})


def read_worker(
    values: dict[str, Any],
) -> tuple[int | None, Ready | Moved | Answer | AltlensError]:
    """Read what the worker says: the task's number, if any, and what it says about it.

    Raises:
        BadFieldError: It is not a message of the worker's.
    """
    given = Fields(values)
    kind = given.choice("type", ("ready", "moved", "answer", "failure"))
    number: int | None = None
    said: Ready | Moved | Answer | AltlensError
    if kind == "ready":
        said = _ready(given)
    elif kind == "moved":
        said = Moved(given.text("device", 200), given.text("reason", MAX_REASON))
    elif kind == "answer":
        number = given.integer("id", 0, MAX_ID)
        said = read_answer(given)
    else:
        number = given.optional_integer("id", 0, MAX_ID)
        error = wire_errors().get(given.integer("code", 0, 999), InternalError)
        said = error(given.text("detail", MAX_TEXT))
    given.done()
    return number, said


def _ready(given: Fields) -> Ready:
    model, revision, engine, device, checked = (
        given.text(name, 200) for name in ("model", "revision", "engine", "device", "checked")
    )
    reason = given.text("reason", MAX_REASON)
    # Each is read, also after one that does not hold: a field that is left is an error.
    promised = {name: given.boolean(name) for name in PROMISES}
    held = tuple(name for name in PROMISES if promised[name])
    return Ready(model, revision, engine, device, held, checked, reason)


def _write(kind: str, values: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, **values}, ensure_ascii=False).encode()
