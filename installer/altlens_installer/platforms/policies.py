"""Where a browser looks for an administrator's policies.json.

Mozilla's toolkit/components/enterprisepolicies: first below /etc on Linux, else in the folder
"distribution" of the browser. Only one of the two is read.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from altlens_installer.finding import disk
from altlens_installer.finding.browser import Browser
from altlens_installer.finding.machine import Machine
from altlens_installer.finding.products import Product

NAME = "policies.json"


def of_folder(machine: Machine, product: Product, folder: Path | None) -> Path | None:
    """Return the file for a browser that is not a flatpak; None if it cannot have one.

    Args:
        machine: The machine.
        product: The browser.
        folder: The folder of its application.ini, if that can be written at all.
    """
    own = folder / "distribution" / NAME if folder is not None else None
    if machine.system != "linux":
        return own
    shared = machine.at("/etc") / product.policies / "policies" / NAME
    # A new file below /etc would hide the one that came with the browser.
    return own if own is not None and disk.is_file(own) and not disk.is_file(shared) else shared


def of_flatpak(installation: Path, app: str, architecture: str) -> Path:
    """Return the file for a flatpak, in the extension that Flathub's builds look into.

    Args:
        installation: The folder of the flatpak installation, such as /var/lib/flatpak.
        app: The app's name at Flathub.
        architecture: As flatpak calls it, such as "x86_64".
    """
    extension = installation / "extension" / f"{app}.systemconfig"
    return extension / architecture / "stable" / "policies" / NAME


def extension(browser: Browser, shared: Path) -> tuple[Path, str]:
    """Return where the extension must be for policies to install it, and its address there.

    A browser in a sandbox sees little more of the disk than the folder of its policies.

    Args:
        browser: A browser that reads policies.
        shared: Where the extension is for all the others.
    """
    if not browser.portal or browser.policies is None:
        return shared, shared.as_uri()
    path = browser.policies.with_name(shared.name)
    if browser.packing == "snap":
        return path, path.as_uri()
    # What a flatpak sees of the folder that `of_flatpak` names.
    seen = PurePosixPath("/app/etc") / browser.key.partition("-")[0] / "policies"
    return path, (seen / shared.name).as_uri()
