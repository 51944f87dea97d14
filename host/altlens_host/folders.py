"""Where altlens keeps what is the user's, on each system."""

from __future__ import annotations

from pathlib import Path

from altlens_host.settings import data_folder


def cache() -> Path:
    """Return the folder of what is remembered on the disk, one file for each profile."""
    return data_folder() / "cache"


def log() -> Path:
    """Return the log file."""
    import platformdirs  # not before something goes wrong: it takes milliseconds

    return platformdirs.user_log_path("altlens", appauthor=False) / "host.log"
