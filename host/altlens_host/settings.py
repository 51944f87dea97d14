"""Settings and limits; the only place that reads the environment.

Nothing that the extension sends can change these: they come from how the host was started.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

LANGUAGE = "en"
"""The language that the models speak (BCP 47)."""

MAX_FRAME_BYTES = 1_048_576
"""Firefox drops a port that sends more in one message (MDN, "Native messaging")."""

MAX_IMAGE_BYTES = 32 * 1024 * 1024
"""Enough for a camera's JPEG; the extension sends about 0.1 MB."""

MAX_IMAGE_PIXELS = 64_000_000
"""Enough for a camera of 64 megapixels; decoded, that is 192 MB."""

MAX_WAITING = 256
"""Captions that wait at one time, before the host says that it is busy."""

MAX_WAITING_BYTES = 2 * MAX_IMAGE_BYTES
"""What the pictures that wait may hold together."""

MAX_ASSEMBLING_BYTES = 2 * MAX_IMAGE_BYTES
"""What the pictures that still arrive in parts may hold together."""


class Settings(NamedTuple):
    """How this host was started.

    Attributes:
        model: The name of a model in the catalogue, or the folder of one.
        start_seconds: How long the worker may take until its model is loaded.
        answer_seconds: How long it may take for one picture.
        remembered: How many answers are kept in memory, private and normal ones each.
        threads: Threads for the model; 0 means as many as help.
    """

    model: str = "lite"
    start_seconds: float = 60.0
    answer_seconds: float = 30.0
    remembered: int = 2000
    threads: int = 0


def worker_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the part of the environment that the worker may see.

    Firefox hands its whole environment to the host. The worker decodes pictures from the whole
    web, so tokens and addresses that happen to stand there are not passed on.
    """
    given = os.environ if environ is None else environ
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")
    return {
        name: value
        for name, value in given.items()
        if name.upper() in kept or name.startswith(("COVERAGE_", "COV_"))
    }
