"""altlens update: what was installed and is older than this altlens is brought up to date.

Nothing is downloaded: what is newer came with the package, by pipx or pip.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import IO

from altlens_installer import commands, files, reading, receipt, xpi
from altlens_installer import install as installing
from altlens_installer.commands import Wish
from altlens_installer.finding.machine import this_machine
from altlens_installer.install import Host, Sources, Target, extension_path, host_places
from altlens_installer.plan import Plan
from altlens_installer.platforms import manifests
from altlens_installer.questions import Questions
from altlens_installer.receipt import Receipt
from altlens_installer.store import Store
from altlens_installer.terminal import plain, say


def update(dry_run: bool, as_json: bool, yes: bool, answers: IO[str], out: IO[str]) -> int:
    """Say what is newer, and install it; return the exit status."""
    machine = this_machine()
    host, store = commands.host_of(machine), Store(machine.registry)
    held = receipt.profiles(host.receipts)
    if not held and not as_json:
        say("altlens is in no profile yet. Run: altlens install", out)
        return 1
    sources = commands.sources(receipt.shared(host.receipts).model or None)
    here = xpi.version(xpi.build(sources.extension))
    if not as_json:
        for one in held:
            say(_versions(one, here), out)
    held = [one for one in held if _order(_installed(one)) <= _order(here)]
    plan = replace(prepare(held, host, sources, store), making=reading.lacking(system=False))
    ask = not yes and not as_json and answers.isatty()
    wish = Wish(dry_run=dry_run, as_json=as_json, yes=yes)
    commands.carry_out(plan, store, wish, Questions(answers, out) if ask else None, out)
    return 1 if plan.refused else 0


def prepare(held: Iterable[Receipt], host: Host, sources: Sources, store: Store) -> Plan:
    """Plan to install again what receipts speak of; where nothing changed, nothing is done.

    Args:
        held: The receipts of the profiles.
        host: Where the host's own files are.
        sources: What to install.
        store: Where things are.
    """
    own = {*host_places(host, sources, ()), str(manifests.registered(host.folder))}
    chosen = [
        Target(Path(one.profile), one.name, tuple(each for each in one.uses if each not in own))
        for one in held
        if Path(one.profile).is_dir()
    ]
    return installing.prepare(chosen, host, sources, store)


def _installed(one: Receipt) -> str:
    return xpi.version(files.read(extension_path(Path(one.profile))) or b"")


def _order(version: str) -> list[int]:
    """Return the numbers of a version, as Firefox compares them; none for no version."""
    return [int(number) for number in re.findall(r"[0-9]{1,9}", version)]


def _versions(one: Receipt, here: str) -> str:
    there = _installed(one)
    name = plain(one.name or one.profile)
    if not Path(one.profile).is_dir():
        return f"{name}: the profile is gone; altlens uninstall forgets it."
    if _order(there) > _order(here):
        return f"{name}: the extension {there} is newer than this altlens, {here}; it is left."
    if there == here:
        return f"{name}: the extension is {here}, as in this altlens."
    return f"{name}: the extension is {there or 'not there'}; this altlens has {here}."
