"""What passes between host and worker, over the worker's stdin and stdout.

Both directions use the frames of `framing`. The host sends a task, a JSON object, and then one
frame with the picture's bytes as they are. The worker says `ready` once its model is loaded,
then sends one `answer` or `failure` for each task, in order. The worker handles pictures from
the whole web, so the host reads what it says as carefully as what the extension says.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple, get_args

from altlens_host.errors import AltlensError, InternalError, wire_errors
from altlens_host.fields import MAX_ID, Fields
from altlens_host.messages import MAX_TEXT, Answer, Kind


class Ready(NamedTuple):
    """The worker has loaded its model.

    Attributes:
        model: The model's name.
        revision: Which revision of it.
        engine: What runs it, for example "onnx".
        device: Where it runs, for example "cpu".
    """

    model: str
    revision: str
    engine: str
    device: str


class Task(NamedTuple):
    """A picture to look at; its bytes are the next frame.

    Attributes:
        id: A number that the answer repeats.
        size: Number of bytes of the picture.
    """

    id: int
    size: int


def write_task(task: Task) -> bytes:
    """Write a task as the body of a frame."""
    return _write("task", task._asdict())


def read_task(values: dict[str, Any]) -> Task:
    """Read a task; BadFieldError if it is none."""
    given = Fields(values)
    given.choice("type", ("task",))
    task = Task(given.integer("id", 0, MAX_ID), given.integer("size", 0, MAX_ID))
    given.done()
    return task


def write_ready(ready: Ready) -> bytes:
    """Write the worker's first message as the body of a frame."""
    return _write("ready", ready._asdict())


def write_answer(number: int, answer: Answer) -> bytes:
    """Write an answer as the body of a frame."""
    return _write("answer", {"id": number, **answer._asdict()})


def write_failure(number: int | None, error: AltlensError) -> bytes:
    """Write an error as the body of a frame; no number where it concerns no task."""
    return _write("failure", {"id": number, "code": error.code, "detail": error.detail})


def read_worker(values: dict[str, Any]) -> tuple[int | None, Ready | Answer | AltlensError]:
    """Read what the worker says: the task's number, if any, and what it says about it.

    Raises:
        BadFieldError: It is not a message of the worker's.
    """
    given = Fields(values)
    kind = given.choice("type", ("ready", "answer", "failure"))
    number: int | None = None
    said: Ready | Answer | AltlensError
    if kind == "ready":
        said = Ready(*(given.text(name, 200) for name in ("model", "revision", "engine", "device")))
    elif kind == "answer":
        number = given.integer("id", 0, MAX_ID)
        said = _answer(given)
    else:
        number = given.optional_integer("id", 0, MAX_ID)
        error = wire_errors().get(given.integer("code", 0, 999), InternalError)
        said = error(given.text("detail", MAX_TEXT))
    given.done()
    return number, said


def _answer(given: Fields) -> Answer:
    kind: Any = given.choice("kind", get_args(Kind))
    return Answer(
        kind,
        given.text("text", MAX_TEXT),
        given.number("mean_logprob"),
        given.integer("tokens", 0, 10_000),
        given.text("model", 200),
        given.text("revision", 200),
    )


def _write(kind: str, values: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, **values}, ensure_ascii=False).encode()
