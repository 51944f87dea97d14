"""What each system does in its own way with a process: its memory, and ending with its parent.

linux, macos and windows have the same three functions; what a system lacks does nothing there,
and None stands for what it cannot say.
"""

from __future__ import annotations

import sys
from types import ModuleType


def resident_bytes(pid: int) -> int | None:
    """Return how much memory a process has resident; None if that cannot be known."""
    found: int | None = _here().resident_bytes(pid)
    return found


def adopt(pid: int) -> None:
    """Let a child process end with this one, however this one ends. Called by the parent."""
    _here().adopt(pid)


def end_with_parent() -> None:
    """Let this process end with its parent, however that ends. Called by the child."""
    _here().end_with_parent()


def _here() -> ModuleType:
    if sys.platform == "win32":
        from altlens_host.process import windows

        return windows
    if sys.platform == "darwin":
        from altlens_host.process import macos

        return macos
    from altlens_host.process import linux

    return linux
