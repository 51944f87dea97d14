"""What is wrong with what the client sent: 1xx the framing, 2xx the message."""

from __future__ import annotations

from altlens_host.errors.base import AltlensError


class FramingError(AltlensError):
    """The byte stream does not hold a well-formed frame."""


class FrameTooLargeError(FramingError):
    """A frame declares more bytes than the limit. Its body is skipped, never kept."""

    code = 101
    name = "frame_too_large"
    hint = "Send large pictures in parts; welcome.limits.max_frame_bytes is the limit."


class FrameTruncatedError(FramingError):
    """The stream ended inside a frame."""

    code = 102
    name = "frame_truncated"
    hint = "The declared length was larger than what followed. Open a new connection."


class FrameNotJsonError(FramingError):
    """A frame's body is not JSON in UTF-8."""

    code = 103
    name = "frame_not_json"
    hint = "Each frame is one JSON object in UTF-8, after its length in four native-endian bytes."


class FrameNotObjectError(FramingError):
    """A frame's body is JSON, but no object."""

    code = 104
    name = "frame_not_object"
    hint = "Each frame is one JSON object with a type and an id."


class MessageError(AltlensError):
    """A well-formed frame does not hold a valid message."""


class UnknownTypeError(MessageError):
    """The message's type is not one that the host takes."""

    code = 201
    name = "unknown_type"
    hint = "docs/PROTOCOL.md lists the types. A newer extension may need a newer host."


class BadFieldError(MessageError):
    """A field is missing, unknown, of the wrong type or out of range."""

    code = 202
    name = "bad_field"
    hint = "docs/PROTOCOL.md lists the fields of each message."


class HelloRequiredError(MessageError):
    """The first message must be hello."""

    code = 203
    name = "hello_required"
    hint = "Send hello and wait for welcome before anything else."


class VersionUnsupportedError(MessageError):
    """Both sides have no protocol version in common."""

    code = 204
    name = "version_unsupported"
    hint = "Update the older one of the extension and the host."


class DuplicateIdError(MessageError):
    """An id is used again while its first request is not yet answered."""

    code = 205
    name = "duplicate_id"
    hint = "Give each request an id of its own."


class BadPartError(MessageError):
    """A part belongs to no picture, comes out of order, or does not fit the announced size."""

    code = 206
    name = "bad_part"
    hint = "Send the parts of a picture in order, right after its caption message."
