"""The error tree: every failure that may leave the host, with a stable code and a hint.

Codes are part of the protocol (docs/PROTOCOL.md). They are append-only: a code is never given
a second meaning, and a retired one is never used again. Hundreds tell whose fault it was:
1xx the framing, 2xx the message, 3xx the picture, 4xx the worker or the model, 5xx the service,
7xx what is kept on the disk and how the host was started. (6xx are the altlens command's own.)
"""

from __future__ import annotations

from typing import ClassVar


class AltlensError(Exception):
    """Something that is answered with an error message.

    Attributes:
        code: The stable number of this kind of error.
        name: The stable name of this kind of error.
        hint: What the one who asked can do about it, one sentence.
        detail: What happened this time, one sentence; never a picture, a caption or a secret.
    """

    code: ClassVar[int] = 500
    name: ClassVar[str] = "internal"
    hint: ClassVar[str] = "This is a fault of altlens itself. Please report it."

    def __init__(self, detail: str) -> None:
        """Keep what happened."""
        super().__init__(detail)
        self.detail = detail


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


class ImageError(AltlensError):
    """The picture cannot be used."""


class ImageNotRecognisedError(ImageError):
    """The bytes are no picture that is known."""

    code = 301
    name = "image_not_recognised"
    hint = "Send a JPEG or a PNG."


class ImageTruncatedError(ImageError):
    """The picture starts well and then breaks off or is damaged."""

    code = 302
    name = "image_truncated"
    hint = "Load the picture again and send it whole."


class ImageEmptyError(ImageError):
    """The picture has no pixels, or no bytes."""

    code = 303
    name = "image_empty"
    hint = "Wait until the picture has loaded."


class ImageTooManyPixelsError(ImageError):
    """The picture declares more pixels than the limit. It was not decoded."""

    code = 304
    name = "image_too_many_pixels"
    hint = "Scale the picture down; welcome.limits.max_image_pixels is the limit."


class ImageTooManyBytesError(ImageError):
    """The picture has more bytes than the limit."""

    code = 305
    name = "image_too_many_bytes"
    hint = "Scale the picture down; welcome.limits.max_image_bytes is the limit."


class ImageTooComplexError(ImageError):
    """The picture would take too long or too much memory to decode."""

    code = 306
    name = "image_too_complex"
    hint = "Save the picture again, smaller or with common settings."


class WorkerError(AltlensError):
    """The worker could not answer."""


class WorkerStartError(WorkerError):
    """The worker did not start."""

    code = 401
    name = "worker_not_started"
    hint = "Run: altlens doctor"


class WorkerDiedError(WorkerError):
    """The worker ended while it worked on this picture."""

    code = 402
    name = "worker_died"
    hint = "Ask again once; if it happens again with this picture, leave it."


class WorkerTimeoutError(WorkerError):
    """The worker took too long and was ended."""

    code = 403
    name = "worker_timeout"
    hint = "Ask again later; the machine may be busy."


class ModelMissingError(WorkerError):
    """The model's files are not there."""

    code = 404
    name = "model_missing"
    hint = "Run: altlens doctor"


class ModelBrokenError(WorkerError):
    """The model's files are there, but cannot be used."""

    code = 405
    name = "model_broken"
    hint = "Install altlens or the model again, then run: altlens doctor"


class PictureRefusedError(WorkerError):
    """The picture ended the worker twice, and is not tried again."""

    code = 406
    name = "picture_refused"
    hint = "Leave this picture; the host tries it again after its next start."


class WorkerRestingError(WorkerError):
    """The worker ended three times soon after its start, and is not started for a while."""

    code = 407
    name = "worker_resting"
    hint = "Ask again in a minute; state.workers says why. Run: altlens doctor"


class WorkerMemoryError(WorkerError):
    """The worker needed more memory than it may have, and was ended."""

    code = 408
    name = "worker_memory"
    hint = "Leave this picture, or raise memory_megabytes in the settings."


class NotIsolatedError(WorkerError):
    """The worker could not be shut in, though this system offers what it takes."""

    code = 411
    name = "worker_not_isolated"
    hint = "Run: altlens doctor"


class ServiceError(AltlensError):
    """The host did not do what it was asked to."""


class InternalError(ServiceError):
    """A fault of the host itself."""


class CancelledError(ServiceError):
    """The request was cancelled by the one who asked."""

    code = 501
    name = "cancelled"
    hint = "Nothing to do."


class BusyError(ServiceError):
    """Too many requests are waiting."""

    code = 502
    name = "busy"
    hint = "Ask again when another request was answered."


class ShuttingDownError(ServiceError):
    """The host is ending."""

    code = 503
    name = "shutting_down"
    hint = "Open a new connection."


class DeadlineError(ServiceError):
    """The request was not answered in the time that a request has."""

    code = 504
    name = "deadline_exceeded"
    hint = "Ask again later; the machine may be busy."


class CacheError(AltlensError):
    """What is remembered on the disk cannot be used; captions go on without it."""


class CacheLockedError(CacheError):
    """Another program holds the cache's file."""

    code = 701
    name = "cache_locked"
    hint = "Nothing is remembered meanwhile. End other programs that use the file."


class CacheReadOnlyError(CacheError):
    """The cache's folder or file cannot be read or written."""

    code = 702
    name = "cache_read_only"
    hint = "Check the owner and the permissions of the cache's folder."


class CacheFullError(CacheError):
    """The disk is full, or refuses to write."""

    code = 703
    name = "cache_full"
    hint = "Make room on the disk."


class CacheCorruptError(CacheError):
    """The cache's file is damaged. It was set aside, and a new one will be started."""

    code = 704
    name = "cache_corrupt"
    hint = "Run: altlens cache clear"


class CacheNewerError(CacheError):
    """A newer altlens made the cache's file. It was left as it is."""

    code = 705
    name = "cache_newer"
    hint = "Update altlens, or run: altlens cache clear"


class CacheOffError(CacheError):
    """There is no cache: the client gave no profile key, or the system lacks what it needs."""

    code = 706
    name = "cache_off"
    hint = "Only an extension that gives its profile's key has a cache."


class EnvelopeError(CacheError):
    """What was sealed cannot be opened: it was changed, moved, or sealed with another key."""

    code = 707
    name = "cache_entry_broken"
    hint = "Run: altlens cache clear"


class StartError(AltlensError):
    """The host will not serve, because of how it was started or of what it found."""


class ExtensionNotAllowedError(StartError):
    """The host was started for an extension that it does not serve."""

    code = 711
    name = "extension_not_allowed"
    hint = "Only the extension altlens@altlens may start the host. Run: altlens doctor"


class ManifestWritableError(StartError):
    """Everybody on this machine can change the native manifest."""

    code = 712
    name = "manifest_writable"
    hint = "Take the right to write from others (chmod o-w) on the file and on its folder."


class ModelWritableError(StartError):
    """Everybody on this machine can change the model."""

    code = 713
    name = "model_writable"
    hint = "Take the right to write from others (chmod -R o-w) on the model's folder."


class CacheWritableError(CacheError):
    """Everybody on this machine can change the cache's folder."""

    code = 714
    name = "cache_writable"
    hint = "Take the right to write from others (chmod o-w) on the cache's folder."


def _leaves(kind: type[AltlensError]) -> list[type[AltlensError]]:
    below = kind.__subclasses__()
    return [leaf for sub in below for leaf in _leaves(sub)] if below else [kind]


def wire_errors() -> dict[int, type[AltlensError]]:
    """Return every kind of error that the protocol knows, by its code."""
    here = {leaf for leaf in _leaves(AltlensError) if leaf.__module__ == __name__}
    return {kind.code: kind for kind in sorted(here, key=lambda kind: kind.code)}
