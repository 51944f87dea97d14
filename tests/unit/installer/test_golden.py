"""Every system's manifests and registry calls: planned, done and undone in a tree of that system.

What is written stands in tests/fixtures/golden, one file for each tree, in that system's own
notation. `ALTLENS_GOLDEN=write pytest tests/unit/installer/test_golden.py` writes them anew, to be
read before they are committed.
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support import machines
from support.installer import tree
from support.machines import MemoryRegistry, browser, machine

from altlens_installer import everyone
from altlens_installer import install as installing
from altlens_installer.apply import apply
from altlens_installer.finding.found import look
from altlens_installer.finding.machine import Machine
from altlens_installer.install import Host, Sources
from altlens_installer.plan import Plan
from altlens_installer.store import Store
from altlens_installer.targets import listed
from altlens_installer.uninstall import uninstall

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden"
"""What is expected."""


def linux_packages(root: Path) -> Machine:
    """Return a machine with an ESR and a LibreWolf from packages, and a Nightly in /opt."""
    here = machine(root, "linux")
    browser(here.at("/usr/lib/firefox-esr"), channel="esr", signing=False)
    browser(here.at("/usr/lib/librewolf"), name="LibreWolf", signing=False)
    here.at("/usr/lib64/mozilla").mkdir(parents=True)
    machines.profiles(
        here.home / ".config/mozilla/firefox",
        "a.default",
        "b.Süß & neu",
        opened="/usr/lib/firefox-esr",
    )
    machines.profiles(here.home / ".librewolf", "c.default")
    return here


def snap(root: Path) -> Machine:
    """Return Ubuntu's machine: Firefox is a snap."""
    here = machine(root, "linux")
    browser(here.at("/snap/firefox/4848/usr/lib/firefox"), signing=False)
    here.at("/snap/firefox/current").symlink_to("4848")
    machines.profiles(
        here.home / "snap/firefox/common/.mozilla/firefox",
        "a.default",
        opened="/snap/firefox/4001/usr/lib/firefox",
    )
    return here


def flatpak(root: Path) -> Machine:
    """Return a machine with Firefox and Zen as flatpaks."""
    here = machine(root, "linux")
    for app, name, own in (
        ("org.mozilla.firefox", "Firefox", ".mozilla/firefox"),
        ("app.zen_browser.zen", "Zen", ".zen"),
    ):
        installed = here.at("/var/lib/flatpak/app") / app
        folder = installed / "x86_64/stable/1a2b/files/lib" / name.lower()
        browser(folder, name=name, signing=False)
        (installed / "x86_64/stable/active").symlink_to("1a2b")
        (installed / "current").symlink_to("x86_64/stable")
        machines.profiles(here.home / ".var/app" / app / own, "a.default")
    return here


def macos(root: Path) -> Machine:
    """Return a Mac with a Developer Edition, Waterfox and Zen."""
    here = machine(root, "darwin")
    for app, name, channel, own in (
        ("Firefox Developer Edition", "Firefox", "aurora", "Firefox"),
        ("Waterfox", "Waterfox", "", "Waterfox"),
        ("Zen", "Zen", "", "zen"),
    ):
        contents = here.at("/Applications") / f"{app}.app/Contents"
        browser(contents / "Resources", name=name, channel=channel, signing=False, program="")
        (contents / "MacOS").mkdir()
        (contents / "MacOS" / name.lower()).write_bytes(b"")
        machines.profiles(here.library / own, "Profiles/a.default")
    return here


def windows(root: Path) -> Machine:
    """Return a Windows machine with an ESR and a LibreWolf."""
    here = machine(root, "win32")
    for place, name, channel in (
        ("C:\\Program Files\\Mozilla Firefox ESR", "Firefox", "esr"),
        ("C:\\Program Files\\LibreWolf", "LibreWolf", ""),
    ):
        program = f"{name.lower()}.exe"
        browser(here.at(place), name=name, channel=channel, signing=False, program=program)
    machines.profiles(here.roaming / "Mozilla/Firefox", "Profiles/a.default")
    machines.profiles(here.roaming / "librewolf", "Profiles/b.default")
    scripts = here.home / "venv" / "Scripts"
    scripts.mkdir(parents=True)
    (scripts / "altlens-host.exe").write_bytes(b"MZ made by another than pip")
    return here


TREES = (linux_packages, snap, flatpak, macos, windows)
"""One for each way in which browsers look for manifests."""


def sources(here: Machine, repository: Path) -> Sources:
    """Return what to install on a machine."""
    python = here.home / "venv/bin/python"
    if here.system == "win32":
        python = here.home / "venv/Scripts/python.exe"
    command = (str(python), "-E", "-P", "-m", "altlens_host")
    return Sources(repository / "extension", repository / "manifests", command)


def for_user(here: Machine, parts: Sources, store: Store) -> Plan:
    """Plan for every profile of the user."""
    targets = listed(None, look(here), system=False)
    host = Host(here.data, here.system)
    return installing.prepare(targets, host, parts, store, unsigned=True)


def by_policy(here: Machine, parts: Sources, store: Store) -> Plan:
    """Plan for all users, as an administrator does."""
    finding = look(here)
    host = Host(everyone.folder(here), here.system)
    found = everyone.browsers(finding, None)
    return everyone.by_policy(found, host, parts, store, {"language": "de"}, unsigned=True)


def notation(here: Machine, text: str) -> str:
    """Return the name of a file, or any other text, with the machine's own name for its disk."""
    disk = f"{here.root}/C/"
    if here.system != "win32" or not text.startswith(disk):
        return text.replace(str(here.root), "")
    return text.replace(disk, "C:/").replace("/", "\\")


def written(here: Machine, plan: Plan, parts: Sources) -> dict[str, object]:
    """Return what stands in each place that the plan names, as people read it."""
    found: dict[str, object] = {}
    for step in plan.steps:
        place = Path(step.wanted.place)
        if place.suffix == ".json":
            content = json.loads(place.read_text(encoding="utf-8"))
            if "path" in content:
                content["path"] = notation(here, content["path"])
            settings = content.get("policies", {}).get("ExtensionSettings", {})
            for one in settings.values():
                url = here.root.as_uri() if here.root else ""
                one["install_url"] = one["install_url"].replace(f"{url}/C/", "file:///C:/")
                one["install_url"] = one["install_url"].replace(url, "file://")
            found[notation(here, str(place))] = content
        elif place.name == "user.js":
            found[notation(here, str(place))] = place.read_text().splitlines()
        elif place.name.startswith("altlens-host"):
            body = place.read_bytes().decode()
            found[notation(here, str(place))] = body.replace(str(here.root), "")
        else:
            found.setdefault(notation(here, step.wanted.place), step.change)
    return found


@pytest.mark.parametrize("make", TREES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("way", [for_user, by_policy], ids=lambda way: way.__name__)
def test_planned_done_and_undone(
    tmp_path: Path,
    repository: Path,
    make: Callable[[Path], Machine],
    way: Callable[[Machine, Sources, Store], Plan],
) -> None:
    """The golden file is what is written; then nothing of it is left."""
    here = make(tmp_path / "root")
    registry = MemoryRegistry() if here.registry else None
    here = replace(here, registry=registry)
    store, parts = Store(registry), sources(here, repository)
    before = tree(tmp_path)

    plan = way(here, parts, store)
    assert not plan.conflicts
    assert not plan.refused
    assert tree(tmp_path) == before
    apply(plan, store)

    told = {
        "files": written(here, plan, parts),
        "registry": [notation_of_call(here, call) for call in registry.calls] if registry else [],
    }
    golden = GOLDEN / f"{make.__name__}.{way.__name__}.json"
    if os.environ.get("ALTLENS_GOLDEN") == "write":
        GOLDEN.mkdir(parents=True, exist_ok=True)
        golden.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert told == json.loads(golden.read_text(encoding="utf-8"))

    assert not way(here, parts, store).changes
    folder = here.data if way is for_user else everyone.folder(here)
    outcome = uninstall(folder / "receipts", None, store)
    assert outcome.left == []
    assert tree(tmp_path) == before
    assert registry is None or registry.values == {}


def test_what_the_user_says_about_the_portal_stays(tmp_path: Path, repository: Path) -> None:
    """Some have been told to set it to 1; that is no conflict."""
    here = flatpak(tmp_path / "root")
    (profile, _) = (one.path for one in look(here).profiles)
    own = 'user_pref("widget.use-xdg-desktop-portal.native-messaging", 1);\n'
    (profile / "user.js").write_text(own)

    plan = for_user(here, sources(here, repository), Store())

    assert not plan.conflicts
    (made,) = (one.wanted.data for one in plan.steps if one.wanted.place == f"{profile}/user.js")
    assert made.decode().startswith(own)
    assert made.decode().count("portal") == 1


def notation_of_call(here: Machine, call: str) -> str:
    """Return a call of the registry with the machine's own names for files."""
    head, equals, text = call.partition(" = ")
    return f"{head}{equals}{notation(here, text)}"
