"""What a zip file that somebody else made may raise."""

from __future__ import annotations

import zipfile
import zlib

UNREADABLE = (
    OSError,  # the file itself, or damaged bzip2 data
    zipfile.BadZipFile,
    zlib.error,  # damaged deflate data
    EOFError,  # cut data
    RuntimeError,  # encrypted; NotImplementedError, a way of packing that is not known, is one
    ValueError,
)
"""What opening a zip file, and reading an entry of it, may raise (Python's zipfile)."""
