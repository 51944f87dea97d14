"""A real Firefox with a profile and a home of its own, thrown away afterwards.

altlens is put into it by the same code that `altlens install` runs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from altlens_installer import install
from altlens_installer.apply import apply
from altlens_installer.errors import FirefoxError
from altlens_installer.finding.machine import Machine, this_machine
from altlens_installer.platforms import manifests
from altlens_installer.store import Store

_NAMES = ("firefox-esr", "firefox")
_END_SECONDS = 15.0

PREFERENCES: dict[str, bool | int | str] = {
    # Nothing but this machine is spoken to.
    "network.dns.disabled": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "extensions.update.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.unified": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    # No page comes before the demonstration's.
    "browser.startup.page": 0,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.aboutwelcome.enabled": False,
    "browser.preonboarding.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.sessionstore.resume_from_crash": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "termsofuse.bypassNotification": True,
    # Firefox picks a free port and writes it into its profile.
    "marionette.port": 0,
}


def find(named: str | None, path: str | None = None) -> str | None:
    """Return the Firefox to use, or None if there is none.

    Args:
        named: The one that was asked for.
        path: Where to look; None for PATH.

    Raises:
        FirefoxError: The one that was asked for is not there.
    """
    if named is not None:
        found = shutil.which(named, path=path)
        if found is None:
            raise FirefoxError(f"{named} is no program.")
        return found
    return next(filter(None, (shutil.which(name, path=path) for name in _NAMES)), None)


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder with one profile that has altlens in it.

    Attributes:
        path: The home folder.
        profile: The profile's folder.
        environment: What Firefox is started with.
    """

    path: Path
    profile: Path
    environment: Mapping[str, str]


@contextmanager
def home(sources: install.Sources, environ: Mapping[str, str] | None = None) -> Iterator[Home]:
    """Make a home with a profile, install altlens there, and throw it all away at the end.

    Raises:
        InstallerError: altlens cannot be installed.
    """
    with tempfile.TemporaryDirectory(prefix="altlens-", ignore_cleanup_errors=True) as name:
        path = Path(name)
        profile = path / ".mozilla" / "firefox" / "altlens"
        profile.mkdir(parents=True)
        lines = (
            f"user_pref({json.dumps(key)}, {json.dumps(value)});\n"
            for key, value in PREFERENCES.items()
        )
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")
        machine = Machine(this_machine().system, path)
        store = Store()
        target = install.Target(profile, "altlens", manifests.usual(machine))
        host = install.Host(machine.data)
        plan = install.prepare([target], host, sources, store, unsigned=True)
        plan.require()
        apply(plan, store)
        yield Home(path, profile, _environment(path, os.environ if environ is None else environ))


def _environment(path: Path, given: Mapping[str, str]) -> dict[str, str]:
    foreign = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "MOZ_LEGACY_HOME")
    kept = {name: value for name, value in given.items() if name not in foreign}
    return kept | {"HOME": str(path), "MOZ_CRASHREPORTER_DISABLE": "1"}


@contextmanager
def started(program: str, at: Home, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Firefox on the profile, and end it with the context.

    Raises:
        FirefoxError: It cannot be run.
    """
    command = [program, "-no-remote", "-profile", str(at.profile), *arguments]
    try:
        process = subprocess.Popen(
            command,
            env=dict(at.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise FirefoxError(f"{program}: {error.strerror}.") from None
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(_END_SECONDS)
        return
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_END_SECONDS)
        return
    process.kill()
    process.wait()
