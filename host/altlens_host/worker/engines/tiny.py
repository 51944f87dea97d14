"""Has the processor take numbers that are too small to be normal for zero, for a while.

GELU turns large negative numbers into such (below 1e-38), and some processors take a hundred times
as long for them: two thirds of the time in which lines of text are found (docs/decisions/0100).
onnxruntime sees to its own threads; for the one that calls it, only a process' first session can.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_FLUSH = 1 << 15 | 1 << 6
"""Of MXCSR: flush to zero, denormals are zeros (Intel's manual, volume 1, 10.2.3)."""

_MXCSR = 7
"""Its place among the 32-bit words of fenv_t in the C libraries of Linux on x86-64."""

_Environment = ctypes.c_uint32 * 16


@contextmanager
def as_zero() -> Iterator[bool]:
    """Take them for zero in this thread until the end of the block; yield whether that is so."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        yield False
        return
    library = ctypes.CDLL(None)
    before, during = _Environment(), _Environment()
    library.fegetenv(before)
    library.fegetenv(during)
    during[_MXCSR] |= _FLUSH
    library.fesetenv(during)
    try:
        yield True
    finally:
        library.fesetenv(before)
