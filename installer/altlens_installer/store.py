"""Where things are written: files, and on Windows also values of the registry.

A place is named by a string: a file by its path, a registry value by its hive and key.
"""

from __future__ import annotations

import os
from pathlib import Path

from altlens_installer import files
from altlens_installer.errors import RegistryRefusedError
from altlens_installer.plan import Found
from altlens_installer.platforms import registry
from altlens_installer.platforms.registry import Registry


class Store:
    """Reads and writes places."""

    def __init__(self, values: Registry | None = None) -> None:
        """Take the registry; None where there is none."""
        self._registry = values

    def is_file(self, place: str) -> bool:
        """Say whether a place is a file."""
        return not registry.is_value(place)

    def read(self, place: str) -> Found:
        """Return what stands in a place.

        Raises:
            InstallerError: It cannot be read.
        """
        if not self.is_file(place):
            text = self._values(place).read(place)
            return Found(None if text is None else registry.encoded(text))
        path = Path(place)
        data = files.read(path)
        return Found(data, data is not None and os.access(path, os.X_OK))

    def write(self, place: str, data: bytes, runs: bool = False) -> None:
        """Put something in its place.

        Raises:
            InstallerError: The system refuses; what stood there is as it was.
        """
        if self.is_file(place):
            files.write(Path(place), data, 0o755 if runs else None)
        else:
            self._values(place).write(place, registry.decoded(data))

    def sweep(self, place: str) -> None:
        """Take away what a write left behind that was killed on its way.

        Raises:
            InstallerError: The system refuses.
        """
        if self.is_file(place):
            files.sweep(Path(place))

    def remove(self, place: str) -> None:
        """Take something away; it is no error if there is nothing.

        Raises:
            InstallerError: The system refuses.
        """
        if self.is_file(place):
            files.remove(Path(place))
        else:
            self._values(place).remove(place)

    def restore(self, place: str, before: Found) -> None:
        """Put back what stood in a place, unless it stands there still.

        Raises:
            InstallerError: The system refuses.
        """
        if before.data is None:
            self.remove(place)
        elif self.read(place).data != before.data:
            self.write(place, before.data, before.runs)

    def _values(self, place: str) -> Registry:
        if self._registry is None:
            raise RegistryRefusedError(f"{place}: this machine has no registry.")
        return self._registry
