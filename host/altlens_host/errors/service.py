"""Why the host did not do what it was asked to: 5xx."""

from __future__ import annotations

from altlens_host.errors.base import AltlensError


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
