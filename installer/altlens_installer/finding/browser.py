"""What is known of a browser that was found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Packing = Literal["package", "snap", "flatpak", "appimage", "archive"]
"""How a browser came to the machine; "archive" is a folder that somebody unpacked."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that was found.

    Attributes:
        key: What --browser takes, such as "firefox-esr" or "librewolf".
        name: What it is called, in words.
        packing: How it came to the machine.
        program: What is started.
        folder: The folder of its application.ini; None where that cannot be read (AppImage).
        version: Its own version; empty if that is not known.
        channel: Where its updates come from, as it says itself: "release", "esr", "beta",
            "aurora" (Developer Edition), "nightly", "default" (somebody's own build), or empty.
        unsigned: Whether it can be made to take add-ons without Mozilla's signature.
        portal: Whether it can start hosts only through a service outside its sandbox.
        user_manifests: Where it looks for the user's native manifest of altlens: files, or values
            of the registry. Each of them is to be written.
        system_manifests: The same for all users of the machine.
        policies: Where an administrator's policies.json for it is; None if it reads none.
        lists: The folders that may hold its profiles.ini, the one that it prefers first.
        refusal: Why altlens is not installed into it; empty if it can be.
    """

    key: str
    name: str
    packing: Packing
    program: Path
    folder: Path | None
    version: str
    channel: str
    unsigned: bool
    portal: bool
    user_manifests: tuple[str, ...]
    system_manifests: tuple[str, ...]
    policies: Path | None
    lists: tuple[Path, ...]
    refusal: str = ""
