"""The replies of protocol version 1."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args

from altlens_host.fields import Fields
from altlens_host.settings import TextState

MAX_TEXT = 2000
"""The most characters of a caption."""

MAX_READ = 20_000
"""The most characters of what is read in a picture: four dense pages."""

Kind = Literal["described", "text", "decorative", "unsure"]
Verdict = Literal[Kind, "more_pixels"]
Stage = Literal["queued", "loading", "captioning"]
Source = Literal["model", "memory", "cache"]
Level = Literal["plain", "hedged", "unsure"]

_VERDICTS = (*get_args(Kind), "more_pixels")


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
        kind: Which of the four answers it is; or `more_pixels`: it cannot be read as small.
        text: The words, empty for decorative and unsure.
        mean_logprob: Mean natural logarithm of the probability of each token, 0 with no tokens.
        tokens: Number of tokens that the model made, with the one that ends the caption.
        model: Which model spoke, empty where none was needed.
        revision: Which revision of it.
        confidence: How likely the text is right, from 0 to 1; 0 where nobody can say.
        level: How it may be said: plainly, with a hedge, or not at all.
        calibrated: Whether the confidence was measured with pictures for this model.
        read: What is written in the picture, a line for each paragraph.
        read_confidence: How sure the reader is of its characters, from 0 to 1.
        barcode: What a QR code or barcode holds; said on demand only.
        unread: Whether more is written than was read: more than was asked for.
    """

    kind: Verdict
    text: str
    mean_logprob: float
    tokens: int
    model: str
    revision: str
    confidence: float = 0.0
    level: Level = "hedged"
    calibrated: bool = False
    read: str = ""
    read_confidence: float = 0.0
    barcode: str = ""
    unread: bool = False


def read_answer(given: Fields) -> Answer:
    """Take the fields of an answer, from whoever may have forged them.

    One that was remembered before answers had a confidence is hedged.

    Raises:
        BadFieldError: One is missing, of the wrong type or out of range.
    """
    kind: Any = given.choice("kind", _VERDICTS)
    level: Any = given.choice("level", get_args(Level), "hedged")
    return Answer(
        kind,
        given.text("text", MAX_TEXT),
        given.number("mean_logprob"),
        given.integer("tokens", 0, 10_000),
        given.text("model", 200),
        given.text("revision", 200),
        given.share("confidence", 0.0),
        level,
        given.boolean("calibrated", False),
        given.text("read", MAX_READ, ""),
        given.number("read_confidence") if given.has("read_confidence") else 0.0,
        given.text("barcode", MAX_READ, ""),
        given.boolean("unread", False),
    )


class Result(NamedTuple):
    """Answers caption; `read`, `read_confidence` and `barcode` as in Answer."""

    id: int
    kind: Kind
    text: str
    mean_logprob: float
    tokens: int
    model: str
    revision: str
    language: str
    source: Source
    confidence: float
    level: Level
    calibrated: bool
    read: str = ""
    read_confidence: float = 0.0
    barcode: str = ""


class MorePixels(NamedTuple):
    """The host asks for the same picture, sharper: there seems to be something to read."""

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
    cache: dict[str, Any]
    settings: dict[str, Any]
    problems: list[str]
    fingerprint: str = ""
    text: TextState = "not_installed"


class CacheReport(NamedTuple):
    """Answers the requests about the cache."""

    id: int
    report: dict[str, Any]


class ErrorReply(NamedTuple):
    """Answers a request that failed; `id` is None where none could be read."""

    id: int | None
    code: int
    name: str
    message: str
    hint: str


Reply = Welcome | Result | MorePixels | Progress | Done | State | CacheReport | ErrorReply
