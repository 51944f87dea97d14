"""What is wrong with the worker or its model: 4xx."""

from __future__ import annotations

from altlens_host.errors.base import AltlensError


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


class AdultCheckError(WorkerError):
    """Photographs are to be checked for adult content, and cannot be."""

    code = 409
    name = "adult_check_unavailable"
    hint = "Run: altlens doctor"


class NotIsolatedError(WorkerError):
    """The worker could not be shut in, though this system offers what it takes."""

    code = 411
    name = "worker_not_isolated"
    hint = "Run: altlens doctor"
