"""What the worker's own program reads while it runs: the interpreter and system libraries."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_SYSTEM = (
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/lib64",
    "/etc/ld.so.cache",
    # Systems that keep each package in a folder of its own.
    "/nix/store",
    "/gnu/store",
    # Harmless, and asked for by libc, numpy and onnxruntime.
    "/dev/null",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
)


def readable() -> list[Path]:
    """Return the files and folders that Python, its packages and the system's libraries are in.

    A folder on a search path that the user's home lies in is left out, whoever put it there.
    """
    searched = [*sys.path, *os.environ.get("LD_LIBRARY_PATH", "").split(":")]
    home = Path(os.environ.get("HOME") or "/").resolve()
    found = (Path(name).resolve() for name in searched if name)
    own = [*_SYSTEM, f"{sys.base_prefix}/lib", f"{sys.prefix}/lib"]
    return [
        *map(Path, own),
        *(path for path in found if not home.is_relative_to(path)),
    ]
