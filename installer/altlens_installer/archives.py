"""What a zip file that somebody else made may raise."""

from __future__ import annotations

import zipfile
import zlib

try:
    from lzma import LZMAError
except ImportError:  # Python can be built without lzma: zipfile then raises RuntimeError
    _OF_LZMA: tuple[type[Exception], ...] = ()
else:
    _OF_LZMA = (LZMAError,)

UNREADABLE: tuple[type[Exception], ...] = (
    OSError,  # the file itself, or damaged bzip2 data
    zipfile.BadZipFile,
    zlib.error,  # damaged deflate data
    *_OF_LZMA,
    EOFError,  # cut data
    RuntimeError,  # encrypted, or packed in a way that Python does not know
    ValueError,
)
"""What opening a zip file, and reading an entry of it, may raise (Python's zipfile)."""
