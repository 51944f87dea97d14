"""Searches a machine with macOS or Windows for browsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

from altlens_installer.finding import disk
from altlens_installer.finding.machine import Machine
from altlens_installer.finding.place import Place
from altlens_installer.finding.products import PRODUCTS, Product

_FOLDERS = ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)", "LOCALAPPDATA")
_CLIENTS = "Software\\Clients\\StartMenuInternet"


def on_macos(machine: Machine) -> Iterator[Place]:
    """Return every browser in the two folders of applications."""
    for base in (machine.at("/Applications"), machine.home / "Applications"):
        for product in PRODUCTS:
            for name in product.mac:
                contents = base / name / "Contents"
                if disk.is_file(contents / "Resources" / "application.ini"):
                    program = _program(contents / "MacOS", product)
                    yield Place(product, "package", program, contents / "Resources")


def _program(folder: Path, product: Product) -> Path:
    names = (product.key, *product.programs, "firefox")
    return next((folder / name for name in names if disk.is_file(folder / name)), folder)


def on_windows(machine: Machine) -> Iterator[Place]:
    """Return every browser in its usual folder, or that Windows lists as a browser."""
    bases = [found for name in _FOLDERS if (found := machine.variable(name))]
    own = machine.variable("LOCALAPPDATA") or machine.home / "AppData" / "Local"
    for base in dict.fromkeys((*bases, own, own / "Programs", machine.home / "Desktop")):
        for product in PRODUCTS:
            for name in product.windows:
                if disk.is_file(base / name):
                    yield _place(product, base / name)
    yield from _listed(machine)


def _listed(machine: Machine) -> Iterator[Place]:
    if machine.registry is None:
        return
    for hive in ("HKCU", "HKLM"):
        for client in machine.registry.keys(f"{hive}\\{_CLIENTS}"):
            command = f"{hive}\\{_CLIENTS}\\{client}\\shell\\open\\command"
            name = (machine.registry.read(command) or "").strip().strip('"')
            if not PureWindowsPath(name).is_absolute():
                continue
            program = machine.at(name)
            for product in PRODUCTS:
                if program.stem.lower() in {product.key, *product.programs} and disk.is_file(
                    program
                ):
                    yield _place(product, program)


def _place(product: Product, program: Path) -> Place:
    return Place(product, "package", program, program.parent)
