"""Where altlens keeps what is the user's, on each system (platformdirs)."""

from __future__ import annotations

from pathlib import Path


def cache() -> Path:
    """Return the folder of what is remembered on the disk, one file for each profile."""
    import platformdirs  # not before it is needed: the welcome comes sooner

    return platformdirs.user_data_path("altlens", appauthor=False) / "cache"


def log() -> Path:
    """Return the log file."""
    import platformdirs

    return platformdirs.user_log_path("altlens", appauthor=False) / "host.log"
