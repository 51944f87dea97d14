"""altlens install and altlens uninstall: the words around what install.py and uninstall.py do."""

from __future__ import annotations

from typing import IO

from altlens_installer import client, places, preferences, profiles, resources
from altlens_installer import install as installing
from altlens_installer import uninstall as uninstalling
from altlens_installer.terminal import plain, say

_WEAKER = (
    f"This profile now takes add-ons without Mozilla's signature ({preferences.SIGNATURES} is",
    "false). That makes every add-on of this profile less safe: install none that you do not know.",
    "altlens needs it as long as its extension is not signed.",
)


def sources(model: str | None = None) -> installing.Sources:
    """Return what this installation of altlens would install.

    Args:
        model: The model that the host shall use; None for the usual one.

    Raises:
        ResourceMissingError: A part of it is not there.
        HostNotStartedError: The interpreter does not know its own path.
    """
    return installing.Sources(
        extension=resources.folder("extension"),
        manifests=resources.folder("manifests"),
        host=tuple(client.command(model)),
    )


def install(wanted: str, out: IO[str]) -> int:
    """Install into a profile and say what was done; return the exit status."""
    here = places.of_user()
    profile = profiles.find(wanted, here.profiles)
    steps = installing.install(profile, here, sources())
    for step in steps:
        say(f"{step.change:9}  {plain(str(step.path))}", out)
    if all(step.change == "unchanged" for step in steps):
        say("altlens was installed already; nothing was changed.", out)
        return 0
    for line in _WEAKER:
        say(line, out)
    say("Start Firefox with this profile again, if it is running.", out)
    return 0


def uninstall(wanted: str | None, out: IO[str]) -> int:
    """Uninstall from a profile, or from all, and say what was done; return the exit status."""
    outcome = uninstalling.uninstall(places.of_user(), wanted)
    for path in outcome.removed:
        say(f"taken back  {plain(str(path))}", out)
    for reason in outcome.left:
        say(f"left        {plain(reason)}", out)
    for profile in outcome.remembered:
        say(
            f"Firefox remembers by itself, in {plain(str(profile))}, to take unsigned add-ons. "
            f"Open about:config in that profile and reset {preferences.SIGNATURES}.",
            out,
        )
    if not outcome.removed and not outcome.left:
        where = f"in {plain(wanted)}" if wanted else "anywhere"
        say(f"altlens is not installed {where}.", out)
    return 1 if outcome.left else 0
