"""Searches a Linux machine for browsers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from altlens_installer.finding import disk
from altlens_installer.finding.machine import Machine
from altlens_installer.finding.place import Place, unpacked
from altlens_installer.finding.products import PRODUCTS, Product

_PACKAGED = ("/usr/lib", "/usr/lib64", "/usr/share")
_UNPACKED = ("/opt", "/usr/local", "/usr/local/lib", "/usr/local/share")
_OWN = ("", "opt", ".opt", "Applications", ".local/opt", ".local/share", ".local/lib", "Downloads")
_APPIMAGES = ("Applications", "AppImages", ".local/bin", "bin", "Downloads", "Desktop")
_SNAPS = ("/snap", "/var/lib/snapd/snap")
_EXEC = re.compile(r'^Exec\s*=\s*(?:"([^"]+)"|(\S+))', re.MULTILINE)


def places(machine: Machine) -> Iterator[Place]:
    """Return every browser; one may come more than once."""
    for product in PRODUCTS:
        yield from _folders(machine, product)
        yield from _on_path(machine, product)
        yield from _snaps(machine, product)
        yield from _flatpaks(machine, product)
    yield from _appimages(machine)


def _folders(machine: Machine, product: Product) -> Iterator[Place]:
    packaged = [machine.at(base) for base in _PACKAGED]
    others = [machine.at(base) for base in _UNPACKED] + [machine.home / base for base in _OWN]
    for base in (*packaged, *others):
        for name in product.places:
            found = unpacked(product, "package" if base in packaged else "archive", base / name)
            if found:
                yield found


def _on_path(machine: Machine, product: Product) -> Iterator[Place]:
    folders = [one for one in machine.environ.get("PATH", "").split(":") if one.startswith("/")]
    named = (machine.at(folder) / name for folder in folders for name in product.programs)
    for program in (*named, *_desktop_programs(machine, product)):
        folder = disk.resolved(program).parent
        found = unpacked(product, "archive", folder)
        if found:
            yield found


def _desktop_programs(machine: Machine, product: Product) -> Iterator[Path]:
    for program in _started_by_desktop(machine):
        if program.name in product.programs:
            yield program


def _started_by_desktop(machine: Machine) -> Iterator[Path]:
    """Return what the user's own menu entries start (Desktop Entry Specification)."""
    menu = (machine.variable("XDG_DATA_HOME") or machine.home / ".local/share") / "applications"
    for entry in disk.inside(menu, "*.desktop"):
        try:
            text = entry.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for quoted, plain in _EXEC.findall(text):
            name = quoted or plain
            if name.startswith("/"):
                yield machine.at(name)


def _snaps(machine: Machine, product: Product) -> Iterator[Place]:
    for base in _SNAPS if product.snap else ():
        root = machine.at(base)
        found = unpacked(product, "snap", root / product.snap / "current/usr/lib" / product.snap)
        if found and found.folder:
            yield Place(product, "snap", root / "bin" / product.snap, found.folder)
            return


def _flatpaks(machine: Machine, product: Product) -> Iterator[Place]:
    own = (machine.variable("XDG_DATA_HOME") or machine.home / ".local/share") / "flatpak"
    for installation in (own, machine.at("/var/lib/flatpak")):
        for app in product.flatpak:
            current = installation / "app" / app / "current"
            files = current / "active" / "files"
            program = installation / "exports" / "bin" / app
            if not disk.is_dir(files):
                continue
            listings = disk.inside(files, "lib/*/application.ini")
            listings += disk.inside(files, "*/application.ini")
            folder = listings[0].parent if listings else None
            architecture = disk.resolved(current).parent.name
            yield Place(product, "flatpak", program, folder, app, installation, architecture)


def _appimages(machine: Machine) -> Iterator[Place]:
    folders = [machine.home / name for name in _APPIMAGES] + [machine.at("/opt")]
    started = [one for one in _started_by_desktop(machine) if disk.is_file(one)]
    for program in (*_files(folders), *started):
        name = program.name.lower()
        if name.endswith(".appimage"):
            for product in PRODUCTS:
                if name.startswith((product.key, *product.programs)):
                    yield Place(product, "appimage", program, None)


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from (one for one in disk.inside(folder, "*") if one.suffix.lower() == ".appimage")
