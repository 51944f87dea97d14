"""Finds the browsers of a machine, and says where each of them looks for what altlens brings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PureWindowsPath

from altlens_installer.finding import build, disk, linux, others, profiles
from altlens_installer.finding.browser import Browser, Packing
from altlens_installer.finding.build import UNKNOWN, Build
from altlens_installer.finding.machine import Machine
from altlens_installer.finding.place import Place, unpacked
from altlens_installer.finding.products import FIREFOX, MULLVAD, PRODUCTS, TOR, Product
from altlens_installer.platforms import manifests, policies

_EDITIONS = {
    "esr": ("-esr", " ESR"),
    "beta": ("-beta", " Beta"),
    "aurora": ("-developer", " Developer Edition"),
    "nightly": ("-nightly", " Nightly"),
}


def browsers(machine: Machine) -> list[Browser]:
    """Return the browsers that are there, those first that people are likely to mean."""
    found: dict[Path, Browser] = {}
    for place in _places(machine):
        where = disk.resolved(place.folder or place.program)
        if where not in found:
            found[where] = _browser(machine, place)
    return list(found.values())


def lists(machine: Machine, product: Product, packing: Packing, app: str = "") -> tuple[Path, ...]:
    """Return the folders that may hold a browser's profiles.ini, the preferred one first.

    Args:
        machine: The machine.
        product: The browser.
        packing: How it came to the machine.
        app: Its name at Flathub, for a flatpak.
    """
    if machine.system == "darwin":
        return (machine.library / product.library,)
    if machine.system == "win32":
        return _windows_lists(machine, product)
    if packing == "snap":
        home = machine.home / "snap" / product.snap / "common"
        return _linux_lists(home, home / ".config", product)
    if packing == "flatpak":
        home = machine.home / ".var" / "app" / app
        return _linux_lists(home, home / "config", product)
    found = _linux_lists(machine.home, machine.config, product)
    legacy = machine.environ.get("MOZ_LEGACY_HOME", "").startswith("1") or disk.is_dir(found[0])
    return found if legacy else (*found[1:], found[0])


def all_lists(machine: Machine) -> tuple[Path, ...]:
    """Return the folders of every browser that altlens can be installed into, there or not."""
    packings: tuple[Packing, ...] = (
        ("package", "snap") if machine.system == "linux" else ("package",)
    )
    found: list[Path] = []
    for product in PRODUCTS:
        if not product.refusal:
            for packing in packings if product.snap else packings[:1]:
                found.extend(lists(machine, product, packing))
            if machine.system == "linux":
                for app in product.flatpak:
                    found.extend(lists(machine, product, "flatpak", app))
    return tuple(dict.fromkeys(found))


def _linux_lists(home: Path, config: Path, product: Product) -> tuple[Path, ...]:
    return (home / product.dotted, *(config / name for name in product.config))


def _windows_lists(machine: Machine, product: Product) -> tuple[Path, ...]:
    found = [machine.roaming / product.roaming] if product.roaming else []
    if product is FIREFOX:
        # What comes from Microsoft's store sees a copy of the folder.
        local = machine.variable("LOCALAPPDATA") or machine.home / "AppData" / "Local"
        for package in disk.inside(local / "Packages", "Mozilla.Firefox*"):
            found.append(package / "LocalCache" / "Roaming" / product.roaming)
    return tuple(found)


def _places(machine: Machine) -> Iterator[Place]:
    if machine.system == "linux":
        yield from linux.places(machine)
    else:
        yield from (
            others.on_macos(machine) if machine.system == "darwin" else others.on_windows(machine)
        )
    for profile in profiles.known(all_lists(machine), machine.at):
        # A profile tells which browser last opened it: that may lie anywhere.
        name = profile.opened_by
        if name.startswith("/") or PureWindowsPath(name).is_absolute():
            found = unpacked(_product(machine, profile), "archive", machine.at(name))
            if found:
                yield found


def _product(machine: Machine, profile: profiles.Profile) -> Product:
    for product in PRODUCTS:
        if profile.lists in lists(machine, product, "package"):
            return product
    return FIREFOX


def _browser(machine: Machine, place: Place) -> Browser:
    said = (build.read(place.folder) if place.folder else None) or UNKNOWN
    product = _identified(place, said)
    suffix, edition = _EDITIONS.get(said.channel, ("", "")) if product is FIREFOX else ("", "")
    confined = place.packing in {"snap", "flatpak"}
    packed = "" if place.packing == "package" else f" ({place.packing})"
    name = f"{product.name}{edition}{packed}"
    found = lists(machine, product, place.packing, place.app)
    user = manifests.of_user(machine, product, confined)
    return Browser(
        key=product.key + suffix,
        name=name,
        packing=place.packing,
        program=place.program,
        folder=place.folder,
        version=said.version,
        channel=said.channel,
        unsigned=said.unsigned,
        portal=confined,
        user_manifests=user,
        system_manifests=manifests.of_system(machine, product, confined),
        policies=_policies(machine, product, place),
        lists=found,
        refusal=product.refusal or _danger(machine, product, name, found, user),
    )


def _identified(place: Place, said: Build) -> Product:
    """Return which browser it is: what it says of itself counts more than where it is."""
    if place.folder and disk.is_dir(place.folder / "TorBrowser"):
        return MULLVAD if place.product is MULLVAD or "mullvad" in said.application else TOR
    if place.product.refusal:
        return place.product
    named = (one for one in PRODUCTS if said.application == one.application)
    return next(named, place.product)


def _danger(
    machine: Machine, product: Product, name: str, found: Iterable[Path], user: Iterable[str]
) -> str:
    """Say why a folder must not be made for the manifest; empty if it may be.

    A browser takes its older place for profiles as soon as the folder exists
    (nsXREDirProvider::LegacyHomeExists), and would start without those in the newer one. Firefox
    itself looks for ~/.mozilla/firefox, which altlens never makes.
    """
    if machine.system != "linux" or product.native != product.dotted:
        return ""
    older = machine.home / product.dotted
    newer = [one for one in found if one != older and disk.is_file(one / "profiles.ini")]
    if not newer or disk.is_dir(older) or not any(place.startswith(f"{older}/") for place in user):
        return ""
    return (
        f"{name} looks for its native manifest in {older}, which is not there, and has its "
        f"profiles in {newer[0]}. With that folder it may start without them. Make the folder "
        f"yourself and start {name}; if your profile is still there, install again."
    )


def _policies(machine: Machine, product: Product, place: Place) -> Path | None:
    if place.installation is not None:
        return policies.of_flatpak(place.installation, place.app, place.architecture)
    confined = place.packing == "snap"
    return policies.of_folder(machine, product, None if confined else place.folder)
