"""The error tree: every failure that may leave the host, with a stable code and a hint.

Codes are part of the protocol (docs/PROTOCOL.md). They are append-only: a code is never given
a second meaning, and a retired one is never used again. Hundreds tell whose fault it was:
1xx the framing, 2xx the message, 3xx the picture, 4xx the worker or the model, 5xx the service,
7xx what is kept on the disk and how the host was started. (6xx are the altlens command's own.)
"""

from __future__ import annotations

from altlens_host.errors.base import (
    AltlensError,
)
from altlens_host.errors.cache import (
    CacheCorruptError,
    CacheError,
    CacheFullError,
    CacheLockedError,
    CacheNewerError,
    CacheOffError,
    CacheReadOnlyError,
    CacheWritableError,
    EnvelopeError,
)
from altlens_host.errors.picture import (
    ImageEmptyError,
    ImageError,
    ImageNotRecognisedError,
    ImageTooComplexError,
    ImageTooManyBytesError,
    ImageTooManyPixelsError,
    ImageTruncatedError,
)
from altlens_host.errors.protocol import (
    BadFieldError,
    BadPartError,
    DuplicateIdError,
    FrameNotJsonError,
    FrameNotObjectError,
    FrameTooLargeError,
    FrameTruncatedError,
    FramingError,
    HelloRequiredError,
    MessageError,
    UnknownTypeError,
    VersionUnsupportedError,
)
from altlens_host.errors.service import (
    BusyError,
    CancelledError,
    DeadlineError,
    InternalError,
    ServiceError,
    ShuttingDownError,
)
from altlens_host.errors.start import (
    ExtensionNotAllowedError,
    ManifestWritableError,
    ModelWritableError,
    StartError,
)
from altlens_host.errors.worker import (
    AdultCheckError,
    ModelBrokenError,
    ModelMissingError,
    NotIsolatedError,
    PictureRefusedError,
    WorkerDiedError,
    WorkerError,
    WorkerMemoryError,
    WorkerRestingError,
    WorkerStartError,
    WorkerTimeoutError,
)

__all__ = [
    "AdultCheckError",
    "AltlensError",
    "BadFieldError",
    "BadPartError",
    "BusyError",
    "CacheCorruptError",
    "CacheError",
    "CacheFullError",
    "CacheLockedError",
    "CacheNewerError",
    "CacheOffError",
    "CacheReadOnlyError",
    "CacheWritableError",
    "CancelledError",
    "DeadlineError",
    "DuplicateIdError",
    "EnvelopeError",
    "ExtensionNotAllowedError",
    "FrameNotJsonError",
    "FrameNotObjectError",
    "FrameTooLargeError",
    "FrameTruncatedError",
    "FramingError",
    "HelloRequiredError",
    "ImageEmptyError",
    "ImageError",
    "ImageNotRecognisedError",
    "ImageTooComplexError",
    "ImageTooManyBytesError",
    "ImageTooManyPixelsError",
    "ImageTruncatedError",
    "InternalError",
    "ManifestWritableError",
    "MessageError",
    "ModelBrokenError",
    "ModelMissingError",
    "ModelWritableError",
    "NotIsolatedError",
    "PictureRefusedError",
    "ServiceError",
    "ShuttingDownError",
    "StartError",
    "UnknownTypeError",
    "VersionUnsupportedError",
    "WorkerDiedError",
    "WorkerError",
    "WorkerMemoryError",
    "WorkerRestingError",
    "WorkerStartError",
    "WorkerTimeoutError",
    "wire_errors",
]


def _leaves(kind: type[AltlensError]) -> list[type[AltlensError]]:
    below = kind.__subclasses__()
    return [leaf for sub in below for leaf in _leaves(sub)] if below else [kind]


def wire_errors() -> dict[int, type[AltlensError]]:
    """Return every kind of error that the protocol knows, by its code."""
    here = {leaf for leaf in _leaves(AltlensError) if leaf.__module__.startswith(f"{__name__}.")}
    return {kind.code: kind for kind in sorted(here, key=lambda kind: kind.code)}
