"""Writes numbered answers into a cache, and says which are kept: `cache_writer FOLDER FROM TO`."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from altlens_host.cache.sealed_file import SealedFile
from altlens_host.cache.store import Limits
from altlens_host.messages import Answer

KEY = bytes(range(32))
OPTIONS = ("lite", "1", "en", "1")
LIMITS = Limits(busy_seconds=20)


def picture(number: int) -> bytes:
    """Return the digest of a picture that never was."""
    return hashlib.sha256(str(number).encode()).digest()


def answer(number: int) -> Answer:
    """Return what it would have shown; of many lengths, so that pages fill and split."""
    return Answer("described", f"Picture {number}. " * (1 + number % 60), -0.5, 9, "lite", "1")


def main() -> None:
    """Write until killed or done."""
    folder, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    file = SealedFile(folder, KEY, LIMITS)
    for number in range(first, last):
        file.put(picture(number), OPTIONS, answer(number))
        print(number, flush=True)


if __name__ == "__main__":
    main()
