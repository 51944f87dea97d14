"""The messages of protocol version 1: requests and replies, read and written.

docs/PROTOCOL.md is the contract; a test keeps it and this module equal. Nothing here does I/O.
They are named tuples: importing dataclasses alone would take a third of the host's start.
Fields that a message does not have are refused, so that nobody believes in an option that has no
effect; only hello is lenient, so that a newer client can learn which versions both sides speak.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, get_args

from altlens_host.errors import AltlensError, BadFieldError, UnknownTypeError
from altlens_host.fields import MAX_ID, Fields

VERSIONS = (1,)
"""The protocol versions that this host speaks, best first."""

PROFILE_KEY_BYTES = 32
MAX_PARTS = 256
MAX_TEXT = 2000

Priority = Literal["asked", "visible", "near"]
Kind = Literal["described", "text", "decorative", "unsure"]
Stage = Literal["queued", "loading", "captioning"]
Source = Literal["model", "memory"]


class Hello(NamedTuple):
    """The client presents itself. Must come first."""

    id: int
    versions: tuple[int, ...]
    client: str
    client_version: str
    profile_key: bytes | None = None


class CaptionRequest(NamedTuple):
    """The client asks what a picture shows: its bytes are here, or follow in parts.

    Exactly one of `image` and `parts` is set; `size` is the number of bytes in both cases.
    """

    id: int
    image: bytes | None
    parts: int
    size: int
    priority: Priority = "visible"
    private: bool = False
    language: str = ""


class Part(NamedTuple):
    """The next bytes of the picture that the caption request `id` announced."""

    id: int
    index: int  # type: ignore[assignment]  # not the tuple's method: the protocol's name for it
    data: bytes


class Cancel(NamedTuple):
    """The client no longer wants the answer to the request `target`."""

    id: int
    target: int


class StatusRequest(NamedTuple):
    """The client asks how the host is."""

    id: int


Request = Hello | CaptionRequest | Part | Cancel | StatusRequest


class Welcome(NamedTuple):
    """Answers hello."""

    id: int
    version: int
    host_version: str
    limits: dict[str, int]
    models: list[dict[str, str]]
    model: str
    loaded: bool
    language: str


class Answer(NamedTuple):
    """What a picture shows.

    Attributes:
        kind: Which of the four answers it is.
        text: The words, empty for decorative and unsure.
        mean_logprob: Mean natural logarithm of the probability of each token, 0 with no tokens.
        tokens: Number of tokens that the model made, with the one that ends the caption.
        model: Which model spoke, empty where none was needed.
        revision: Which revision of it.
    """

    kind: Kind
    text: str
    mean_logprob: float
    tokens: int
    model: str
    revision: str


class Result(NamedTuple):
    """Answers caption."""

    id: int
    kind: Kind
    text: str
    mean_logprob: float
    tokens: int
    model: str
    revision: str
    language: str
    source: Source


class MorePixels(NamedTuple):
    """The host asks for the same picture, sharper. Reserved: version 1 never sends it."""

    id: int
    side: int


class Progress(NamedTuple):
    """Says where a caption request is; it is still to be answered."""

    id: int
    stage: Stage


class Done(NamedTuple):
    """Answers cancel."""

    id: int
    cancelled: bool


class State(NamedTuple):
    """Answers status."""

    id: int
    uptime_seconds: float
    waiting: int
    answered: int
    remembered: int
    workers: list[dict[str, Any]]


class ErrorReply(NamedTuple):
    """Answers a request that failed; `id` is None where none could be read."""

    id: int | None
    code: int
    name: str
    message: str
    hint: str


Reply = Welcome | Result | MorePixels | Progress | Done | State | ErrorReply


NAMES: dict[type, str] = {
    Hello: "hello",
    CaptionRequest: "caption",
    Part: "part",
    Cancel: "cancel",
    StatusRequest: "status",
    Welcome: "welcome",
    Result: "result",
    MorePixels: "more_pixels",
    Progress: "progress",
    Done: "done",
    State: "state",
    ErrorReply: "error",
}
"""What each message is called in its field `type`."""


def error_reply(request_id: int | None, error: AltlensError) -> ErrorReply:
    """Put an error into words for the one who asked."""
    return ErrorReply(request_id, error.code, error.name, error.detail, error.hint)


def serialise(reply: Reply) -> bytes:
    """Write a reply as the body of a frame."""
    values = {"type": NAMES[type(reply)], **reply._asdict()}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def request_id(values: dict[str, Any]) -> int | None:
    """Find the id in an object that may be wrong otherwise, so that its sender gets the error."""
    found = values.get("id")
    return found if type(found) is int and 0 <= found <= MAX_ID else None


def parse(values: dict[str, Any]) -> Request:
    """Read a request.

    Args:
        values: The object of one frame.

    Raises:
        UnknownTypeError: Its type is not one of a request.
        BadFieldError: A field is missing, unknown, of the wrong type or out of range.
    """
    given = Fields(values)
    name = given.text("type", MAX_TEXT)
    reader = _READERS.get(name)
    if reader is None:
        raise UnknownTypeError(f"The type {name[:40]!r} is not known.")
    request = reader(given, given.integer("id", 0, MAX_ID))
    if not isinstance(request, Hello):
        given.done()
    return request


def _hello(given: Fields, number: int) -> Hello:
    key = given.data("profile_key", None)
    if key is not None and len(key) != PROFILE_KEY_BYTES:
        raise BadFieldError(f"profile_key: not {PROFILE_KEY_BYTES} bytes.")
    return Hello(
        number,
        given.integers("versions", 32),
        given.text("client", 64),
        given.text("client_version", 64),
        key,
    )


def _caption(given: Fields, number: int) -> CaptionRequest:
    priority: Any = given.choice("priority", get_args(Priority), "visible")
    private = given.boolean("private", False)
    language = given.text("language", 35, "")
    if given.has("parts"):
        parts = given.integer("parts", 1, MAX_PARTS)
        size = given.integer("size", 0, MAX_ID)
        return CaptionRequest(number, None, parts, size, priority, private, language)
    image = given.data("image") or b""
    return CaptionRequest(number, image, 0, len(image), priority, private, language)


def _part(given: Fields, number: int) -> Part:
    index = given.integer("index", 0, MAX_PARTS - 1)
    return Part(number, index, given.data("data") or b"")


def _cancel(given: Fields, number: int) -> Cancel:
    return Cancel(number, given.integer("target", 0, MAX_ID))


def _status(_given: Fields, number: int) -> StatusRequest:
    return StatusRequest(number)


_READERS: dict[str, Callable[[Fields, int], Request]] = {
    "hello": _hello,
    "caption": _caption,
    "part": _part,
    "cancel": _cancel,
    "status": _status,
}
