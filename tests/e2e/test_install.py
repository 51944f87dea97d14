"""altlens installed into a profile by its own command, and taken out again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import text_recognizer
from support.installer import Home, tree

from altlens_installer import preferences
from altlens_installer.demo import firefox, judge, marionette, site
from altlens_installer.install import extension_path

PICTURES = judge.load()[:3]
IDS = [one.id for one in PICTURES]
SECONDS = 60.0
LEGACY, XDG = ".mozilla/firefox", ".config/mozilla/firefox"
NAMES = ("Süße Profile", "second", "third")


@dataclass(frozen=True)
class Machine(Home):
    """A home with three profiles in one of the two places where Firefox keeps them."""

    place: str
    name: str

    @property
    def profiles(self) -> list[Path]:
        """The folders of the profiles."""
        return [self.path / self.place / f"x{number}.{name}" for number, name in enumerate(NAMES)]

    @property
    def chosen(self) -> Path:
        """The profile that altlens is installed into."""
        return self.profiles[NAMES.index(self.name)]

    def make(self) -> None:
        """Make the profiles; a user.js keeps Firefox on this machine, its last line has no end.

        The recognizer of text lies there already: making it takes as long as all else here.
        """
        text_recognizer.put(self.places.data)
        settings = firefox.PREFERENCES | {"remote.prefs.recommended": False}
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in settings.items()
        ]
        listing = ["[InstallA0A0A0A0A0A0A0A0]", f"Default={self.profiles[0].name}"]
        for number, path in enumerate(self.profiles):
            path.mkdir(parents=True)
            (path / "times.json").write_bytes(b"{}")
            (path / "user.js").write_text("\n".join(lines), encoding="utf-8")
            listing += [f"[Profile{number}]", f"Name={NAMES[number]}", "IsRelative=1"]
            listing += [f"Path={path.name}"]
        text = "\n".join(listing) + "\n"
        (self.path / self.place / "profiles.ini").write_text(text, encoding="utf-8")

    def remembered(self) -> list[str]:
        """Return what prefs.js still has of what altlens needed."""
        return preferences.left_behind((self.chosen / "prefs.js").read_bytes())


def heard(
    binary: Path, machine: Machine, seconds: float = SECONDS, asks: bool = False
) -> judge.Heard:
    """Start Firefox on the profile and return what is heard of three photographs.

    Args:
        binary: Firefox.
        machine: Where the profile is.
        seconds: How long to wait.
        asks: Whether the extension is new there, and asks for consent.
    """
    place = firefox.Home(machine.path, machine.chosen, machine.environment())
    with (
        site.serve(PICTURES) as address,
        marionette.driven(str(binary), place) as session,
    ):
        if asks:
            marionette.agree(session)
        return marionette.listen(session, f"{address}/", IDS, seconds)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("place", "name", "used"),
    [(LEGACY, "Süße Profile", False), (LEGACY, "second", True), (XDG, "third", False)],
    ids=["new with a space and an umlaut", "used, one of three", "in the XDG place"],
)
def test_an_installed_profile_gets_captions_and_uninstalling_leaves_no_trace(
    binary: Path, tmp_path: Path, place: str, name: str, used: bool
) -> None:
    """By its name, in either place, new or used; installed twice is installed once."""
    machine = Machine(tmp_path, place, name)
    machine.make()
    user_js = (machine.chosen / "user.js").read_bytes()
    if used:
        assert heard(binary, machine, seconds=0) == {}
    others = {path: tree(path) for path in machine.profiles if path != machine.chosen}

    installed = machine.run("install", "--profile", name, "--allow-unsigned")
    once = tree(machine.path)
    again = machine.run("install", "--profile", name)
    assert installed.returncode == again.returncode == 0, installed.stderr + again.stderr
    assert tree(machine.path) == once
    captions = heard(binary, machine, asks=True)
    before = tree(machine.path)
    back = machine.run("uninstall", "--profile", name)
    after = tree(machine.path)

    assert back.returncode == 0, back.stderr
    assert set(captions) == set(IDS)
    assert (machine.chosen / "user.js").read_bytes() == user_js
    assert {path: tree(path) for path in others} == others
    gone = {name for name in before if name not in after}
    changed = {name for name in after if after[name] != before.get(name, b"new")}
    ours = {machine.places.manifest, machine.places.launcher, extension_path(machine.chosen)}
    assert ours <= {machine.path / name for name in gone}
    assert all(
        machine.path / name in ours or "altlens" in name or before[name] is None for name in gone
    )
    assert changed == {str((machine.chosen / "user.js").relative_to(machine.path))}
    assert "about:config" in back.stdout


@pytest.mark.timeout(300)
def test_what_firefox_needs_only_once_goes_back_when_it_has_seen_the_extension(
    binary: Path, tmp_path: Path
) -> None:
    """The signature preference stays, and Firefox keeps the extension."""
    machine = Machine(tmp_path, LEGACY, "second")
    machine.make()
    user_js = machine.chosen / "user.js"
    machine.run("install", "--profile", "second", "--allow-unsigned")
    heard(binary, machine, asks=True)
    assert set(machine.remembered()) == {preferences.SIGNATURES, *preferences.SIDELOAD}

    machine.run("update")
    heard(binary, machine, seconds=0)
    assert machine.remembered() == [preferences.SIGNATURES]
    machine.run("update")

    assert b"Scopes" not in user_js.read_bytes()
    assert set(heard(binary, machine)) == set(IDS)
    assert machine.remembered() == [preferences.SIGNATURES]
