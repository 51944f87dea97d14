"""Where things are written: files, and on Windows also values of the registry.

A place is named by a string: a file by its path, a registry value by its hive and key.
"""

from __future__ import annotations

import os
from pathlib import Path

from altlens_installer import files
from altlens_installer.plan import Found


class Store:
    """Reads and writes places."""

    def is_file(self, place: str) -> bool:
        """Say whether a place is a file."""
        return True

    def read(self, place: str) -> Found:
        """Return what stands in a place.

        Raises:
            NotWritableError: It cannot be read.
        """
        path = Path(place)
        data = files.read(path)
        return Found(data, data is not None and os.access(path, os.X_OK))

    def write(self, place: str, data: bytes, runs: bool = False) -> None:
        """Put something in its place.

        Raises:
            NotWritableError: The system refuses; what stood there is as it was.
        """
        files.write(Path(place), data, 0o755 if runs else None)

    def sweep(self, place: str) -> None:
        """Take away what a write left behind that was killed on its way.

        Raises:
            NotWritableError: The system refuses.
        """
        files.sweep(Path(place))

    def remove(self, place: str) -> None:
        """Take something away; it is no error if there is nothing.

        Raises:
            NotWritableError: The system refuses.
        """
        files.remove(Path(place))

    def restore(self, place: str, before: Found) -> None:
        """Put back what stood in a place, unless it stands there still.

        Raises:
            NotWritableError: The system refuses.
        """
        if before.data is None:
            self.remove(place)
        elif self.read(place).data != before.data:
            self.write(place, before.data, before.runs)
