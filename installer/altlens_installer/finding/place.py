"""A place where a browser may be: what the search on each system gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from altlens_installer.finding import disk
from altlens_installer.finding.browser import Packing
from altlens_installer.finding.products import Product


@dataclass(frozen=True, slots=True)
class Place:
    """A program that is there, and what its place tells.

    Attributes:
        product: Which browser it is likely to be.
        packing: How it came to the machine.
        program: What is started.
        folder: The folder of its application.ini; None if that cannot be looked into.
        app: Its name at Flathub; empty for others.
        installation: The folder of the flatpak installation; None for others.
        architecture: As flatpak calls it; empty for others.
    """

    product: Product
    packing: Packing
    program: Path
    folder: Path | None
    app: str = ""
    installation: Path | None = None
    architecture: str = ""


def unpacked(product: Product, packing: Packing, folder: Path) -> Place | None:
    """Return the browser in a folder on Linux; None if it holds none."""
    if not disk.is_file(folder / "application.ini"):
        return None
    names = (*product.programs, "firefox", folder.name)
    program = next((folder / name for name in names if disk.is_file(folder / name)), folder)
    return Place(product, packing, program, folder)
