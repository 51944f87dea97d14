"""What every error of altlens has."""

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
