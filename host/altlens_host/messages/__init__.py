"""The messages of protocol version 1: requests and replies, read and written.

docs/PROTOCOL.md is the contract; a test keeps it and this package equal. Nothing here does I/O.
They are named tuples: importing dataclasses alone would take a third of the host's start.
"""

from __future__ import annotations

import json

from altlens_host.errors import AltlensError
from altlens_host.messages.replies import (
    MAX_READ,
    MAX_TEXT,
    Answer,
    CacheReport,
    Done,
    ErrorReply,
    Kind,
    Level,
    MorePixels,
    Progress,
    Reply,
    Result,
    Source,
    Stage,
    State,
    Verdict,
    Welcome,
    read_answer,
)
from altlens_host.messages.requests import (
    NO_WISH,
    CacheClear,
    CacheForget,
    CacheRequest,
    CacheRotate,
    CacheStats,
    CacheVerify,
    Cancel,
    CaptionRequest,
    Hello,
    Part,
    Priority,
    Request,
    StatusRequest,
    Wish,
    parse,
    request_id,
)

VERSIONS = (1,)
"""The protocol versions that this host speaks, best first."""

NAMES: dict[type, str] = {
    Hello: "hello",
    CaptionRequest: "caption",
    Part: "part",
    Cancel: "cancel",
    StatusRequest: "status",
    CacheStats: "cache_stats",
    CacheClear: "cache_clear",
    CacheVerify: "cache_verify",
    CacheForget: "cache_forget",
    CacheRotate: "cache_rotate",
    Welcome: "welcome",
    Result: "result",
    MorePixels: "more_pixels",
    Progress: "progress",
    Done: "done",
    State: "state",
    CacheReport: "cache_report",
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


__all__ = [
    "MAX_READ",
    "MAX_TEXT",
    "NAMES",
    "NO_WISH",
    "VERSIONS",
    "Answer",
    "CacheClear",
    "CacheForget",
    "CacheReport",
    "CacheRequest",
    "CacheRotate",
    "CacheStats",
    "CacheVerify",
    "Cancel",
    "CaptionRequest",
    "Done",
    "ErrorReply",
    "Hello",
    "Kind",
    "Level",
    "MorePixels",
    "Part",
    "Priority",
    "Progress",
    "Reply",
    "Request",
    "Result",
    "Source",
    "Stage",
    "State",
    "StatusRequest",
    "Verdict",
    "Welcome",
    "Wish",
    "error_reply",
    "parse",
    "read_answer",
    "request_id",
    "serialise",
]
