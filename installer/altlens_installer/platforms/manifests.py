"""Where browsers look for the native manifest of altlens, and what is written there.

MDN, "Native manifests"; toolkit/xre/nsXREDirProvider.cpp and NativeManifests.sys.mjs of Mozilla.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from altlens_installer.finding import disk
from altlens_installer.finding.machine import Machine
from altlens_installer.finding.products import FIREFOX, Product
from altlens_installer.manifest import NAME
from altlens_installer.platforms import registry

_FILE = f"{NAME}.json"
_LINUX = "native-messaging-hosts"
_OTHERS = "NativeMessagingHosts"


def of_user(machine: Machine, product: Product, confined: bool = False) -> tuple[str, ...]:
    """Return where a browser looks for what one user has put there.

    Args:
        machine: The machine.
        product: The browser.
        confined: Whether it is in a sandbox. Then a service outside looks for it, in Mozilla's
            own place whatever the browser (xdg-desktop-portal's src/web-extensions.c in Ubuntu,
            and xdg-native-messaging-proxy).
    """
    if machine.system == "win32":
        return tuple(f"HKCU\\Software\\{key}\\{_OTHERS}\\{NAME}" for key in product.keys_native)
    if machine.system == "darwin":
        return (str(machine.library / product.mac_native / _OTHERS / _FILE),)
    return (str(machine.home / (FIREFOX if confined else product).native / _LINUX / _FILE),)


def of_system(machine: Machine, product: Product, confined: bool = False) -> tuple[str, ...]:
    """Return the same for all users of the machine; see `of_user`."""
    if machine.system == "win32":
        return tuple(f"HKLM\\Software\\{key}\\{_OTHERS}\\{NAME}" for key in product.keys_native)
    if machine.system == "darwin":
        shared = machine.at("/Library/Application Support")
        return (str(shared / product.mac_native / _OTHERS / _FILE),)
    name = (FIREFOX if confined else product).system
    libraries = [machine.at("/usr/lib")]
    if disk.is_dir(machine.at("/usr/lib64") / name):
        # Which of the two a Firefox looks into was settled when it was built.
        libraries.append(machine.at("/usr/lib64"))
    return tuple(str(library / name / _LINUX / _FILE) for library in libraries)


def usual(machine: Machine, system: bool = False) -> tuple[str, ...]:
    """Return where Firefox itself looks."""
    return (of_system if system else of_user)(machine, FIREFOX)


def registered(folder: Path) -> Path:
    """Return the file that values of the registry point to.

    Args:
        folder: The folder of the launcher.
    """
    return folder / _FILE


def files(places: Iterable[str], text: bytes, folder: Path) -> list[tuple[str, bytes]]:
    """Return everything that is to be written for the manifest to be found, in this order.

    Args:
        places: Where browsers look: files, or values of the registry.
        text: The manifest.
        folder: The folder of the launcher.
    """
    places = list(dict.fromkeys(places))
    values = [place for place in places if registry.is_value(place)]
    found = [(place, text) for place in places if place not in values]
    if not values:
        return found
    pointed = str(registered(folder))
    return [*found, (pointed, text), *((value, registry.encoded(pointed)) for value in values)]
